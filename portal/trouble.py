"""What can ail the machine a site runs on, told apart: a word for programs, a sentence for each who has to know.

Nothing here is a mistake of the person at the page or of the code: a disk is full, a database is gone. Pages,
`readyz`, `doctor` and the worker's log say the same of it because they ask here.
"""

import errno
import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit
from urllib.request import url2pathname

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree

from portal.config import Settings, settings
from portal.db import db, sqlite_path
from portal.sqlite import NotTheFile

LEAST_FREE = 5_000_000
"""Bytes that must be free on a disk for a site to be well: a picture in all its sizes, or some thousand posts."""


@dataclass(frozen=True)
class Trouble:
    """One thing that ails the machine."""

    word: str
    remedy: str
    """For who runs the site: what it is and what to do."""
    readable: bool = False
    """Whether pages can still be read."""
    retry_after: int = 30


FULL = Trouble("full", "the disk is full: make room, and everything goes on by itself.", readable=True, retry_after=60)
READ_ONLY = Trouble(
    "read-only",
    "the disk is read-only: look into the system's log (`dmesg`), mount it for writing, and everything goes on by "
    "itself.",
    readable=True, retry_after=60,
)  # fmt: skip
BUSY = Trouble(
    "busy", "too many wanted it at once, or somebody kept it for too long; nothing has to be done.", retry_after=5
)
AWAY = Trouble(
    "away", "it does not answer: start it, or look at PORTAL_DATABASE_URL; all goes on by itself.", retry_after=10
)
GONE = Trouble(
    "gone", "its file is not there: put it back and everything goes on by itself, or `python -m portal migrate` "
    "makes a new one and `python -m portal restore` brings back the last backup; then start again.",
)  # fmt: skip
REPLACED = Trouble(
    "replaced", "another file is in its place: put the first one back, or stop the site, delete what SQLite keeps "
    "beside it (`-wal`, `-shm`) and start again. `python -m portal restore` brings a backup back while all goes on.",
)  # fmt: skip
DAMAGED = Trouble(
    "damaged", "it is damaged: stop the site, move it away with what is beside it (`-wal`, `-shm`), then "
    "`python -m portal migrate`, `python -m portal restore` the last backup, and start again.", retry_after=300,
)  # fmt: skip
EMPTY = Trouble(
    "empty", "it has not all its tables: run `python -m portal migrate`, then `python -m portal restore` the last "
    "backup if there was something in it.", retry_after=300,
)  # fmt: skip
FAILING = Trouble(
    "failing", "the disk fails: look into the system's log (`dmesg`), and keep the last backup elsewhere.",
    retry_after=60,
)  # fmt: skip
FORBIDDEN = Trouble(
    "forbidden", "the user that the site runs as may not read or write there: give the files of PORTAL_DATA_DIR and "
    "PORTAL_UPLOADS_DIR back to that user (`chown -R`, `chmod -R u+rwX`), and everything goes on by itself.",
    readable=True, retry_after=60,
)  # fmt: skip

_SQLITE = {
    "SQLITE_FULL": FULL, "SQLITE_READONLY": READ_ONLY, "SQLITE_BUSY": BUSY, "SQLITE_LOCKED": BUSY,
    "SQLITE_CORRUPT": DAMAGED, "SQLITE_NOTADB": DAMAGED, "SQLITE_CANTOPEN": AWAY, "SQLITE_IOERR": FAILING,
    "SQLITE_PROTOCOL": BUSY,
}  # fmt: skip
_POSTGRESQL = {
    "53100": FULL, "25006": READ_ONLY, "53": BUSY, "55P03": BUSY, "40": BUSY, "57014": BUSY, "57": AWAY, "08": AWAY,
    "XX001": DAMAGED, "XX002": DAMAGED, "58": FAILING, "42P01": EMPTY, "3D000": GONE,
}  # fmt: skip
"""By error code or its class (the first two characters), as PostgreSQL's manual lists them."""
LOOKED_EVERY = 5.0
"""Seconds for which a process believes what it found of PostgreSQL's disk while there is doubt: whoever may ask, may
ask often, and each look writes LEAST_FREE bytes."""
_DOUBT = "portal.doubt_of_the_database"
_MORE = text("CREATE TEMPORARY TABLE more ON COMMIT DROP AS SELECT repeat('x', 1000) FROM generate_series(1, :rows)")


@dataclass
class _Doubt:
    """What a process knows of PostgreSQL's disk. It begins in doubt: others may have been refused something."""

    looking: Lock = field(default_factory=Lock)
    raised: int = 1
    """How often there was reason to doubt …"""
    settled: int = 0
    """… and how many of these times a look after it found all well."""
    found: Trouble | None = None
    looked_at: float = float("-inf")

    def raise_(self, found: Trouble) -> None:
        """The database refused something: it is as good as looked at, and looked at again before it is well."""
        self.found, self.looked_at, self.raised = found, time.monotonic(), self.raised + 1

    def look(self) -> Trouble | None:
        """What ails it now, or was found LOOKED_EVERY seconds ago at the most."""
        if self.raised == self.settled:
            return None
        # One looks at a time. The others have the last finding, and wait for the first one.
        if self.looking.acquire(blocking=self.found is None):
            try:
                if self.raised != self.settled and time.monotonic() - self.looked_at >= LOOKED_EVERY:
                    raised, found = self.raised, _look()
                    if raised == self.raised:  # nobody was refused anything meanwhile
                        self.found, self.looked_at = found, time.monotonic()
                        self.settled = raised if found is None else self.settled
            finally:
                self.looking.release()
        return self.found


