"""What a member stands for here: roles given and taken, verification. Each leaves a row or a line.

Warnings, silence and suspension are in `members.measures`.
"""

from sqlalchemy import delete, func, select

from portal import activity, clock
from portal import text as texts
from portal.db import db
from portal.members.models import BOARD_ROLES, ROLES, BoardRole, Member, RoleGrant


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


def name_for_board(member: Member, board_id: int, role: str, by: Member) -> bool:
    """Let a member look after one board: `moderator` or `helper`; nothing takes it away. Raises Refused, ValueError."""
    if role not in ("", *BOARD_ROLES):
        raise ValueError(f"{role!r} is nothing one can be of a board")
    if not by.is_admin:
        raise Refused("Only admins name who looks after a board.")
    if member.erased_at is not None:
        raise Refused("This member was erased.")
    there = (BoardRole.member_id == member.id) & (BoardRole.board_id == board_id)
    known = db.session.scalar(select(BoardRole).where(there))
    if (known.role if known else "") == role:
        return False
    if not role:
        db.session.execute(delete(BoardRole).where(there))
    elif known is not None:
        known.role, known.by_id, known.at = role, by.id, clock.now()
    else:
        db.session.add(BoardRole(member_id=member.id, board_id=board_id, role=role, by_id=by.id))
    db.session.flush()
    member.board_roles = db.session.scalar(select(func.count()).where(BoardRole.member_id == member.id)) or 0
    activity.record("board_role_changed", member=member, actor=by, board=board_id, role=role)
    return True


def is_last_admin(member: Member) -> bool:
    """Whether nobody would be left to run the site without them."""
    others = select(func.count()).where(
        Member.is_admin, Member.id != member.id, Member.erased_at.is_(None), Member.suspended_at.is_(None)
    )
    return member.is_admin and not db.session.scalar(others)


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
