"""What stands around a contribution: its earlier version, the conversation it belongs to, its author's history."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.contributions.models import Contribution, Decision, Revision
from portal.db import db
from portal.moderation.conduct import latest_of
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


def context_of(contribution: Contribution, history: Sequence[Decision]) -> Context:
    """All of it, in three queries."""
    return Context(_earlier(contribution, history), _neighbours(contribution), latest_of(
        contribution.author_id, contribution.id
    ))  # fmt: skip


def _earlier(contribution: Contribution, history: Sequence[Decision]) -> Earlier | None:
    if contribution.edited_at is None:
        return None
    sent_back = max((d.at for d in history if d.to_state == "returned"), default=None)
    revisions = db.session.scalars(
        select(Revision)
        .where(Revision.contribution_id == contribution.id)
        .order_by(Revision.number.desc())
        .limit(20)
    ).all()
    if not revisions:
        return None
    since = [r for r in revisions if sent_back is not None and r.replaced_at > sent_back]
    base = since[-1] if since else revisions[0]
    return Earlier(
        diff(base.title, contribution.title) if base.title != contribution.title else (),
        diff(base.source, contribution.source), base.number,
    )  # fmt: skip


def _neighbours(contribution: Contribution) -> Sequence[Contribution]:
    """Of a reply: the published ones before it and the next one; of one that waits: the last ones."""
    if contribution.parent_id is None:
        return ()
    place = contribution.position
    query = select(Contribution).where(
        Contribution.parent_id == contribution.parent_id,
        Contribution.state == "published",
        Contribution.id != contribution.id,
    )
    if place is not None:
        around = Contribution.position.between(place - NEIGHBOURS + 1, place + 1)
        query = query.where(around)
    query = query.options(joinedload(Contribution.author)).order_by(Contribution.position.desc()).limit(NEIGHBOURS)
    return list(reversed(db.session.scalars(query).all()))
