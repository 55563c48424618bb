"""Who helped most people this month, or this year. Never of all time: whoever came first would stay first.

It counts people, not scores, so that anybody can check a row by counting; and only people who are verified
customers or members of some standing, so that a handful of fresh accounts moves nobody up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.advocacy.ledger import standing
from portal.advocacy.models import LedgerEntry, Recognition
from portal.config import settings
from portal.db import db
from portal.members.models import Member

PERIODS = ("month", "year")
SHOWN = 20
FRESH = timedelta(minutes=5)
"""How old the counts may be: they read the ledger of the whole period."""
_KEPT = "portal.advocacy.leaderboards"


@dataclass(frozen=True)
class Row:
    """A place on the list; who helped equally many shares it."""

    place: int
    member: Member
    people: int


@dataclass(frozen=True)
class Leaderboard:
    """The first of those who helped in a period, and how many there were in all."""

    period: str
    since: datetime
    rows: Sequence[Row]
    helpers: int
    as_of: datetime


def leaderboard(period: str) -> Leaderboard:
    """The list of this month or this year (UTC), at most five minutes old; the people on it as they are now."""
    now, since = clock.now(), _since(period)
    kept: dict[str, tuple[datetime, datetime, list[tuple[int, int]], int]]
    kept = current_app.extensions.setdefault(_KEPT, {})
    at, of, counted, helpers = kept.get(period, (now, None, [], 0))
    if of != since or not at <= now < at + FRESH:
        counted, helpers = _counted(since)
        at = now
        kept[period] = (at, since, counted, helpers)
    return Leaderboard(period, since, _rows(counted), helpers, at)


def _since(period: str) -> datetime:
    first = clock.now().astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first if period == "month" else first.replace(month=1)


def _counted(since: datetime) -> tuple[list[tuple[int, int]], int]:
    per_helper = _people_helped(since).subquery()
    first = select(per_helper).order_by(per_helper.c.people.desc(), per_helper.c.helper_id).limit(SHOWN)
    helpers = db.session.scalar(select(func.count()).select_from(per_helper)) or 0
    return [(row.helper_id, row.people) for row in db.session.execute(first)], helpers


def _people_helped(since: datetime) -> Any:
    e, helped = LedgerEntry, aliased(Member)
    heard = or_(
        helped.verified_at.is_not(None),
        and_(
            helped.email_confirmed_at.is_not(None), helped.published_count >= 1,
            helped.joined_at <= clock.ago(days=settings().score_voice_days),
        ),
    )  # fmt: skip
    return (
        select(e.helper_id, func.count(e.helped_id.distinct()).label("people"))
        .join(Member, Member.id == e.helper_id)
        .join(helped, helped.id == e.helped_id)
        .where(e.at >= since, standing(), heard, *_customers(helped), *_customers(Member), *_willing())
        .group_by(e.helper_id)
    )


def _customers(member: Any) -> tuple[Any, ...]:
    """Nobody of the company, and nobody who is suspended or gone."""
    return (
        member.is_employee.is_(False), member.is_admin.is_(False), member.suspended_at.is_(None),
        member.erased_at.is_(None),
    )  # fmt: skip


def _willing() -> tuple[Any, ...]:
    """Nobody who chose not to have their numbers shown."""
    r = Recognition
    silent = exists().where(r.member_id == Member.id, r.state.in_(("accepted", "resting")), r.shows_numbers.is_(False))
    return (~silent,)


def _rows(counted: Sequence[tuple[int, int]]) -> list[Row]:
    """Who is there now; equal numbers share a place."""
    ids = [member_id for member_id, _ in counted]
    shown = select(Member).where(Member.id.in_(ids), *_customers(Member), *_willing())
    members = {m.id: m for m in db.session.scalars(shown)} if ids else {}
    places = {people: n for n, (_, people) in reversed(list(enumerate(counted, 1)))}
    return [Row(places[people], members[m], people) for m, people in counted if m in members]
