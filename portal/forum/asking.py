"""Asking an advocate by name: whom a new question can name, and what is kept of it until the question is published."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, func, select

from portal import activity, clock
from portal.config import settings
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member
from portal.members.queries import by_username, customers_at_hand

LONGEST = 31
"""Characters of a username with its @: what is longer names nobody."""


def takes_requests() -> tuple[ColumnElement[bool], ...]:
    """Conditions: a recognised member who is at hand, and neither declined requests nor has had enough of them.

    Who rests has no recognition in force. The tables of what members are willing to do stand floors above.
    """
    will, routed = (db.metadata.tables[name] for name in ("willingness", "routed"))
    unwilling = select(will.c.member_id).where(will.c.takes_requests.is_(False))
    enough = (
        select(routed.c.member_id)
        .where(routed.c.sort == "asked", routed.c.at >= clock.week_start())
        .group_by(routed.c.member_id)
        .having(func.count() >= settings().asked_a_week)
    )
    return (
        Member.advocate_since.is_not(None), *customers_at_hand(), Member.id.not_in(unwilling), Member.id.not_in(enough),
    )  # fmt: skip


def who_can_be_asked(member_ids: Collection[int], asker: Any) -> set[int]:
    """Those of these members whom `asker`, or somebody without an account, can ask by name; in one query."""
    able = select(Member.id).where(Member.id.in_(member_ids), *takes_requests())
    return set(db.session.scalars(able)) - {asker.id}


def whom(username: str, asker: Member) -> Member | None:
    """The member whom an address or a form names, if `asker` can ask them; whatever else it says names nobody."""
    if not username or len(username) > LONGEST:
        return None
    member = by_username(username)
    return member if member is not None and who_can_be_asked([member.id], asker) else None


def record(topic: Contribution, asked: Member | None) -> None:
    """Note, in the transaction that sends the question, whom it asks; they hear of it when it is published."""
    if asked is not None:
        activity.record("asked_by_name", topic, member=asked, actor=topic.author)
