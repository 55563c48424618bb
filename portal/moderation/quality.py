"""How the moderators' work goes: what comes in, what waits, how long it takes, by reason and by moderator.

By moderator it says who carries how much, in the order of names: it ranks nobody.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import func, select

from portal import clock
from portal.contributions.models import Contribution
from portal.contributions.screening.refusals import refused_since
from portal.db import db
from portal.members.models import Member
from portal.moderation import figures, second_looks
from portal.moderation.reasons import label_of
from portal.moderation.second_looks import Agreement
from portal.moderation.tallies import tallied

PERIODS = (7, 30, 90, 365)
SAMPLE = 10_000
"""About so many decisions say how long it takes."""


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
    refused: Sequence[tuple[str, int]]
    """Which rule refused how many texts; the commonest first."""


def quality(period: int) -> Quality:
    """The last `period` days, today included."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=period - 1)
    came, decided, by_moderator = Counter[str](), Counter[str](), Counter[int]()
    reasons, taken_back = Counter[tuple[str, str]](), 0
    found = tallied(since, today, SAMPLE)
    for tally in found.decisions:
        if tally.undoes:
            taken_back += tally.n
        if tally.to == "pending":
            came[tally.day] += tally.n
        elif tally.came_from == "pending":
            decided[tally.day] += tally.n
        if tally.moderated and not tally.undoes:
            reasons[_done(tally.came_from, tally.to), label_of(tally.rule)] += tally.n
            by_moderator[tally.actor_id or 0] += tally.n
    half, most = figures.half_and_most([seconds for _, seconds in found.waits])
    return Quality(
        days=_days(since, period, came, decided, found.waits),
        by_reason=[(*key, n) for key, n in sorted(reasons.items(), key=lambda pair: (pair[0][0], -pair[1]))],
        by_moderator=_named(by_moderator),
        half=half,
        most=most,
        taken_back=taken_back,
        agreement=second_looks.agreement(since),
        refused=[(label_of(rule) or "not known any more", n) for rule, n in refused_since(since).most_common()],
    )


def _named(counts: Counter[int]) -> list[tuple[str, int]]:
    """By the names they have now, in the order of these."""
    members = select(Member.id, Member.display_name).where(Member.id.in_(counts)).order_by(Member.display_name)
    return [(name, counts[number]) for number, name in db.session.execute(members)]


def _days(
    since: datetime, period: int, came: Counter[str], decided: Counter[str], seconds: list[tuple[str, float]]
) -> Sequence[Day]:
    times: dict[str, list[float]] = {}
    for decided_on, wait in seconds:
        times.setdefault(decided_on, []).append(wait / 3600)
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
