"""Turns of the threads of a process, in the order they came: a plain lock lets whoever just had it have it again."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class TooLong(Exception):
    """It was not one's turn within the time."""


class Turns:
    """One thread at a time, the one that has waited longest next."""

    def __init__(self) -> None:
        self._own = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Have one's turn during the block; raises TooLong if it does not come within `seconds`."""
        self._wait(seconds)
        try:
            yield
        finally:
            with self._own:
                if self._waiting:
                    self._waiting.popleft().release()
                else:
                    self._taken = False

    def _wait(self, seconds: float) -> None:
        with self._own:
            if not self._taken:
                self._taken = True
                return
            called = Lock()
            called.acquire()
            self._waiting.append(called)
        if called.acquire(timeout=seconds):
            return
        with self._own:
            if called in self._waiting:  # else it was called in this very moment
                self._waiting.remove(called)
                raise TooLong
