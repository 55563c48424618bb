"""Whoever started the program hears that it is ready; that nobody listens stops nothing."""

import os
import secrets
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

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


def test_nobody_looks_before_all_copies_are_made(monkeypatch, tmp_path):
    """A copy made while the thread held a lock waited for it for ever: half of all requests were never answered."""
    hooks = []
    monkeypatch.setattr(os, "register_at_fork", lambda **given: hooks.append(given["after_in_parent"]))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "ear"))
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear,
        HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as site,
    ):
        ear.bind(str(tmp_path / "ear"))
        ear.settimeout(10)
        announcing.ready_once_it_answers("127.0.0.1", site.server_port, copies=2)
        [copied] = hooks
        copied()
        assert "ready" not in [thread.name for thread in threading.enumerate()]
        copied()
        site.handle_request()
        assert ear.recv(100) == b"READY=1"
