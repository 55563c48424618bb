"""Whoosh's segments read where the system keeps them: mapped, for all processes together.

Whoosh-Reloaded 2.7.5 maps a segment too, but then copies each part of it into the process
(`BufferFile.__init__`): 65 MB in every process at 100,000 posts, in the worker as well.
"""

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any
from weakref import WeakSet

from whoosh.filedb import compound
from whoosh.filedb.structfile import BufferFile

_mapped: WeakSet[Any] = WeakSet()
"""The segments that are open here."""
_alone = Lock()
"""Another thread may open one while they are gone through."""


class Window:
    """A file to read from, made of a part of a mapped one, with a place in it of its own."""

    def __init__(self, part: memoryview) -> None:
        self._part, self._at = part, 0

    def read(self, size: int | None = -1) -> bytes:
        """The next so many bytes, or all that are left."""
        end = len(self._part) if size is None or size < 0 else self._at + size
        found = bytes(self._part[self._at : end])
        self._at += len(found)
        return found

    def readline(self, size: int | None = -1) -> bytes:
        """The next line; what is pickled is read by lines too."""
        rest = bytes(self._part[self._at :])
        found = rest[: rest.find(b"\n") + 1] or rest
        if size is not None and size >= 0:
            found = found[:size]
        self._at += len(found)
        return found

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        self._at = place + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._part)}[whence]
        return self._at

    def tell(self) -> int:
        """The place."""
        return self._at

    def close(self) -> None:
        """Let go of the part."""
        self._part = memoryview(b"")


class Mapped(BufferFile):  # type: ignore[misc]
    """A part of a segment that is not copied."""

    def __init__(self, buf: memoryview, name: str | None = None, onclose: Any = None) -> None:
        self._buf, self._name, self.onclose = buf, name, onclose
        self.file = Window(buf)
        self.is_real = self.is_closed = False
        with _alone:
            _mapped.add(buf.obj)


def map_segments() -> None:
    """From now on, in this process."""
    compound.BufferFile = Mapped


@contextmanager
def let_go_afterwards() -> Iterator[None]:
    """A block after which this process holds none of what it read of the segments; the system keeps it, and gives it
    again without reading the disk. Else each process comes to hold every part that any search of it ever touched."""
    try:
        yield
    finally:
        with _alone:
            opened = list(_mapped)
        for segment in opened:
            with suppress(ValueError, OSError, AttributeError):  # closed, or a system that knows nothing like it
                segment.madvise(mmap.MADV_DONTNEED)
