"""What staff learn from searches: what nobody has written about, what is found and not opened, what is asked most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.search.models import SearchedWords

PERIODS = (7, 30, 90, 180)
"""Days to look back."""
SHOWN = 50
"""Searches in one list; the file holds more."""
IN_A_FILE = 5000

_times = func.sum(SearchedWords.times).label("times")
_empty = func.sum(SearchedWords.empty).label("empty")
_opened = func.sum(SearchedWords.opened).label("opened")


@dataclass(frozen=True)
class Searched:
    """Words, how often they were looked for, how often nothing was found and how often a result was opened."""

    words: str
    times: int
    empty: int
    opened: int
    last: Any
    """The day they were last looked for."""


@dataclass(frozen=True)
class Report:
    """A period's searches in sums and in three lists, each with what was asked most first."""

    days: int
    times: int
    empty: int
    opened: int
    without_result: Sequence[Searched]
    without_click: Sequence[Searched]
    most: Sequence[Searched]


def report(days: int) -> Report:
    """The last `days` days, today included."""
    sums = db.session.execute(
        select(func.sum(SearchedWords.times), func.sum(SearchedWords.empty), func.sum(SearchedWords.opened)).where(
            SearchedWords.day >= _since(days)
        )
    ).one()
    times, empty, opened = (int(number or 0) for number in sums)
    return Report(
        days=days, times=times, empty=empty, opened=opened,
        # What was found once and not at other times has been written meanwhile, or was taken away.
        without_result=_rows(_query(days).having(_empty * 2 > _times), SHOWN),
        without_click=_rows(_query(days).having(_opened == 0, _empty * 2 <= _times), SHOWN),
        most=_rows(_query(days), SHOWN),
    )  # fmt: skip


def everything(days: int) -> Sequence[Searched]:
    """All searches of the period for a file, what was asked most first."""
    return _rows(_query(days), IN_A_FILE)


def _query(days: int) -> Any:
    return (
        select(SearchedWords.words, _times, _empty, _opened, func.max(SearchedWords.day))
        .where(SearchedWords.day >= _since(days))
        .group_by(SearchedWords.words)
        .order_by(_times.desc(), SearchedWords.words)
    )


def _rows(query: Any, most: int) -> list[Searched]:
    return [Searched(*row) for row in db.session.execute(query.limit(most))]


def _since(days: int) -> Any:
    return clock.now().date() - timedelta(days=days - 1)
