"""What a member has published and what came of it: for the member's public page."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.contributions.models import STATES, Contribution
from portal.contributions.queries import for_list
from portal.db import db
from portal.members.models import Member

KINDS = ("story", "photo", "article", "topic", "reply")
"""In the order in which they say something about a person."""
UNPUBLISHED = tuple(state for state in STATES if state != "published")


@dataclass(frozen=True)
class Tally:
    """How many published contributions of each kind there are, and how often they helped."""

    counts: dict[str, int]
    thanks: int
    accepted: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


def tally(member: Member) -> Tally:
    """Counted in one query."""
    rows = db.session.execute(
        select(
            Contribution.kind,
            func.count(),
            func.sum(Contribution.thanks_count + Contribution.anonymous_thanks),
            func.sum(Contribution.accepted_count),
        )
        .where(_public(member))
        .group_by(Contribution.kind)
    ).all()
    by_kind = {row[0]: row for row in rows}
    replies = by_kind.get("reply")
    return Tally(
        counts={kind: by_kind[kind][1] for kind in KINDS if kind in by_kind},
        thanks=sum(row[2] or 0 for row in rows),
        accepted=(replies[3] or 0) if replies is not None else 0,
    )


def by_member(member: Member, kind: str = "") -> Select[Contribution]:
    """Published contributions of one kind or all, newest first, with what their rows, cards and tiles show."""
    query = for_list(select(Contribution)).where(_public(member))
    if kind:
        query = query.where(Contribution.kind == kind)
    return query.options(joinedload(Contribution.parent), selectinload(Contribution.pictures)).order_by(
        Contribution.published_at.desc(), Contribution.id.desc()
    )


def _public(member: Member) -> ColumnElement[bool]:
    # Asked this way round, databases look up the few that are not public instead of reading all that are.
    parent = aliased(Contribution)
    unreadable = exists().where(parent.id == Contribution.parent_id, parent.state.in_(UNPUBLISHED))
    return and_(Contribution.author_id == member.id, Contribution.state == "published", ~unreadable)
