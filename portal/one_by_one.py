"""Pages are made one by one in each process, where the database is a file of this machine.

Python runs one thread at a time, and SQLite lets the others in at every row it reads: eight threads that make
a page each hand over to one another some hundred times, and all eight are ready later than if each had waited
for those before. Who writes waits in a line of its own (`writers.py`) and never here; what is slow does not hold
others up for longer than a moment. With PostgreSQL a thread waits for the server while another one works, so
nothing is gained there.
"""

import time
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from flask import Flask

PATIENCE = 0.05
"""Seconds after which a page that is still being made holds nobody up: some ten times what the slowest list takes."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class OneByOne:
    """WSGI application: `inner`, which makes one page at a time, but for those that take longer than `patience` (s)."""

    def __init__(self, inner: Application, patience: float) -> None:
        self._inner, self._patience = inner, patience
        self._turn = Lock()
        self._since = 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer. What is sent piece by piece is sent when the turn is over."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not self._is_our_turn():
            return self._inner(environ, start_response)
        try:
            return self._inner(environ, start_response)
        finally:
            self._turn.release()

    def _is_our_turn(self) -> bool:
        """Wait for it; False if whoever has it is slow."""
        if not self._turn.acquire(blocking=False):
            while (left := self._since + self._patience - time.monotonic()) > 0:
                if self._turn.acquire(timeout=left):
                    break
            else:
                return False
        self._since = time.monotonic()
        return True


def init_app(app: Flask) -> None:
    """Let pages be made one by one if the database is SQLite's. Comes before whatever answers without making a page."""
    if app.extensions["portal.settings"].database_url.startswith("sqlite"):
        app.wsgi_app = OneByOne(app.wsgi_app, PATIENCE)  # type: ignore[method-assign]
