"""Finding pictures: private ones are found by their owner and by moderators only."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from portal.contributions.models import Contribution
from portal.db import db
from portal.media.models import Picture
from portal.members.models import Member


def with_pictures() -> ORMOption:
    """Option for a query of contributions: load their pictures in one more query, whatever their number."""
    return selectinload(Contribution.pictures)


def find_picture(token: str) -> Picture | None:
    """The picture with this token, for whoever decides what the reader gets of it."""
    return db.session.scalar(select(Picture).where(Picture.token == token))



def find_own(tokens: Iterable[str], owner: Member) -> list[Picture]:
    """The owner's pictures with these tokens, in this order; what is not there is left out."""
    wanted = [token for token in dict.fromkeys(tokens) if "\0" not in token]
    rows = db.session.scalars(select(Picture).where(Picture.token.in_(wanted), Picture.owner_id == owner.id))
    by_token = {picture.token: picture for picture in rows}
    return [by_token[token] for token in wanted if token in by_token]


def of_contribution(contribution: Contribution, *, hold: bool = False) -> Sequence[Picture]:
    """All its pictures, shown with it or inside its text, in order.

    `hold` reads them anew and keeps others from changing them until this transaction ends.
    """
    own = select(Picture).where(Picture.contribution_id == contribution.id).order_by(Picture.place, Picture.id)
    return db.session.scalars(_held(own) if hold else own).all()


def hold(picture_id: int) -> Picture | None:
    """This picture as it is now, which nobody else changes until this transaction ends; None if it is gone."""
    return db.session.scalar(_held(select(Picture).where(Picture.id == picture_id)))


def by_id(ids: Iterable[int]) -> Sequence[Picture]:
    """Those of these pictures that are still there."""
    return db.session.scalars(select(Picture).where(Picture.id.in_(list(ids))).order_by(Picture.id)).all()


def contribution_of(picture: Picture) -> Contribution | None:
    """What a picture belongs to, as it is now, with its parent."""
    return db.session.scalar(
        select(Contribution)
        .where(Contribution.id == picture.contribution_id)
        .options(joinedload(Contribution.parent))
        .execution_options(populate_existing=True)
    )


def usable_for(contribution: Contribution, tokens: Sequence[str]) -> Sequence[Picture]:
    """Of these, the pictures the contribution may show: its own already, or unused ones of its author."""
    free = (Picture.contribution_id.is_(None)) & (Picture.owner_id == contribution.author_id) & ~_is_face()
    return db.session.scalars(
        select(Picture).where(
            Picture.token.in_(tokens), or_(Picture.contribution_id == contribution.id, free)
        )
    ).all()


def count_unused(owner: Member) -> int:
    """How many pictures of this member belong to nothing."""
    unused = select(func.count()).where(
        Picture.owner_id == owner.id, Picture.contribution_id.is_(None), ~_is_face()
    )
    return db.session.scalar(unused) or 0


def orphans(before: datetime) -> Select[Picture]:
    """Pictures sent before this instant that belong to no contribution and are nobody's face."""
    return select(Picture).where(Picture.contribution_id.is_(None), Picture.created_at < before, ~_is_face())


def public_but_unused() -> Select[Picture]:
    """Pictures that still have public copies though they belong to nothing."""
    return select(Picture).where(Picture.contribution_id.is_(None), Picture.public_key.is_not(None), ~_is_face())


def affected_by(contribution_ids: Iterable[int]) -> Sequence[Contribution]:
    """Of these contributions and the replies below them, those that have pictures; parents loaded."""
    ids = list(contribution_ids)
    return db.session.scalars(
        select(Contribution)
        .where(
            or_(Contribution.id.in_(ids), Contribution.parent_id.in_(ids)),
            exists().where(Picture.contribution_id == Contribution.id),
        )
        .options(joinedload(Contribution.parent))
    ).all()


def _held(query: Select[Any]) -> Select[Any]:
    return query.with_for_update(of=Picture).execution_options(populate_existing=True)


def _is_face() -> Any:
    return exists().where(Member.picture_id == Picture.id)
