"""What stands around a contribution: its earlier version, the conversation it belongs to, its author's history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, literal, select, union_all
from sqlalchemy.orm import joinedload

from portal.contributions.models import Contribution, Revision
from portal.db import db
from portal.moderation.conduct import latest_by
from portal.moderation.items import Item
from portal.text import DiffLine, diff

NEIGHBOURS = 3


@dataclass(frozen=True)
class Earlier:
    """How the text differs from what a moderator read last, or from what it was before its last change."""

    title: Sequence[DiffLine]
    text: Sequence[DiffLine]
    number: int


@dataclass(frozen=True)
class Context:
    """What is shown beside the text."""

    earlier: Earlier | None
    neighbours: Sequence[Contribution]
    latest: Sequence[Contribution]


def context_of(item: Item) -> Context:
    """All of it, in one query."""
    c = item.contribution
    marked = union_all(*(select(part.subquery()) for part in (_latest(c), _neighbours(c)))).subquery("around")
    rows = db.session.execute(
        select(Contribution, marked.c.beside)
        .join(marked, marked.c.id == Contribution.id)
        .options(joinedload(Contribution.author), joinedload(Contribution.parent))
    ).all()
    neighbours = sorted((one for one, beside in rows if beside), key=lambda one: one.position or 0)
    latest = sorted((one for one, beside in rows if not beside), key=lambda one: -one.id)
    return Context(_earlier(c, item.earlier), neighbours, latest)


def _earlier(contribution: Contribution, base: Revision | None) -> Earlier | None:
    if base is None:
        return None
    return Earlier(
        diff(base.title, contribution.title) if base.title != contribution.title else (),
        diff(base.source, contribution.source), base.number,
    )  # fmt: skip


def _latest(contribution: Contribution) -> Any:
    """What its author sent in last besides, in whatever state but draft."""
    own = latest_by(contribution.author_id, contribution.id)
    return own.with_only_columns(Contribution.id.label("id"), literal(0, Integer).label("beside"))


def _neighbours(contribution: Contribution) -> Any:
    """Of a reply: the published ones before it and the next one; of one that waits: the last ones."""
    place, c = contribution.position, Contribution
    query = select(c.id.label("id"), literal(1, Integer).label("beside")).where(
        c.parent_id == (contribution.parent_id or 0), c.state == "published", c.id != contribution.id
    )
    if place is not None:
        query = query.where(c.position.between(place - NEIGHBOURS + 1, place + 1))
    return query.order_by(c.position.desc()).limit(NEIGHBOURS)
