"""Reading the replies below a conversation, a page at a time, and what one reader left there."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import Boolean, ColumnElement, Integer, and_, bindparam, exists, or_, select

from portal.activity import Activity
from portal.config import settings
from portal.contributions import drafts
from portal.contributions.addresses import page_of
from portal.contributions.models import Contribution, Follow, ReadMarker, Thanks
from portal.contributions.rows import ACCEPTED, AUTHOR, CONTRIBUTION, ID, POSITION, STATE, RawReply, select_replies
from portal.contributions.thanks_words import word_by
from portal.db import db
from portal.fragments import Same, same
from portal.pages.remembering import remembered_rows
from portal.prepared import Prepared
from portal.web import Page, page_number

SHOWN_AT_MOST = 50
"""Replies that wait, and replies that solved it, on one page."""
HELPFUL_PAGES = 5
"""Pages of the order by helpfulness: behind them stand replies that nobody thanked for."""

_BELOW = CONTRIBUTION.c.parent_id == bindparam("parent")
_PUBLISHED = CONTRIBUTION.c.state == "published"
_READER = bindparam("reader", type_=Integer)
_WORD = word_by(_READER, CONTRIBUTION.c.id)


def _in_state(*states: str) -> ColumnElement[bool]:
    return or_(*(CONTRIBUTION.c.state == state for state in states))


_HERE = (_BELOW, CONTRIBUTION.c.position.between(bindparam("first"), bindparam("last")))
_BY_NUMBER = Prepared(select_replies(*_HERE).order_by(CONTRIBUTION.c.position))
_BY_HELP = Prepared(
    select_replies(_BELOW, _PUBLISHED)
    # Of equals the newest first: so the index serves the order as it is, read backwards.
    .order_by(CONTRIBUTION.c.helpfulness.desc(), CONTRIBUTION.c.position.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_ACCEPTED = Prepared(
    # Acceptance alone lifts `helpfulness` to 1, which the index knows.
    select_replies(_BELOW, _PUBLISHED, CONTRIBUTION.c.helpfulness >= 1, CONTRIBUTION.c.accepted_count > 0)
    .order_by(CONTRIBUTION.c.position)
    .limit(SHOWN_AT_MOST)
)
_WAITS = (
    _BELOW,
    CONTRIBUTION.c.position.is_(None),
    or_(
        and_(CONTRIBUTION.c.author_id == _READER, _in_state("pending", "returned", "draft")),
        and_(bindparam("moderates", type_=Boolean), _in_state("pending", "returned")),
    ),
)
"""As `queries.visible_to` has it."""
_WAITING = Prepared(select_replies(*_WAITS).order_by(CONTRIBUTION.c.created_at, CONTRIBUTION.c.id).limit(SHOWN_AT_MOST))


class Found(NamedTuple):
    """A page of replies, and the same ones as one object if everybody may read all of them."""

    page: Page[RawReply]
    public: Same | None


def page_by_number(parent: Contribution, reader: Any) -> Found:
    """The page that the request asks for, of what this reader may know of.

    By position alone, so that the index of positions is read and no more of it than this page.
    """
    number, last = page_number(), page_of(parent.last_position)
    if number > last:
        abort(404)
    found = remembered_rows(parent.id, _by_number, parent.id, *_numbers_on(number).values())
    if not _all_public(found.values):
        found = same(tuple([row for row in found.values if row[STATE] == "published" or _may_know(row, reader)]))
    page: Page[RawReply] = Page(found.values, number, last, parent.reply_count)
    return Found(page, found if _all_public(found.values) else None)


def _all_public(rows: Sequence[RawReply]) -> bool:
    return [row[STATE] for row in rows].count("published") == len(rows)


def _by_number(parent: int, first: int, last: int) -> Sequence[RawReply]:
    return _BY_NUMBER.rows(parent=parent, first=first, last=last)


def helpful_page(parent: Contribution) -> Found:
    """The same in the order by helpfulness."""
    number, size = page_number(), settings().replies_per_page
    last = min(HELPFUL_PAGES, max(1, -(-parent.reply_count // size)))
    if number > last:
        abort(404)
    rows = tuple(_BY_HELP.rows(parent=parent.id, limit=size, offset=(number - 1) * size))
    return Found(Page(rows, number, last, parent.reply_count), same(rows))


def solved(parent: Contribution, page: Page[RawReply]) -> Sequence[RawReply]:
    """What solved it and stands further down than the first place of this page, which is page one."""
    if not parent.accepted_count:
        return ()
    if page.last == 1:  # they are all here
        found = [row for row in page.rows if row[STATE] == "published" and row[ACCEPTED]]
    else:
        found = _ACCEPTED.rows(parent=parent.id)
    return [row for row in found if row[POSITION] > 1]  # the first stands right below anyway


def waiting(parent: Contribution, reader: Any) -> Sequence[RawReply]:
    """The reader's own replies that are not published, and for moderators all that wait."""
    return _WAITING.rows(parent=parent.id, reader=reader.id, moderates=bool(reader.moderates))


