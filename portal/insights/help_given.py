"""Help over time, week by week: how much was given, by how many, to how many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, cast, func, select

from portal import clock
from portal.advocacy.ledger import standing
from portal.advocacy.models import LedgerEntry
from portal.db import db


@dataclass(frozen=True)
class Week:
    """A week (from Monday, UTC) in which somebody said that they were helped; the present one is not over."""

    begins: date
    acts: int
    """Acknowledgements that stand: accepted replies, thanks, help to decide."""
    helpers: int
    helped: int


def help_by_week(weeks: int) -> Sequence[Week]:
    """So many weeks up to the present one, empty ones included, the earliest first."""
    first = clock.week_start() - timedelta(weeks=weeks - 1)
    e = LedgerEntry
    week = _week_of(e.at)
    people = (func.count(e.helper_id.distinct()), func.count(e.helped_id.distinct()))
    query = select(week, func.count(), *people).where(e.at >= first, standing()).group_by(week)
    found = {_date(row[0]): (row[1], row[2], row[3]) for row in db.session.execute(query)}
    begins = [(first + timedelta(weeks=n)).date() for n in range(weeks)]
    return [Week(day, *found.get(day, (0, 0, 0))) for day in begins]


def _week_of(at: Any) -> Any:
    if db.engine.dialect.name == "sqlite":
        return func.date(at, "-6 days", "weekday 1")  # the Monday on or before it
    return cast(func.date_trunc("week", func.timezone("UTC", at)), Date)


def _date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
