"""Finding stories by product, trade and goal, and what their forms offer to choose from."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from portal.contributions.models import Contribution, Product, Tag, contribution_tag
from portal.db import db
from portal.media.queries import with_pictures
from portal.stories.models import Story


def stories(product: str = "", trade: str = "", goal: str = "") -> Select[Any]:
    """Published stories, newest first, with their pictures."""
    query = (
        select(Story)
        .where(Contribution.state == "published", Contribution.kind == "story")
        .options(joinedload(Story.author), joinedload(Story.product), selectinload(Story.tags), with_pictures())
        .order_by(Contribution.published_at.desc(), Contribution.id.desc())
    )
    if product:
        query = query.where(Contribution.product_id == _product_id(product))
    if trade:
        query = query.where(Story.trade == trade)
    if goal:
        query = query.where(Story.goal == goal)
    return query


def known_tags() -> "list[str]":
    """Tags to choose from: those of published contributions alone, since nobody has looked at the others."""
    shown = select(contribution_tag.c.tag_id).join(
        Contribution.__table__, Contribution.__table__.c.id == contribution_tag.c.contribution_id
    )
    shown = shown.where(contribution_tag.c.tag_id == Tag.id, Contribution.__table__.c.state == "published")
    return list(db.session.scalars(select(Tag.name).where(shown.exists()).order_by(Tag.name).limit(100)))


def products() -> "list[Product]":
    """All products in their order."""
    return list(db.session.scalars(select(Product).order_by(Product.place_in_list, Product.name)))


def trades_and_goals() -> tuple[list[str], list[str]]:
    """The trades and goals that published stories name, at most 40 of each, for the filters."""
    return _distinct(Story.trade), _distinct(Story.goal)


def _distinct(column: Any) -> list[str]:
    named = select(column).distinct().where(Story.kind == "story", Story.state == "published", column != "")
    return list(db.session.scalars(named.order_by(column).limit(40)))


def _product_id(slug: str) -> Any:
    return select(Product.id).where(Product.slug == slug).scalar_subquery()
