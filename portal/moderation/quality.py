"""How the moderators' work goes: what comes in, what waits, how long it takes, by reason and by moderator.

By moderator it says who carries how much, in the order of names: it ranks nobody.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Select, func, select

from portal import clock
from portal.contributions.models import Contribution, Decision
from portal.db import db
from portal.members.models import Member
from portal.moderation import figures, second_looks
from portal.moderation.openness import waits
from portal.moderation.reasons import label_of
from portal.moderation.second_looks import Agreement

PERIODS = (7, 30, 90, 365)
SAMPLE = 10_000
"""Decisions, the latest ones, from which times are taken."""


@dataclass(frozen=True)
class Day:
    """What happened on a day (UTC); `hours` is the median time to decide what was decided then."""

    day: date
    came: int
    decided: int
    backlog: int
    hours: float | None


@dataclass(frozen=True)
class Quality:
    """A period in numbers."""

    days: Sequence[Day]
    by_reason: Sequence[tuple[str, str, int]]
    """What was done, why, how often."""
    by_moderator: Sequence[tuple[str, int]]
    half: timedelta | None
    most: timedelta | None
    taken_back: int
    agreement: Agreement


def quality(period: int) -> Quality:
    """The last `period` days, today included."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=period - 1)
    came, decided, reasons, taken_back = Counter[str](), Counter[str](), Counter[tuple[str, str]](), 0
    for day, came_from, to, moderated, rule, n in db.session.execute(_by_day(since)):
        undoing = rule == "undone"
        taken_back += n if undoing else 0
        if to == "pending":
            came[str(day)] += n
        if came_from == "pending" and to != "pending":
            decided[str(day)] += n
        if moderated and not undoing:
            reasons[_done(came_from, to), label_of(rule)] += n
    seconds = waits(since, limit=SAMPLE)
    half, most = figures.half_and_most([s for _, s in seconds])
    return Quality(
        days=_days(since, period, came, decided, seconds),
        by_reason=[(*key, n) for key, n in sorted(reasons.items(), key=lambda pair: (pair[0][0], -pair[1]))],
        by_moderator=[(row[0], row[1]) for row in db.session.execute(_by_moderator(since))],
        half=half,
        most=most,
        taken_back=taken_back,
        agreement=second_looks.agreement(since),
    )


def _by_day(since: datetime) -> Select[Any]:
    day = func.date(Decision.at) if db.engine.dialect.name == "sqlite" else func.date(func.timezone("UTC", Decision.at))
    columns = (day, Decision.from_state, Decision.to_state, Decision.as_moderator, Decision.rule)
    return select(*columns, func.count()).where(Decision.at >= since).group_by(*columns)


def _by_moderator(since: datetime) -> Select[str, int]:
    return (
        select(Member.display_name, func.count())
        .join(Decision, Decision.actor_id == Member.id)
        .where(Decision.at >= since, Decision.as_moderator.is_(True), Decision.rule != "undone")
        .group_by(Member.id, Member.display_name)
        .order_by(Member.display_name)
    )


def _days(
    since: datetime, period: int, came: Counter[str], decided: Counter[str], seconds: list[tuple[datetime, float]]
) -> Sequence[Day]:
    times: dict[str, list[float]] = {}
    for at, wait in seconds:
        times.setdefault(str(at.date()), []).append(wait / 3600)
    waiting = db.session.scalar(select(func.count()).select_from(Contribution).where(Contribution.state == "pending"))
    left, found = waiting or 0, []
    for back in range(period - 1, -1, -1):  # from today backwards: what waits now is known
        day = (since + timedelta(days=back)).date()
        key = str(day)
        hours = median(times[key]) if key in times else None
        found.append(Day(day, came[key], decided[key], max(0, left), hours))
        left -= came[key] - decided[key]
    return found[::-1]


def _done(came_from: str, to: str) -> str:
    if came_from == to:
        return "let stand"
    return {"published": "approved or shown again", "returned": "sent back", "removed": "removed"}.get(to, "hidden")


def as_table(found: Quality) -> tuple[list[str], list[list[object]]]:
    """The days as a table for other programs: its head, its rows."""
    head = ["day", "came in", "decided", "waiting at its end", "median hours to decide"]
    return head, [
        [d.day, d.came, d.decided, d.backlog, None if d.hours is None else f"{d.hours:.2f}"] for d in found.days
    ]
