"""Finding photo submissions: the wall, what it can be narrowed to, and what stands next to one on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.contributions.models import Contribution, Product, Tag, contribution_tag
from portal.db import db
from portal.media.queries import with_pictures
from portal.narrowing import Narrowed, Offer, offer, read_offers
from portal.stories.models import Challenge, Photo
from portal.web import Page, paginate

SENT, SHOT = Contribution.__table__, Photo.__table__
TAGGED = contribution_tag.c.contribution_id


@dataclass(frozen=True)
class Filters(Narrowed):
    """What the wall is narrowed to."""

    product: str = ""
    """The product's slug."""
    place: str = ""
    tag: str = ""
    challenge: str = ""
    """The challenge's slug."""


def photos(filters: Filters, per_page: int) -> Page[Photo]:
    """The page of the wall that the request asks for, newest first, with pictures and authors."""
    newest = Contribution.published_at.desc(), Contribution.id.desc()
    shown = select(Photo).options(joinedload(Photo.author), with_pictures()).order_by(*newest)
    return paginate(shown, per_page, ids=_ids(filters).order_by(*newest))


def offers(session: Session, filters: Filters) -> dict[str, list[Offer]]:
    """For each filter what it can be set to, with counts that heed the other filters; in one query."""
    tagged = contribution_tag.join(Tag, Tag.id == contribution_tag.c.tag_id)
    entered = SHOT.join(Challenge, Challenge.id == SHOT.c.challenge_id)
    of_product, place = SENT.join(Product, Product.id == SENT.c.product_id), SHOT.c.taken_at_place
    parts = (
        offer("product", Product.slug, Product.name, of_product, *_conditions(filters.without("product"))),
        offer("place", place, place, SHOT, SHOT.c.id.in_(_ids(filters.without("place")))),
        offer("tag", Tag.name, Tag.name, tagged, TAGGED.in_(_ids(filters.without("tag")))),
        offer("challenge", Challenge.slug, Challenge.title, entered, SHOT.c.id.in_(_ids(filters.without("challenge")))),
    )
    found = read_offers(session, Filters.names(), parts)
    return {name: sorted(rows, key=lambda o: (-o.number, o.label.lower())) for name, rows in found.items()}


def neighbours(photo: Contribution) -> tuple[Contribution | None, Contribution | None]:
    """The submissions before and after on the wall, for the arrows and their keys."""
    if photo.published_at is None:
        return None, None
    at, number = Contribution.published_at, Contribution.id
    # The first half of each is where its index begins to be read.
    newer = _first(and_(at >= photo.published_at, or_(at > photo.published_at, number > photo.id)), at, number)
    older = _first(
        and_(at <= photo.published_at, or_(at < photo.published_at, number < photo.id)), at.desc(), number.desc()
    )
    found = db.session.scalars(select(Contribution).where(or_(number == newer, number == older))).all()
    place = (photo.published_at, photo.id)
    places = {(c.published_at, c.id) > place: c for c in found if c.published_at is not None}
    return places.get(True), places.get(False)


def _first(condition: ColumnElement[bool], *order: Any) -> Any:
    """The number of the first on the wall of which this holds."""
    wall = select(Contribution.id).where(Contribution.kind == "photo", Contribution.state == "published", condition)
    return wall.order_by(*order).limit(1).correlate(None).scalar_subquery()


def _ids(filters: Filters) -> Select[Any]:
    """The numbers of the photos that these leave."""
    return select(SENT.c.id).where(*_conditions(filters))


def _conditions(filters: Filters) -> Sequence[ColumnElement[bool]]:
    found: list[Any] = [SENT.c.kind == "photo", SENT.c.state == "published"]
    if filters.product:
        found.append(SENT.c.product_id == select(Product.id).where(Product.slug == filters.product).scalar_subquery())
    if filters.place:
        found.append(SENT.c.id.in_(select(SHOT.c.id).where(SHOT.c.taken_at_place == filters.place)))
    if filters.tag:
        tagged = select(TAGGED).join(Tag, Tag.id == contribution_tag.c.tag_id)
        found.append(SENT.c.id.in_(tagged.where(Tag.name == filters.tag)))
    if filters.challenge:
        entered = select(SHOT.c.id).join(Challenge, Challenge.id == SHOT.c.challenge_id)
        found.append(SENT.c.id.in_(entered.where(Challenge.slug == filters.challenge)))
    return found
