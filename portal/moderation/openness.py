"""What everybody may know of moderation: the log without names or texts, the place in the queue, the usual wait."""

from datetime import datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.orm import aliased

from portal import clock
from portal.contributions.models import MODERATION, Contribution, Decision
from portal.db import db
from portal.members.models import Suspension
from portal.moderation.instants import day_of, hours_between
from portal.moderation.reasons import label_of

USUAL = 100
"""So many decisions, the latest ones, say how long it usually takes …"""
USUAL_DAYS = 30
"""… if they are not older than this."""


class Entry(NamedTuple):
    """A line of the public log: never the text, the title, the author, nor who reported or decided."""

    kind: str
    came_from: str
    to: str
    reason: str
    by: str
    at: Any


class Standing(NamedTuple):
    """Where a waiting contribution stands: its place (from 1), and how long it usually takes, in words."""

    place: int
    usual_wait: str | None


def log_query() -> Any:
    """Decisions that were moderation, the latest first: not an author's plain posting, nor what is done to drafts."""
    return (
        select(
            Contribution.kind, Decision.from_state, Decision.to_state, Decision.rule, Decision.as_moderator,
            Decision.actor_id, Decision.at, Decision.undoes_id,
        )
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(text(MODERATION))
        .order_by(Decision.id.desc())
    )  # fmt: skip


def measures_query() -> Any:
    """Warnings, silences and suspensions, the latest first: which, from when, until when; not of whom."""
    return select(Suspension.kind, Suspension.at, Suspension.until, Suspension.ended_at).order_by(Suspension.id.desc())


def count_measures() -> int:
    """How many of those there are."""
    return db.session.scalar(select(func.count(Suspension.id))) or 0


def count_log() -> int:
    """How many lines the log has."""
    return db.session.scalar(select(func.count(Decision.id)).where(text(MODERATION))) or 0


def entry(row: Any) -> Entry:
    """A row of `log_query` as the public reads it."""
    if row.as_moderator and row.actor_id is not None:
        by = "a moderator"
    elif row.rule:
        by = "the rules"
    else:
        by = "the author" if row.actor_id is not None else "the rules"
    return Entry(row.kind, row.from_state, row.to_state, label_of(row.rule), by, row.at)


def standing(contribution: Contribution) -> Standing | None:
    """The place of a waiting contribution in the queue, and how long it usually takes; None if it does not wait."""
    if contribution.state != "pending" or contribution.submitted_at is None:
        return None
    c = Contribution
    ahead = db.session.scalar(
        select(func.count()).where(
            c.state == "pending",
            or_(
                c.submitted_at < contribution.submitted_at,
                and_(c.submitted_at == contribution.submitted_at, c.id < contribution.id),
            ),
        )
    )
    return Standing((ahead or 0) + 1, in_words(usual_wait()))


def usual_wait() -> timedelta | None:
    """The median time from submission to a moderator's decision, of the last 100 in 30 days; None if there are none."""
    seconds = [wait for _, wait in waits(clock.ago(days=USUAL_DAYS))]
    return timedelta(seconds=median(seconds)) if seconds else None


def waits(
    since: datetime, until: datetime | None = None, limit: int = USUAL, one_in: int = 1
) -> list[tuple[str, float]]:
    """On which day moderators decided what waited, and after how many seconds; the latest decisions first.

    What was taken back is left out. With `one_in`, only one decision in so many is taken, by the look of its number.
    """
    held = aliased(Decision)
    submitted = (
        select(func.max(held.at))
        .where(
            held.contribution_id == Decision.contribution_id, held.to_state == "pending", held.id < Decision.id,
            held.rule != "undone",  # it waits since it was sent in, not since somebody took a decision back
        )
        .correlate(Decision)
        .scalar_subquery()
    )  # fmt: skip
    undoing = aliased(Decision)
    taken_back = select(undoing.id).where(undoing.undoes_id == Decision.id, undoing.rule == "undone").exists()
    query = (
        select(day_of(Decision.at), hours_between(submitted, Decision.at))
        .where(
            Decision.from_state == "pending", Decision.as_moderator.is_(True), Decision.at >= since,
            Decision.rule != "undone", ~taken_back,
        )
        .order_by(Decision.at.desc(), Decision.id.desc())
        .limit(limit)
    )  # fmt: skip
    if until is not None:
        query = query.where(Decision.at < until)
    if one_in > 1:  # mixed, since of numbers that go up by two every second one would be all or nothing
        query = query.where(Decision.id % 10007 * 7919 % 10007 % one_in == 0)
    return [(day, round(hours * 3600, 3)) for day, hours in db.session.execute(query) if hours is not None]


def in_words(wait: timedelta | None) -> str | None:
    """A duration as people say it: "about 20 minutes", "about 3 hours", "about 2 days"."""
    if wait is None:
        return None
    minutes = wait.total_seconds() / 60
    if minutes < 2:
        return "a minute or two"
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size * 1.5 or size == 1:
            n = round(minutes / size)
            return f"about {n} {word}{'' if n == 1 else 's'}"
    return None
