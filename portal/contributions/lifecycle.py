"""The one place where a contribution changes its state.

draft → pending → published; returned by a moderator and submitted again; hidden while a decision
is outstanding; removed for good. Every move writes its decision and records its activity in the
same transaction, and answers whether anything changed: of two that want the same move at the same
instant, one makes it.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.orm import aliased

from portal import activity, clock
from portal.contributions import screening
from portal.contributions.models import Contribution, Decision
from portal.db import db
from portal.members.models import Member

MOVES = {
    ("draft", "pending"): "submitted",
    ("draft", "published"): "published",
    ("returned", "pending"): "submitted",
    ("returned", "published"): "published",
    ("pending", "published"): "published",
    ("pending", "returned"): "returned",
    ("pending", "removed"): "removed",
    ("pending", "draft"): "withdrawn",
    ("published", "hidden"): "hidden",
    ("published", "removed"): "removed",
    ("hidden", "published"): "restored",
    ("hidden", "returned"): "returned",
    ("hidden", "removed"): "removed",
    ("draft", "removed"): "removed",
    ("returned", "removed"): "removed",
}
"""Which moves there are, and the verb each is recorded under."""


class NotAllowed(Exception):
    """This member may not do this; the message says so in a sentence."""


def submit(contribution: Contribution) -> bool:
    """Let the author's draft or returned text be screened: it waits, or is published at once.

    Raises `screening.Refused` with the reason when a rule refuses it.
    """
    author = contribution.author
    if contribution.state not in ("draft", "returned"):
        return False
    verdict = screening.screen(contribution, author)
    if verdict.outcome == screening.REFUSE:
        raise screening.Refused(verdict.reason, verdict.rule)
    contribution.submitted_at = clock.now()
    db.session.flush()
    to = "pending" if verdict.outcome == screening.HOLD else "published"
    return _move(contribution, to, author, reason=verdict.reason, rule=verdict.rule)


def approve(contribution: Contribution, moderator: Member, reason: str = "") -> bool:
    """Publish what waits."""
    _must_moderate(moderator)
    return contribution.state == "pending" and _move(contribution, "published", moderator, reason, moderating=True)


def return_to_author(contribution: Contribution, moderator: Member, reason: str, rule: str = "") -> bool:
    """Ask for changes, with a reason in words; the author's text is kept."""
    _must_moderate(moderator)
    if not reason.strip():
        raise ValueError("a contribution is returned with a reason")
    return contribution.state in ("pending", "hidden") and _move(
        contribution, "returned", moderator, reason, rule, moderating=True
    )


def hide(contribution: Contribution, moderator: Member | None, reason: str = "", rule: str = "") -> bool:
    """Take a published contribution from view until it is decided; `moderator` is None when reports did it."""
    if moderator is not None:
        _must_moderate(moderator)
    return contribution.state == "published" and _move(contribution, "hidden", moderator, reason, rule, moderating=True)


def restore(contribution: Contribution, moderator: Member, reason: str = "") -> bool:
    """Show again what was hidden."""
    _must_moderate(moderator)
    return contribution.state == "hidden" and _move(contribution, "published", moderator, reason, moderating=True)


def remove(contribution: Contribution, actor: Member, reason: str = "", rule: str = "") -> bool:
    """Take it away for good: by its author, or by a moderator with a reason."""
    moderating = actor.id != contribution.author_id
    if moderating:
        _must_moderate(actor)
    return contribution.state != "removed" and _move(
        contribution, "removed", actor, reason, rule, moderating=moderating
    )


def withdraw(contribution: Contribution, author: Member) -> bool:
    """The author takes a waiting contribution back to the drafts."""
    if author.id != contribution.author_id:
        raise NotAllowed("Only its author can take it back.")
    return contribution.state == "pending" and _move(contribution, "draft", author)


