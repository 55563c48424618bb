"""How much a member's acknowledgement counts, from what the members' table says of them today."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal, or_, select

from portal import clock
from portal.advocacy.groups import group_of, name_groups
from portal.advocacy.ledger import in_chunks
from portal.advocacy.score import Voice
from portal.config import settings
from portal.db import db
from portal.members.models import Member

BARRED, CUSTOMER, CONFIRMED, NEW = range(4)
"""Whose voice it is."""


def of_members(member_ids: Collection[int]) -> dict[int, Voice]:
    """The voices of these members."""
    query = _query()
    return _heard(
        [row for ids in in_chunks(sorted(member_ids)) for row in db.session.execute(query.where(Member.id.in_(ids)))]
    )


def of_everybody() -> dict[int, Voice]:
    """The voices of all members."""
    return _heard(db.session.execute(_query()).all())


def _query() -> Any:
    """Members with whose voice it is, and what `groups.group_of` wants, in a form that is read quickly."""
    m = Member
    old_enough = clock.now() - timedelta(days=settings().score_voice_days)
    whose = case(
        (or_(m.is_employee, m.is_admin, m.suspended_at.is_not(None), m.erased_at.is_not(None)), BARRED),
        (m.verified_at.is_not(None), CUSTOMER),
        (and_(m.email_confirmed_at.is_not(None), m.joined_at <= old_enough, m.published_count >= 1), CONFIRMED),
        else_=NEW,
    )
    confirmed = case((m.email_confirmed_at.is_not(None), 1)).label("email_confirmed_at")
    return select(m.id, m.organisation, m.email, confirmed, whose.label("whose"))


def _heard(rows: Sequence[Any]) -> dict[int, Voice]:
    groups, voice = name_groups(rows), _by_sort()
    found = {}
    for row in rows:
        weight, verified, earns = voice[row.whose]
        found[row.id] = Voice(weight, verified, groups[row.id], earns)
    return found


def _by_sort() -> Sequence[tuple[float, bool, bool]]:
    """τ by the settings, whether it is a verified customer's, whether they earn a score themselves."""
    s = settings()
    return (
        (0.0, False, False), (s.score_voice_verified, True, True), (s.score_voice_confirmed, False, True),
        (s.score_voice_new, False, True),
    )  # fmt: skip


def voice_of(member: Any, group: str = "") -> Voice:
    """One Member's voice; without a group it is the one they have seen alone."""
    long_enough = clock.now() - member.joined_at >= timedelta(days=settings().score_voice_days)
    if is_barred(member):
        whose = BARRED
    elif member.verified_at is not None:
        whose = CUSTOMER
    else:
        heard = member.email_confirmed_at is not None and long_enough and member.published_count >= 1
        whose = CONFIRMED if heard else NEW
    weight, verified, earns = _by_sort()[whose]
    return Voice(weight, verified, group or group_of(member), earns)


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
