"""What a member stands for here: roles given and taken, suspension, verification. Each leaves a row or a line."""

from sqlalchemy import func, select, update

from portal import activity, clock
from portal import text as texts
from portal.db import db
from portal.members.models import ROLES, Member, RoleGrant, Suspension


class Refused(Exception):
    """It can't be done; the message says why in a sentence."""


def grant_role(member: Member, role: str, by: Member | None = None) -> bool:
    """Give a role (`employee`, `moderator`, `admin`); `by` is None for the command line. Raises Refused, ValueError."""
    _must_be_role(role)
    if by is not None and not by.is_admin:
        raise Refused("Only admins give roles.")
    if member.erased_at is not None:
        raise Refused("This member was erased.")
    return _set_role(member, role, True, by)


def revoke_role(member: Member, role: str, by: Member | None = None) -> bool:
    """Take a role. Raises Refused for the last admin's, ValueError for a word that is no role."""
    _must_be_role(role)
    if by is not None and not by.is_admin:
        raise Refused("Only admins take roles.")
    if role == "admin" and is_last_admin(member):
        raise Refused("Somebody has to run this site: make another member an admin first.")
    return _set_role(member, role, False, by)


def is_last_admin(member: Member) -> bool:
    """Whether nobody would be left to run the site without them."""
    others = select(func.count()).where(
        Member.is_admin, Member.id != member.id, Member.erased_at.is_(None), Member.suspended_at.is_(None)
    )
    return member.is_admin and not db.session.scalar(others)


def suspend(member: Member, by: Member, why: str) -> bool:
    """Keep a member from writing, with a reason; they go on reading, exporting, appealing. Raises Refused."""
    reason = texts.clean_line(why)[:500]
    if not by.moderates:
        raise Refused("Only moderators suspend members.")
    if not reason:
        raise Refused("A suspension needs a reason: the member will read it.")
    if member.id == by.id:
        raise Refused("You can't suspend yourself.")
    if member.is_staff and not by.is_admin:
        raise Refused("Only admins suspend somebody of the team.")
    if is_last_admin(member):
        raise Refused("Somebody has to run this site: make another member an admin first.")
    if member.suspended or member.erased_at is not None:
        return False
    member.suspended_at, member.suspended_why = clock.now(), reason
    db.session.add(Suspension(member_id=member.id, by_id=by.id, why=reason))
    db.session.flush()
    activity.record("suspended", member=member, actor=by)
    return True


def reinstate(member: Member, by: Member) -> bool:
    """End a suspension. Raises Refused."""
    if not by.moderates:
        raise Refused("Only moderators end a suspension.")
    if not member.suspended:
        return False
    member.suspended_at, member.suspended_why = None, None
    db.session.execute(
        update(Suspension)
        .where(Suspension.member_id == member.id, Suspension.ended_at.is_(None))
        .values(ended_at=clock.now(), ended_by_id=by.id)
    )
    db.session.flush()
    activity.record("reinstated", member=member, actor=by)
    return True


def verify(member: Member, by: Member, how: str) -> bool:
    """Mark a member as a verified customer, saying how the purchase was confirmed. Raises Refused."""
    words = texts.clean_line(how)[:200]
    if not by.is_admin:
        raise Refused("Only admins verify customers.")
    if not words:
        raise Refused("Please say how the purchase was confirmed: it stands on the member's page.")
    if member.is_verified_customer or member.erased_at is not None:
        return False
    member.verified_at, member.verified_how = clock.now(), words
    db.session.flush()
    activity.record("verified", member=member, actor=by)
    return True


def unverify(member: Member, by: Member) -> bool:
    """Take a verification back that was a mistake; the member's voice counts less from then on. Raises Refused."""
    if not by.is_admin:
        raise Refused("Only admins take a verification back.")
    if not member.is_verified_customer:
        return False
    member.verified_at, member.verified_how = None, None
    db.session.flush()
    activity.record("verified", member=member, actor=by, withdrawn=True)
    return True


def _must_be_role(role: str) -> None:
    if role not in ROLES:
        raise ValueError(f"{role!r} is not a role; the roles are {', '.join(ROLES)}.")


def _set_role(member: Member, role: str, granted: bool, by: Member | None) -> bool:
    flag = f"is_{role}"
    if getattr(member, flag) == granted:
        return False
    setattr(member, flag, granted)
    db.session.add(RoleGrant(member_id=member.id, role=role, granted=granted, by_id=by.id if by else None))
    db.session.flush()
    activity.record("role_changed", member=member, actor=by, role=role, granted=granted)
    return True
