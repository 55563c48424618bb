"""Finding photo submissions: the wall, what it can be narrowed to, and what stands next to one on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from portal.contributions.models import Contribution, Product, Tag, contribution_tag
from portal.db import db
from portal.media.queries import with_pictures
from portal.narrowing import Narrowed, Offer
from portal.stories.models import Challenge, Photo

OFFERED_AT_MOST = 40
"""Places, tags and challenges in one list to choose from, those with most photos first."""

SENT = Contribution.__table__
SHOT = Photo.__table__


@dataclass(frozen=True)
class Filters(Narrowed):
    """What the wall is narrowed to."""

    product: str = ""
    """The product's slug."""
    place: str = ""
    tag: str = ""
    challenge: str = ""
    """The challenge's slug."""


def photos(filters: Filters = Filters()) -> Select[Any]:
    """Published photo submissions for the wall, newest first, with their pictures and authors."""
    return (
        select(Photo)
        .where(*_conditions(filters))
        .options(joinedload(Photo.author), with_pictures())
        .order_by(Contribution.published_at.desc(), Contribution.id.desc())
    )


def offers(filters: Filters) -> dict[str, list[Offer]]:
    """For each filter what it can be set to, with counts that heed the other filters; in one query."""
    tagged = contribution_tag.join(Tag, Tag.id == contribution_tag.c.tag_id)
    parts = (
        _offer("product", Product.slug, Product.name, filters, (Product, Product.id == SENT.c.product_id)),
        _offer("place", SHOT.c.taken_at_place, SHOT.c.taken_at_place, filters),
        _offer("tag", Tag.name, Tag.name, filters, (tagged, contribution_tag.c.contribution_id == SENT.c.id)),
        _offer("challenge", Challenge.slug, Challenge.title, filters, (Challenge, Challenge.id == SHOT.c.challenge_id)),
    )
    found: dict[str, list[Offer]] = {name: [] for name in Filters.names()}
    for row in db.session.execute(union_all(*parts)):
        found[row.name].append(Offer(*row))
    return {name: sorted(rows, key=lambda o: (-o.number, o.label.lower())) for name, rows in found.items()}


def neighbours(photo: Contribution) -> tuple[Contribution | None, Contribution | None]:
    """The submissions before and after on the wall, for the arrows and their keys."""
    if photo.published_at is None:
        return None, None
    at, number = Contribution.published_at, Contribution.id
    newer = _first(or_(at > photo.published_at, and_(at == photo.published_at, number > photo.id)), at, number)
    older = _first(
        or_(at < photo.published_at, and_(at == photo.published_at, number < photo.id)), at.desc(), number.desc()
    )
    found = db.session.scalars(select(Contribution).where(or_(number == newer, number == older))).all()
    place = (photo.published_at, photo.id)
    places = {(c.published_at, c.id) > place: c for c in found if c.published_at is not None}
    return places.get(True), places.get(False)


def _first(condition: ColumnElement[bool], *order: Any) -> Any:
    """The number of the first on the wall of which this holds."""
    wall = select(Contribution.id).where(Contribution.kind == "photo", Contribution.state == "published", condition)
    return wall.order_by(*order).limit(1).correlate(None).scalar_subquery()


def _offer(name: str, value: Any, label: Any, filters: Filters, *joins: Any) -> Select[Any]:
    """The values of one filter with their counts."""
    start = SENT.join(SHOT, SHOT.c.id == SENT.c.id)
    number = func.count().label("number")
    query = select(literal(name).label("name"), cast(value, String).label("value"), cast(label, String).label("label"))
    query = query.add_columns(number).select_from(start)
    for target, condition in joins:
        query = query.join(target, condition)
    query = query.where(*_conditions(filters.without(name)), value != "").group_by(value, label)
    limited = query.order_by(number.desc(), value).limit(OFFERED_AT_MOST).subquery()
    return select(limited)


def _conditions(filters: Filters) -> Sequence[ColumnElement[bool]]:
    found: list[Any] = [SENT.c.kind == "photo", SENT.c.state == "published"]
    if filters.product:
        found.append(SENT.c.product_id == select(Product.id).where(Product.slug == filters.product).scalar_subquery())
    if filters.place:
        found.append(SHOT.c.taken_at_place == filters.place)
    if filters.tag:
        tagged = select(contribution_tag.c.contribution_id).join(Tag, Tag.id == contribution_tag.c.tag_id)
        found.append(SENT.c.id.in_(tagged.where(Tag.name == filters.tag)))
    if filters.challenge:
        challenge = select(Challenge.id).where(Challenge.slug == filters.challenge).scalar_subquery()
        found.append(SHOT.c.challenge_id == challenge)
    return found
