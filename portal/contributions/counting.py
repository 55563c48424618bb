"""The counters and places that lists show, kept in step with every move: the author's, the parent's, the board's."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from portal.contributions.models import Contribution
from portal.db import db, renew
from portal.members.models import Member

OF_PARENT = ("reply_count", "accepted_count", "last_position", "last_reply_by_id", "last_activity_at", "view_count")
"""What changes above a reply that appears or disappears, and how often that was read."""


def recount(root_ids: Sequence[int]) -> None:
    """Set the counters of these contributions from the replies below them."""
    table = Contribution.__table__
    reply = aliased(table)
    shown = (reply.c.parent_id == table.c.id, reply.c.state == "published")
    latest = select(reply.c.author_id).where(*shown).order_by(reply.c.position.desc()).limit(1)
    db.session.execute(
        update(table)
        .where(table.c.id.in_(root_ids))
        .values(
            reply_count=select(func.count()).where(*shown).scalar_subquery(),
            last_position=select(func.coalesce(func.max(reply.c.position), 0))
            .where(reply.c.parent_id == table.c.id)
            .scalar_subquery(),
            accepted_count=select(func.coalesce(func.sum(reply.c.accepted_count), 0)).where(*shown).scalar_subquery(),
            last_reply_by_id=latest.scalar_subquery(),
            last_activity_at=func.coalesce(
                select(func.max(reply.c.published_at)).where(*shown).scalar_subquery(),
                table.c.published_at,
                table.c.last_activity_at,
            ),
        )
    )


def forget_publication(contribution: Contribution) -> None:
    """As it was before its first publication; its number goes too, if nobody got the next one."""
    table = Contribution.__table__
    db.session.execute(
        update(table)
        .where(table.c.id == contribution.parent_id, table.c.last_position == contribution.position)
        .values(last_position=table.c.last_position - 1)
    )
    reply = aliased(table)
    last = select(func.max(reply.c.published_at)).where(
        reply.c.parent_id == contribution.id, reply.c.state == "published"
    )
    values = {
        "published_at": None, "last_activity_at": func.coalesce(last.scalar_subquery(), table.c.created_at),
        "position": None, "views_before": 0,
    }  # fmt: skip
    db.session.execute(update(table).where(table.c.id == contribution.id).values(**values))
    db.session.refresh(contribution, list(values))
    if contribution.parent_id and (parent := db.session.get(Contribution, contribution.parent_id)) is not None:
        db.session.refresh(parent, ["last_position"])


def count(contribution: Contribution, step: int, first_time: bool) -> None:
    """Keep the counters that lists show: the author's, the parent's, the board's."""
    if not step:
        return
    member = Member.__table__
    db.session.execute(
        update(member)
        .where(member.c.id == contribution.author_id)
        .values(published_count=member.c.published_count + step)
    )
    if (author := _at_hand(Member, contribution.author_id)) is not None:
        db.session.expire(author, ["published_count"])
    if contribution.board_id is not None and contribution.kind == "topic":
        board = db.metadata.tables["board"]
        db.session.execute(
            update(board).where(board.c.id == contribution.board_id).values(topic_count=board.c.topic_count + step)
        )
    if contribution.parent_id is not None:
        _count_reply(contribution, step, first_time)


def _count_reply(reply: Contribution, step: int, first_time: bool) -> None:
    table = Contribution.__table__
    parent = table.c.id == reply.parent_id
    last: Any
    if first_time:  # it comes last
        last = (reply.author_id, reply.published_at)
    else:
        last = db.session.execute(
            select(table.c.author_id, table.c.published_at)
            .where(table.c.parent_id == reply.parent_id, table.c.state == "published")
            .order_by(table.c.position.desc())
            .limit(1)
        ).first() or (None, func.coalesce(table.c.published_at, table.c.last_activity_at))
    above = db.session.execute(
        update(table)
        .where(parent)
        .values(
            reply_count=table.c.reply_count + step,
            # A reply that solved it and is hidden no longer does, until it is shown again.
            accepted_count=table.c.accepted_count + (step if reply.accepted_count else 0),
            last_position=table.c.last_position + int(first_time),
            last_reply_by_id=last[0],
            last_activity_at=last[1],
        )
        .returning(*(table.c[name] for name in OF_PARENT))
    ).one()
    if (known := _at_hand(Contribution, reply.parent_id)) is not None:
        renew(known, above)
    if first_time:
        own = update(table).where(table.c.id == reply.id).returning(table.c.position, table.c.views_before)
        placed = {"position": above.last_position, "views_before": above.view_count}
        renew(reply, db.session.execute(own.values(placed)).one())


def _at_hand(model: Any, number: int | None) -> Any:
    """What the session has of it, without asking for it."""
    return db.session.identity_map.get(db.session.identity_key(model, number))
