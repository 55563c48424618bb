"""How replies below a conversation are shown, from values alone: the same values show the same, and can be kept."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from portal.contributions.addresses import page_of
from portal.contributions.permitted import NOTHING, Eyes, Permitted, permitted
from portal.contributions.rows import RawReply, ReplyRow, reply_row
from portal.fragments import Same


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


class Author(NamedTuple):
    """Who began a conversation, as far as what stands below names them."""

    id: int
    display_name: str


class Bar(NamedTuple):
    """What of a conversation shows in the bar of what can be done with it."""

    id: int
    kind: str
    total_thanks: int
    author: Author


class Root(NamedTuple):
    """What of a conversation shows in the replies below it, and decides what can be done with them."""

    address: str
    author_id: int
    board_id: int | None
    is_published: bool
    is_question: bool
    open_to_replies: bool
    asker: Author | None
    """Of a question: who asked it."""


def root_of(parent: Any, address: str) -> Root:
    """That of `parent`, whole or a row, whose page is at `address`."""
    asker = Author(parent.author.id, parent.author.display_name) if parent.is_question else None
    return Root(
        address, parent.author_id, parent.board_id, parent.is_published, parent.is_question, parent.open_to_replies,
        asker,
    )  # fmt: skip


class Head(NamedTuple):
    """What stands above the replies of a page, in the order in which `contributions/_replies.html` takes it."""

    root: Root
    reply_count: int
    by_helpfulness: bool
    follow: str
    """Where to begin to follow, or to stop; empty for those who can't."""
    following: bool
    first_new: int | None
    """The number of the first reply that the reader has not seen."""
    solutions: tuple[Shown, ...]


def shown(
    rows: Sequence[RawReply], root: Root, eyes: Eyes | None = None, thanked: Mapping[int, str] | None = None,
    read_to: int | None = None, last_position: int = 0,
) -> list[Shown]:  # fmt: skip
    """These replies as one with these `eyes` sees them, who gave the `thanked` ones such a word.

    `read_to` is the number of the last one they saw before, None if they were never here.
    """
    made, words = [], thanked or {}
    for reply in (reply_row(row, root.board_id) for row in rows):
        number = page_of(reply.position or last_position)  # one that waits stands behind the last
        permalink = f"{root.address}{f'?page={number}' if number > 1 else ''}#reply-{reply.id}"
        new = read_to is not None and (reply.position or 0) > read_to and not (eyes and eyes.id == reply.author_id)
        urls = permitted(reply, eyes, permalink, root)
        made.append(Shown(reply, permalink, urls, reply.id in words, words.get(reply.id, ""), new))
    return made


def pieces(
    head: Head, rows: Same, eyes: Eyes | None, thanked: Sequence[int], read_to: int | None
) -> Iterator[tuple[Any, ...]]:
    """The same as pieces of a page (fragments.py), none of the `thanked` ones having got a word."""
    root = head.root
    yield "contributions/_replies.html", "head", *head
    for one in shown(rows.values, root, eyes, dict.fromkeys(thanked, ""), read_to):
        yield "shared/thread.html", "reply", one, root.is_question, root.asker
