"""Topics as pages show them: the columns that show, and no more (see contributions/rows.py)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select

from portal.contributions.models import Product, Tag, contribution_tag
from portal.contributions.rows import CONTRIBUTION, MEMBER
from portal.contributions.traits import Traits
from portal.db import as_instant, db
from portal.forum.models import Board, Topic, TopicTraits
from portal.members.traits import Person, person_columns
from portal.prepared import Prepared
from portal.site import WORDS, beside_the_site, note_words

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


class _Listed(NamedTuple):
    id: int
    kind: str
    state: str
    author_id: int
    parent_id: None
    last_position: int
    board_id: int | None
    title: str
    slug: str
    created_at: datetime
    published_at: datetime | None
    last_activity_at: datetime
    reply_count: int
    thanks_count: int
    anonymous_thanks: int
    accepted_count: int
    incentive: str
    format: str
    pinned_at: datetime | None
    locked_at: datetime | None
    board: BoardName | None
    tags: tuple[Named, ...]
    author: Person


class ListedTopic(_Listed, TopicTraits, Traits):
    """A topic in a list, with its board, tags and author."""

    __slots__ = ()


_OWN, _OF_LISTED = _Topic._fields[:-4], _Listed._fields[:-3]
_BOARD = (BOARD.c.id, BOARD.c.slug, BOARD.c.name)
_TAGS = (
    # Joined to the rest, SQLite would put all tags of all topics together first.
    select(func.aggregate_strings(Tag.__table__.c.name, ","))
    .join_from(contribution_tag, Tag.__table__)
    .where(contribution_tag.c.contribution_id == CONTRIBUTION.c.id)
    .correlate(CONTRIBUTION)
    .scalar_subquery()
)
_JOINED = (
    CONTRIBUTION.join(TOPIC, TOPIC.c.id == CONTRIBUTION.c.id)
    .join(MEMBER, MEMBER.c.id == CONTRIBUTION.c.author_id)
    .outerjoin(BOARD, BOARD.c.id == CONTRIBUTION.c.board_id)
)


def _columns(names: Sequence[str]) -> list[Any]:
    return [(TOPIC if name in ("format", "pinned_at", "locked_at") else CONTRIBUTION).c[name] for name in names]


_PUBLISHED_TOPIC = Prepared(
    select(*_columns(_OWN), *_BOARD, Product.__table__.c.name, _TAGS, *person_columns(MEMBER), *WORDS)
    .select_from(
        beside_the_site(_JOINED.outerjoin(Product.__table__, Product.__table__.c.id == CONTRIBUTION.c.product_id))
    )
    .where(CONTRIBUTION.c.id == bindparam("topic"), CONTRIBUTION.c.state == "published")
)
LISTED: Select[Any] = select(*_columns(_OF_LISTED), *_BOARD, _TAGS, *person_columns(MEMBER)).select_from(_JOINED)
"""Topics for a list, which `listed` reads: conditions and an order are the caller's."""

_IN_ORDER = (*_OWN, *("board" for _ in _BOARD), "product", "tags", *Person._fields)
_TIMES = [n for n, name in enumerate(_IN_ORDER) if name.endswith("_at")]
"""Where in a row of `_PUBLISHED_TOPIC` there are times, which the driver may give as texts."""

TOPIC_NUMBERS: Select[Any] = select(CONTRIBUTION.c.id)
"""What `in_list` is given, with conditions, an order and a limit."""
NOT_PINNED = CONTRIBUTION.c.id.not_in(select(TOPIC.c.id).where(TOPIC.c.pinned_at.is_not(None)))
QUESTION = exists().where(TOPIC.c.id == CONTRIBUTION.c.id, TOPIC.c.format == "question")
"""Conditions for it that leave its order to an index: joined to topics, SQLite would go through all of those first."""


def in_list(numbers: Select[Any], order: ColumnElement[Any]) -> Select[Any]:
    """The topics of these numbers, for `listed`: which they are is found before what they show is read."""
    return LISTED.where(CONTRIBUTION.c.id.in_(numbers.correlate(None))).order_by(order)


def published_topic(topic_id: int) -> TopicRow | None:
    """The topic, if it is published; in one query, and what the site says of itself with it."""
    found = _PUBLISHED_TOPIC.rows(topic=topic_id)
    if not found:
        return None
    row = list(found[0])
    for place in _TIMES:
        row[place] = as_instant(row[place])
    n, end = len(_OWN), len(row) - len(WORDS)
    note_words(row[end:])
    product = Named(row[n + 3]) if row[n + 3] is not None else None
    return TopicRow._make((*row[:n], _board(row, n), product, _tags(row[n + 4]), Person._make(row[n + 5 : end])))


def listed(query: Select[Any], **bound: Any) -> list[ListedTopic]:
    """The topics that such a query finds."""
    n = len(_OF_LISTED)
    return [
        ListedTopic._make((*row[:n], _board(row, n), _tags(row[n + 3]), Person._make(row[n + 4 :])))
        for row in db.session.execute(query, bound)
    ]


def _board(row: Any, n: int) -> BoardName | None:
    return BoardName._make(row[n : n + 3]) if row[n] is not None else None


def _tags(names: str | None) -> tuple[Named, ...]:
    return tuple(Named(name) for name in sorted(names.split(","))) if names else ()
