"""The replies below a contribution, a page at a time, as one reader sees them.

A page is a range of numbers, not a count from the start: the hundredth costs what the first does.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import request
from markupsafe import Markup

from portal import text as texts
from portal.config import settings
from portal.contributions import reading, replies
from portal.contributions.addresses import numbered, url_of
from portal.contributions.below import Author, Bar, Head, Root, Shown, pieces, root_of, shown
from portal.contributions.forms import ReplyForm
from portal.contributions.models import Contribution
from portal.contributions.permitted import Eyes, Permitted, eyes_of, permitted
from portal.contributions.rows import AUTHOR, ID, POSITION, STATE, RawReply, reply_row
from portal.contributions.screening.masking import for_quoting
from portal.contributions.writing import why_not
from portal.db import db
from portal.fragments import Same, fragments, same
from portal.web import Page


@dataclass(frozen=True)
class Thread:
    """A page of replies and what goes with it. `contributions/_thread.html` shows it."""

    parent: Contribution
    root: Root
    reader: Any
    eyes: Eyes | None
    page: Page[RawReply]
    all_public: Same | None
    """The same replies as one object if everybody may read all of them."""
    by_helpfulness: bool
    solved: Sequence[RawReply]
    """On page one: the replies that solved it and stand further down."""
    waits: Sequence[RawReply]
    """At the end: the reader's own replies that are not published, all of them for moderators."""
    words: Mapping[int, str]
    """For those of the replies here, and for the parent, that the reader thanks: what they said along with it."""
    following: bool
    read_to: int | None
    """The number of the last reply this reader saw before; None if they were never here."""
    key: str
    """Of the form to reply with; empty if this reader has none."""
    typed: str
    """What stands in it: the reader's draft, and what they quote."""
    restored: bool
    asked: bool
    """Whether this reader was asked by name to answer."""
    closed_because: str
    """Why this reader has no form to reply with; empty if they have, or are not signed in."""

    @cached_property
    def replies(self) -> Sequence[Shown]:
        """Those of this page."""
        return shown(self.page.rows, self.root, self.eyes, self.words, self.read_to)

    @cached_property
    def head(self) -> Head:
        """What stands above them."""
        follow = ""
        if self.eyes and self.root.is_published:
            verb = "contributions.unfollow" if self.following else "contributions.follow"
            follow = numbered(verb, self.parent.id)
        return Head(
            self.root, self.parent.reply_count, self.by_helpfulness, follow, self.following, self.first_new,
            tuple(self.solutions),
        )  # fmt: skip

    @cached_property
    def public(self) -> Same:
        """What everybody may read of the replies on this page."""
        return self.all_public or same(tuple([row for row in self.page.rows if row[STATE] == "published"]))

    @cached_property
    def kept(self) -> Markup | None:
        """Both as a piece of the page; None if one of them may not be kept for others (`Shown.shareable`)."""
        rows, read_to, eyes, thanked = self.page.rows, self.read_to, self.eyes, ()
        if self.all_public is None:
            return None
        if self.words:
            here = [row[ID] for row in rows]
            if any(self.words.get(number) for number in here):
                return None
            thanked = tuple([number for number in here if number in self.words])
        if read_to is not None and max([row[POSITION] or 0 for row in rows], default=0) <= read_to:
            read_to = None
        if eyes and eyes.id != self.root.author_id and eyes.id not in [row[AUTHOR] for row in rows]:
            eyes = eyes._replace(id=None)
        return fragments().several(pieces, self.head, self.all_public, eyes, thanked, read_to)

    @cached_property
    def solutions(self) -> Sequence[Shown]:
        """These as everybody sees them."""
        here = {row[ID] for row in self.page.rows}
        return [one._replace(whole=one.reply.id not in here) for one in shown(self.solved, self.root)]

    @cached_property
    def waiting(self) -> Sequence[Shown]:
        """What waits, as its reader sees it."""
        return shown(self.waits, self.root, self.eyes, last_position=self.parent.last_position)

    @cached_property
    def urls(self) -> Permitted:
        """What the reader may do with the parent."""
        return permitted(self.parent, self.eyes, self.root.address)._replace(quote="")

    @property
    def bar(self) -> Bar:
        """What of the parent shows above that."""
        parent = self.parent
        return Bar(parent.id, parent.kind, parent.total_thanks, Author(parent.author_id, parent.author.display_name))

    @property
    def composer(self) -> Markup:
        """The field to reply in; kept while nothing stands in it, since what does is the reader's own."""
        if self.typed or self.restored:
            return _composer(self.typed, self.restored)
        return fragments().of(_composer, "", False)

    @property
    def thanked(self) -> bool:
        """Whether the reader thanks for the parent."""
        return self.parent.id in self.words

    @property
    def word(self) -> str:
        """What they said along with it."""
        return self.words.get(self.parent.id, "")

    @cached_property
    def first_new(self) -> int | None:
        """The id of the first reply on this page that the reader has not seen."""
        if self.read_to is None or max([row[POSITION] or 0 for row in self.page.rows], default=0) <= self.read_to:
            return None
        return next((one.reply.id for one in self.replies if one.new and not one.gone), None)


