"""Marks for what the company promised for a contribution: set with the promise, shown on it, counted in public.

A mark is information for readers and nothing else: no rule, order or score reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal import activity, clock
from portal import text as texts
from portal.contributions import turns
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import KINDS, Contribution, Incentive
from portal.db import db
from portal.members.models import Member

WHAT_AT_MOST = 200
MARKABLE = ("pending", "published", "returned", "hidden")
"""States in which something can be promised for a contribution: its author has sent it, and it is not gone."""
DOING = {"story": "telling this", "photo": "showing this", "reply": "answering", "topic": "writing this",
         "article": "writing this"}  # fmt: skip
"""What the promise is for, by kind, to complete "Receives … for"."""


@dataclass(frozen=True)
class Figures:
    """How many contributions published since a day are there, and how many carry a mark, by kind."""

    since: datetime
    published: Mapping[str, int]
    marked: Mapping[str, int]

    @property
    def total(self) -> int:
        """All that carry a mark."""
        return sum(self.marked.values())

    @property
    def share(self) -> float | None:
        """Percent of what was published that carries a mark; None if nothing was published."""
        published = sum(self.published.values())
        return 100 * self.total / published if published else None


def may_promise(staff: Member) -> bool:
    """Whether this member may set marks: moderators, employees and admins who may write."""
    return bool(staff.is_authenticated and staff.is_staff and staff.may_write)


def promise(contribution: Contribution, what: str, by: Member) -> Incentive:
    """Mark `contribution`: `what` (in words, one line) was promised for it.

    Promised twice in the same words, it is one promise. Raises NotAllowed with the reason; ValueError for empty words.
    """
    if not may_promise(by):
        raise NotAllowed("Only those who speak for the company can promise something in its name.")
    if contribution.author_id == by.id:
        raise NotAllowed("Nobody promises something to themselves. A colleague has to mark this.")
    return note_promise(contribution, what, by)


def note_promise(contribution: Contribution, what: str, by: Member | None) -> Incentive:
    """Keep a promise that was made earlier, by somebody who could make it then: with an invitation, for instance.

    Raises NotAllowed for what was never sent in or is gone, ValueError for empty words.
    """
    words = texts.clean_line(what)[:WHAT_AT_MOST]
    if not words:
        raise ValueError("a promise is of something")
    _one_at_a_time(contribution)
    if contribution.state not in MARKABLE:
        raise NotAllowed("This is not there for others to read, so nothing can be promised for it.")
    for same in standing(contribution):
        if same.what == words:
            return same
    made = Incentive(contribution_id=contribution.id, what=words, promised_by_id=by.id if by else None)
    db.session.add(made)
    db.session.flush()
    _copy(contribution)
    activity.record("incentive_promised", contribution, actor=by, incentive=made.id, what=words)
    return made


def withdraw(incentive: Incentive, by: Member, why: str) -> bool:
    """Take a mark off that was set by mistake; the row and the reason stay. Says whether anything changed.

    A promise that was made stays marked, kept or not. Raises NotAllowed, ValueError without a reason.
    """
    contribution = db.session.get_one(Contribution, incentive.contribution_id)
    if not may_promise(by) or contribution.author_id == by.id:
        raise NotAllowed("Only a colleague who speaks for the company can correct this.")
    reason = texts.clean_line(why)[:WHAT_AT_MOST]
    if not reason:
        raise ValueError("a mark is taken off with a reason")
    _one_at_a_time(contribution)
    changed = db.session.execute(
        update(Incentive)
        .where(Incentive.id == incentive.id, Incentive.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        return False
    db.session.refresh(incentive)
    _copy(contribution)
    activity.record("incentive_withdrawn", contribution, actor=by, incentive=incentive.id, why=reason)
    return True


def standing(contribution: Contribution) -> Sequence[Incentive]:
    """The promises that are marked on it, the first one first."""
    return [one for one in history(contribution) if one.withdrawn_at is None]


def history(contribution: Contribution) -> Sequence[Incentive]:
    """All promises ever marked on it."""
    every = select(Incentive).where(Incentive.contribution_id == contribution.id).order_by(Incentive.id)
    return db.session.scalars(every).all()


def in_words(contribution: Contribution) -> str:
    """What readers are told: "Receives a gift card from the company for telling this."; empty without a mark."""
    if not contribution.incentive:
        return ""
    return f"Receives {contribution.incentive} from the company for {DOING[contribution.kind]}."


def figures(session: Session) -> Figures:
    """This year's, of what is published now."""
    c, since = Contribution, datetime(clock.now().year, 1, 1, tzinfo=UTC)
    published = session.execute(
        select(c.kind, func.count(c.id))
        .where(c.kind.in_(KINDS), c.state == "published", c.published_at >= since)
        .group_by(c.kind)
    )
    # From the few marks to their contributions: the base table has no index by mark, and needs none.
    with_mark = select(Incentive.contribution_id).where(Incentive.withdrawn_at.is_(None))
    marked = session.execute(
        select(c.kind, func.count(c.id))
        .where(c.id.in_(with_mark), c.state == "published", c.published_at >= since)
        .group_by(c.kind)
    )
    return Figures(since, dict(published.all()), dict(marked.all()))


def _one_at_a_time(contribution: Contribution) -> None:
    """Of two marks at the same instant, one waits, so that the copy names both."""
    turns.take(contribution.id)
    db.session.refresh(contribution, ["state", "incentive"])


def _copy(contribution: Contribution) -> None:
    contribution.incentive = " and ".join(one.what for one in standing(contribution))[:WHAT_AT_MOST]
    db.session.flush()
