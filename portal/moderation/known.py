"""What is known of what waits beside itself: open reports, who has it open, what became of its author's earlier ones.

All of it is one query, whatever waits: a page of the queue asks no more than a single item.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, cast, func, literal, null, select, union_all

from portal import clock
from portal.config import settings
from portal.contributions.models import Contribution, Decision, Report
from portal.db import UtcDateTime, db
from portal.members.models import Member
from portal.moderation.models import Claim, MemberReport


@dataclass(frozen=True)
class Before:
    """What became of an author's earlier contributions."""

    published: int = 0
    returned: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Complaint:
    """An open report, of a contribution or of a member."""

    reason: str
    note: str
    at: datetime
    reporter: Member


@dataclass
class Known:
    """What the query said, by the numbers of what it said it of."""

    of_contributions: dict[int, list[Complaint]]
    of_members: dict[int, list[Complaint]]
    opened_by: dict[int, str]
    before: dict[int, dict[str, int]]
    lately: dict[int, int]


def known(contributions: Sequence[int], members: Sequence[int], authors: Sequence[int], reader: Any = None) -> Known:
    """Of these contributions and reported members, and of those who wrote the ones or are the others.

    Who has something open is told of others than `reader`. Of one author alone it also says how many
    "remove all as spam" would take.
    """
    found = Known({}, {}, {}, {}, {})
    given = {
        "contributions": list(contributions), "members": list(members), "authors": list(authors),
        "now": clock.now(), "reader": reader.id if reader is not None else 0, "swept_since": sweep_began(),
    }  # fmt: skip
    for row in db.session.execute(_statement(len(authors) == 1), given):
        if row.what == "opened":
            found.opened_by[row.about] = row.Member.display_name
        elif row.what == "before":
            found.before.setdefault(row.about, {})[row.reason] = row.n
        elif row.what == "lately":
            found.lately[row.about] = row.n
        else:
            reports = found.of_members if row.what == "member" else found.of_contributions
            reports.setdefault(row.about, []).append(Complaint(row.reason, row.note, row.at, row.Member))
    return found


def sweep_began() -> datetime:
    """Since when "remove all as spam" takes what an author sent."""
    return clock.ago(days=settings().spam_sweep_days)


def swept() -> Any:
    """What "remove all as spam" takes of an author; since when is bound as `swept_since`."""
    sent = func.coalesce(Contribution.submitted_at, Contribution.created_at)
    return Contribution.state.in_(("pending", "published", "hidden")) & (sent > bindparam("swept_since"))


@cache
def _statement(of_one: bool) -> Any:
    parts = [
        _reports("contribution", Report, Report.contribution_id),
        _reports("member", MemberReport, MemberReport.member_id),
        _opened(),
        _before(),
        *([_lately()] if of_one else []),
    ]
    every = union_all(*parts).subquery("known")
    return select(every, Member).outerjoin(Member, Member.id == every.c.person).order_by(every.c.at, every.c.person)


_COLUMNS = ("what", "about", "person", "reason", "note", "at", "n")
_NOBODY, _NEVER, _NOTHING, _ONE = cast(null(), Integer), cast(null(), UtcDateTime()), literal(""), literal(1, Integer)


def _part(*columns: Any) -> Select[Any]:
    return select(*(column.label(name) for name, column in zip(_COLUMNS, columns, strict=True)))


def _reports(what: str, table: Any, about: Any) -> Select[Any]:
    ids: Any = bindparam(f"{what}s", expanding=True)
    part = _part(literal(what), about, table.reporter_id, table.reason, table.note, table.at, _ONE)
    return part.where(about.in_(ids), table.settled_at.is_(None))


def _opened() -> Select[Any]:
    part = _part(literal("opened"), Claim.contribution_id, Claim.member_id, _NOTHING, _NOTHING, Claim.until, _ONE)
    return part.where(
        Claim.contribution_id.in_(bindparam("contributions", expanding=True)),
        Claim.until > bindparam("now"),
        Claim.member_id != bindparam("reader"),
    )


def _before() -> Select[Any]:
    """How many of each author's contributions moderators returned and removed."""
    c, n = Contribution, func.count(Decision.contribution_id.distinct())
    return (
        _part(literal("before"), c.author_id, _NOBODY, Decision.to_state, _NOTHING, _NEVER, n)
        .join(Decision, Decision.contribution_id == c.id)
        .where(
            c.author_id.in_(bindparam("authors", expanding=True)),
            Decision.as_moderator.is_(True),
            Decision.to_state.in_(("returned", "removed")),
        )
        .group_by(c.author_id, Decision.to_state)
    )


def _lately() -> Select[Any]:
    c = Contribution
    part = _part(literal("lately"), c.author_id, _NOBODY, _NOTHING, _NOTHING, _NEVER, func.count())
    return part.where(c.author_id.in_(bindparam("authors", expanding=True)), swept()).group_by(c.author_id)
