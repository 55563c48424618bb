"""How much a member's acknowledgement counts, from what the members' table says of them today."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal, select

from portal import clock
from portal.advocacy.groups import group_of, name_groups
from portal.advocacy.ledger import in_chunks
from portal.advocacy.score import Voice
from portal.config import Settings, settings
from portal.db import db
from portal.members.models import Member

FACTS = (
    Member.id, Member.is_employee, Member.is_admin, Member.suspended_at, Member.erased_at, Member.verified_at,
    Member.email, Member.email_confirmed_at, Member.joined_at, Member.published_count, Member.organisation,
)  # fmt: skip


def of_members(member_ids: Collection[int]) -> dict[int, Voice]:
    """The voices of these members."""
    query = select(*FACTS)
    return _heard(
        [row for ids in in_chunks(sorted(member_ids)) for row in db.session.execute(query.where(Member.id.in_(ids)))]
    )


def of_everybody() -> dict[int, Voice]:
    """The voices of all members."""
    return _heard(db.session.execute(select(*FACTS)).all())


def _heard(rows: Sequence[Any]) -> dict[int, Voice]:
    groups, s, old_enough = name_groups(rows), settings(), _old_enough()
    return {row.id: _weigh(row, groups[row.id], s, old_enough) for row in rows}


def voice_of(member: Any, group: str = "") -> Voice:
    """One member's voice, from a Member or a row of FACTS; without a group it is the one they have seen alone."""
    return _weigh(member, group or group_of(member), settings(), _old_enough())


def _old_enough() -> datetime:
    """Who joined until then has been here long enough."""
    return clock.now() - timedelta(days=settings().score_voice_days)


def _weigh(member: Any, group: str, s: Settings, old_enough: datetime) -> Voice:
    """τ, by the settings: a verified customer's, a confirmed member's of some standing, anybody else's, or none."""
    if is_barred(member):
        return Voice(0.0, False, group, earns=False)
    if member.verified_at is not None:
        return Voice(s.score_voice_verified, True, group)
    if member.email_confirmed_at is not None and member.joined_at <= old_enough and member.published_count >= 1:
        return Voice(s.score_voice_confirmed, False, group)
    return Voice(s.score_voice_new, False, group)


def is_barred(member: Any) -> bool:
    """Who neither gives nor earns: whoever is or runs the company (customers must not be outranked by it), and
    whoever is suspended or erased. Moderators who are customers count as customers."""
    return bool(member.is_employee or member.is_admin or member.suspended_at or member.erased_at)


def is_customer() -> ColumnElement[int]:
    """1 for a Member who is a verified customer with a voice, else 0: the same rule, said to the database."""
    m = Member
    if settings().score_voice_verified <= 0:
        return literal(0)
    heard = and_(
        m.verified_at.is_not(None), m.is_employee.is_(False), m.is_admin.is_(False), m.suspended_at.is_(None),
        m.erased_at.is_(None),
    )  # fmt: skip
    return case((heard, 1), else_=0)
