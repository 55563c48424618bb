"""Finding contributions: what the reader may not see is not found."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal_column, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.contributions.models import Contribution, Decision, Tag, contribution_tag
from portal.db import db


class Gone(Exception):
    """It was public once and was removed: its page answers 410. `removed` is what, for its author to read why."""

    def __init__(self, removed: Contribution | None = None) -> None:
        super().__init__()
        self.removed = removed


def visible_to(reader: Any, what: Any = Contribution) -> ColumnElement[bool]:
    """A condition: published, or the reader's own (unless removed), or anything but drafts for moderators."""
    published = what.state == "published"
    if not reader.is_authenticated:
        return published
    own = and_(what.author_id == reader.id, what.state != "removed")
    if reader.moderates:
        return or_(own, what.state.in_(("published", "pending", "hidden", "returned")))
    return or_(published, own)


LARGEST_ID = 2**31 - 1
"""What an id column holds on PostgreSQL; a larger number in an address names nothing."""


def find(contribution_id: int, reader: Any, *options: Any, what: Any = Contribution) -> Any:
    """The contribution with its author, board, product, tags and parent, or None if this reader may not see it.

    `what` is the kind's class if only one kind will do; its columns come in the same query. A reply is
    seen only by those who see what it replies to. Raises Gone for what was public and was removed.
    """
    if contribution_id > LARGEST_ID:
        return None
    query = (
        select(what)
        # One after the other: `joinedload` nests these two, and SQLite then puts all tags of everything together first.
        .outerjoin(contribution_tag, contribution_tag.c.contribution_id == Contribution.id)
        .outerjoin(Tag, Tag.id == contribution_tag.c.tag_id)
        .where(what.id == contribution_id)
        .order_by(Tag.name)
        .options(
            joinedload(Contribution.author),
            joinedload(Contribution.board),
            joinedload(Contribution.product),
            joinedload(Contribution.parent).joinedload(Contribution.author),
            contains_eager(Contribution.tags),
            *options,
        )
    )
    contribution = db.session.scalars(query).unique().one_or_none()
    if contribution is None:
        return None
    if not may_see(contribution, reader):
        for c in (contribution, contribution.parent):
            if c is not None and c.state == "removed" and c.published_at:
                raise Gone(c)
        return None
    return contribution


def may_see(contribution: Contribution, reader: Any) -> bool:
    """The same rule as `visible_to`, for one at hand, its parent included."""
    if contribution.parent is not None and not may_see(contribution.parent, reader):
        return False
    if contribution.state == "published":
        return True
    if not reader.is_authenticated or contribution.state == "removed":
        return False
    if contribution.author_id == reader.id:
        return True
    return bool(reader.moderates) and contribution.state in ("pending", "hidden", "returned")


ROOTS = Contribution.kind != literal_column("'reply'")
"""A condition: all but replies, in the words of the index of the newest of them."""


def published(*kinds: str) -> Select[Contribution]:
    """Published contributions of these kinds (all but replies when none is named), with what a list row shows."""
    wanted = Contribution.kind.in_(kinds) if kinds else ROOTS
    return for_list(select(Contribution).where(Contribution.state == "published", wanted))


def for_list(query: Select[Contribution]) -> Select[Contribution]:
    """Load what `contribution_row` shows, in a number of queries that does not grow with the rows."""
    return query.options(
        joinedload(Contribution.author),
        joinedload(Contribution.board),
        joinedload(Contribution.product),
        joinedload(Contribution.last_reply_by),
        selectinload(Contribution.tags),
    )



def last_decision(contribution: Contribution) -> Decision | None:
    """The latest decision, with its reason."""
    return db.session.scalar(
        select(Decision)
        .where(Decision.contribution_id == contribution.id)
        .order_by(Decision.id.desc())
        .limit(1)
        .options(joinedload(Decision.actor))
    )
