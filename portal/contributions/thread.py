"""The replies below a contribution, a page at a time, as one reader sees them.

A page is a range of numbers, not a count from the start: the hundredth costs what the first does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from flask import abort, request
from sqlalchemy import Boolean, Select, and_, bindparam, exists, or_, select

from portal import text as texts
from portal.config import settings
from portal.contributions import drafts, permitted, reading
from portal.contributions.addresses import endpoint_of, page_of, url_of
from portal.contributions.forms import ReplyForm
from portal.contributions.models import Contribution, Follow, ReadMarker
from portal.contributions.permitted import NOTHING, Permitted
from portal.contributions.rows import CONTRIBUTION, ReplyRow, reply_row, select_replies
from portal.contributions.screening.masking import for_quoting
from portal.contributions.thanks_words import words_by
from portal.contributions.writing import why_not
from portal.db import db
from portal.web import Page, page_number

SHOWN_AT_MOST = 50
"""Replies that wait, and replies that solved it, on one page."""
HELPFUL_PAGES = 5
"""Pages of the order by helpfulness: behind them stand replies that nobody thanked for."""


class Shown(NamedTuple):
    """One reply as its reader sees it."""

    reply: ReplyRow
    permalink: str
    urls: Permitted = NOTHING
    thanked: bool = False
    word: str = ""
    """What the reader said along with the thanks, for the author alone."""
    new: bool = False
    whole: bool = True
    """Of a reply that solved it, shown on top: all of it, or its first words because it stands on the same page."""

    @property
    def gone(self) -> bool:
        """Taken from view: a line says so to those who may know."""
        return self.reply.state in ("hidden", "removed")

    @property
    def shareable(self) -> bool:
        """Whether what shows of it may be kept for others: all can read it, and no word of the reader's is in it."""
        return self.reply.is_published and not self.word


class Asker(NamedTuple):
    """Who asked, as far as the replies name them."""

    id: int
    display_name: str


@dataclass(frozen=True)
class Thread:
    """A page of replies and what goes with it. `contributions/_thread.html` shows it."""

    parent: Contribution
    reader: Any
    page: Page[Shown]
    by_helpfulness: bool
    solutions: Sequence[Shown]
    """On page one: the replies that solved it and stand further down."""
    waiting: Sequence[Shown]
    """At the end: the reader's own replies that are not published, all of them for moderators."""
    urls: Permitted
    """What the reader may do with the parent."""
    thanked: bool
    word: str
    following: bool
    read_to: int | None
    """The number of the last reply this reader saw before; None if they were never here."""
    form: ReplyForm | None
    restored: bool
    closed_because: str
    """Why this reader has no form to reply with; empty if they have, or are not signed in."""

    @cached_property
    def asker(self) -> Asker | None:
        """Of a question: who asked it."""
        author = self.parent.author
        return Asker(author.id, author.display_name) if self.parent.is_question else None

    @property
    def endpoint(self) -> str:
        """For the links to other pages."""
        return endpoint_of(self.parent)[0]

    @property
    def address_args(self) -> dict[str, Any]:
        """What `endpoint` is called with."""
        return self.helpful_args if self.by_helpfulness else endpoint_of(self.parent)[1]

    @property
    def helpful_args(self) -> dict[str, Any]:
        """The same for the order by helpfulness."""
        return endpoint_of(self.parent)[1] | {"order": "helpful"}

    @cached_property
    def first_new(self) -> int | None:
        """The id of the first reply on this page that the reader has not seen."""
        return next((shown.reply.id for shown in self.page.rows if shown.new and not shown.gone), None)


def thread_of(parent: Contribution, reader: Any) -> Thread:
    """The page of replies below `parent` that the request asks for (`?page=`, `?order=helpful`, `?quote=`).

    `parent` must have its author loaded. Notes, once the page is out, that it was read. A page that
    does not exist is not found.
    """
    reader = getattr(reader, "_get_current_object", lambda: reader)()  # it is asked often, the stand-in takes its time
    by_helpfulness = request.args.get("order") == "helpful" and parent.last_position > 1
    page = _helpful_page(parent) if by_helpfulness else _page_by_number(parent, reader)
    solutions = _solutions(parent) if page.number == 1 and not by_helpfulness else []
    waiting = _waiting(parent, reader) if page.number == page.last and not by_helpfulness else []
    shown_here = [parent.id, *(reply.id for reply in (*page.rows, *solutions))]
    thanked = words_by(reader, shown_here) if reader.is_authenticated else {}
    read_to, following, typed = _own(parent, reader)
    form, restored, closed_because = _form(parent, reader, page.rows, typed)
    last_read = min(page.number * settings().replies_per_page, parent.last_position)
    reading.note_reading(parent, reader, None if by_helpfulness else last_read)

    address = url_of(parent)

    def shown(reply: ReplyRow, whole: bool = True) -> Shown:
        new = read_to is not None and (reply.position or 0) > read_to and reply.author_id != reader.id
        number = page_of(reply.position or parent.last_position)  # one that waits stands behind the last
        permalink = f"{address}{f'?page={number}' if number > 1 else ''}#reply-{reply.id}"
        urls = permitted.permitted(reply, reader, parent, permalink)
        return Shown(reply, permalink, urls, reply.id in thanked, thanked.get(reply.id, ""), new, whole)

    here = {r.id for r in page.rows}
    return Thread(
        parent=parent,
        reader=reader,
        page=Page([shown(r) for r in page.rows], page.number, page.last, page.total),
        by_helpfulness=by_helpfulness,
        # The first stands right below anyway.
        solutions=[shown(r, r.id not in here) for r in solutions if (r.position or 0) > 1],
        waiting=[shown(r) for r in waiting],
        urls=permitted.permitted(parent, reader, address=address)._replace(quote=""),
        thanked=parent.id in thanked,
        word=thanked.get(parent.id, ""),
        following=following,
        read_to=read_to,
        form=form,
        restored=restored,
        closed_because=closed_because,
    )


