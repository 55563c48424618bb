"""Telling who started this program (systemd, `Type=notify`) that it is ready: as much of sd_notify(3) as that takes."""

import logging
import os
import socket
import time
from itertools import count
from threading import Thread

from portal.config import told_when_ready

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.05
REQUEST = b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n"


def ready() -> None:
    """Say so now, if anybody wants to hear it. That nobody does, as where the name is another service's, stops nothing:
    a service manager that waits says so itself."""
    if (place := told_when_ready()) is not None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.sendto(b"READY=1", "\0" + place[1:] if place.startswith("@") else place)
        except OSError as error:
            log.warning("nobody at %s was told that this is ready: %s", place, error)


def ready_once_it_answers(address: str, port: int, copies: int) -> None:
    """Say so once a request is answered there, whatever the answer, which a thread looks for.

    A connection says nothing yet: the web server listens for a moment to try its address, and its processes after that.
    Nobody looks before this process has made so many `copies` of itself: whoever answers sooner is another program, and
    of a lock that the thread holds at that moment, nobody in the copy would let go: it would serve nobody, for ever.
    """
    made = count(1)

    def look() -> None:
        while not _answers(address, port):
            time.sleep(LOOK_SECONDS)
        ready()

    def copied() -> None:
        if next(made) == copies:
            Thread(target=look, name="ready", daemon=True).start()

    if told_when_ready() is not None:
        os.register_at_fork(after_in_parent=copied)


def _answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=5) as line:
            line.sendall(REQUEST)
            return line.recv(5) == b"HTTP/"
    except OSError:
        return False