def _may_know(row: RawReply, reader: Any) -> bool:
    """Of what is not published."""
    if not reader.is_authenticated:
        return False
    return row[AUTHOR] == reader.id or (bool(reader.moderates) and row[STATE] != "draft")


class Own(NamedTuple):
    """What there is of a reader's own below a conversation."""

    read_to: int | None = None
    follows: bool = False
    typed: Mapping[str, str] = {}
    word: str | None = None
    """What they said with their thanks for what it begins with; None without thanks."""
    waits: bool = False
    """Whether something waits there that they may know of."""
    asked: bool = False
    """Whether they were asked by name to answer."""
    thanks_here: bool = False
    """Whether they thank for a reply whose number is among those of the page."""


_PARENT, _ASKED = bindparam("parent", type_=Integer), Activity.__table__
_OWN = Prepared(select(
    select(ReadMarker.__table__.c.position)
    .where(ReadMarker.__table__.c.member_id == _READER, ReadMarker.__table__.c.contribution_id == _PARENT)
    .scalar_subquery(),
    exists().where(Follow.__table__.c.member_id == _READER, Follow.__table__.c.contribution_id == _PARENT),
    drafts.select_typed(_READER, bindparam("draft")).scalar_subquery(),
    word_by(_READER, _PARENT),
    exists(select(CONTRIBUTION.c.id).where(*_WAITS)),
    exists().where(
        _ASKED.c.contribution_id == _PARENT, _ASKED.c.member_id == _READER, _ASKED.c.verb == "asked_by_name"
    ),
    exists(select(CONTRIBUTION.c.id).where(*_HERE, _WORD.is_not(None))),
))  # fmt: skip
_WORDS = Prepared(select(CONTRIBUTION.c.id, _WORD).where(*_HERE, _WORD.is_not(None)))


def own(parent: Contribution, reader: Any, page: Page[RawReply]) -> Own:
    """What there is of this reader's own; in one query."""
    if not reader.is_authenticated:
        return Own()
    bound = {
        "reader": reader.id, "parent": parent.id, "draft": f"reply:{parent.id}", "moderates": bool(reader.moderates),
        **_numbers_on(page.number),
    }  # fmt: skip
    (row,) = _OWN.rows(**bound)
    typed = json.loads(row[2]) if isinstance(row[2], str) else row[2]
    return Own(row[0], bool(row[1]), drafts.texts_of(typed), row[3], *map(bool, row[4:]))


def words(parent: Contribution, reader: Any, page: Page[RawReply]) -> dict[int, str]:
    """What this reader said with their thanks for replies of a page in the order of their numbers, by reply."""
    return dict(_WORDS.rows(parent=parent.id, reader=reader.id, **_numbers_on(page.number)))


def words_with(rows: Sequence[RawReply], reader: Any) -> dict[int, str]:
    """The same for any replies."""
    given = Thanks.__table__.c
    own = given.giver_id == reader.id, given.withdrawn_at.is_(None)
    found = db.session.execute(
        select(given.contribution_id, given.word).where(*own, given.contribution_id.in_([row[ID] for row in rows]))
    )
    return {row.contribution_id: row.word for row in found}


def _numbers_on(page: int) -> dict[str, int]:
    """The first and the last number of a reply on it."""
    size = settings().replies_per_page
    return {"first": (page - 1) * size + 1, "last": page * size}
