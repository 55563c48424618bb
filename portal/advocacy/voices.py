"""How much a member's acknowledgement counts, from what the members' table says of them today."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.advocacy.groups import group_of
from portal.advocacy.ledger import in_chunks
from portal.advocacy.score import Voice
from portal.config import settings
from portal.db import db
from portal.members.models import Member

FACTS = (
    Member.id, Member.is_employee, Member.is_admin, Member.suspended_at, Member.erased_at, Member.verified_at,
    Member.email, Member.email_confirmed_at, Member.joined_at, Member.published_count, Member.organisation,
)  # fmt: skip


def of_members(member_ids: Collection[int]) -> dict[int, Voice]:
    """The voices of these members."""
    found: dict[int, Voice] = {}
    for ids in in_chunks(sorted(member_ids)):
        found.update((row.id, voice_of(row)) for row in db.session.execute(select(*FACTS).where(Member.id.in_(ids))))
    return found


def of_everybody() -> dict[int, Voice]:
    """The voices of all members."""
    return {row.id: voice_of(row) for row in db.session.execute(select(*FACTS))}


def voice_of(member: Any) -> Voice:
    """τ, by the settings: a verified customer's, a confirmed member's of some standing, anybody else's, or none."""
    s = settings()
    if is_barred(member):
        return Voice(0.0, False, group_of(member), earns=False)
    if member.verified_at is not None:
        return Voice(s.score_voice_verified, True, group_of(member))
    long_enough = clock.now() - member.joined_at >= timedelta(days=s.score_voice_days)
    if member.email_confirmed_at is not None and long_enough and member.published_count >= 1:
        return Voice(s.score_voice_confirmed, False, group_of(member))
    return Voice(s.score_voice_new, False, group_of(member))


def is_barred(member: Any) -> bool:
    """Who neither gives nor earns: whoever is or runs the company (customers must not be outranked by it), and
    whoever is suspended or erased. Moderators who are customers count as customers."""
    return bool(member.is_employee or member.is_admin or member.suspended_at or member.erased_at)
