"""What waits for a moderator, the most urgent first, in a number of queries that does not grow with it."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, func, literal, select, union_all

from portal.db import db
from portal.members.models import Member
from portal.moderation import urgency
from portal.moderation.filters import WAITS, Filters
from portal.moderation.items import (
    Item,
    find_item,
    find_to_decide,
    fingerprint,
    history,
    load_whole,
    whole,
    with_context,
)  # fmt: skip
from portal.moderation.known import Before
from portal.moderation.models import Claim
from portal.moderation.waiting import all_of_it, bound, chosen_of, most_urgent, old_enough, parts_of, sort_of

__all__ = [
    "WAITS", "Before", "Filters", "Item", "counts", "find_item", "find_to_decide", "fingerprint", "history",
    "next_in_queue", "page", "waiting_since", "whole",
]  # fmt: skip
ALL = Filters()
LOOKED_AT = 200
"""So many of the most urgent are looked at for one that nobody else has open."""


def counts(filters: Filters = ALL) -> dict[str, int]:
    """How many wait for which reason, whichever of the reasons is chosen."""
    found: dict[str, int] = {}
    for why, n, with_pictures in db.session.execute(_counting(sort_of(replace(filters, waits=""))), bound(filters)):
        found |= {why: n - with_pictures} | ({"pictures": with_pictures} if why == "waiting" else {})
    return {why: n for why, n in found.items() if n}


@cache
def _counting(sort: Filters) -> Any:
    """Each part by itself, which takes half the time of grouping all of them."""
    found = []
    for why, part in parts_of(sort).items():
        there = part.subquery()
        with_pictures = func.count().filter(there.c.waits == "pictures") if why == "waiting" else literal(0, Integer)
        counted = select(literal(why), func.count(), with_pictures).select_from(there)
        found.append(counted.where(*old_enough(there, sort)))
    return union_all(*found)


def page(number: int, per_page: int, filters: Filters = ALL, reader: Any = None) -> list[Item]:
    """A page of the queue with all that is needed to decide; claims of others than `reader` are named."""
    asked = {"top": number * per_page, "per_page": per_page, "before": (number - 1) * per_page}
    rows = db.session.execute(_page(sort_of(filters)), bound(filters, **asked)).all()
    found = load_whole([row.id for row in rows if row.what == "c"])
    items = []
    for row in rows:
        if row.what == "m":
            items.append(Item(None, row.waits, row.since, member=row.Member, harm=row.harm, people=row.people))
        elif (one := found.get(row.id)) is not None:  # else it went between two queries
            of = (one.contribution, row.waits, row.since, one.decision)
            items.append(Item(*of, verdict=one.verdict, harm=row.harm, people=row.people))
    return with_context(items, reader)


@cache
def _page(sort: Filters) -> Any:
    queue = most_urgent(sort)
    ordered = urgency.by_urgency(select(queue).where(*chosen_of(queue, sort)), queue)
    some: Any = ordered.limit(bindparam("per_page", type_=Integer)).offset(bindparam("before", type_=Integer))
    some = some.subquery("queue")
    reported = select(some, Member).outerjoin(Member, and_(some.c.what == "m", Member.id == some.c.id))
    return urgency.by_urgency(reported, some)


def next_in_queue(after: int, filters: Filters = ALL, reader: Any = None) -> int | None:
    """The most urgent contribution other than this one, and than what somebody else has open."""
    who = {"reader": reader.id if reader is not None else 0}
    return db.session.scalar(_next(sort_of(filters)), bound(filters, top=LOOKED_AT, after=after, **who))


@cache
def _next(sort: Filters) -> Any:
    queue = most_urgent(sort)
    claimed = select(Claim.contribution_id).where(
        Claim.until > bindparam("now"), Claim.member_id != bindparam("reader")
    )
    query = select(queue.c.id).where(
        queue.c.what == "c", queue.c.id != bindparam("after"), queue.c.id.not_in(claimed), *chosen_of(queue, sort)
    )
    return urgency.by_urgency(query, queue).limit(1)


def waiting_since(before: datetime) -> dict[int, datetime]:
    """Contributions that have waited since before then, with since when."""
    queue = all_of_it(ALL)
    query = select(queue.c.id, queue.c.since).where(queue.c.what == "c", queue.c.since <= before)
    return {row.id: row.since for row in db.session.execute(query, bound(ALL))}
