"""Pages are made one by one in each process, and on one processor, where the database is a file of this machine.

Python runs one thread at a time, and SQLite lets the others in at every row it reads: eight threads that make
a page each hand over to one another some hundred times, and all eight are ready later than if each had waited
for those before. And a thread that goes on where another left off finds all that it needs in that processor's
caches, and nothing of it in another's: a page takes a quarter less time where the next thread stays with the
one before.

Who writes waits in a line of its own (`writers.py`), never here, and goes where the system wants it; what is slow
does not hold others up for longer than a moment. With PostgreSQL a thread waits for the server while another
one works, so nothing would be gained there.
"""

import ctypes
import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Lock
from typing import Any

from flask import Flask

PATIENCE = 0.05
"""Seconds after which a page that is still being made holds nobody up: ten times what most lists take."""
STAY, LOOK = 0.25, 0.01
"""Seconds that a process stays on a processor, and for which it then lets the system choose one, in turns: where
another process came to the same one, this one is soon elsewhere."""

UNKNOWN = -1
"""A thread that is new is held where the one was that began it."""
OURS = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set[int]()
"""The processors that this process was begun with; others may be given to it later in their place."""
MOST = 8192
"""As many as Linux can know."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class OneByOne:
    """WSGI application: `inner`, which makes one page at a time, but for those that take longer than `patience` (s)."""

    def __init__(self, inner: Application, patience: float, home: "Home") -> None:
        self._inner, self._patience = inner, patience
        self._turn = Lock()
        self._since = 0.0
        self._home = home

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer. What is sent piece by piece is sent when the turn is over."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not self._is_our_turn():
            self._home.leave()
            return self._inner(environ, start_response)
        before, _mine.turn_of = _mine.turn_of, self
        try:
            self._home.come(self._since)
            return self._inner(environ, start_response)
        finally:
            if _mine.turn_of is self:
                self._turn.release()
            _mine.turn_of = before

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

    def end_turn(self) -> None:
        """Let the next one come; this thread, which has the turn, goes on beside it, where the system wants."""
        self._turn.release()
        self._home.leave()


class _Mine(threading.local):
    turn_of: OneByOne | None = None
    """In whose line this thread has the turn."""


_mine = _Mine()


def give_way() -> None:
    """Let the next page be made: this one waits for another machine now. Nothing where this thread has no turn.

    A thread that is begun from here on is free to go anywhere (a library's that speaks with that machine, for all).
    """
    holder, _mine.turn_of = _mine.turn_of, None
    if holder is not None:
        holder.end_turn()


class Home:
    """The processor that this process makes its pages on, for a while; nothing where the system has no such thing."""

    def __init__(self, wanted: bool = True) -> None:
        self._where: Callable[[], int] | None = None
        if wanted and len(OURS) > 1 and hasattr(os, "sched_setaffinity"):
            with suppress(OSError, AttributeError):
                self._where = ctypes.PyDLL(None).sched_getcpu
        self._at: int | None = None
        self._until = 0.0
        self._thread = _Thread()

    def come(self, now: float) -> None:
        """Let this thread, whose turn it is since `now`, go on where the one before was."""
        if self._where is None:
            return
        if now > self._until:
            if self._at is not None:
                self._at, self._until = None, now + LOOK
            elif self._thread.at in (None, UNKNOWN):  # one that is still held knows only where it is held
                self._at, self._until = self._where(), now + STAY
        self._go(self._at)

    def leave(self) -> None:
        """Let this thread go where the system wants it."""
        if self._where is not None:
            self._go(None)

    def _go(self, at: int | None) -> None:
        if self._thread.at == at:
            return
        self._thread.at = at
        if at is None:
            anywhere()
        else:
            with suppress(OSError, ValueError):  # it was taken from us, or the system did not tell which it is
                os.sched_setaffinity(0, {at})


class _Thread(threading.local):
    at: int | None = UNKNOWN
    """Where it is held; None if it is free."""


def anywhere() -> None:
    """Let this thread go where the system wants it. Also for one that a page began and that lives on: it would stay
    for ever where that page was made."""
    if hasattr(os, "sched_setaffinity"):
        for ours in (OURS, range(MOST)):  # of too many the system takes those that it lets us have now
            with suppress(OSError):
                os.sched_setaffinity(0, ours)
                break


def init_app(app: Flask) -> None:
    """Let pages be made one by one if the database is SQLite's. Comes before whatever answers without making a page."""
    s = app.extensions["portal.settings"]
    if s.database_url.startswith("sqlite"):
        # What a thread of a test starts would have to stay where that thread is.
        app.wsgi_app = OneByOne(app.wsgi_app, PATIENCE, Home(wanted=not s.testing))  # type: ignore[method-assign]
