"""What the owner and Prometheus can look at: the whole map from what waits or fills up to who knows it.

Rooms know nothing of being watched. Each line says from when it is trouble, and what to do then.
"""

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import func, select

from portal import activity, clock
from portal.backups import queries as backups
from portal.backups.models import BackupRun
from portal.config import settings
from portal.contributions.models import Contribution
from portal.db import db
from portal.search import followers as search
from portal.watching.standing import Gauge, Source

LATE = timedelta(minutes=5).total_seconds()
"""As in the doctor's findings: a worker that runs is never so far behind for long."""
GIGABYTE = 1_000_000_000
FULL = GIGABYTE
"""Free bytes below which somebody should make room: an hour of uploads on a busy day."""

Values = Mapping[str, float | None]


def _age(since: datetime | None) -> float | None:
    return None if since is None else max(0.0, (clock.now() - since).total_seconds())


def _errands() -> Values:
    waiting, since = activity.owed()
    return {"errands": waiting, "errands_oldest": _age(since)}


def _queue() -> Values:
    oldest = func.min(Contribution.submitted_at)
    pending = select(func.count(), oldest).where(Contribution.state == "pending")
    waiting, since = db.session.execute(pending).one()
    return {"queue": waiting, "queue_oldest": _age(since)}


def _index() -> Values:
    behind = search.lag()
    return {"index_lag": 0.0 if behind is None else behind.total_seconds()}


def _disks() -> Values:
    s, found = settings(), {"disk_data": _free(settings().data_dir)}
    if urlsplit(s.storage_url).scheme == "file":
        found["disk_uploads"] = _free(Path(unquote(urlsplit(s.storage_url).path)))
    return found


def _free(folder: Path) -> float:
    """Where the folder is, or will be once something lies in it."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free


def _database() -> Values:
    if db.engine.dialect.name == "postgresql":
        return {"database": db.session.scalar(select(func.pg_database_size(func.current_database())))}
    file = db.engine.url.database or ""
    parts = [Path(f"{file}{ending}") for ending in ("", "-wal")]
    return {"database": sum(part.stat().st_size for part in parts if part.is_file())}


def _backups() -> Values:
    last = db.session.scalar(select(func.max(BackupRun.finished_at)).where(BackupRun.ok.is_(True)))
    return {"backup_age": _age(last)}


def _span(seconds: float) -> str:
    """A time in the unit that reads best."""
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {word}s"  # as pages say it: 2 hours ago until it is 3
    return f"{seconds:.0f} second{'' if round(seconds) == 1 else 's'}"


def _bytes(number: float) -> str:
    return f"{number / GIGABYTE:.1f} GB" if number >= GIGABYTE else f"{number / 1_000_000:.1f} MB"


def _above(limit: float, sentence: str) -> Callable[[float | None], str]:
    return lambda value: sentence if value is not None and value > limit else ""


def _full(folder: str) -> Callable[[float | None], str]:
    sentence = f"Make room where {folder} lie, or give them a larger disk."
    return lambda free: sentence if free is not None and free < FULL else ""


def _queue_late(seconds: float | None) -> str:
    hours = settings().queue_warn_hours
    return f"That is more than {hours} hours." if seconds is not None and seconds > hours * 3600 else ""


def _backup_late(age: float | None) -> str:
    if age is None:
        return "Nobody could bring this site back." if settings().production or settings().backup_dir else ""
    return "That is too long ago." if age > backups.late_after().total_seconds() else ""


_WORKER = "Is a worker running? `python -m portal doctor` says what fails."
_QUEUE = ("moderation.show_queue", "Look into the queue")
_BACKUPS = ("backups.show_backups", "To the backups")

SOURCES: tuple[Source, ...] = (
    Source(
        (
            Gauge("errands", "portal_errands_waiting", "Errands that wait for a worker.", "Errands waiting"),
            Gauge(
                "errands_oldest", "portal_errands_oldest_seconds", "Age of the oldest errand that is due.",
                "Oldest errand", _span, _above(LATE, _WORKER), missing="none",
            ),
        ),
        _errands,
    ),
    Source(
        (
            Gauge(
                "queue", "portal_queue_waiting", "Contributions that wait for a moderator.",
                "Waiting for a moderator", page=_QUEUE,
            ),
            Gauge(
                "queue_oldest", "portal_queue_oldest_seconds", "Age of the oldest of them.",
                "Longest wait for a moderator", _span, _queue_late, missing="none", page=_QUEUE,
            ),
        ),
        _queue,
    ),
    Source(
        (
            Gauge(
                "index_lag", "portal_index_lag_seconds", "Age of the oldest change that search does not know yet.",
                "Search is behind by", _span, _above(LATE, _WORKER),
            ),
        ),
        _index,
    ),
    Source(
        (
            Gauge(
                "backup_age", "portal_backup_age_seconds", "Time since the last backup that succeeded.",
                "Last good backup", lambda seconds: f"{_span(seconds)} ago", _backup_late, missing="none yet",
                page=_BACKUPS,
            ),
        ),
        _backups,
    ),
    Source(
        (
            Gauge(
                "disk_data", "portal_disk_free_bytes", "Free on the disk of a folder, on the machine that was asked.",
                "Free for data", _bytes, _full("the data"), of=("folder", "data"),
            ),
            Gauge(
                "disk_uploads", "portal_disk_free_bytes", "", "Free for pictures", _bytes, _full("the pictures"),
                missing="they lie in a bucket", of=("folder", "uploads"),
            ),
        ),
        _disks,
    ),
    Source((Gauge("database", "portal_database_bytes", "Size of the database.", "Database", _bytes),), _database),
)  # fmt: skip