def thread_of(parent: Contribution, reader: Any) -> Thread:
    """The page of replies below `parent` that the request asks for (`?page=`, `?order=helpful`, `?quote=`).

    `parent` must have its author loaded. Notes, once the page is out, that it was read. A page that
    does not exist is not found.
    """
    reader = getattr(reader, "_get_current_object", lambda: reader)()  # it is asked often, the stand-in takes its time
    by_helpfulness = request.args.get("order") == "helpful" and parent.last_position > 1
    page, public = replies.helpful_page(parent) if by_helpfulness else replies.page_by_number(parent, reader)
    solved = replies.solved(parent, page) if page.number == 1 and not by_helpfulness else ()
    own = replies.own(parent, reader, page)
    words = _words(parent, reader, page, own, by_helpfulness)
    at_the_end = page.number == page.last and not by_helpfulness
    if own.word is not None:
        words[parent.id] = own.word
    closed_because = _closed(parent, reader)
    writes = parent.open_to_replies and reader.is_authenticated and not closed_because
    last_read = min(page.number * settings().replies_per_page, parent.last_position)
    reading.note_reading(parent, reader, None if by_helpfulness else last_read)
    return Thread(
        parent=parent,
        root=root_of(parent, url_of(parent)),
        reader=reader,
        eyes=eyes_of(reader, parent),
        page=page,
        all_public=public,
        by_helpfulness=by_helpfulness,
        solved=solved,
        waits=replies.waiting(parent, reader) if own.waits and at_the_end else (),
        words=words,
        following=own.follows,
        read_to=own.read_to,
        key=secrets.token_urlsafe(16) if writes else "",
        typed=_typed(parent, reader, page.rows, own.typed) if writes else "",
        restored=any(own.typed.get(name, "").strip() for name in ("title", "source")),
        asked=own.asked,
        closed_because=closed_because,
    )


def _closed(parent: Contribution, reader: Any) -> str:
    """Why this reader, if they are signed in, can't reply; empty if they can."""
    if not parent.open_to_replies:
        return "This is closed, so it takes no more replies." if parent.is_published else ""
    return why_not(reader) if reader.is_authenticated else ""


def _words(parent: Contribution, reader: Any, page: Page[RawReply], own: replies.Own, anyhow: bool) -> dict[int, str]:
    """Of those of these replies that the reader thanks for; `anyhow` if they do not stand in the order of numbers."""
    if anyhow and reader.is_authenticated:
        return replies.words_with(page.rows, reader)
    return replies.words(parent, reader, page) if own.thanks_here else {}


def _typed(parent: Contribution, reader: Any, rows: Sequence[RawReply], typed: Mapping[str, str]) -> str:
    """The reader's draft, and what they quote."""
    own, wanted = typed.get("source", ""), request.args.get("quote", "")
    if not wanted:
        return own
    quotable: list[Any] = [parent, *(reply_row(row, None) for row in rows if row[STATE] == "published")]
    named = next((c for c in quotable if str(c.id) == wanted), None)
    if named is None:
        return own
    quoted, own = db.session.get_one(Contribution, named.id), own.rstrip()
    return (own + "\n\n" if own else "") + texts.quote(for_quoting(quoted, reader.id), named.author.username)


def _composer(typed: str, restored: bool) -> Markup:
    form = ReplyForm(formdata=None, meta={"csrf": False})
    form.source.data = typed
    made = fragments().anew("contributions/_compose.html", "compose")
    return Markup(made(form.source, restored=restored, label_hidden=True))  # noqa: S704 - a template made it
