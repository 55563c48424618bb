"""Setting up the site: its identity, its boards, its products."""

from collections.abc import Sequence
from typing import Any

from flask import g
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal import text as texts
from portal.contributions.models import Contribution, Product
from portal.db import db
from portal.forum.models import Board
from portal.site import Site

NOT_SLUGS = frozenset(("new",))
"""Words that are addresses below /forum/ already."""


class Refused(Exception):
    """It can't be done; the message says why in a sentence."""


def save_site(**said: Any) -> Site:
    """Write the one row that names and colours the site."""
    site = db.session.get(Site, 1)
    if site is None:
        site = Site(id=1)
        db.session.add(site)
    for name, value in said.items():
        setattr(site, name, value)
    db.session.flush()
    g.pop("portal_site", None)
    return site


def create_board(name: str, description: str) -> Board:
    """A board at the end of the list. Raises Refused for a name there is."""
    return _create(Board, name, description, 60)


def create_product(name: str, description: str) -> Product:
    """A product at the end of the list. Raises Refused for a name there is."""
    return _create(Product, name, description, 80)


def change(row: "Board | Product", name: str, description: str) -> None:
    """Call a board or a product something else; its address stays, so that links go on working. Raises Refused."""
    try:
        with db.session.begin_nested():
            row.name, row.description = name, description
            db.session.flush()
    except IntegrityError:
        raise Refused("There is one of this name already.") from None


def move(row: "Board | Product", step: int) -> bool:
    """Move it up (-1) or down (+1) in its list; says whether anything changed."""
    model = type(row)
    rows: list[Any] = list(db.session.scalars(select(model).order_by(model.place_in_list, model.id)))
    at = next(n for n, other in enumerate(rows) if other.id == row.id)
    to = at + (1 if step > 0 else -1)
    if not 0 <= to < len(rows):
        return False
    rows[at], rows[to] = rows[to], rows[at]
    for place, other in enumerate(rows, 1):
        other.place_in_list = place
    db.session.flush()
    return True


def delete_board(board: Board) -> None:
    """Take an empty board away. Raises Refused when there is anything in it that was not removed."""
    _delete(board, Contribution.board_id)


def delete_product(product: Product) -> None:
    """Take away a product that nothing is about. Raises Refused."""
    _delete(product, Contribution.product_id)


def _create(model: type[Any], name: str, description: str, longest: int) -> Any:
    last = db.session.scalar(select(func.max(model.place_in_list))) or 0
    row = model(name=name, slug=_free_slug(model, name, longest), description=description, place_in_list=last + 1)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Refused("There is one of this name already.") from None
    return row


def _free_slug(model: type[Any], name: str, longest: int) -> str:
    base = texts.slugify(name)[: longest - 4].strip("-") or "untitled"
    similar = select(model.slug).where(model.slug.startswith(base, autoescape=True))
    taken: Sequence[str] = db.session.scalars(similar).all()
    tried, n = base, 1
    while tried in taken or tried in NOT_SLUGS:
        n += 1
        tried = f"{base}-{n}"
    return tried


def _delete(row: Any, column: Any) -> None:
    inside = db.session.scalar(select(func.count()).where(column == row.id, Contribution.state != "removed"))
    if inside:
        raise Refused(f"There are {inside} contributions in it. Move them first; what is not empty is not deleted.")
    table = Contribution.__table__
    db.session.execute(update(table).where(table.c[column.key] == row.id).values({column.key: None}))
    db.session.delete(row)
    db.session.flush()
