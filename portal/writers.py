"""Who writes to a SQLite file next: within a process in the order of asking, among processes by turns.

SQLite lets one write at a time and has no queue: who finds the file taken sleeps and tries again, longer
each time, so whoever came last is as likely to be next, and some wait for seconds while others pass. Here
writers stand in line before they ask SQLite. The line is a courtesy: whoever can't stand in it (a disk that
takes no new file, a line that does not move) goes on to SQLite, whose own lock is what protects the data.
"""

import fcntl
import os
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

WAIT = 25.0
"""Seconds anybody stands in line: shorter than a proxy waits for an answer."""
GLANCE = 0.0005
"""Seconds between looks at another process's turn: some thirtieth of what one writer takes."""


class Line:
    """The line in front of one database file, in this process; `enter` and `leave` come in pairs."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False
        self._doors: tuple[int, int] | None = None
        self._opened_by = 0

    def enter(self, wait: float = WAIT) -> bool:
        """Wait for one's turn, at most `wait` seconds; False if it did not come, and there is nothing to leave."""
        end = time.monotonic() + wait
        with self._mutex:
            if self._taken:
                gate = threading.Lock()
                gate.acquire()
                self._waiting.append(gate)
            else:
                self._taken, gate = True, None
        if gate is not None and not gate.acquire(timeout=wait):
            with self._mutex:
                if gate in self._waiting:
                    self._waiting.remove(gate)
                    return False
            # The turn came in this very instant.
        if not self._come_before_others(end):
            self._next_here()
            return False
        return True

    def leave(self) -> None:
        """Let the next one in."""
        if (doors := self._doors) is not None:
            _unlock(doors[1])
        self._next_here()

    def close(self) -> None:
        """Keep nothing open while nobody writes; the next writer opens it again."""
        with self._mutex:
            doors, self._doors = self._doors, None
        for door in doors or ():
            os.close(door)

    def _next_here(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()  # the turn passes on; nobody can come in between
            else:
                self._taken = False

    def _come_before_others(self, end: float) -> bool:
        """One of each process stands here. Two doors one behind the other: while one holds the inner door, one
        waits between them, and who has just left has to begin at the outer one again. So processes take turns."""
        if self._doors is None or self._opened_by != os.getpid():  # a copy of a process would share its locks
            try:
                self._doors, self._opened_by = self._open(), os.getpid()
            except OSError:
                return True  # no file can be made now; SQLite itself keeps others out
        outer, inner = self._doors
        if not _lock(outer, end):
            return False
        try:
            return _lock(inner, end)
        finally:
            _unlock(outer)

    def _open(self) -> tuple[int, int]:
        # A lock falls when its holder dies, however it dies.
        outer = os.open(f"{self._database}-next", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            return outer, os.open(f"{self._database}-now", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            os.close(outer)
            raise


def _lock(door: int, end: float) -> bool:
    while True:
        try:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(GLANCE)
        except OSError:
            return True  # a file system without locks


def _unlock(door: int) -> None:
    with suppress(OSError):
        fcntl.flock(door, fcntl.LOCK_UN)
