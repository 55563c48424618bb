"""What waits for a moderator, the most urgent first, in a number of queries that does not grow with it."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased

from portal.db import db
from portal.members.models import Member
from portal.moderation import urgency
from portal.moderation.filters import WAITS, Filters
from portal.moderation.items import (
    Before,
    Item,
    find_item,
    find_to_decide,
    fingerprint,
    history,
    load_whole,
    whole,
    with_context,
)  # fmt: skip
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
        found.append(select(literal(why), func.count(), with_pictures).select_from(there).where(*old_enough(there, sort)))
    return union_all(*found)


def page(number: int, per_page: int, filters: Filters = ALL, reader: Any = None) -> list[Item]:
    """A page of the queue with all that is needed to decide; claims of others than `reader` are named."""
    asked = {"top": number * per_page, "per_page": per_page, "before": (number - 1) * per_page}
    who = {"reader": reader.id if reader is not None else 0}
    rows = db.session.execute(_page(sort_of(filters)), bound(filters, **asked, **who)).all()
    contributions = load_whole([row.id for row in rows if row.what == "c"])
    items = []
    for row in rows:
        c, decision, verdict = contributions.get(row.id, (None, None, None)) if row.what == "c" else (None, None, None)
        items.append(
            Item(
                c, row.waits, row.since, decision, verdict=verdict, member=row.Member, harm=row.harm,
                people=row.people, claimed_by=row.claimer or "",
            )
        )  # fmt: skip
    return with_context([item for item in items if item.contribution is not None or item.member is not None])


@cache
def _page(sort: Filters) -> Any:
    queue = most_urgent(sort)
    ordered = urgency.by_urgency(select(queue).where(*chosen_of(queue, sort)), queue)
    some: Any = ordered.limit(bindparam("per_page", type_=Integer)).offset(bindparam("before", type_=Integer))
    some, claimer = some.subquery("queue"), aliased(Member)
    return urgency.by_urgency(
        select(some, claimer.display_name.label("claimer"), Member)
        .select_from(some)
        .outerjoin(Claim, and_(some.c.what == "c", Claim.contribution_id == some.c.id, _by_another()))
        .outerjoin(claimer, claimer.id == Claim.member_id)
        .outerjoin(Member, and_(some.c.what == "m", Member.id == some.c.id)),
        some,
    )


def next_in_queue(after: int, filters: Filters = ALL, reader: Any = None) -> int | None:
    """The most urgent contribution other than this one, and than what somebody else has open."""
    who = {"reader": reader.id if reader is not None else 0}
    return db.session.scalar(_next(sort_of(filters)), bound(filters, top=LOOKED_AT, after=after, **who))


@cache
def _next(sort: Filters) -> Any:
    queue = most_urgent(sort)
    claimed = select(Claim.contribution_id).where(_by_another())
    query = select(queue.c.id).where(
        queue.c.what == "c", queue.c.id != bindparam("after"), queue.c.id.not_in(claimed), *chosen_of(queue, sort)
    )
    return urgency.by_urgency(query, queue).limit(1)


def _by_another() -> Any:
    """That it is open now, and not by the reader."""
    return and_(Claim.until > bindparam("now"), Claim.member_id != bindparam("reader"))


def waiting_since(before: datetime) -> dict[int, datetime]:
    """Contributions that have waited since before then, with since when."""
    queue = all_of_it(ALL)
    query = select(queue.c.id, queue.c.since).where(queue.c.what == "c", queue.c.since <= before)
    return {row.id: row.since for row in db.session.execute(query, bound(ALL))}
