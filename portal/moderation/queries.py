"""What waits for a moderator, the most urgent first, in a number of queries that does not grow with it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from portal import clock
from portal.config import settings
from portal.contributions.models import Contribution, Decision, Report
from portal.db import db
from portal.media.models import Picture
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
from portal.moderation.models import Claim, MemberReport

__all__ = [
    "WAITS", "Before", "Filters", "Item", "counts", "find_item", "find_to_decide", "fingerprint", "history",
    "next_in_queue", "page", "waiting_since", "whole",
]  # fmt: skip
ALL = Filters()
LOOKED_AT = 200
"""So many of the most urgent are looked at for one that nobody else has open."""


def _waiting(filters: Filters, top: int | None = None) -> Any:
    """What is in the queue: what, number, why, since when, harm and people. Each thing is there once.

    With `top`, of what waits for approval only what can be among so many most urgent: among equals that is the
    oldest, which an index gives, so that a page does not read thousands.
    """
    parts = _pending(filters, top)
    if not filters.helps:
        parts += [_hidden(Contribution, filters), _reported(Contribution, filters)]
        if filters.boards is None and not (filters.kind or filters.board or filters.who):
            parts.append(
                select(
                    literal("m"), MemberReport.member_id, literal("member"), func.min(MemberReport.at),
                    func.max(urgency.harm_of(MemberReport.reason)), func.count(),
                )
                .where(MemberReport.settled_at.is_(None))
                .group_by(MemberReport.member_id)
            )  # fmt: skip
    return union_all(*parts).subquery("queue")


def _pending(filters: Filters, top: int | None) -> list[Select[Any]]:
    c = Contribution
    with_pictures = select(Picture.id).where(Picture.contribution_id == c.id).exists()
    query = select(
        literal("c").label("what"), c.id.label("id"),
        case((with_pictures, literal("pictures")), else_=literal("waiting")).label("waits"),
        c.submitted_at.label("since"), literal(0, Integer).label("harm"),
        case((c.parent_id.is_not(None), 2), else_=1).label("people"),
    ).where(c.state == "pending", *_conditions(c, filters))  # fmt: skip
    if top is None:
        return [query]
    if filters.waits in ("waiting", "pictures"):
        query = query.where(with_pictures if filters.waits == "pictures" else ~with_pictures)
    first = []
    for equals in (c.parent_id.is_(None), c.parent_id.is_not(None)):  # those for whom one, and two people wait
        oldest = query.where(equals).order_by(c.submitted_at, c.id).limit(top).subquery()
        first.append(select(*oldest.c))
    return first


def _hidden(c: Any, filters: Filters) -> Select[Any]:
    """Asked contribution by contribution, of which few are hidden: grouping would read them all."""
    since = select(func.max(Decision.at)).where(Decision.contribution_id == c.id).scalar_subquery()
    people = select(func.count()).where(Report.contribution_id == c.id, Report.settled_at.is_(None)).scalar_subquery()
    columns = (literal("c"), c.id, literal("hidden"), since, literal(0, Integer), people + 1)
    return select(*columns).where(c.state == "hidden", *_conditions(c, filters))


def _reported(c: Any, filters: Filters) -> Select[Any]:
    open_reports = (
        select(
            Report.contribution_id, func.min(Report.at).label("since"),
            func.max(urgency.harm_of(Report.reason)).label("harm"), func.count().label("people"),
        )
        .where(Report.settled_at.is_(None))
        .group_by(Report.contribution_id)
        .subquery()
    )  # fmt: skip
    columns = (literal("c"), c.id, literal("reported"), *(open_reports.c[name] for name in ("since", "harm", "people")))
    return (
        select(*columns)
        .join_from(open_reports, c, c.id == open_reports.c.contribution_id)
        .where(c.state == "published", *_conditions(c, filters))
    )


def _conditions(c: Any, filters: Filters) -> list[Any]:
    found = []
    if filters.kind:
        found.append(c.kind == filters.kind)
    if filters.board:
        found.append(_in_boards(c, [int(filters.board)]))
    if filters.boards is not None:
        found.append(_in_boards(c, filters.boards))
    if filters.who == "new":
        author = aliased(Member)
        since = clock.ago(days=settings().new_until_days)
        new = or_(author.published_count < settings().new_until_contributions, author.joined_at > since)
        found.append(select(author.id).where(author.id == c.author_id, new).exists())
    return found


def _in_boards(c: Any, boards: Collection[int]) -> Any:
    """Topics of these boards, and replies to them."""
    parent = aliased(Contribution)
    below = select(parent.id).where(parent.id == c.parent_id, parent.board_id.in_(boards)).exists()
    return or_(c.board_id.in_(boards), below)


def _of_that(queue: Any, filters: Filters) -> list[Any]:
    found = [queue.c.waits == filters.waits] if filters.waits else []
    hours = {"late": settings().queue_warn_hours, "overdue": settings().queue_alarm_hours}.get(filters.age)
    return found if hours is None else [*found, queue.c.since <= clock.ago(hours=hours)]


def counts(filters: Filters = ALL) -> dict[str, int]:
    """How many wait for which reason, whichever of the reasons is chosen."""
    queue = _waiting(filters)
    anyhow = Filters(age=filters.age)
    found = db.session.execute(
        select(queue.c.waits, func.count().label("n")).where(*_of_that(queue, anyhow)).group_by(queue.c.waits)
    )
    return {row.waits: row.n for row in found}


def page(number: int, per_page: int, filters: Filters = ALL, reader: Any = None) -> list[Item]:
    """A page of the queue with all that is needed to decide; claims of others than `reader` are named."""
    queue = _waiting(filters, number * per_page)
    ordered = urgency.by_urgency(select(queue).where(*_of_that(queue, filters)), queue)
    some: Any = ordered.limit(per_page).offset((number - 1) * per_page).subquery("queue")
    claimer = aliased(Member)
    held = and_(
        some.c.what == "c", Claim.contribution_id == some.c.id, Claim.until > clock.now(),
        Claim.member_id != (reader.id if reader is not None else 0),
    )  # fmt: skip
    rows = db.session.execute(
        urgency.by_urgency(
            select(some, claimer.display_name.label("claimer"), Member)
            .select_from(some)
            .outerjoin(Claim, held)
            .outerjoin(claimer, claimer.id == Claim.member_id)
            .outerjoin(Member, and_(some.c.what == "m", Member.id == some.c.id)),
            some,
        )
    ).all()
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


def next_in_queue(after: int, filters: Filters = ALL, reader: Any = None) -> int | None:
    """The most urgent contribution other than this one, and than what somebody else has open."""
    queue = _waiting(filters, LOOKED_AT)
    claimed = select(Claim.contribution_id).where(
        Claim.until > clock.now(), Claim.member_id != (reader.id if reader is not None else 0)
    )
    query = select(queue.c.id).where(
        queue.c.what == "c", queue.c.id != after, queue.c.id.not_in(claimed), *_of_that(queue, filters)
    )
    return db.session.scalar(urgency.by_urgency(query, queue).limit(1))


def waiting_since(before: datetime) -> dict[int, datetime]:
    """Contributions that have waited since before then, with since when."""
    queue = _waiting(ALL)
    rows = db.session.execute(select(queue.c.id, queue.c.since).where(queue.c.what == "c", queue.c.since <= before))
    return {row.id: row.since for row in rows}
