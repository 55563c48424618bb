"""Decisions counted by day. Days that are over are counted once and remembered: nothing is decided in them any more."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import func, select

from portal.contributions.models import Decision
from portal.db import db
from portal.moderation.instants import day_of
from portal.moderation.openness import waits

_KEPT = "portal.moderation.tallies"


class Tally(NamedTuple):
    """So many decisions of a day that are alike."""

    day: str
    """2026-11-22"""
    came_from: str
    to: str
    moderated: bool
    rule: str
    actor_id: int | None
    n: int

    @property
    def undoes(self) -> bool:
        """Whether they took others back."""
        return self.rule == "undone"


class Tallied(NamedTuple):
    """The decisions of some days, and on which day what waited was decided after how many seconds."""

    decisions: list[Tally]
    waits: list[tuple[str, float]]


def tallied(since: datetime, today: datetime, sample: int) -> Tallied:
    """The decisions from `since` until now, and the waits of about `sample` of them; both are midnights in UTC.

    What is remembered counts as long as the days that are over have as many decisions as they had, up to the same
    last one: some go with what they were about.
    """
    over = (Decision.at >= since, Decision.at < today)
    mark: Any = tuple(db.session.execute(select(func.count(), func.max(Decision.id)).where(*over)).one())
    kept: dict[tuple[datetime, datetime, int], tuple[Any, Tallied]] = current_app.extensions.get(_KEPT, {})
    key = (since, today, sample)
    one_in = -(-mark[0] // (2 * sample)) or 1  # each is held by one decision and released by another
    found = kept.get(key)
    if found is None or found[0] != mark:
        found = (mark, Tallied(_counted(*over), waits(since, today, limit=2 * sample, one_in=one_in)))
        current_app.extensions[_KEPT] = {days: rows for days, rows in kept.items() if days[1] == today} | {key: found}
    before, new = found[1], waits(today, limit=2 * sample, one_in=one_in)
    return Tallied(before.decisions + _counted(Decision.at >= today), new + before.waits)


def _counted(*when: Any) -> list[Tally]:
    columns = (
        day_of(Decision.at), Decision.from_state, Decision.to_state, Decision.as_moderator, Decision.rule,
        Decision.actor_id,
    )  # fmt: skip
    return [Tally(*row) for row in db.session.execute(select(*columns, func.count()).where(*when).group_by(*columns))]
