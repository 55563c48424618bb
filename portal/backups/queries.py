"""What backups ask of the database: one moment of it, the files its pictures need, and how the backups stand."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Table, func, select, text

from portal import clock
from portal.backups.archive import LEFT_OUT
from portal.backups.models import BackupRun
from portal.config import settings
from portal.db import db, sqlite_path
from portal.media.files import EXTENSION_OF, private_folder
from portal.media.intake import names_of
from portal.media.ladder import widths_for
from portal.media.models import Picture
from portal.media.showing import ANIMATION, widths_in
from portal.members.models import Member


def tables() -> list[Table]:
    """Every table that is kept, those that others point at first."""
    return [table for table in db.metadata.sorted_tables if table.name not in LEFT_OUT]


def revision() -> str:
    """The revision that the database is at."""
    found: str | None = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    return found or ""


@contextmanager
def one_moment() -> Iterator[Connection]:
    """A connection that sees the database as it is at its first question, whatever is written meanwhile."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            # It is read for as long as it takes, with pauses in which what was read is packed.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield connection
        connection.rollback()


def picture_files(connection: Connection) -> Iterator[tuple[str, list[str]]]:
    """(token, keys in storage) of each picture: what the tables name, from which all else can be made again."""
    rows = connection.execute(
        select(Picture.token, Picture.media_type, Picture.made_sizes, Picture.width).order_by(Picture.id)
    )
    for token, media_type, sizes, width in rows:
        names = [f"master.{EXTENSION_OF[media_type]}", *sorted(names_of(widths_in(sizes) or widths_for(width)))]
        names += [f"{ANIMATION}.webp"] if sizes.endswith(ANIMATION) else []
        yield token, [private_folder(token) + name for name in names]


def still_there(tokens: set[str]) -> set[str]:
    """Those of these pictures that have a row now."""
    wanted = sorted(tokens)
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        found.update(db.session.scalars(select(Picture.token).where(Picture.token.in_(some))))
    return found


def size_guess() -> tuple[int, int]:
    """(bytes of the database, bytes of its pictures), roughly, to see whether there is room."""
    pictures = db.session.scalar(select(func.coalesce(func.sum(Picture.bytes), 0))) or 0
    file = sqlite_path(settings().database_url)
    if file is not None:
        return (file.stat().st_size if file.exists() else 0), int(pictures)
    return int(db.session.scalar(text("SELECT pg_database_size(current_database())")) or 0), int(pictures)


def is_empty() -> bool:
    """Whether nobody is in the database yet."""
    return not db.session.scalar(select(func.count()).select_from(Member))


def others_connected() -> bool:
    """Whether somebody else has the database open: a server, a worker, a database shell.

    Call it outside of a transaction.
    """
    db.session.rollback()
    db.engine.dispose()
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            return bool(connection.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {others}")))  # noqa: S608
        raw = connection.connection.dbapi_connection
        assert raw is not None
        connection.rollback()
        try:
            # SQLite leaves its mode only for one who is alone.
            mode = raw.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            return True
        return bool(mode != "delete")


@dataclass(frozen=True)
class Standing:
    """How the backups stand: the last good one, the last try of all, what is under way, what is wrong in a sentence."""

    folder: str
    good: BackupRun | None
    last: BackupRun | None
    under_way: BackupRun | None
    warning: str


def standing() -> Standing:
    """How the backups stand now."""
    s = settings()
    runs = select(BackupRun).order_by(BackupRun.started_at.desc(), BackupRun.id.desc()).limit(1)
    good = db.session.scalar(runs.where(BackupRun.ok.is_(True)))
    last = db.session.scalar(runs.where(BackupRun.finished_at.is_not(None)))
    under_way = db.session.scalar(runs.where(BackupRun.finished_at.is_(None)))
    folder = str(Path(s.backup_dir).resolve()) if s.backup_dir else ""
    return Standing(folder, good, last, under_way, _warning(folder, good, last, under_way))


def _warning(folder: str, good: BackupRun | None, last: BackupRun | None, under_way: BackupRun | None) -> str:
    s = settings()
    failed = f" The last try failed: {last.words}" if last is not None and not last.ok else ""
    if good is None:
        if not folder:
            return "No backup has ever been made of this site." if s.production or failed else ""
        if under_way is not None and not failed:
            return ""
        return f"No backup has succeeded yet.{failed or ' The worker makes the first one: is it running?'}"
    age = clock.now() - good.started_at
    if age > late_after():
        days = int(age / timedelta(days=1))
        words = f"{days} days" if days > 1 else f"{int(age / timedelta(hours=1))} hours"
        return f"The last good backup is {words} old.{failed}"
    return failed.strip()


def late_after() -> timedelta:
    """The age from which the last good backup is too old: one was missed, or nobody asked for one in a week."""
    s = settings()
    return 2 * timedelta(hours=s.backup_hours) if s.backup_dir and s.backup_hours else timedelta(days=7)


def newest(limit: int = 20) -> Sequence[BackupRun]:
    """The latest tries, the newest first."""
    return db.session.scalars(select(BackupRun).order_by(BackupRun.id.desc()).limit(limit)).all()


def unfinished() -> Sequence[BackupRun]:
    """Tries that have no end yet, the oldest first."""
    return db.session.scalars(select(BackupRun).where(BackupRun.finished_at.is_(None)).order_by(BackupRun.id)).all()


def is_due(now: datetime) -> bool:
    """Whether the clock asks for a backup: the last good one is a period old, and no try failed within the hour."""
    s = settings()
    if not (s.backup_dir and s.backup_hours):
        return False
    good = select(func.max(BackupRun.started_at)).where(BackupRun.ok.is_(True))
    bad = select(func.max(BackupRun.started_at)).where(BackupRun.ok.is_(False))
    made_at, failed_at = db.session.scalar(good), db.session.scalar(bad)
    if failed_at is not None and failed_at > now - TRY_AGAIN:
        return False
    return made_at is None or made_at <= now - timedelta(hours=s.backup_hours)


TRY_AGAIN = timedelta(hours=1)
