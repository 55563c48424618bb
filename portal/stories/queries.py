"""Finding stories by product, trade, goal and company size, and what their forms offer to choose from."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload

from portal.contributions.models import Contribution, Product, Tag, contribution_tag
from portal.db import db
from portal.media.queries import with_pictures
from portal.narrowing import Narrowed, Offer, offer, read_offers
from portal.stories.models import Story
from portal.stories.parts import COMPANY_SIZES
from portal.web import Page, paginate

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


def stories(filters: Filters, per_page: int) -> Page[Story]:
    """The page of stories that the request asks for, newest first, with what their cards show."""
    newest = Contribution.published_at.desc(), Contribution.id.desc()
    shown = select(Story).options(joinedload(Story.author), with_pictures()).order_by(*newest)
    return paginate(shown, per_page, ids=_ids(filters).order_by(*newest))


def offers(session: Session, filters: Filters) -> dict[str, list[Offer]]:
    """For each filter what it can be set to, with counts that heed the other filters; in one query."""
    of_product = BASE.join(Product, Product.id == BASE.c.product_id)
    told = {"trade": OWN.c.trade, "goal": OWN.c.goal, "size": OWN.c.company_size}
    parts = (
        offer("product", Product.slug, Product.name, of_product, *_conditions(filters.without("product"))),
        *(offer(n, column, column, OWN, OWN.c.id.in_(_ids(filters.without(n)))) for n, column in told.items()),
    )
    found = read_offers(session, Filters.names(), parts)
    ordered = {name: sorted(rows, key=lambda o: o.label.lower()) for name, rows in found.items()}
    by_size = {o.value: o for o in found["size"]}
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


def _ids(filters: Filters) -> Select[Any]:
    """The numbers of the stories that these leave."""
    return select(BASE.c.id).where(*_conditions(filters))


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[Any] = [BASE.c.kind == "story", BASE.c.state == "published"]
    if filters.product:
        found.append(BASE.c.product_id == select(Product.id).where(Product.slug == filters.product).scalar_subquery())
    for column, value in (("trade", filters.trade), ("goal", filters.goal), ("company_size", filters.size)):
        if value:
            found.append(BASE.c.id.in_(select(OWN.c.id).where(OWN.c[column] == value)))
    return found
