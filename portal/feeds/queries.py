"""What goes into feeds and sitemaps: published contributions, and nothing that hangs on anything unpublished."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, load_only

from portal import clock
from portal.contributions.base import Contribution
from portal.contributions.queries import ROOTS, published
from portal.db import db
from portal.forum.models import Board
from portal.media.queries import with_pictures
from portal.stories.models import Challenge

ENTRIES = 30
PART = 10_000
"""Contributions, by id, that share a sitemap; the protocol allows 50,000 addresses."""


@dataclass(frozen=True)
class Feed:
    """A feed: what it is called, the page it belongs to, what is in it."""

    title: str
    address: str
    kinds: tuple[str, ...] = ()
    board_id: int | None = None


def feed(name: str) -> Feed | None:
    """The feed of this name: one of the site's own, else the board's with this slug."""
    own = {
        "all": ("", "front.show_front", ()),
        "forum": ("Forum", "forum.show_forum", ("topic",)),
        "blog": ("Blog", "blog.show_blog", ("article",)),
        "stories": ("Stories", "stories.show_stories", ("story",)),
        "photos": ("Photos", "stories.show_photos", ("photo",)),
    }
    if name in own:
        title, endpoint, kinds = own[name]
        return Feed(title, url_for(endpoint), kinds)
    board = db.session.scalar(select(Board).where(Board.slug == name))
    return Feed(board.name, url_for("forum.show_board", slug=board.slug), ("topic",), board.id) if board else None


def latest(wanted: Feed) -> Sequence[Contribution]:
    """The latest entries of a feed, with authors, tags and pictures."""
    query = published(*wanted.kinds).options(with_pictures())
    if wanted.board_id is not None:
        query = query.where(Contribution.board_id == wanted.board_id)
    newest_first = query.order_by(Contribution.published_at.desc(), Contribution.id.desc())
    return db.session.scalars(newest_first.limit(ENTRIES)).unique().all()


def board_slugs() -> Sequence[str]:
    """Every board's slug, in the order of the forum."""
    return db.session.scalars(select(Board.slug).order_by(Board.place_in_list, Board.name)).all()


def challenge_slugs() -> Sequence[str]:
    """Of the challenges that are open or over; those still to come are nobody's business yet."""
    begun = select(Challenge.slug).where(Challenge.opens_at <= clock.now())
    return db.session.scalars(begun.order_by(Challenge.opens_at)).all()


def sitemap_parts() -> list[tuple[int, datetime]]:
    """(number, last change) of the ten thousands that have pages."""
    number, changed = Contribution.id // PART, func.max(Contribution.last_activity_at)
    query = select(number, changed).where(_has_a_page()).group_by(number).order_by(number)
    return [(int(part), at) for part, at in db.session.execute(query)]


def sitemap_mark(part: int) -> str | None:
    """What changes when the pages of one part do: one more, one less, another in its place, one written in.

    None if the part has no pages. The last change alone stays as it is when an older page goes.
    """
    of = Contribution
    changed = select(func.max(of.last_activity_at).label("last"), func.count(of.id).label("n"), func.sum(of.id))
    last, count, numbers = db.session.execute(changed.where(_has_a_page(), _in_part(part))).one()
    return f"{part}-{last.timestamp():.6f}-{count}-{numbers}" if count else None


def sitemap_part(part: int) -> Iterator[Contribution]:
    """The contributions of one part, with what their addresses need, read as they are sent."""
    with Session(db.engine) as session:
        query = (
            select(Contribution)
            .where(_has_a_page(), _in_part(part))
            .options(load_only(Contribution.kind, Contribution.slug, Contribution.last_activity_at), with_pictures())
            .order_by(Contribution.id)
            .execution_options(yield_per=1000)
        )
        yield from session.scalars(query)


def _has_a_page() -> ColumnElement[bool]:
    return (Contribution.state == "published") & ROOTS


def _in_part(part: int) -> ColumnElement[Any]:
    return Contribution.id.between(part * PART, part * PART + PART - 1)
