"""What helped most: a member's answers that did it, as far as everybody may read them now."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal import clock
from portal.advocacy import scoring
from portal.advocacy.ledger import in_chunks, standing
from portal.advocacy.models import LedgerEntry
from portal.config import settings
from portal.contributions.models import Contribution
from portal.db import db


def _since() -> datetime:
    return clock.ago(days=settings().advocate_days)


def _public(text: Any, parent: Any) -> ColumnElement[bool]:
    """Everybody may read it now, and what it is a reply to. Added to nothing, the state is no way for SQLite to go by:
    of more than a dozen numbers it would take all that is published for fewer."""
    return (text.state + "" == "published") & or_(text.parent_id.is_(None), parent.state == "published")


def best_answers(member_ids: Collection[int], most: int) -> dict[int, Sequence[Contribution]]:
    """For each member up to `most` public contributions that helped most lately, by the weights of what was said.

    Among equals the latest goes first. They come with what they reply to, board and product.
    """
    numbers = best_numbers(member_ids, most)
    texts = public_texts({number for several in numbers.values() for number in several})
    return {m: [texts[number] for number in several if number in texts] for m, several in numbers.items()}


def best_numbers(member_ids: Collection[int], most: int) -> dict[int, list[int]]:
    """The numbers of those contributions."""
    ranked: dict[int, list[int]] = {member_id: [] for member_id in member_ids}
    for ids in in_chunks(sorted(member_ids)):
        for helper, contribution in db.session.execute(_ranked(ids, most)):
            ranked[helper].append(contribution)
    return ranked


def _ranked(member_ids: Collection[int], most: int) -> Select[Any]:
    e, text, parent = LedgerEntry, aliased(Contribution), aliased(Contribution)
    weight = func.sum(case(scoring.weights(), value=e.sort, else_=0.0))
    the_most_first = (weight.desc(), func.max(e.at).desc(), e.contribution_id)
    place = func.row_number().over(partition_by=e.helper_id, order_by=the_most_first)
    each = (
        select(e.helper_id, e.contribution_id, place.label("place"))
        .join(text, text.id == e.contribution_id)
        .outerjoin(parent, parent.id == text.parent_id)
        .where(e.helper_id.in_(member_ids), e.at >= _since(), standing(), _public(text, parent))
        .group_by(e.helper_id, e.contribution_id)
        .subquery()
    )
    query = select(each.c.helper_id, each.c.contribution_id).where(each.c.place <= most)
    return query.order_by(each.c.helper_id, each.c.place)


def public_texts(ids: Collection[int]) -> dict[int, Contribution]:
    """Those of these contributions that everybody may read now, with parent, board and product."""
    found: dict[int, Contribution] = {}
    parent = aliased(Contribution)
    above = joinedload(Contribution.parent)
    for some in in_chunks(sorted(ids)):
        rows = db.session.scalars(
            select(Contribution)
            .outerjoin(parent, parent.id == Contribution.parent_id)
            .where(Contribution.id.in_(some), _public(Contribution, parent))
            .options(
                joinedload(Contribution.board), joinedload(Contribution.product),
                above.joinedload(Contribution.board), above.joinedload(Contribution.product),
            )
        )  # fmt: skip
        found.update((text.id, text) for text in rows)
    return found
