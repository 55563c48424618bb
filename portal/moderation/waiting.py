"""What is in the queue, as SQL: put together once for each sort of choice, since that takes longer than the answer.

What changes from page to page (the time, the boards, how many) is bound when it is asked: see `bound`.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from portal import clock
from portal.config import settings
from portal.contributions.models import Contribution, Decision, Report
from portal.media.models import Picture
from portal.members.models import Member
from portal.moderation import urgency
from portal.moderation.filters import Filters
from portal.moderation.models import MemberReport


def sort_of(filters: Filters) -> Filters:
    """The choice without what is bound: the same for all boards, and for all who look after some."""
    return replace(filters, board="0" if filters.board else "", boards=None if filters.boards is None else ())


def bound(filters: Filters, **more: Any) -> dict[str, Any]:
    """What a statement for a choice of this sort has to be told."""
    s = settings()
    hours = {"late": s.queue_warn_hours, "overdue": s.queue_alarm_hours}.get(filters.age, 0)
    return {
        "now": clock.now(), "board": [int(filters.board or 0)], "boards": list(filters.boards or ()),
        "new_below": s.new_until_contributions, "new_since": clock.ago(days=s.new_until_days),
        "waits_since": clock.ago(hours=hours),
    } | more  # fmt: skip


def parts_of(sort: Filters) -> dict[str, Select[Any]]:
    """What waits, by why: each with what, number, why, since when, harm and people; a thing is in one of them."""
    parts = {"waiting": _pending(sort)}
    if not sort.helps:
        parts |= {"hidden": _hidden(sort), "reported": _reported(sort)}
        if sort.boards is None and not (sort.kind or sort.board or sort.who):
            parts["member"] = _members()
    return parts


@cache
def all_of_it(sort: Filters) -> Any:
    """All that waits, as a subquery."""
    return union_all(*parts_of(sort).values()).subquery("queue")


@cache
def most_urgent(sort: Filters) -> Any:
    """The same, but of what waits for approval only what can be among the `top` most urgent.

    Among equals that is the oldest, which an index gives, so that a page does not read thousands.
    """
    parts, c = parts_of(sort), Contribution
    pending = parts.pop("waiting")
    if sort.waits in ("waiting", "pictures"):
        pending = pending.where(_with_pictures() if sort.waits == "pictures" else ~_with_pictures())
    first = []
    for equals in (c.parent_id.is_(None), c.parent_id.is_not(None)):  # those for whom one, and two people wait
        oldest = pending.where(equals).order_by(c.submitted_at, c.id).limit(bindparam("top", type_=Integer)).subquery()
        first.append(select(*oldest.c))
    return union_all(*first, *parts.values()).subquery("queue")


def chosen_of(queue: Any, sort: Filters) -> list[Any]:
    """The conditions that a choice makes of what waits: why, and for how long."""
    found = [queue.c.waits == sort.waits] if sort.waits else []
    return [*found, *old_enough(queue, sort)]


def old_enough(queue: Any, sort: Filters) -> list[Any]:
    """That of the conditions which does not ask why it waits."""
    return [queue.c.since <= bindparam("waits_since")] if sort.age else []


def _with_pictures() -> Any:
    return select(Picture.id).where(Picture.contribution_id == Contribution.id).exists()


def _pending(sort: Filters) -> Select[Any]:
    c = Contribution
    return select(
        literal("c").label("what"), c.id.label("id"),
        case((_with_pictures(), literal("pictures")), else_=literal("waiting")).label("waits"),
        c.submitted_at.label("since"), literal(0, Integer).label("harm"),
        case((c.parent_id.is_not(None), 2), else_=1).label("people"),
    ).where(c.state == "pending", *_conditions(sort))  # fmt: skip


def _hidden(sort: Filters) -> Select[Any]:
    """Asked contribution by contribution, of which few are hidden: grouping would read them all."""
    c = Contribution
    since = select(func.max(Decision.at)).where(Decision.contribution_id == c.id).scalar_subquery()
    people = select(func.count()).where(Report.contribution_id == c.id, Report.settled_at.is_(None)).scalar_subquery()
    columns = _named(literal("c"), c.id, literal("hidden"), since, literal(0, Integer), people + 1)
    return select(*columns).where(c.state == "hidden", *_conditions(sort))


def _reported(sort: Filters) -> Select[Any]:
    c = Contribution
    open_reports = (
        select(
            Report.contribution_id, func.min(Report.at).label("since"),
            func.max(urgency.harm_of(Report.reason)).label("harm"), func.count().label("people"),
        )
        .where(Report.settled_at.is_(None))
        .group_by(Report.contribution_id)
        .subquery()
    )  # fmt: skip
    told = [open_reports.c[name] for name in ("since", "harm", "people")]
    return (
        select(*_named(literal("c"), c.id, literal("reported"), *told))
        .join_from(open_reports, c, c.id == open_reports.c.contribution_id)
        .where(c.state == "published", *_conditions(sort))
    )


def _members() -> Select[Any]:
    worst = func.max(urgency.harm_of(MemberReport.reason))
    since = func.min(MemberReport.at)
    columns = _named(literal("m"), MemberReport.member_id, literal("member"), since, worst, func.count())
    return select(*columns).where(MemberReport.settled_at.is_(None)).group_by(MemberReport.member_id)


def _named(*columns: Any) -> Sequence[Any]:
    names = ("what", "id", "waits", "since", "harm", "people")
    return [column.label(name) for name, column in zip(names, columns, strict=True)]


def _conditions(sort: Filters) -> list[Any]:
    c, found = Contribution, []
    if sort.kind:
        found.append(c.kind == sort.kind)
    if sort.board:
        found.append(_in_boards("board"))
    if sort.boards is not None:
        found.append(_in_boards("boards"))
    if sort.who == "new":
        author = aliased(Member)
        new = or_(author.published_count < bindparam("new_below"), author.joined_at > bindparam("new_since"))
        found.append(select(author.id).where(author.id == c.author_id, new).exists())
    return found


def _in_boards(name: str) -> Any:
    """Topics of the boards that are bound to this name, and replies to them."""
    c, parent = Contribution, aliased(Contribution)
    boards: Any = bindparam(name, expanding=True)
    below = select(parent.id).where(parent.id == c.parent_id, parent.board_id.in_(boards)).exists()
    return or_(c.board_id.in_(boards), below)
