"""One writer at a time, across threads and processes; the lock falls when its holder dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.search.engine import SearchUnavailable

WAIT = 60.0
"""Seconds a writer waits for another: the longest merge of a large index takes about half of that."""


@contextmanager
def alone(folder: Path, purpose: str, wait: float = WAIT) -> Iterator[None]:
    """Hold the lock `purpose` of `folder`; raises SearchUnavailable if it is not had within `wait` seconds."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / f"{purpose}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise SearchUnavailable(f"Somebody else is {purpose} the search index.") from None
                time.sleep(0.02)
        yield
    finally:
        os.close(handle)  # lets go of the lock as well
