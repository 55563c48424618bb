"""Marks: numbers that every process of the site sees, and that change when something was committed.

A page is kept together with the marks that it rests on, as they were before anything was read for it. It is
true as long as they are the same. The number itself means nothing: only that it is another one.
"""

import mmap
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol
from zlib import crc32

from flask import Flask

from portal.redis_client import ask, key

ALL, NEWS = "all", "news"
"""What every page rests on, and what pages that list things rest on too."""
SLOTS = 4096


class Marks(Protocol):
    """Numbers by name; two names may share one, which forgets more than it had to."""

    def read(self, names: Sequence[str]) -> list[int]:
        """The marks of these names, now. Raises OSError when they can't be known."""

    def change(self, names: Iterable[str]) -> None:
        """Give these names new marks, so that what rests on the old ones is no longer true. Raises OSError likewise."""


class FolderMarks:
    """For the processes of one machine: a small file that all of them have in memory."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "marks", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(descriptor).st_size < SLOTS * 8:
                os.posix_fallocate(descriptor, 0, SLOTS * 8)  # a hole on a full disk would end the process when written
            self._numbers = memoryview(mmap.mmap(descriptor, SLOTS * 8)).cast("Q")
        finally:
            os.close(descriptor)

    def read(self, names: Sequence[str]) -> list[int]:
        """See Marks. Eight bytes at a place divisible by eight are read, and written, at once."""
        numbers = self._numbers
        return [numbers[crc32(name.encode()) % SLOTS] for name in names]

    def change(self, names: Iterable[str]) -> None:
        """See Marks."""
        for name in names:
            self._numbers[crc32(name.encode()) % SLOTS] = secrets.randbits(64)


class RedisMarks:
    """For several machines: a number in Redis for each name, asked for with each page."""

    def __init__(self, app: Flask) -> None:
        self._app, self._lock = app, Lock()
        self._prefix = key("mark", "", app=app)
        self._owed: set[str] = set()

    def read(self, names: Sequence[str]) -> list[int]:
        """See Marks. What could not be changed while Redis was away is changed first."""
        if self._owed:
            self.change(())
        keys = [self._prefix + name for name in names]
        found = ask(lambda client: client.mget(keys), None, self._app)
        if found is None:
            raise OSError("Redis does not answer")
        return [int(number or 0) for number in found]  # type: ignore[union-attr]

    def change(self, names: Iterable[str]) -> None:
        """See Marks. What fails is done before the next reading."""
        with self._lock:
            owed, self._owed = self._owed.union(names), set()
        numbers = {self._prefix + name: secrets.randbits(62) for name in owed}
        if owed and not ask(lambda client: client.mset(numbers), False, self._app, insist=True):
            with self._lock:
                self._owed |= owed
            raise OSError("Redis does not answer")
