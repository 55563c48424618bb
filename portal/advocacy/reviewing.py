"""What becomes of recognitions as time goes by: notices, terms that run out, levels that a score no longer holds.

Every notice is of `advocate_notice_days`. When those are over, a member is what the score then holds: the same
level if it recovered, else a lower one, else nothing.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import activity, clock
from portal.advocacy.levels import held, holds_from, is_awarded
from portal.advocacy.models import TAKEN, Recognition
from portal.advocacy.moves import NOT_A_CUSTOMER, OPEN, TERM_OVER, TOO_LITTLE, end, keep_mark, move
from portal.config import settings
from portal.db import db
from portal.members.models import Member

_ROW: Any = Recognition.__table__.c


def review() -> int:
    """Give notice where the score fell too low, take it back where it recovered, end what is over; how many changed.

    In the order of the members' numbers, as everybody goes through them (contributions/turns.py).
    """
    terms = db.session.scalars(
        select(Recognition)
        .where(Recognition.state.in_(OPEN))
        .options(joinedload(Recognition.member))
        .order_by(Recognition.member_id, Recognition.id)
    ).all()
    return sum(_review_one(r) for r in terms)


def _review_one(r: Recognition) -> bool:
    m, now = r.member, clock.now()
    if m.is_employee or m.is_admin or m.suspended or m.erased_at is not None:
        return end(r, NOT_A_CUSTOMER)
    if r.state in TAKEN:
        if r.ends_at is not None and r.ends_at <= now:
            return end(r, TERM_OVER)
        return _by_the_score(r, m)
    low = m.help_score < settings().advocate_lost_below
    waited = r.state == "proposed" or (r.decided_at is not None and r.decided_at + _notice() <= now)
    return low and waited and end(r, TOO_LITTLE)


def _by_the_score(r: Recognition, m: Member) -> bool:
    now = clock.now()
    if not is_awarded(r.level):
        return _fall_back(r, held(r.level, m.help_score) or "advocate", "This level is not awarded here any more.")
    if m.help_score >= holds_from(r.level):
        return r.below_since is not None and move(r, TAKEN, below_since=None)
    if r.below_since is None:
        gone: dict[str, Any] = {"level_proposed": ""}
        if m.help_score < settings().advocate_lost_below:
            gone["renewal_proposed_at"] = None
        if not move(r, TAKEN, _ROW.below_since.is_(None), below_since=now, **gone):
            return False
        activity.record("recognition_notice", member=m, ends_at=(now + _notice()).isoformat(), level=r.level)
        return True
    if r.below_since + _notice() > now:
        return False
    still = held(r.level, m.help_score)
    return _fall_back(r, still) if still else end(r, TOO_LITTLE)


def _fall_back(r: Recognition, level: str, why: str = "") -> bool:
    was = r.level
    facts: dict[str, Any] = {"level": level, "level_since": clock.now(), "below_since": None, "level_proposed": ""}
    if not move(r, TAKEN, _ROW.level == was, **facts):
        return False
    keep_mark(r)
    activity.record("recognition_fell_back", member=r.member, level=level, was=was, why=why)
    return True


def _notice() -> timedelta:
    return timedelta(days=settings().advocate_notice_days)
