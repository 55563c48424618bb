"""Reporting a contribution: anyone signed in can, and enough of them hide it until it is decided."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import activity, clock
from portal import text as texts
from portal.config import settings
from portal.contributions import lifecycle, turns
from portal.contributions.models import Contribution, Report
from portal.contributions.writing import must_write
from portal.db import db
from portal.members.models import Member

REASONS = {
    "spam": "It is advertising or spam",
    "abuse": "It insults or threatens somebody",
    "private": "It shows somebody who may not agree, or something private",
    "wrong": "It is dangerously wrong",
    "off_topic": "It does not belong here",
    "other": "Something else",
}


def report(contribution: Contribution, reporter: Member, reason: str, note: str = "") -> bool:
    """Note that `reporter` finds something wrong; a second open report by the same member changes nothing."""
    must_write(reporter)
    if reason not in REASONS:
        raise ValueError(f"unknown reason {reason!r}")
    if reporter.id == contribution.author_id:
        raise lifecycle.NotAllowed("This is your own. You can edit or remove it yourself.")
    if not contribution.is_published:
        return False
    turns.take(contribution.parent_id, contribution.id)
    try:
        with db.session.begin_nested():
            db.session.add(
                Report(
                    contribution_id=contribution.id, reporter_id=reporter.id, reason=reason,
                    note=texts.clean_source(note)[:1000],
                )
            )  # fmt: skip
    except IntegrityError:
        return False
    activity.record("reported", contribution, actor=reporter, reason=reason)
    if weight(contribution) >= settings().reports_to_hide:
        lifecycle.hide(
            contribution,
            None,
            "Several members reported this, so it is hidden until a moderator has looked.",
            "reports",
        )
    return True


def weight(contribution: Contribution) -> float:
    """What the open reports of a contribution weigh together: regular members' count 1, scaled by how often
    their settled reports were right; those of new members count nothing towards hiding."""
    reporters = db.session.scalars(
        select(Member)
        .join(Report, Report.reporter_id == Member.id)
        .where(Report.contribution_id == contribution.id, Report.settled_at.is_(None))
    ).all()
    return sum(_weight_of(m) for m in reporters if m.trust != "new")


def _weight_of(reporter: Member) -> float:
    settled = db.session.scalars(
        select(Report.upheld)
        .where(Report.reporter_id == reporter.id, Report.upheld.is_not(None))
        .order_by(Report.settled_at.desc())
        .limit(50)
    ).all()
    # Two right ones are assumed, so that a first report counts fully and one mistake costs a third.
    return (sum(bool(u) for u in settled) + 2) / (len(settled) + 2)


def remove_own(contribution: Contribution, author: Member) -> bool:
    """Remove one's own; open reports are settled as dealt with, and count neither for nor against who sent them."""
    done = lifecycle.remove(contribution, author, reason="Removed by its author.")
    if done:
        settle_reports(contribution, upheld=None)
    return done


def settle_reports(contribution: Contribution, *, upheld: bool | None) -> int:
    """Close the open reports of a contribution that was decided; returns how many there were.

    `upheld` is None when nobody judged them: the author removed the text.
    """
    closed = db.session.execute(
        update(Report)
        .where(Report.contribution_id == contribution.id, Report.settled_at.is_(None))
        .values(settled_at=clock.now(), upheld=upheld)
    )
    count: int = closed.rowcount  # type: ignore[attr-defined]
    if count:
        activity.record("reports_settled", contribution, upheld=upheld)
    return count
