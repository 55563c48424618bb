"""Finding boards and topics."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import defer, joinedload

from portal import text as texts
from portal.contributions.models import Contribution, Product, Tag, contribution_tag
from portal.contributions.queries import LARGEST_ID, find
from portal.contributions.rows import CONTRIBUTION
from portal.db import db
from portal.forum.models import Board, Topic
from portal.forum.rows import (
    LISTED,
    NOT_PINNED,
    QUESTION,
    TOPIC,
    TOPIC_NUMBERS,
    ListedTopic,
    in_list,
    listed,
    published_topic,
)
from portal.web import Page, paginate

FILTERS = {"all": "All", "open": "Open questions", "unanswered": "Unanswered", "solved": "Solved"}
PINNED_AT_MOST = 10
"""More than these hide what is new."""


@dataclass(frozen=True)
class BoardToday:
    """A board and the topic that was active last in it."""

    board: Board
    latest: Contribution | None


def all_boards() -> Sequence[Board]:
    """Boards in the order the owner gave them."""
    return db.session.scalars(select(Board).order_by(Board.place_in_list, Board.id)).all()


def boards_today() -> list[BoardToday]:
    """All boards, each with its latest topic: two queries, however many there are."""
    latest = (
        select(Contribution.id)
        .where(*_published_in(Board.id))
        .order_by(Contribution.last_activity_at.desc())
        .limit(1)
        .correlate(Board)
        .scalar_subquery()
    )
    rows = db.session.execute(select(Board, latest).order_by(Board.place_in_list, Board.id)).all()
    wanted = [number for _, number in rows if number is not None]
    topics = {t.id: t for t in db.session.scalars(_rows(select(Contribution)).where(Contribution.id.in_(wanted)))}
    return [BoardToday(board, topics.get(number)) for board, number in rows]


def find_board(slug: str) -> Board | None:
    """The board at this address."""
    if slug != texts.clean_line(slug):
        return None
    return db.session.scalar(select(Board).where(Board.slug == slug))


def find_topic(topic_id: int, reader: Any) -> Topic | None:
    """The topic, if the reader may see it; raises queries.Gone."""
    found: Topic | None = find(topic_id, reader, what=Topic)
    return found


def topic_to_read(topic_id: int, reader: Any) -> Any:
    """The topic for its page: a row of what shows if it is published, else whole, if the reader may see it.

    Raises queries.Gone.
    """
    found = published_topic(topic_id) if topic_id <= LARGEST_ID else None
    return found or find_topic(topic_id, reader)


def find_reply(reply_id: int, reader: Any) -> Contribution | None:
    """The reply with the topic it belongs to, if the reader may see it; None for a reply to anything else."""
    reply: Contribution | None = find(reply_id, reader)
    if reply is None or reply.parent is None or reply.parent.kind != "topic":
        return None
    return reply


def newest_activity(count: int) -> Sequence[ListedTopic]:
    """The topics across all boards in which something happened last."""
    return listed(_NEWEST_ACTIVITY, count=count)


def open_questions(count: int) -> Sequence[ListedTopic]:
    """The newest questions that nothing has solved yet."""
    return listed(_OPEN_QUESTIONS, count=count)


def pinned_in(board: Board) -> Sequence[ListedTopic]:
    """The published topics that are to stand first in a board; pages show PINNED_AT_MOST of them."""
    # Those of all boards, which are few: by board, SQLite would look through all its topics.
    ids = list(db.session.scalars(_PINNED))
    found = listed(LISTED.where(CONTRIBUTION.c.id.in_(ids)).order_by(TOPIC.c.pinned_at.desc())) if ids else []
    return [topic for topic in found if topic.board_id == board.id and topic.is_published]


def topics_in(board: Board, chosen: str = "all", tag: str = "", pinned: int = 0) -> Page[ListedTopic]:
    """The page of a board's topics that the request asks for, by last activity; the `pinned` ones stand elsewhere
    unless the list is filtered."""
    conditions, total = [*_published_in(board.id), *_filtered(chosen)], None
    if tag:
        tagged = select(contribution_tag.c.contribution_id).join(Tag, Tag.id == contribution_tag.c.tag_id)
        conditions.append(CONTRIBUTION.c.id.in_(tagged.where(Tag.name == texts.clean_line(tag))))
    if chosen == "all" and not tag:
        conditions.append(NOT_PINNED)
        total = max(0, board.topic_count - pinned)  # the board knows: counting a large one takes time
    order = CONTRIBUTION.c.last_activity_at.desc(), CONTRIBUTION.c.id.desc()
    numbers = TOPIC_NUMBERS.where(*conditions).order_by(*order)
    return paginate(LISTED.order_by(*order), total=total, read=listed, ids=numbers)


def all_products() -> Sequence[Product]:
    """What a topic can be about."""
    return db.session.scalars(select(Product).order_by(Product.place_in_list, Product.name)).all()


_PUBLISHED_TOPIC = (CONTRIBUTION.c.kind == "topic", CONTRIBUTION.c.state == "published")
_PINNED = select(TOPIC.c.id).where(TOPIC.c.pinned_at.is_not(None))


def _published_in(board_id: Any) -> tuple[ColumnElement[bool], ...]:
    # Only topics stand in a board; without naming the kind too, SQLite takes the index by board.
    return (CONTRIBUTION.c.board_id == board_id, CONTRIBUTION.c.state == "published")


def _filtered(chosen: str) -> list[ColumnElement[bool]]:
    if chosen == "open":
        return [QUESTION, CONTRIBUTION.c.accepted_count == 0]
    if chosen == "unanswered":
        return [CONTRIBUTION.c.reply_count == 0]
    if chosen == "solved":
        return [CONTRIBUTION.c.accepted_count > 0]
    return []


def _first(order: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
    found = TOPIC_NUMBERS.where(*_PUBLISHED_TOPIC, *conditions).order_by(order).limit(bindparam("count"))
    return in_list(found, order)


_NEWEST_ACTIVITY = _first(CONTRIBUTION.c.last_activity_at.desc())
_OPEN_QUESTIONS = _first(CONTRIBUTION.c.published_at.desc(), *_filtered("open"))


def _rows(query: Select[Any]) -> Select[Any]:
    """With what a row shows, and without the texts, which it does not."""
    return query.options(
        joinedload(Contribution.author),
        joinedload(Contribution.board),
        joinedload(Contribution.last_reply_by),
        defer(Contribution.source),
        defer(Contribution.html),
    )
