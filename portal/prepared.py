"""Queries that nearly every page asks, in the driver's own words: made once, and their rows taken as they come.

What SQLAlchemy does for each statement beside asking it costs several times what the database does for a short one.
"""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import Select, event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.pool import PoolProxiedConnection

from portal import here
from portal.db import db


class _Bound(NamedTuple):
    """One value of a statement: its name there, what it is given under, and what the driver wants made of it."""

    name: str
    given_as: str | None
    otherwise: Any
    """Where it is given under no name: the bound parameter that knows its value."""
    process: Callable[[Any], Any] | None


class _Statement(NamedTuple):
    sql: str
    bound: Sequence[_Bound]
    by_place: bool

    def given(self, values: dict[str, Any]) -> Any:
        """What to hand over beside the SQL."""
        each = []
        for _, given_as, otherwise, process in self.bound:
            value = values[given_as] if given_as is not None else otherwise.effective_value
            each.append(value if process is None else process(value))
        return tuple(each) if self.by_place else dict(zip([one.name for one in self.bound], each, strict=True))


class Prepared:
    """A query whose parameters are named by `bindparam`, one value each.

    For each kind of database it is put into words once.
    """

    def __init__(self, query: Select[Any]) -> None:
        self.query = query
        self._made: dict[str, _Statement] = {}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """All rows, in the request's own transaction if there is one, else on its `Line`: values as the driver has
        them, so that times in SQLite are texts (`db.as_instant`) and truths numbers. Raises what the session would."""
        if (line := the_line()) is not None:
            try:
                return self._ask(line.engine, line.connection(), values)
            except line.engine.dialect.loaded_dbapi.Error:
                line.break_off()
        connection = db.session.connection()
        try:
            return self._ask(connection, connection.connection, values)
        except connection.dialect.loaded_dbapi.Error:
            # Asked in the ordinary way it fails too, and all that has to follow a failure does.
            return list(map(tuple, connection.execute(self.query, values)))

    def _ask(self, through: Engine | Connection, driver: PoolProxiedConnection, values: dict[str, Any]) -> Any:
        statement = self._made.get(through.dialect.name) or self._make(through.dialect, values)
        given, listeners, asked = statement.given(values), through.dispatch, SimpleNamespace()
        cursor = driver.cursor()
        try:
            listeners.before_cursor_execute(driver, cursor, statement.sql, given, asked, False)
            cursor.execute(statement.sql, given)
            listeners.after_cursor_execute(driver, cursor, statement.sql, given, asked, False)
            return cursor.fetchall()
        finally:
            cursor.close()

    def _make(self, dialect: Dialect, values: dict[str, Any]) -> _Statement:
        query = self.query.params(values)
        made: Any = query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        names = made.positiontup if made.positional else [name for name in made.binds if f"%({name})s" in made.string]
        bound = []
        for name in names:
            bind = made.binds[name]
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            known = bind.key in values
            bound.append(_Bound(name, bind.key if known else None, None if known else bind, process))
        statement = self._made[dialect.name] = _Statement(made.string, bound, made.positional)
        return statement


class Line:
    """A connection on which a request that only reads may ask, without a transaction and all that it takes: each
    query finds what is committed by then."""

    def __init__(self) -> None:
        self.engine = db.engine
        self.known: dict[Any, Any] = {}
        """What whoever asks on it found out for the whole request."""
        self._connection: PoolProxiedConnection | None = None

    def connection(self) -> PoolProxiedConnection:
        """It, from the first query on."""
        if self._connection is None:
            self._connection = self.engine.raw_connection()
        return self._connection

    def give_back(self) -> None:
        """Another request may have it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def break_off(self) -> None:
        """Nobody may have it any more."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection = None


def open_line() -> None:
    """Let this request's prepared queries have one, until its session begins a transaction."""
    here.g().portal_line = Line()


def the_line() -> Line | None:
    """This request's, as long as it only reads and no transaction of its own shows it what was."""
    line: Line | None = here.g().get("portal_line")
    return line


def close_line() -> None:
    """Give it back, if this request has one."""
    line: Line | None = here.g().pop("portal_line", None)
    if line is not None:
        line.give_back()


@event.listens_for(db.session, "after_begin")
def _one_at_a_time(*_of_the_session: Any) -> None:
    """What is asked from now on is asked in the session's transaction: it may see what nobody else does yet, and a
    request need not hold two connections."""
    close_line()