_BELOW = CONTRIBUTION.c.parent_id == bindparam("parent")
_PUBLISHED = CONTRIBUTION.c.state == "published"
_BY_NUMBER = select_replies(
    _BELOW, CONTRIBUTION.c.position.between(bindparam("first"), bindparam("last"))
).order_by(CONTRIBUTION.c.position)  # fmt: skip
_BY_HELP = (
    select_replies(_BELOW, _PUBLISHED)
    # Of equals the newest first: so the index serves the order as it is, read backwards.
    .order_by(CONTRIBUTION.c.helpfulness.desc(), CONTRIBUTION.c.position.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_ACCEPTED = (
    # Acceptance alone lifts `helpfulness` to 1, which the index knows.
    select_replies(_BELOW, _PUBLISHED, CONTRIBUTION.c.helpfulness >= 1, CONTRIBUTION.c.accepted_count > 0)
    .order_by(CONTRIBUTION.c.position)
    .limit(SHOWN_AT_MOST)
)
_WAITING = (
    select_replies(
        _BELOW,
        CONTRIBUTION.c.position.is_(None),
        or_(
            and_(
                CONTRIBUTION.c.author_id == bindparam("reader"),
                CONTRIBUTION.c.state.in_(("pending", "returned", "draft")),
            ),
            and_(bindparam("moderates", type_=Boolean), CONTRIBUTION.c.state.in_(("pending", "returned"))),
        ),
    )
    .order_by(CONTRIBUTION.c.created_at, CONTRIBUTION.c.id)
    .limit(SHOWN_AT_MOST)
)


def _page_by_number(parent: Contribution, reader: Any) -> Page[ReplyRow]:
    """By position alone, so that the index of positions is read and no more of it than this page."""
    number, size = page_number(), settings().replies_per_page
    last = page_of(parent.last_position)
    if number > last:
        abort(404)
    rows = _load(parent, _BY_NUMBER, first=(number - 1) * size + 1, last=number * size)
    return Page([r for r in rows if _may_know(r, reader)], number, last, parent.reply_count)


def _helpful_page(parent: Contribution) -> Page[ReplyRow]:
    number, size = page_number(), settings().replies_per_page
    last = min(HELPFUL_PAGES, max(1, -(-parent.reply_count // size)))
    if number > last:
        abort(404)
    rows = _load(parent, _BY_HELP, limit=size, offset=(number - 1) * size)
    return Page(rows, number, last, parent.reply_count)


def _solutions(parent: Contribution) -> Sequence[ReplyRow]:
    return _load(parent, _ACCEPTED) if parent.accepted_count else []


def _waiting(parent: Contribution, reader: Any) -> Sequence[ReplyRow]:
    """As `queries.visible_to` has it."""
    if not reader.is_authenticated:
        return []
    return _load(parent, _WAITING, reader=reader.id, moderates=bool(reader.moderates))


def _load(parent: Contribution, query: Select[Any], **bound: Any) -> Sequence[ReplyRow]:
    rows = db.session.execute(query, {"parent": parent.id, **bound})
    return [reply_row(row, parent.board_id) for row in rows]


def _may_know(reply: ReplyRow, reader: Any) -> bool:
    if reply.is_published:
        return True
    if not reader.is_authenticated:
        return False
    return reply.author_id == reader.id or (bool(reader.moderates) and reply.state != "draft")


_OWN = select(
    select(ReadMarker.__table__.c.position)
    .where(
        ReadMarker.__table__.c.member_id == bindparam("reader"),
        ReadMarker.__table__.c.contribution_id == bindparam("parent"),
    )
    .scalar_subquery(),
    exists().where(
        Follow.__table__.c.member_id == bindparam("reader"), Follow.__table__.c.contribution_id == bindparam("parent")
    ),
    drafts.select_typed(bindparam("reader"), bindparam("draft")).scalar_subquery(),
)


def _own(parent: Contribution, reader: Any) -> tuple[int | None, bool, dict[str, str]]:
    """How far the reader has read, whether they follow, what they had typed as a reply; in one query."""
    if not reader.is_authenticated:
        return None, False, {}
    bound = {"reader": reader.id, "parent": parent.id, "draft": f"reply:{parent.id}"}
    row = db.session.execute(_OWN, bound).one()
    return row[0], bool(row[1]), drafts.texts_of(row[2])


def _form(
    parent: Contribution, reader: Any, rows: Sequence[ReplyRow], typed: Mapping[str, str]
) -> tuple[ReplyForm | None, bool, str]:
    """The form to reply with, filled with the reader's draft and with what they quote."""
    if not parent.open_to_replies:
        return None, False, "This is closed, so it takes no more replies." if parent.is_published else ""
    if not reader.is_authenticated:
        return None, False, ""
    if reason := why_not(reader):
        return None, False, reason
    form = ReplyForm(formdata=None)
    restored = drafts.put_back(form, typed)
    wanted = request.args.get("quote", "")
    quotable: list[Any] = [parent, *rows]
    named = next((c for c in quotable if str(c.id) == wanted and (c is parent or c.is_published)), None)
    if named is not None:
        quoted = db.session.get_one(Contribution, named.id)
        own = (form.source.data or "").rstrip()
        quotation = texts.quote(for_quoting(quoted, reader.id), named.author.username)
        form.source.data = (own + "\n\n" if own else "") + quotation
    return form, restored, ""
