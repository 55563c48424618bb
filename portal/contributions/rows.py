"""Contributions as pages show them: rows of the columns that show, since whole entities cost ten times as much.

Two rows are equal if all that is shown of them is equal, which is what fragments are kept by.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, bindparam, select

from portal.contributions.models import Contribution
from portal.contributions.traits import Traits
from portal.db import db
from portal.members.models import Member
from portal.members.traits import Person, person_columns

CONTRIBUTION, MEMBER = Contribution.__table__, Member.__table__


class _Reply(NamedTuple):
    id: int
    kind: str
    state: str
    author_id: int
    parent_id: int
    position: int | None
    html: str
    excerpt: str
    created_at: datetime
    published_at: datetime | None
    edited_at: datetime | None
    thanks_count: int
    anonymous_thanks: int
    accepted_count: int
    incentive: str
    board_id: int | None
    """Where its parent stands; the table leaves that to the parent."""
    author: Person


class ReplyRow(_Reply, Traits):
    """A reply and who wrote it. It has no title; whoever needs its source reads it for itself."""

    __slots__ = ()
    title = ""


_OWN = len(_Reply._fields) - 2


def select_replies(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Replies with their authors, for `reply_row` to read. With parameters to bind, it can be made once for all."""
    columns = [CONTRIBUTION.c[name] for name in _Reply._fields[:_OWN]]
    joined = CONTRIBUTION.join(MEMBER, MEMBER.c.id == CONTRIBUTION.c.author_id)
    return select(*columns, *person_columns(MEMBER)).select_from(joined).where(*conditions)


def reply_row(row: Row[Any], board_id: int | None) -> ReplyRow:
    """The reply in one row of that; `board_id` is its parent's."""
    return ReplyRow._make((*row[:_OWN], board_id, Person._make(row[_OWN:])))


class _Root(NamedTuple):
    id: int
    kind: str
    state: str
    title: str
    slug: str
    excerpt: str
    reply_count: int
    accepted_count: int
    published_at: datetime | None


class RootRow(_Root, Traits):
    """A conversation as a link to it."""

    __slots__ = ()


_ROOTS = select(*(CONTRIBUTION.c[name] for name in _Root._fields)).where(
    # Nothing else: given a state as well, SQLite looks through all that are in it.
    CONTRIBUTION.c.id.in_(bindparam("ids", expanding=True))
)


def public_roots(ids: Collection[int]) -> list[RootRow]:
    """Those of these conversations that everybody may read now, in this order; in one query."""
    if not ids:
        return []
    found = map(RootRow._make, db.session.execute(_ROOTS, {"ids": list(ids)}))
    by_id = {row.id: row for row in found if row.is_published and not row.is_reply}
    return [by_id[number] for number in dict.fromkeys(ids) if number in by_id]
