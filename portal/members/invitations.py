"""Inviting somebody: a personal link, signed and for a term, and the row that says who joined by whose."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from portal import clock
from portal.config import settings
from portal.db import db
from portal.members import links
from portal.members.models import Invited, Member

INVITE = "invite"
SHOWN = 50
"""How many of those who joined by one's invitation the page names."""


def make_invitation(member: Member) -> tuple[str, datetime]:
    """A token for `member`'s personal link, and until when it is good."""
    return links.make_token(INVITE, member.id), clock.now() + timedelta(days=settings().invite_days)


def inviter(token: str) -> Member | None:
    """Who invites with this token; None when it is over, or when they may not write any longer."""
    facts = links.read_token(INVITE, token, hours=24 * settings().invite_days) if token else None
    member = db.session.get(Member, facts[0]) if facts else None
    return member if member is not None and member.may_write else None


def joined(member: Member, by_id: int) -> None:
    """Keep that `member` joined by the invitation of `by_id`, whatever has become of that one since."""
    by = db.session.get(Member, by_id)
    if by is not None and by.id != member.id:
        db.session.add(Invited(member_id=member.id, by_id=by.id, at=clock.now()))
        db.session.flush()


def joined_by(member: Member) -> Sequence[Member]:
    """Those who joined by this member's invitation and are still here, the latest first."""
    return db.session.scalars(
        select(Member)
        .join(Invited, Invited.member_id == Member.id)
        .where(Invited.by_id == member.id, Member.erased_at.is_(None))
        .order_by(Invited.at.desc(), Member.id.desc())
        .limit(SHOWN)
    ).all()
