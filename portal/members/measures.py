"""What moderators do about a member: warn, silence, suspend; each with a reason the member reads, most for a term.

A term ends by itself: the member's properties compare it with now, and a chore tidies up and tells.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from portal import activity, clock
from portal import text as texts
from portal.db import db
from portal.members.models import Member, Suspension
from portal.members.standing import Refused, is_last_admin

WARNED, SILENCED, SUSPENDED = "warned", "silenced", "suspended"


def warn(member: Member, by: Member, why: str) -> bool:
    """Tell a member what has to change; nothing else happens. Raises Refused."""
    reason = _must_be_fair(member, by, why, "warn")
    if member.erased_at is not None:
        return False
    _note(member, by, WARNED, reason, None)
    return True


def silence(member: Member, by: Member, why: str, days: int) -> bool:
    """Let whatever a member sends in the next `days` wait for a moderator. Raises Refused."""
    reason = _must_be_fair(member, by, why, "silence")
    if member.erased_at is not None or member.silenced:
        return False
    until = _end_of(days)
    if until is None:
        raise Refused("Silence has a term: please choose how long.")
    _close(member, SILENCED, None)  # a term that is over and was not tidied up yet
    member.silenced_until = until
    _note(member, by, SILENCED, reason, until)
    return True


def suspend(member: Member, by: Member, why: str, days: int = 0) -> bool:
    """Keep a member from writing for `days`, or until somebody ends it; they go on reading, exporting, appealing.

    Raises Refused.
    """
    reason = _must_be_fair(member, by, why, "suspend")
    if member.suspended or member.erased_at is not None:
        return False
    _close(member, SUSPENDED, None)  # a term that is over and was not tidied up yet
    until = _end_of(days)
    member.suspended_at, member.suspended_until, member.suspended_why = clock.now(), until, reason
    _note(member, by, SUSPENDED, reason, until)
    return True


def reinstate(member: Member, by: Member | None) -> bool:
    """End a suspension; `by` is None when its term is over. Raises Refused."""
    _must_end(member, by, "a suspension")
    if member.suspended_at is None:
        return False
    member.suspended_at = member.suspended_until = member.suspended_why = None
    _close(member, SUSPENDED, by)
    activity.record("reinstated", member=member, actor=by)
    return True


def end_silence(member: Member, by: Member | None) -> bool:
    """End a silence; `by` is None when its term is over. Raises Refused."""
    _must_end(member, by, "a silence")
    if member.silenced_until is None:
        return False
    member.silenced_until = None
    _close(member, SILENCED, by)
    activity.record("silence_ended", member=member, actor=by)
    return True


def end_terms() -> int:
    """What is over by now ends, and whoever it was about is told; returns how many."""
    now, ended = clock.now(), 0
    over = or_(Member.suspended_until <= now, Member.silenced_until <= now)
    for member in db.session.scalars(select(Member).where(over).order_by(Member.id)).all():
        if member.suspended_until is not None and member.suspended_until <= now:
            ended += reinstate(member, None)
        if member.silenced_until is not None and member.silenced_until <= now:
            ended += end_silence(member, None)
    return ended


def _must_be_fair(member: Member, by: Member, why: str, do: str) -> str:
    reason = texts.clean_line(why)[:500]
    if not by.moderates:
        raise Refused(f"Only moderators {do} members.")
    if not reason:
        raise Refused("This needs a reason: the member will read it.")
    if member.id == by.id:
        raise Refused(f"You can't {do} yourself.")
    if member.is_staff and not by.is_admin:
        raise Refused(f"Only admins {do} somebody of the team.")
    if is_last_admin(member):
        raise Refused("Somebody has to run this site: make another member an admin first.")
    return reason


def _must_end(member: Member, by: Member | None, what: str) -> None:
    if by is None:
        return
    if not by.moderates:
        raise Refused(f"Only moderators end {what}.")
    if member.id == by.id:
        raise Refused(f"You can't end {what} of your own; you can appeal.")
    if member.is_staff and not by.is_admin:
        raise Refused(f"Only admins end {what} of somebody of the team.")


def _end_of(days: int) -> datetime | None:
    return clock.now() + timedelta(days=days) if days > 0 else None


def _note(member: Member, by: Member, kind: str, why: str, until: datetime | None) -> None:
    row = Suspension(member_id=member.id, by_id=by.id, kind=kind, why=why, at=clock.now(), until=until)
    db.session.add(row)
    db.session.flush()
    activity.record(kind, member=member, actor=by, measure=row.id)


def _close(member: Member, kind: str, by: Member | None) -> None:
    db.session.execute(
        update(Suspension)
        .where(Suspension.member_id == member.id, Suspension.kind == kind, Suspension.ended_at.is_(None))
        .values(ended_at=clock.now(), ended_by_id=by.id if by else None)
    )
    db.session.flush()
