"""Contributions as pages show them: rows of the columns that show, since whole entities cost ten times as much.

Two rows are equal if all that is shown of them is equal, which is what fragments are kept by.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, select

from portal.contributions.models import Contribution
from portal.contributions.traits import Traits
from portal.db import as_instant
from portal.members.models import Member
from portal.members.traits import Person, person_columns
from portal.prepared import Prepared

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
RawReply = tuple[Any, ...]
"""The same as the driver gave it, for `reply_row`: what is kept is found by it, and nothing has to be made of it."""
ID, STATE, AUTHOR, POSITION, ACCEPTED = (
    _Reply._fields.index(name) for name in ("id", "state", "author_id", "position", "accepted_count")
)
"""Places in it."""
_TIMES = [place for place, column in enumerate((*_Reply._fields[:_OWN], *Person._fields)) if column.endswith("_at")]


def select_replies(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Replies with their authors, for `reply_row` to read. With parameters to bind, it can be made once for all."""
    columns = [*(CONTRIBUTION.c[name] for name in _Reply._fields[:_OWN]), *person_columns(MEMBER)]
    joined = CONTRIBUTION.join(MEMBER, MEMBER.c.id == CONTRIBUTION.c.author_id)
    return select(*columns).select_from(joined).where(*conditions)


def reply_row(row: Sequence[Any], board_id: int | None) -> ReplyRow:
    """The reply in one row of that; `board_id` is its parent's."""
    values = list(row)
    for place in _TIMES:
        values[place] = as_instant(values[place])
    return ReplyRow._make((*values[:_OWN], board_id, Person._make(values[_OWN:])))


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


_AT_ONCE = 8
_ROOTS = Prepared(
    select(*(CONTRIBUTION.c[name] for name in _Root._fields)).where(
        # Nothing else: given a state as well, SQLite looks through all that are in it.
        CONTRIBUTION.c.id.in_([bindparam(f"id_{n}", type_=Integer) for n in range(_AT_ONCE)])
    )
)


def public_roots(ids: Collection[int]) -> list[RootRow]:
    """Those of these conversations that everybody may read now, in this order; eight in one query."""
    if not ids:
        return []
    wanted, by_id = list(dict.fromkeys(ids)), {}
    for several in (wanted[n : n + _AT_ONCE] for n in range(0, len(wanted), _AT_ONCE)):
        filled = several + several[-1:] * (_AT_ONCE - len(several))
        for row in _ROOTS.rows(**{f"id_{n}": number for n, number in enumerate(filled)}):
            by_id[row[0]] = _root(row)
    found = [by_id[n] for n in wanted if n in by_id]
    return [root for root in found if root.state == "published" and root.kind != "reply"]


@lru_cache(maxsize=1000)
def _root(row: tuple[Any, ...]) -> RootRow:
    """The conversation in a row of `_ROOTS`: the same few are asked for again and again."""
    return RootRow._make((*row[:-1], as_instant(row[-1])))
