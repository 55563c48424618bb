"""A member's own contributions in every state, with what was decided last and how long the rest will take."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.contributions.models import ComposerDraft, Contribution, Decision
from portal.contributions.queries import for_list
from portal.db import db
from portal.members.models import Member
from portal.web import Page, paginate

STATES = ("returned", "pending", "draft", "hidden", "published", "removed")
"""What asks for the author's hand comes first."""


def own(member: Member, state: str, total: int) -> Page[Contribution]:
    """The page of a member's contributions that the request asks for: in one state, or all that were not removed.

    What was touched last comes first. `total` is how many there are, which `count_by_state` knows.
    """
    wanted = Contribution.state == state if state else Contribution.state != "removed"
    order = func.coalesce(Contribution.submitted_at, Contribution.created_at).desc(), Contribution.id.desc()
    ids = select(Contribution.id).where(Contribution.author_id == member.id, wanted).order_by(*order)
    shown = for_list(select(Contribution)).options(joinedload(Contribution.parent)).order_by(*order)
    return paginate(shown, total=total, ids=ids)


def count_by_state(member: Member) -> dict[str, int]:
    """How many there are in each state, in one query."""
    rows = db.session.execute(
        select(Contribution.state, func.count()).where(Contribution.author_id == member.id).group_by(Contribution.state)
    )
    found = {row[0]: row[1] for row in rows}
    return {state: found[state] for state in STATES if state in found}


def last_decisions(contributions: Iterable[Contribution]) -> dict[int, Decision]:
    """The latest decision on each of these, by the contribution's number, in one query."""
    ids = [c.id for c in contributions]
    latest = select(func.max(Decision.id)).where(Decision.contribution_id.in_(ids)).group_by(Decision.contribution_id)
    return {d.contribution_id: d for d in db.session.scalars(select(Decision).where(Decision.id.in_(latest)))}


def places_in_queue(contributions: Iterable[Contribution]) -> dict[int, int]:
    """The place in the moderators' queue (from 1) of those that wait, by their number, in one query."""
    ids = [c.id for c in contributions if c.state == "pending"]
    if not ids:
        return {}
    other = aliased(Contribution)
    earlier = or_(
        other.submitted_at < Contribution.submitted_at,
        and_(other.submitted_at == Contribution.submitted_at, other.id <= Contribution.id),
    )
    place = select(func.count()).select_from(other).where(other.state == "pending", earlier).scalar_subquery()
    rows = db.session.execute(select(Contribution.id, place).where(Contribution.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Typed:
    """Something typed and not sent: into which form, how it begins, and where to go on."""

    key: str
    beginning: str
    saved_at: Any
    url: str


def drafts_typed(member: Member) -> list[Typed]:
    """What the member has typed into forms and not sent, the latest first."""
    rows = db.session.scalars(
        select(ComposerDraft).where(ComposerDraft.member_id == member.id).order_by(ComposerDraft.saved_at.desc())
    )
    return [Typed(row.key, _beginning(row.typed), row.saved_at, _where(row.key)) for row in rows]


def _beginning(typed: dict[str, Any]) -> str:
    words = typed.get("title") or typed.get("source") or next((v for v in typed.values() if isinstance(v, str)), "")
    return " ".join(str(words).split())[:140]


def _where(key: str) -> str:
    """The address of the form that keeps its text under this key."""
    form, _, which = key.partition(":")
    fixed = {"topic": "/forum/new", "article": "/blog/new", "story": "/stories/new", "photo": "/photos/new"}
    if form in ("reply", "edit") and which.isdigit():
        return f"/c/{which}/{form}"
    return fixed.get(form, "/")