_SYSTEM = {
    errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY, errno.EIO: FAILING,
    errno.EACCES: FORBIDDEN, errno.EPERM: FORBIDDEN,
}  # fmt: skip


def ails(error: BaseException) -> Trouble | None:
    """What ails the machine if this error comes of that, and None if it is the code or the data that is wrong."""
    for one in _causes(error):
        if isinstance(one, NotTheFile):
            return GONE if "is gone" in str(one) else REPLACED
        if isinstance(one, NoneFree):
            return BUSY
        if found := _sqlite(one) or _postgresql(one):
            return found
        if isinstance(one, OSError) and (system := _SYSTEM.get(one.errno or 0)) is not None:
            # A firewall forbids too, in the same words: it names no file.
            return system if system is not FORBIDDEN or one.filename is not None else None
    return None


def at_work(error: BaseException) -> Trouble | None:
    """As `ails`, for the application at work: where a database says only that it can't, its disk may say why.

    What PostgreSQL says of a disk that only it can see is remembered, for `of_database`.
    """
    found = ails(error)
    if found in (FULL, READ_ONLY) and any(_postgresql(one) for one in _causes(error)):
        _doubt().raise_(found)
    if found is FAILING or (found is AWAY and getattr(getattr(error, "orig", error), "sqlite_errorname", None)):
        return next(iter(of_disks(settings()).values()), found)
    return found


class InShort(logging.Filter):
    """In the log, too, what ails the machine is one sentence that says what to do, instead of where it was noticed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets everything pass."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and (found := ails(error)) is not None:
            record.msg, record.args = f"{record.getMessage()}: {found.remedy}", ()
            record.exc_info = record.exc_text = None
        return True


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        seen.append(following)
        if isinstance(following, DBAPIError) and following.orig is not None:
            yield following.orig
        yield following
        following = getattr(following, "original_exception", None) or following.__cause__


def _sqlite(error: BaseException) -> Trouble | None:
    name = getattr(error, "sqlite_errorname", None)
    if name is None:
        return None
    if "no such table" in str(error):
        return EMPTY
    return next((trouble for start, trouble in _SQLITE.items() if name.startswith(start)), None)


def _postgresql(error: BaseException) -> Trouble | None:
    if type(error).__module__.partition(".")[0] != "psycopg":
        return None
    code = getattr(error, "sqlstate", None)
    if code is None:  # nobody was there to give one
        return AWAY if type(error).__name__ in ("OperationalError", "ConnectionTimeout") else None
    return _POSTGRESQL.get(code) or _POSTGRESQL.get(code[:2])


def of_folder(folder: Path) -> Trouble | None:
    """What ails this folder or the disk it is on: full, read-only, gone, forbidden; None if it is well."""
    try:
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        disk = os.statvfs(folder)
    except OSError as error:
        return _SYSTEM.get(error.errno or 0, FAILING)
    if disk.f_flag & os.ST_RDONLY:
        return READ_ONLY
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return FORBIDDEN
    # Some file systems count no files: they say there are none, and that none are free.
    return FULL if disk.f_bavail * disk.f_frsize < LEAST_FREE or (disk.f_files and not disk.f_favail) else None


def of_database(*, unasked: bool = False) -> Trouble | None:
    """What ails the disk of PostgreSQL: whether it takes LEAST_FREE more bytes, which go again at once.

    Each process looks once, and when the database refused something (`at_work`) every few seconds until it has room
    again; `unasked` looks in any case. Raises what else the database has to say.
    """
    if db.engine.dialect.name != "postgresql":
        return None
    return _look() if unasked else _doubt().look()


def _doubt() -> _Doubt:
    found: _Doubt = current_app.extensions.setdefault(_DOUBT, _Doubt())
    return found


def _look() -> Trouble | None:
    try:
        with db.engine.connect() as connection:  # which rolls back
            connection.execute(_MORE, {"rows": LEAST_FREE // 1000})
    except DBAPIError as error:
        if (found := ails(error)) is not None:
            return found
        if getattr(error.orig, "sqlstate", None) != "42501":  # nobody need be allowed to make such a table
            raise
    return None


def of_disks(s: Settings) -> dict[str, Trouble]:
    """What ails the disks that this site writes to, by what it keeps there."""
    folders = {"data": s.data_dir}
    if (file := sqlite_path(s.database_url)) is not None:
        folders["database"] = file.parent
    if s.storage_url.startswith("file:"):
        folders["pictures"] = Path(url2pathname(urlsplit(s.storage_url).path))
    ailing = {what: found for what, folder in folders.items() if (found := of_folder(folder)) is not None}
    if file is not None and "database" not in ailing and not _may_be_written(file):
        ailing["database"] = FORBIDDEN
    return ailing


def _may_be_written(file: Path) -> bool:
    return os.access(file, os.R_OK | os.W_OK) or not file.exists()
