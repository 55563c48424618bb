"""Whoever started the program hears that it is ready; that nobody listens stops nothing."""

import secrets
import socket

import pytest

from portal import announcing


def test_a_name_that_is_no_file_is_told_too(monkeypatch):
    name = f"portal-{secrets.token_hex(8)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind("\0" + name)
        ear.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
        announcing.ready()
        assert ear.recv(100) == b"READY=1"


@pytest.mark.parametrize("place", ["/nowhere/at/all", "@nobody-listens-here", "vsock:2:1234", "/" + "long" * 50, "@"])
def test_a_name_left_over_from_another_service_is_said_and_stops_nothing(place, monkeypatch, caplog):
    monkeypatch.setenv("NOTIFY_SOCKET", place)
    announcing.ready()
    assert f"nobody at {place} was told" in caplog.text
