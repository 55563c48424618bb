"""Topics as pages show them: the columns that show, and no more (see contributions/rows.py)."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from portal.contributions.models import Product, Tag, contribution_tag
from portal.contributions.rows import CONTRIBUTION, MEMBER
from portal.contributions.traits import Traits
from portal.db import db
from portal.forum.models import Board, Topic, TopicTraits
from portal.members.traits import Person, person_columns

TOPIC, BOARD = Topic.__table__, Board.__table__


class BoardName(NamedTuple):
    """A board as a link to it."""

    id: int
    slug: str
    name: str


class Named(NamedTuple):
    """What is called by its name alone: a product, a tag."""

    name: str


class _Topic(NamedTuple):
    id: int
    kind: str
    state: str
    author_id: int
    parent_id: None
    position: None
    last_position: int
    board_id: int | None
    title: str
    slug: str
    html: str
    excerpt: str
    created_at: datetime
    published_at: datetime | None
    edited_at: datetime | None
    reply_count: int
    thanks_count: int
    anonymous_thanks: int
    accepted_count: int
    view_count: int
    incentive: str
    format: str
    pinned_at: datetime | None
    locked_at: datetime | None
    board: BoardName | None
    product: Named | None
    tags: tuple[Named, ...]
    author: Person


class TopicRow(_Topic, TopicTraits, Traits):
    """A topic with its board, product, tags and author."""

    __slots__ = ()

    @property
    def as_written(self) -> "TopicRow":
        """Without what goes on below it, so that its own text is kept through that."""
        return self._replace(view_count=0, reply_count=0, last_position=0)


_OWN = _Topic._fields[:-4]
_TAGS = (
    # Joined to the rest, SQLite would put all tags of all topics together first.
    select(func.aggregate_strings(Tag.__table__.c.name, ","))
    .join_from(contribution_tag, Tag.__table__)
    .where(contribution_tag.c.contribution_id == CONTRIBUTION.c.id)
    .correlate(CONTRIBUTION)
    .scalar_subquery()
)
_PUBLISHED_TOPIC = (
    select(
        *(TOPIC.c[name] if name in ("format", "pinned_at", "locked_at") else CONTRIBUTION.c[name] for name in _OWN),
        BOARD.c.id, BOARD.c.slug, BOARD.c.name, Product.__table__.c.name, _TAGS, *person_columns(MEMBER),
    )
    .select_from(
        CONTRIBUTION.join(TOPIC, TOPIC.c.id == CONTRIBUTION.c.id)
        .join(MEMBER, MEMBER.c.id == CONTRIBUTION.c.author_id)
        .outerjoin(BOARD, BOARD.c.id == CONTRIBUTION.c.board_id)
        .outerjoin(Product.__table__, Product.__table__.c.id == CONTRIBUTION.c.product_id)
    )
    .where(CONTRIBUTION.c.id == bindparam("topic"), CONTRIBUTION.c.state == "published")
)  # fmt: skip


def published_topic(topic_id: int) -> TopicRow | None:
    """The topic, if it is published; in one query."""
    row: Any = db.session.execute(_PUBLISHED_TOPIC, {"topic": topic_id}).one_or_none()
    if row is None:
        return None
    n = len(_OWN)
    board = BoardName._make(row[n : n + 3]) if row[n] is not None else None
    product = Named(row[n + 3]) if row[n + 3] is not None else None
    tags = tuple(Named(name) for name in sorted(row[n + 4].split(","))) if row[n + 4] else ()
    return TopicRow(*row[:n], board, product, tags, Person._make(row[n + 5 :]))
