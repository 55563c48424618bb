"""Finding stories by product, trade, goal and company size, and what their forms offer to choose from."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select, union_all
from sqlalchemy.orm import joinedload

from portal.contributions.models import Contribution, Product, Tag, contribution_tag
from portal.db import db
from portal.media.queries import with_pictures
from portal.narrowing import Narrowed, Offer
from portal.stories.models import Story
from portal.stories.parts import COMPANY_SIZES

OFFERED_AT_MOST = 40
"""Values of one filter, those of most stories first."""
BASE = Contribution.__table__
OWN = Story.__table__


@dataclass(frozen=True)
class Filters(Narrowed):
    """What the stories are narrowed to."""

    product: str = ""
    """The product's slug."""
    trade: str = ""
    goal: str = ""
    size: str = ""
    """A company size, as `COMPANY_SIZES` has them."""


def stories(filters: Filters = Filters()) -> Select[Any]:
    """Published stories, newest first, with what their cards show."""
    return (
        select(Story)
        .where(*_conditions(filters))
        .options(joinedload(Story.author), with_pictures())
        .order_by(Contribution.published_at.desc(), Contribution.id.desc())
    )


def offers(filters: Filters) -> dict[str, list[Offer]]:
    """For each filter what it can be set to, with counts that heed the other filters; in one query."""
    parts = (
        _offer("product", Product.slug, Product.name, filters),
        _offer("trade", OWN.c.trade, OWN.c.trade, filters),
        _offer("goal", OWN.c.goal, OWN.c.goal, filters),
        _offer("size", OWN.c.company_size, OWN.c.company_size, filters),
    )
    found: dict[str, list[Offer]] = {name: [] for name in Filters.names()}
    for row in db.session.execute(union_all(*parts)):
        found[row.name].append(Offer(*row))
    ordered = {name: sorted(rows, key=lambda o: o.label.lower()) for name, rows in found.items()}
    by_size = {offer.value: offer for offer in found["size"]}
    ordered["size"] = [by_size[k]._replace(label=says) for k, says in COMPANY_SIZES.items() if k in by_size]
    return ordered


def known_tags() -> "list[str]":
    """Tags to choose from: those of published contributions alone, since nobody has looked at the others."""
    shown = select(contribution_tag.c.tag_id).join(BASE, BASE.c.id == contribution_tag.c.contribution_id)
    shown = shown.where(contribution_tag.c.tag_id == Tag.id, BASE.c.state == "published")
    return list(db.session.scalars(select(Tag.name).where(shown.exists()).order_by(Tag.name).limit(100)))


def products() -> "list[Product]":
    """All products in their order."""
    return list(db.session.scalars(select(Product).order_by(Product.place_in_list, Product.name)))


def _offer(name: str, value: Any, label: Any, filters: Filters) -> Select[Any]:
    """The values of one filter with their counts."""
    number = func.count().label("number")
    start = BASE.join(OWN, OWN.c.id == BASE.c.id)
    if name == "product":
        start = start.join(Product, Product.id == BASE.c.product_id)
    query = select(literal(name).label("name"), cast(value, String).label("value"), cast(label, String).label("label"))
    query = query.add_columns(number).select_from(start)
    query = query.where(*_conditions(filters.without(name)), value != "").group_by(value, label)
    return select(query.order_by(number.desc(), value).limit(OFFERED_AT_MOST).subquery())


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[Any] = [BASE.c.kind == "story", BASE.c.state == "published"]
    if filters.product:
        found.append(BASE.c.product_id == select(Product.id).where(Product.slug == filters.product).scalar_subquery())
    for column, value in (("trade", filters.trade), ("goal", filters.goal), ("company_size", filters.size)):
        if value:
            found.append(OWN.c[column] == value)
    return found
