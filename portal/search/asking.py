"""What a search page is asked by its address: words, filters, order; and the addresses that differ in one of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from flask import url_for
from flask_login import current_user
from sqlalchemy import select

from portal.contributions.models import Contribution, Product
from portal.contributions.queries import LARGEST_ID
from portal.db import db
from portal.forum.models import Board
from portal.members.queries import by_username, is_shown
from portal.search.engine import Filters, Sort
from portal.search.query_language import KINDS, MOST_CHARS
from portal.text import clean_line

KIND_NAMES = {"topic": "Topics", "article": "Articles", "story": "Stories", "photo": "Photos", "reply": "Replies"}
SOLVED = {"yes": "Solved", "no": "Not solved yet"}
STATES = {"pending": "Waiting", "returned": "Sent back", "hidden": "Hidden", "removed": "Removed"}
"""What moderators alone can look through."""
_YEAR = re.compile(r"(?:19|20)\d\d\Z", re.ASCII)
_NUMBER = re.compile(r"\d{1,10}\Z", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """One search as its address says it; what makes no sense is empty."""

    q: str = ""
    kind: str = ""
    board: str = ""
    product: str = ""
    tag: str = ""
    year: str = ""
    solved: str = ""
    author: str = ""
    within: str = ""
    """`in=` in the address: the number of the conversation to search in."""
    sort: str = ""
    state: str = ""

    @property
    def narrowings(self) -> dict[str, str]:
        """The filters in force."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in own.items() if value and name not in ("q", "sort")}

    @property
    def order(self) -> Sort:
        """How the results stand."""
        return "newest" if self.sort == "newest" else "relevance"

    def args(self) -> dict[str, str]:
        """As the address takes them; what is empty is left out."""
        own = {"in" if f.name == "within" else f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in own.items() if value}

    def but(self, **changed: Any) -> str:
        """The address of the same search, on its first page, with something changed."""
        return url_for("search.search", **replace(self, **changed).args())  # type: ignore[arg-type]

    def hidden(self) -> dict[str, str]:
        """What a form carries along beside the words."""
        return {name: value for name, value in self.args().items() if name != "q"}


@dataclass(frozen=True)
class Chip:
    """A filter in force, in words, and the address of the search without it."""

    label: str
    without: str


@dataclass(frozen=True)
class Narrowed:
    """The filters for the engine, and how they are called. `nowhere`: one names what is not there, so nothing fits."""

    filters: Filters
    chips: list[Chip]
    board: Board | None = None
    nowhere: bool = False


def read(args: Mapping[str, str], moderates: bool) -> Asked:
    """What the address asks for; the states of what is not public are read for moderators alone."""

    def line(name: str, longest: int = 80) -> str:
        return clean_line(args.get(name, ""))[:longest].strip()

    def one_of(name: str, known: Mapping[str, Any]) -> str:
        value = args.get(name, "")
        return value if value in known else ""

    year, within = args.get("year", ""), args.get("in", "")
    return Asked(
        q=clean_line(args.get("q", ""))[:MOST_CHARS],
        kind=KINDS.get(args.get("kind", ""), ""),
        board=line("board"),
        product=line("product"),
        tag=line("tag", 40),
        year=year if _YEAR.match(year) else "",
        solved=one_of("solved", SOLVED),
        author=line("author", 30).removeprefix("@").lower(),
        within=within if _NUMBER.match(within) and int(within) <= LARGEST_ID else "",
        sort="newest" if args.get("sort") == "newest" else "",
        state=one_of("state", STATES) if moderates else "",
    )


def narrowed(asked: Asked) -> Narrowed:
    """The filters with their names, each of which costs a query only where it is used."""
    chips: list[Chip] = []
    known = True

    def chosen(name: str, words: str) -> None:
        chips.append(Chip(words, asked.but(**{name: ""})))

    board = _board(asked)
    if asked.state:
        chosen("state", STATES[asked.state])
    if asked.kind:
        chosen("kind", KIND_NAMES[asked.kind])
    if asked.board:
        known &= board is not None
        chosen("board", board.name if board else asked.board)
    if asked.product:
        name = db.session.scalar(select(Product.name).where(Product.slug == asked.product))
        known &= name is not None
        chosen("product", name or asked.product)
    if asked.tag:
        chosen("tag", f"Tag: {asked.tag}")
    if asked.year:
        chosen("year", asked.year)
    if asked.solved:
        chosen("solved", SOLVED[asked.solved])
    if asked.author:
        member = by_username(asked.author)
        shown = member is not None and is_shown(member, current_user)  # who has no page is not named here either
        known &= shown
        chosen("author", f"By {member.display_name if member and shown else asked.author}")
    if asked.within:
        title = _title_of(int(asked.within))
        known &= title is not None
        chosen("within", f"In “{title}”" if title else "In one conversation")
    filters = Filters(
        kind=asked.kind,
        board_id=board.id if board else None,
        product=asked.product,
        tag=asked.tag,
        year=int(asked.year) if asked.year else None,
        solved={"yes": True, "no": False}.get(asked.solved),
        author=asked.author,
        root_id=int(asked.within) if asked.within else None,
    )
    return Narrowed(filters, chips, board, nowhere=not known)


def _board(asked: Asked) -> Board | None:
    return db.session.scalar(select(Board).where(Board.slug == asked.board)) if asked.board else None


def _title_of(number: int) -> str | None:
    """The name of a public conversation; others are none of the searcher's business."""
    public = (Contribution.id == number, Contribution.state == "published", Contribution.parent_id.is_(None))
    return db.session.scalar(select(Contribution.title).where(*public))
