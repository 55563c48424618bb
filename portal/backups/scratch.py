"""Files and folders that are only there while somebody works in them; what a dead process left is swept."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PREFIX = ".portal-scratch-"
RESERVE = 64 << 20
"""Bytes that stay free on the disk: a site that can write nothing is worse off than one without today's backup."""


def part_of(file: Path) -> Path:
    """Where `file` is written until it is whole: beside it, so that it can be renamed."""
    return file.with_name(f".{file.name}.part")


def open_alone(path: Path) -> IO[bytes] | None:
    """`path` open for writing, empty, readable by its owner alone and locked; None while another process has it.

    Raises OSError.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_ino != path.stat().st_ino:
            raise BlockingIOError  # whoever had it has just given it its name
        os.fchmod(handle, 0o600)
        os.ftruncate(handle, 0)
    except (BlockingIOError, FileNotFoundError):
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    return os.fdopen(handle, "r+b")


def is_held(path: Path) -> bool:
    """Whether a living process on this machine is writing to `path`."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def sweep(folder: Path) -> int:
    """Remove what tries that were cut short left in `folder`; returns how many things."""
    count = 0
    for part in list(folder.glob(".*.tar.gz.part")):
        if not is_held(part):
            part.unlink(missing_ok=True)
            count += 1
    for left in list(folder.glob(f"{PREFIX}*")):
        if not is_held(left):
            shutil.rmtree(left, ignore_errors=True)
            count += 1
    return count


@contextmanager
def folder_in(place: Path) -> Iterator[Path]:
    """A folder below `place` that goes with the block; a killed one's goes with the next sweep."""
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=place, ignore_cleanup_errors=True) as name:
        handle = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(handle)


def settle(path: Path) -> None:
    """Bring what is in this file or folder to the disk, so that it survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def room_lacking(folder: Path, needed: int) -> str:
    """A sentence if `folder`'s disk has no room for so many bytes and some more, else nothing."""
    free = _free(folder)
    if free is None or free >= needed + RESERVE:
        return ""
    return f"{folder} needs about {in_words(needed + RESERVE)} of free space and has {in_words(free)}."


def _free(folder: Path) -> int | None:
    for place in (folder, *folder.parents):
        with suppress(OSError):
            return shutil.disk_usage(place).free
    return None


def in_words(size: int | None) -> str:
    """Bytes as people say them: `3.4 GB`."""
    if size is None:
        return ""
    number, unit = float(size), "bytes"
    for unit in ("bytes", "kB", "MB", "GB", "TB"):  # noqa: B007 (the last one that fits is wanted)
        if number < 1000 or unit == "TB":
            break
        number /= 1000
    return f"{number:.0f} {unit}" if unit in ("bytes", "kB") or number >= 100 else f"{number:.1f} {unit}"
