"""The shelf: kept pages in this process's memory, and in a folder or Redis where other processes find them too."""

import json
import os
import tempfile
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from flask import Flask

from portal.redis_client import ask
from portal.redis_client import key as redis_key

IN_MEMORY = 16 * 1024 * 1024
"""Bytes of pages in one process."""
IN_FOLDER = 64 * 1024 * 1024
"""Bytes of pages that one process writes into the folder between two sweeps."""
SWEPT_EVERY = 120.0
"""Seconds; longer than any page is true."""


@dataclass
class Kept:
    """One page, packed as one kind of browser understands it."""

    headers: list[tuple[str, str]]
    body: bytes
    etag: str
    names: list[str]
    """Of the marks it rests on …"""
    marked: list[int]
    """… and those marks as they were before it was made."""
    until: float
    """When it is too old, in seconds since 1970."""
    viewed: int | None = None
    """The contribution that somebody looks at who gets it."""
    made_anew: bool = False
    """Whether some request makes it anew already, since it is old."""


class Beside(Protocol):
    """Where other processes find pages too. What fails there is as if it had not been asked."""

    def get(self, key: str) -> Kept | None:
        """The page under this key, or None."""

    def put(self, key: str, kept: Kept) -> None:
        """Lay it there."""


class Shelf:
    """Pages by key; those asked for last are in memory."""

    def __init__(self, beside: Beside) -> None:
        self._pages: OrderedDict[str, Kept] = OrderedDict()
        self._beside, self._bytes, self._lock = beside, 0, Lock()

    def get(self, key: str) -> Kept | None:
        """The page this process has under this key, whether it is still true or not."""
        return self._pages.get(key)

    def look_beside(self, key: str) -> Kept | None:
        """The page that some process laid down."""
        return self._beside.get(key)

    def put(self, key: str, kept: Kept) -> None:
        """Keep a page, here and beside."""
        self.take(key, kept)
        self._beside.put(key, kept)

    def take(self, key: str, kept: Kept) -> None:
        """Have a page in memory."""
        with self._lock:
            old = self._pages.pop(key, None)
            self._pages[key] = kept
            self._bytes += _weight(key, kept) - (_weight(key, old) if old else 0)
            while self._bytes > IN_MEMORY and len(self._pages) > 1:
                other, gone = self._pages.popitem(last=False)
                self._bytes -= _weight(other, gone)


def _weight(key: str, kept: Kept) -> int:
    """Bytes a page takes in memory: body, key, and some 3,000 for its headers and all the objects it is made of."""
    return len(kept.body) + len(key) + 3_000


class Folder:
    """Pages as files: a line of JSON, then the body."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._written, self._swept = folder, 0, 0.0

    def get(self, key: str) -> Kept | None:
        """See Beside."""
        try:
            return unfolded(self._path(key).read_bytes(), key)
        except OSError:
            return None

    def put(self, key: str, kept: Kept) -> None:
        """See Beside. A process that wrote much writes no more until what is old was swept away."""
        if time.monotonic() - self._swept > SWEPT_EVERY:
            self._sweep()
        data, path = folded(key, kept), self._path(key)
        if self._written + len(data) > IN_FOLDER:
            return
        self._written += len(data)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                file.write(data)
            os.replace(file.name, path)

    def _sweep(self) -> None:
        """What lies there for long is true no more; what was cut short lies there too."""
        self._written, self._swept, limit = 0, time.monotonic(), time.time() - SWEPT_EVERY
        for path in self._folder.glob("??/*"):
            with suppress(OSError):
                if path.stat().st_mtime < limit:
                    path.unlink()

    def _path(self, key: str) -> Path:
        name = blake2b(key.encode(), digest_size=20).hexdigest()
        return self._folder / name[:2] / name


class InRedis:
    """Pages in Redis, which lets go of them by itself."""

    def __init__(self, app: Flask, seconds: int) -> None:
        self._app, self._seconds, self._prefix = app, max(1, seconds), redis_key("page", "", app=app)

    def get(self, key: str) -> Kept | None:
        """See Beside."""
        found: Any = ask(lambda client: client.get(self._prefix + key), None, self._app)
        return unfolded(found, key) if found else None

    def put(self, key: str, kept: Kept) -> None:
        """See Beside."""
        data = folded(key, kept)
        ask(lambda client: client.set(self._prefix + key, data, ex=self._seconds), None, self._app)


def folded(key: str, kept: Kept) -> bytes:
    """A page as bytes."""
    return json.dumps(asdict(kept) | {"key": key, "body": len(kept.body)}).encode() + b"\n" + kept.body


def unfolded(data: bytes, key: str) -> Kept | None:
    """The page in these bytes; None if they are damaged, or the page of another key."""
    line, _, body = data.partition(b"\n")
    try:
        head = json.loads(line)
        if head.pop("key") != key or head.pop("body") != len(body):
            return None
        head["headers"] = [(str(name), str(value)) for name, value in head["headers"]]
        return Kept(body=body, **head)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
