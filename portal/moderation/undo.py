"""Taking a decision back within some seconds: state, words, reports and counters are as they were before it.

It is a decision of its own that names the one it takes back, so the record stays whole.
"""

from datetime import timedelta
from secrets import token_hex
from typing import Any, NamedTuple

from flask import session
from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal import activity, clock
from portal.config import settings
from portal.contributions import lifecycle, turns
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Decision, Report, Revision
from portal.contributions.placing import place_pictures
from portal.contributions.writing import write
from portal.db import db
from portal.members.models import Member
from portal.moderation.commands import EDITED

GRACE = 5
"""Seconds beyond those the button names: the way to the server takes time too."""
OFFERED = "undo"


class TooLate(NotAllowed):
    """The seconds in which it could be taken back are over."""


class Offer(NamedTuple):
    """What the bar says and does."""

    decision_id: int
    said: str
    seconds: int


def undo(decision_id: int, moderator: Member) -> int:
    """Take back one's own decision, and all that were made in the same step; returns how many were taken back.

    None when something else was decided since. Raises NotAllowed when it is another's, or too late, or about what
    may not be shown any more; of several, those are passed over.
    """
    decision = db.session.get(Decision, decision_id)
    if decision is None or decision.actor_id != moderator.id or not decision.as_moderator:
        raise NotAllowed("Only your own decisions can be taken back.")
    if not moderator.may_write:
        raise NotAllowed("You don't moderate any more.")
    if decision.undoes_id is not None:
        return 0
    if clock.now() - decision.at > timedelta(seconds=settings().undo_seconds + GRACE):
        raise TooLate("It is too late to take this back like that. You can decide anew.")
    same = Decision.batch == decision.batch if decision.batch else Decision.id == decision.id
    ids = select(Decision.contribution_id).where(same)
    turns.take_all(ids)
    held = db.session.scalars(
        select(Contribution)
        .where(Contribution.id.in_(ids))
        .order_by(Contribution.id)
        .options(joinedload(Contribution.author), selectinload(Contribution.pictures))
        .execution_options(populate_existing=True)
    ).all()
    newer = aliased(Decision)
    newest = ~select(newer.id).where(newer.contribution_id == Decision.contribution_id, newer.id > Decision.id).exists()
    own = Decision.actor_id == moderator.id
    last = {d.contribution_id: d for d in db.session.scalars(select(Decision).where(same, own, newest))}
    batch = token_hex(16) if decision.batch else ""
    return sum(_undo_one(c, last[c.id], moderator, batch) for c in held if c.id in last)


def _undo_one(contribution: Contribution, decision: Decision, moderator: Member, batch: str) -> bool:
    try:
        if not lifecycle.take_back(contribution, decision, moderator, batch):
            return False
    except NotAllowed:
        if batch:
            return False
        raise
    if decision.rule == EDITED:
        _restore_words(contribution, decision)
    _open_reports_again(contribution, decision)
    return True


def _restore_words(contribution: Contribution, decision: Decision) -> None:
    """The words as they were sent in, byte for byte; the revision that kept them is not needed any more.

    A story's parts, facts and pictures are no single text: what was changed on its form stays as a change of its own.
    """
    if contribution.kind == "story":
        return
    of_this = Revision.contribution_id == contribution.id
    last = db.session.scalar(select(Revision).where(of_this).order_by(Revision.number.desc()).limit(1))
    if last is None or last.replaced_by_id != decision.actor_id or last.replaced_at > decision.at:
        return
    write(contribution, source=last.source, title=last.title)
    db.session.delete(last)
    db.session.flush()
    contribution.edited_at = db.session.scalar(select(func.max(Revision.replaced_at)).where(of_this))
    db.session.flush()
    place_pictures(contribution)
    activity.record("edited", contribution, actor=db.session.get(Member, decision.actor_id))


def _open_reports_again(contribution: Contribution, decision: Decision) -> None:
    """The reports that this decision settled, but for those whose sender has reported anew since."""
    other = aliased(Report)
    anew = (
        select(other.id)
        .where(
            other.contribution_id == Report.contribution_id, other.reporter_id == Report.reporter_id,
            other.settled_at.is_(None),
        )
        .exists()
    )  # fmt: skip
    done: Any = db.session.execute(
        update(Report)
        .where(Report.contribution_id == contribution.id, Report.settled_at >= decision.at, ~anew)
        .values(settled_at=None, upheld=None)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount:
        activity.record("reports_reopened", contribution)


def offer(said: str, moderator: Member) -> None:
    """Offer to take back, on the next page, what this moderator just decided."""
    decision_id = db.session.scalar(
        select(func.max(Decision.id)).where(Decision.actor_id == moderator.id, Decision.as_moderator.is_(True))
    )
    session[OFFERED] = [decision_id, said, clock.now().timestamp()]


def offered() -> Offer | None:
    """What can still be taken back; the bar shows it."""
    kept = session.get(OFFERED)
    if not isinstance(kept, list) or len(kept) != 3:
        return None
    left = settings().undo_seconds - (clock.now().timestamp() - kept[2])
    if left <= 0:
        return None
    return Offer(kept[0], kept[1], round(left) or 1)


def withdraw_offer() -> None:
    """It was taken back, or something else happened."""
    session.pop(OFFERED, None)
