"""Queries that nearly every page asks, in the driver's own words: made once, and their rows taken as they come.

What SQLAlchemy does for each statement beside asking it costs several times what the database does for a short one.
"""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy.engine import Dialect

from portal.db import db


class _Bound(NamedTuple):
    """One value of a statement: its name there, where it comes from, and what the driver wants made of it."""

    name: str
    value: Callable[[dict[str, Any]], Any]
    process: Callable[[Any], Any] | None


class _Statement(NamedTuple):
    sql: str
    bound: Sequence[_Bound]
    by_place: bool

    def given(self, values: dict[str, Any]) -> Any:
        """What to hand over beside the SQL."""
        found = [(one.name, one.process(one.value(values)) if one.process else one.value(values)) for one in self.bound]
        return tuple(value for _, value in found) if self.by_place else dict(found)


class Prepared:
    """A query whose parameters are named by `bindparam`, one value each.

    For each kind of database it is put into words once.
    """

    def __init__(self, query: Select[Any]) -> None:
        self.query = query
        self._made: dict[str, _Statement] = {}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """All rows, in the request's own transaction: values as the driver has them, so that times in SQLite are texts
        (`db.as_instant`) and truths numbers. Raises what the session would raise."""
        connection = db.session.connection()
        dialect = connection.dialect
        statement = self._made.get(dialect.name) or self._make(dialect, values)
        given, listeners, asked = statement.given(values), connection.dispatch, SimpleNamespace()
        cursor = connection.connection.cursor()
        try:
            listeners.before_cursor_execute(connection, cursor, statement.sql, given, asked, False)
            cursor.execute(statement.sql, given)
            listeners.after_cursor_execute(connection, cursor, statement.sql, given, asked, False)
            return cursor.fetchall()  # type: ignore[return-value]
        except dialect.loaded_dbapi.Error:
            # Asked in the ordinary way it fails too, and all that has to follow a failure does.
            return list(map(tuple, connection.execute(self.query, values)))
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
            bound.append(_Bound(name, _from(name, bind, values), process))
        statement = self._made[dialect.name] = _Statement(made.string, bound, made.positional)
        return statement


def _from(name: str, bind: Any, values: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    if bind.key in values:
        return lambda given: given[bind.key]
    return lambda given: bind.effective_value