def publish_imported(root_ids: Sequence[int], criterion: ColumnElement[bool]) -> None:
    """Open imported drafts to the public in bulk: the roots among `root_ids` and the replies below them that meet
    `criterion`, with the times they came with. There is nothing to screen or decide; what follows is recorded."""
    table = Contribution.__table__
    below = db.session.execute(
        select(table.c.id, table.c.parent_id)
        .where(criterion, table.c.parent_id.in_(root_ids))
        .order_by(table.c.parent_id, table.c.published_at, table.c.id)
    ).all()
    roots = db.session.execute(select(table.c.id, table.c.last_position).where(table.c.id.in_(root_ids)))
    last = {root.id: root.last_position for root in roots}
    places = []
    for reply_id, parent_id in below:
        last[parent_id] += 1
        places.append({"reply_id": reply_id, "place": last[parent_id]})
    if places:
        db.session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("reply_id"))
            .values(position=bindparam("place"), state="published"),
            places,
        )
    db.session.execute(update(table).where(criterion, table.c.id.in_(root_ids)).values(state="published"))
    recount(root_ids)
    authors = select(table.c.author_id).where(table.c.id.in_(root_ids) | table.c.parent_id.in_(root_ids))
    member, own = Member.__table__, aliased(table)
    published = select(func.count()).where(own.c.author_id == member.c.id, own.c.state == "published")
    db.session.execute(
        update(member).where(member.c.id.in_(authors)).values(published_count=published.scalar_subquery())
    )
    activity.record_many("imported", root_ids)


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


def _must_moderate(member: Member) -> None:
    if not member.moderates:
        raise NotAllowed("Only moderators can decide this.")


def _move(
    contribution: Contribution,
    to: str,
    actor: Member | None,
    reason: str = "",
    rule: str = "",
    *,
    moderating: bool = False,
) -> bool:
    came_from, now = contribution.state, clock.now()
    verb = MOVES.get((came_from, to))
    if verb is None:
        return False
    table = Contribution.__table__
    values: dict[str, object] = {"state": to}
    first_time = to == "published" and contribution.published_at is None
    if first_time:
        values |= {"published_at": now, "last_activity_at": now}
    moved = db.session.execute(
        update(table).where(table.c.id == contribution.id, table.c.state == came_from).values(**values)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]  # somebody else decided in between
        db.session.refresh(contribution, ["state"])
        return False
    db.session.refresh(contribution, ["state", "published_at", "last_activity_at"])
    _count(contribution, (to == "published") - (came_from == "published"), first_time)
    db.session.add(
        Decision(
            contribution_id=contribution.id, from_state=came_from, to_state=to, reason=reason[:1000], rule=rule,
            actor_id=actor.id if actor else None, as_moderator=moderating, at=now,
        )
    )  # fmt: skip
    activity.record(verb, contribution, actor=actor, came_from=came_from)
    return True


def _count(contribution: Contribution, step: int, first_time: bool) -> None:
    """Keep the counters that lists show: the author's, the parent's, the board's."""
    if not step:
        return
    member = Member.__table__
    db.session.execute(
        update(member)
        .where(member.c.id == contribution.author_id)
        .values(published_count=member.c.published_count + step)
    )
    author = db.session.identity_map.get(db.session.identity_key(Member, contribution.author_id))
    if author is not None:
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
    if first_time:
        position, views = db.session.execute(
            update(table)
            .where(parent)
            .values(last_position=table.c.last_position + 1)
            .returning(table.c.last_position, table.c.view_count)
        ).one()
        db.session.execute(update(table).where(table.c.id == reply.id).values(position=position, views_before=views))
        db.session.refresh(reply, ["position", "views_before"])
    last = db.session.execute(
        select(table.c.author_id, table.c.published_at)
        .where(table.c.parent_id == reply.parent_id, table.c.state == "published")
        .order_by(table.c.position.desc())
        .limit(1)
    ).first()
    own_time = select(table.c.published_at).where(parent).scalar_subquery()
    db.session.execute(
        update(table)
        .where(parent)
        .values(
            reply_count=table.c.reply_count + step,
            # A reply that solved it and is hidden no longer does, until it is shown again.
            accepted_count=table.c.accepted_count + (step if reply.accepted_count else 0),
            last_reply_by_id=last.author_id if last else None,
            last_activity_at=last.published_at if last else func.coalesce(own_time, table.c.last_activity_at),
        )
    )
    parent_row = db.session.get(Contribution, reply.parent_id)
    if parent_row is not None:
        db.session.refresh(
            parent_row, ["reply_count", "accepted_count", "last_position", "last_reply_by_id", "last_activity_at"]
        )
