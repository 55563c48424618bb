"""Instants in SQL, for both databases: how far apart two of them are, and on which day (UTC) one is."""

from typing import Any

from sqlalchemy import Float, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class hours_between(FunctionElement[float]):  # noqa: N801 (a function of SQL)
    """How many hours lie between two instants."""

    type = Float()
    inherit_cache = True


@compiles(hours_between, "sqlite")
def _hours_by_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    earlier, later = (compiler.process(one, **how) for one in element.clauses)
    return f"((julianday({later}) - julianday({earlier})) * 24.0)"


@compiles(hours_between, "postgresql")
def _hours_by_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    earlier, later = (compiler.process(one, **how) for one in element.clauses)
    return f"(CAST(EXTRACT(epoch FROM {later} - {earlier}) AS FLOAT) / 3600.0)"


class day_of(FunctionElement[str]):  # noqa: N801 (a function of SQL)
    """The day of an instant as it is written: 2026-11-22."""

    type = String()
    inherit_cache = True


@compiles(day_of, "sqlite")
def _day_by_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    return f"substr({compiler.process(element.clauses, **how)}, 1, 10)"


@compiles(day_of, "postgresql")
def _day_by_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **how)} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
