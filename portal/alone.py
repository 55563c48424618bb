"""One at a time among all processes and machines of a site: what the clock asks for, and migrations.

Between machines the database keeps the lock; where it is SQLite there is one machine, and a file does. Either way
the lock falls with its holder.
"""

import fcntl
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from portal.config import settings
from portal.db import db

LOOK_AGAIN = 0.2


@contextmanager
def alone(purpose: str, wait: float = 0.0) -> Iterator[bool]:
    """A block that one process of the site is in at a time; says whether this one is, within `wait` seconds."""
    number = int.from_bytes(hashlib.sha256(f"alone: {purpose}".encode()).digest()[:8], signed=True)
    held = _in_the_database(number, wait) if db.engine.dialect.name == "postgresql" else _in_a_file(number, wait)
    with held as ours:
        yield ours


@contextmanager
def _in_the_database(number: int, wait: float) -> Iterator[bool]:
    # A connection of its own: the lock is the session's, whatever transactions come and go in the block.
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        until = time.monotonic() + wait
        while not (ours := bool(connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}))):
            if time.monotonic() >= until:
                break
            time.sleep(LOOK_AGAIN)
        try:
            yield ours
        finally:
            if ours and not connection.invalidated:
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})


@contextmanager
def _in_a_file(number: int, wait: float) -> Iterator[bool]:
    folder = settings().data_dir / "alone"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{number & 0xFFFF_FFFF_FFFF_FFFF:016x}.lock").open("ab") as file:
        until = time.monotonic() + wait
        while not (ours := _locked(file.fileno())):
            if time.monotonic() >= until:
                break
            time.sleep(LOOK_AGAIN)
        yield ours  # closing the file lets go of it


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
