"""Asking an advocate by name: whom a new question can name, and what is kept of it until the question is published."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, bindparam, func, select

from portal import activity, clock
from portal.activity import Activity
from portal.config import settings
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member
from portal.members.queries import by_username, customers_at_hand
from portal.prepared import Prepared

LONGEST = 31
"""Characters of a username with its @: what is longer names nobody."""


class Asked(NamedTuple):
    """Whom a question asks, as a name and a link."""

    id: int
    username: str
    display_name: str


_ASKED = Prepared(
    select(Member.__table__.c.id, Member.__table__.c.username, Member.__table__.c.display_name)
    .distinct()
    .join(Activity.__table__, Activity.__table__.c.member_id == Member.__table__.c.id)
    .where(
        Activity.__table__.c.contribution_id == bindparam("topic", type_=Integer),
        Activity.__table__.c.verb == "asked_by_name", Member.__table__.c.erased_at.is_(None),
    )
)  # fmt: skip


def asked_by(topic: Any, reader: Any, reader_is_asked: bool) -> list[Asked]:
    """Whom a question asks by name, for those who may know: its asker, those asked, moderators.

    Nobody else is shown it: a name beside a question that they leave unanswered would put them to shame. For them it
    costs no query.
    """
    if not topic.is_question or not reader.is_authenticated:
        return []
    if not (reader_is_asked or reader.id == topic.author_id or reader.moderates):
        return []
    return [Asked._make(row) for row in _ASKED.rows(topic=topic.id)]


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
