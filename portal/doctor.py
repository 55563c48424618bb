"""Looking a site over: settings, database, errands, index, storage, pictures, mail; each finding in a sentence."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from portal import activity, clock, migrating, redis_client, trouble
from portal.backups import queries as backups
from portal.config import settings
from portal.db import db
from portal.media import cage
from portal.media.storage import probe, storage
from portal.notifications import mail
from portal.search import followers as search
from portal.sqlite import nothing_is_made

AT_A_GLANCE = 0.2
"""Seconds for which a start looks for damage: a large file takes more, and a site is to be back at once."""
LATE = timedelta(minutes=5)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, and what was found."""

    what: str
    ok: bool
    words: str


def examine() -> list[Finding]:
    """Look everything over; one broken thing does not hide the others."""
    looks: dict[str, Callable[[], tuple[bool, str]]] = {
        "settings": _settings,
        "database": _database,
        "disks": _disks,
        "redis": _redis,
        "errands": _errands,
        "search": _search,
        "storage": _storage,
        "pictures": _pictures,
        "mail": _mail,
        "backups": _backups,
    }
    return [_look(what, look) for what, look in looks.items()]


def examine_database() -> Finding:
    """Look at the database alone, at a start: whether it answers, is up to date, and looks whole at a glance."""
    return _look("database", partial(_database, AT_A_GLANCE))


def _look(what: str, look: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        with nothing_is_made():
            ok, words = look()
    except Exception as error:  # whatever is wrong is the finding
        log.debug("doctor: %s", what, exc_info=True)
        ok, words = False, f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        if (found := trouble.at_work(error)) is not None:
            words = found.remedy
    finally:
        with suppress(SQLAlchemyError):
            db.session.rollback()
    return Finding(what, ok, words)


def _settings() -> tuple[bool, str]:
    s = settings()
    if s.production and not s.base_url.startswith("https://"):
        return False, f"PORTAL_BASE_URL is {s.base_url}: in production it should begin with https://."
    if s.production and not s.mail_url:
        return False, "PORTAL_MAIL_URL is not set, so nobody can confirm an address or reset a password."
    if not s.production and not s.only_here:
        return False, f"PORTAL_BASE_URL is {s.base_url}, but PORTAL_ENV is development: set it to production."
    if s.web_processes > 1 and not s.redis_url:
        return False, "several web processes without PORTAL_REDIS_URL: limits are counted in each of them."
    return True, f"{s.env}, at {s.base_url}, data in {s.data_dir}"


def _database(seconds: float = float("inf")) -> tuple[bool, str]:
    activity.ping()
    head, current = migrating.revisions()[-1], _revision()
    if current != head:
        return False, f"it is at revision {current}, the program at {head}: run `python -m portal migrate`."
    name = db.engine.dialect.name
    if name == "sqlite":
        broken = _looked_through(seconds)
        if broken != "ok":
            return False, f"{trouble.DAMAGED.remedy} (SQLite says: {broken})"
    return True, f"{name}, revision {current}"


def _looked_through(seconds: float) -> str:
    """What SQLite finds wrong in its file, or "ok": as much of it as it looks through in so many seconds."""
    connection: Any = db.session.connection().connection.dbapi_connection
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, 10_000)
    try:
        return str(db.session.execute(text("PRAGMA quick_check")).scalar())
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
            return "ok"
        raise
    finally:
        connection.set_progress_handler(None, 0)


def _disks() -> tuple[bool, str]:
    ailing = trouble.of_disks(settings())
    with suppress(SQLAlchemyError):  # which is said of the database already
        if (of_database := trouble.of_database(unasked=True)) is not None:
            ailing["database"] = of_database
    if ailing:
        return False, " ".join(f"{what}: {found.remedy}" for what, found in ailing.items())
    return True, "there is room on them"


def _revision() -> str | None:
    """None where nobody has made the tables yet."""
    return backups.revision() if inspect(db.session.connection()).has_table("alembic_version") else None


def _errands() -> tuple[bool, str]:
    count, since = activity.owed()
    stuck = activity.stuck()
    if stuck:
        return False, f"{stuck[0].reaction} failed {stuck[0].attempts} times: {stuck[0].last_error}"
    if since is not None and clock.now() - since > LATE:
        return False, f"{count} wait, the oldest since {since:%Y-%m-%d %H:%M} UTC: is a worker running?"
    return True, f"{count} waiting"


def _search() -> tuple[bool, str]:
    found = search.compare()
    if not found.equal:
        waiting, _ = activity.owed()
        words = (
            f"of the published contributions {len(found.missing)} are missing from the index and {len(found.stale)} "
            f"are out of date in it; {len(found.surplus)} should not be in it"
        )
        if waiting:
            return True, f"{words}; {waiting} errands still wait"
        return False, f"{words}: run `python -m portal rebuild search`."
    behind = search.lag()
    if behind is not None and behind > LATE:
        return False, f"{search.state()}: is a worker running?"
    return True, f"the index agrees with the tables: {search.state()}"


def _redis() -> tuple[bool, str]:
    if redis_client.redis_of() is None:
        return True, "not set: limits, cached pages and wake-ups are this machine's own"
    if redis_client.ask(lambda client: bool(client.ping()), False, insist=True):
        return True, "it answers"
    return False, "it does not answer: each process counts limits for itself, and workers look twice a second."


def _storage() -> tuple[bool, str]:
    probe(storage())
    return True, settings().storage_url


def _pictures() -> tuple[bool, str]:
    if lacking := cage.lacking():
        return True, f"decoded in a process of their own with limits on memory, time and files; {', '.join(lacking)}"
    return True, "decoded in a process of their own that can reach no file, network or other process"


def _mail() -> tuple[bool, str]:
    if not settings().mail_url:
        return not settings().production, "not set: no mail is sent"
    if settings().mail_url == "folder":
        return True, f"written to {settings().mail_folder}"
    problem = mail.check()
    return not problem, problem or "the mail server answers"


def _backups() -> tuple[bool, str]:
    stands = backups.standing()
    if not stands.folder and not stands.warning:
        return True, "the worker makes none: PORTAL_BACKUP_DIR is not set"
    if not stands.folder:
        return True, f"{stands.warning} The worker makes none: PORTAL_BACKUP_DIR is not set"
    good = f"the last good one is {stands.good.file}" if stands.good else "none so far"
    if stands.good and Path(stands.good.file).parent.is_dir() and not Path(stands.good.file).is_file():
        return False, f"{good}, and that file is gone."
    return not stands.warning, stands.warning or good
