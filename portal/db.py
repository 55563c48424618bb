"""The database: the session, column types and what makes SQLite and PostgreSQL behave alike."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, Row, Table, make_url
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import TypeDecorator

from portal import sqlite


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant: stored in UTC, read back aware, naive values refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC for the database; SQLite stores it without its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone was given to the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware again, whatever the database gave."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], datetime | None] | None:
        """The same in one step where times are kept as text: a page reads a hundred of them."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        return lambda value: None if value is None else datetime.fromisoformat(value + "+00:00")


def as_instant(given: str | datetime | None) -> datetime | None:
    """A time as the driver gave it, where a query leaves it at that: text in SQLite."""
    if isinstance(given, str):
        return datetime.fromisoformat(given + "+00:00")
    return given.astimezone(UTC) if given is not None else None


class Base(DeclarativeBase):
    """The parent of every table, with names for all constraints so that migrations can name them."""

    if TYPE_CHECKING:
        __table__: ClassVar[Table]

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(metadata=metadata, type_annotation_map={datetime: UtcDateTime})


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

LEFT_ALONE = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "connect_timeout": 5,
    "options": "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=10000",
}
"""For PostgreSQL: the server and we notice within seconds that the other's machine is gone, without a word. The locks
that a dead machine held fall by then; by the system's own settings the others would wait for two hours."""

_writing: ContextVar[bool] = ContextVar("portal_writing", default=False)


def will_write(yes: bool = True) -> None:
    """Say that the next transaction writes, so that SQLite takes its lock at the start.

    A transaction that begins reading and then writes fails at once under SQLite when somebody
    else wrote in between; one that begins with `BEGIN IMMEDIATE` waits its turn instead.
    """
    _writing.set(yes)


def is_writing() -> bool:
    """Whether the next transaction writes."""
    return _writing.get()


@contextmanager
def writing() -> Iterator[None]:
    """A block in which transactions write; it commits at its end, or rolls back and raises."""
    before = _writing.get()
    db.session.rollback()
    _writing.set(True)
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.set(before)


@contextmanager
def reading() -> Iterator[None]:
    """A part of a block that writes in which nobody waits for it: what was done before is committed, and what is read
    here was committed by then. For what takes its time elsewhere; it must do no harm if it is done twice."""
    before = _writing.get()
    db.session.commit()
    _writing.set(False)
    try:
        yield
    finally:
        db.session.rollback()
        _writing.set(before)


def insert_new(table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert those rows that break no unique constraint; the others are there already."""
    if rows:
        db.session.execute(insert_into(table).on_conflict_do_nothing(), list(rows))


def renew(known: Any, row: Row[Any]) -> None:
    """Give an entity what its row has now, as an UPDATE … RETURNING said it, without asking for it once more. What was
    pending on it was written before that statement went out."""
    for name, value in row._mapping.items():
        set_committed_value(known, name, value)


def insert_into(table: Any) -> Any:
    """`INSERT` in the words of the database in use: both have `on_conflict_…`, SQLAlchemy has no one name for it."""
    return import_module(f"sqlalchemy.dialects.{db.engine.dialect.name}").insert(table)


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite database; None for one in memory and for any other database."""
    parts = make_url(url)
    named = parts.database if parts.get_backend_name() == "sqlite" else None
    return Path(named) if named and named != ":memory:" else None


def init_app(app: Flask, url: str) -> None:
    """Bind the database at `url` to `app`."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    # A request holds one, and for a moment a second to find what is remembered (pages/remembering.py): were there
    # fewer than that for all threads, each could wait for another's.
    found = app.extensions.get("portal.settings")  # an archive that is proven has none
    most = 2 * (found.web_threads if found else 1) + 4
    if url.startswith("sqlite"):
        options: dict[str, Any] = {"connect_args": {"timeout": sqlite.BUSY_SECONDS, "check_same_thread": False}}
        # Each has a cache of its own: readers come one by one (one_by_one.py) and use the same few, which have theirs
        # filled; more are opened for those who write together, and closed again.
        options |= {"pool_size": 2, "max_overflow": most, "pool_use_lifo": True}
    else:
        options = {"pool_size": 12, "max_overflow": max(8, most - 12), "pool_pre_ping": True}
        options["connect_args"] = LEFT_ALONE
    # What members typed, their addresses and the hashes of their passwords do not belong into a log.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options | {"hide_parameters": True}
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            slow = found.slow_query_ms / 1000 if found else 0
            sqlite.make_strict(db.engine, sqlite_path(url), is_writing, slow)
