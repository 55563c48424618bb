"""Finding photo submissions: the wall, and what stands next to one on it."""

from sqlalchemy import Select, select

from portal.contributions.models import Contribution, Product
from portal.contributions.queries import published
from portal.db import db
from portal.media.queries import with_pictures


def photos(product: str = "", tag: str = "") -> Select[Contribution]:
    """Published photo submissions for the wall, newest first, with their pictures."""
    query = (
        published("photo").options(with_pictures()).order_by(Contribution.published_at.desc(), Contribution.id.desc())
    )
    if product:
        query = query.where(
            Contribution.product_id == select(Product.id).where(Product.slug == product).scalar_subquery()
        )
    if tag:
        query = query.where(Contribution.tags.any(name=tag))
    return query


def neighbours(photo: Contribution) -> tuple[Contribution | None, Contribution | None]:
    """The submissions before and after on the wall, for the arrows and their keys."""
    if photo.published_at is None:
        return None, None
    wall = select(Contribution).where(Contribution.kind == "photo", Contribution.state == "published")
    newer = wall.where(Contribution.published_at > photo.published_at).order_by(Contribution.published_at)
    older = wall.where(Contribution.published_at < photo.published_at).order_by(Contribution.published_at.desc())
    return db.session.scalar(newer.limit(1)), db.session.scalar(older.limit(1))
