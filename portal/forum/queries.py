"""Finding boards and topics."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer, joinedload, selectinload

from portal import text as texts
from portal.contributions.models import Contribution, Product, Tag
from portal.contributions.queries import LARGEST_ID, find
from portal.db import db
from portal.forum.models import Board, Topic
from portal.forum.rows import published_topic
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
        .where(_published_in(Board.id))
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


def newest_activity(count: int) -> Sequence[Contribution]:
    """The topics across all boards in which something happened last."""
    query = _rows(select(Contribution)).where(_published_topic())
    return db.session.scalars(query.order_by(Contribution.last_activity_at.desc()).limit(count)).all()


def open_questions(count: int) -> Sequence[Contribution]:
    """The newest questions that nothing has solved yet."""
    query = _rows(select(Topic)).where(_published_topic(), *_filtered("open"))
    return db.session.scalars(query.order_by(Contribution.published_at.desc()).limit(count)).all()


def pinned_in(board: Board) -> Sequence[Topic]:
    """The topics that stand first in a board."""
    query = _rows(select(Topic), tags=True).where(_published_in(board.id), Topic.pinned_at.is_not(None))
    return db.session.scalars(query.order_by(Topic.pinned_at.desc()).limit(PINNED_AT_MOST)).all()


def topics_in(board: Board, chosen: str = "all", tag: str = "") -> Page[Topic]:
    """The page of a board's topics that the request asks for, by last activity; pinned ones stand elsewhere
    unless the list is filtered."""
    query = select(Topic).where(_published_in(board.id), *_filtered(chosen))
    if chosen == "all" and not tag:
        query = query.where(Topic.pinned_at.is_(None))
    if tag:
        query = query.where(Contribution.tags.any(Tag.name == texts.clean_line(tag)))
    if chosen == "all" and not tag:
        total = max(0, board.topic_count - _count_pinned(board))  # the board knows: counting a large one takes time
    else:
        total = db.session.scalar(query.with_only_columns(func.count(Topic.id)).order_by(None)) or 0
    newest_first = query.order_by(Contribution.last_activity_at.desc(), Contribution.id.desc())
    return paginate(_rows(newest_first, tags=True), total=total)


def _count_pinned(board: Board) -> int:
    pinned = select(func.count(Topic.id)).where(_published_in(board.id), Topic.pinned_at.is_not(None))
    return db.session.scalar(pinned) or 0


def all_products() -> Sequence[Product]:
    """What a topic can be about."""
    return db.session.scalars(select(Product).order_by(Product.place_in_list, Product.name)).all()


def _published_topic() -> Any:
    return (Contribution.kind == "topic") & (Contribution.state == "published")


def _published_in(board_id: Any) -> Any:
    # Only topics stand in a board; without naming the kind too, SQLite takes the index by board.
    return (Contribution.board_id == board_id) & (Contribution.state == "published")


def _filtered(chosen: str) -> list[Any]:
    if chosen == "open":
        return [Topic.format == "question", Contribution.accepted_count == 0]
    if chosen == "unanswered":
        return [Contribution.reply_count == 0]
    if chosen == "solved":
        return [Contribution.accepted_count > 0]
    return []


def _rows(query: Select[Any], tags: bool = False) -> Select[Any]:
    """With what a row shows, and without the texts, which it does not."""
    query = query.options(
        joinedload(Contribution.author),
        joinedload(Contribution.board),
        joinedload(Contribution.last_reply_by),
        defer(Contribution.source),
        defer(Contribution.html),
    )
    return query.options(selectinload(Contribution.tags)) if tags else query
