"""Keeps tests on this machine: a connection or a look-up that would leave it fails the test that tried."""

import ipaddress
import socket
from typing import Any


class LeavesTheMachine(RuntimeError):
    """A test tried to reach another machine."""


def close() -> None:
    """Refuse everything but loopback addresses and local sockets, in this process, from now on."""
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    look_up = socket.getaddrinfo

    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_unless_local(host)
        return look_up(host, *args, **kwargs)

    socket.getaddrinfo = guarded


def _guarded(call: Any) -> Any:
    def checked(self: socket.socket, *args: Any) -> Any:
        address = args[-1]
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            _refuse_unless_local(address[0])
        return call(self, *args)

    return checked


def _refuse_unless_local(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost", "0.0.0.0", "::"):
        return
    try:
        local = ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        local = False
    if not local:
        raise LeavesTheMachine(f"a test wanted to reach {name}")
