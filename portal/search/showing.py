"""What stands beside the answers: what they can be narrowed to, with counts, and a picture of each that has one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.contributions.models import Contribution, Product
from portal.db import db
from portal.forum.models import Board
from portal.media.models import Picture
from portal.search.asking import KIND_NAMES, SOLVED, Asked
from portal.search.engine import Facets

SHOWN = 10
"""Values in one group; who needs another types it."""


@dataclass(frozen=True)
class Value:
    """One thing to narrow to: how many conversations there would be, and where they are."""

    label: str
    count: int
    address: str
    chosen: bool = False


@dataclass(frozen=True)
class Group:
    """Values of one sort."""

    name: str
    label: str
    values: Sequence[Value]


def kinds_of(facets: Facets, asked: Asked) -> list[Value]:
    """The kinds, as the tabs above the answers."""
    return [
        Value(label, facets.kinds.get(kind, 0), asked.but(kind=kind), kind == asked.kind)
        for kind, label in KIND_NAMES.items()
        if facets.kinds.get(kind) or kind == asked.kind
    ]


def groups_of(facets: Facets, asked: Asked, total: int) -> list[Group]:
    """What the `total` answers can be narrowed to otherwise; a group with nothing to choose is left out."""
    boards = _named(Board, Board.id, facets.boards)
    products = _named(Product, Product.slug, facets.products)
    solved = {SOLVED[word]: (word, facets.solved.get(yes, 0)) for word, yes in (("yes", True), ("no", False))}
    wanted: list[tuple[str, str, Iterable[tuple[str, str, int]]]] = [
        ("solved", "Solved", [(label, word, count) for label, (word, count) in solved.items() if count]),
        ("board", "Board", [(boards[k].name, boards[k].slug, n) for k, n in _most(facets.boards) if k in boards]),
        ("product", "Product", [(products[k].name, k, n) for k, n in _most(facets.products) if k in products]),
        ("tag", "Tag", [(tag, tag, n) for tag, n in _most(facets.tags)]),
        ("year", "Year", [(str(year), str(year), n) for year, n in sorted(facets.years.items(), reverse=True)]),
    ]
    groups = []
    for name, label, values in wanted:
        chosen = getattr(asked, name)
        shown = [
            Value(words, count, asked.but(**{name: "" if value == chosen else value}), value == chosen)
            for words, value, count in values
        ][:SHOWN]
        if len(shown) > 1 or any(value.chosen or value.count < total for value in shown):
            groups.append(Group(name, label, shown))
    return groups


def thumbnails(roots: Sequence[Contribution]) -> dict[int, Picture]:
    """The first public picture of each conversation that has one, by its number; in one query."""
    if not roots:
        return {}
    rows = db.session.scalars(
        select(Picture)
        .where(Picture.contribution_id.in_({root.id for root in roots}), Picture.public_key.is_not(None))
        .order_by(Picture.place.desc(), Picture.id.desc())
    )
    return {row.contribution_id: row for row in rows if row.contribution_id is not None}


def _most(counted: Mapping[Any, int]) -> list[tuple[Any, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], str(pair[0])))[:SHOWN]


def _named(model: Any, column: Any, counted: Mapping[Any, int]) -> dict[Any, Any]:
    """The rows that are counted, by their key; asked for even if there are none, so that a page costs the same."""
    keys = [key for key, _count in _most(counted)]
    return {getattr(row, column.key): row for row in db.session.scalars(select(model).where(column.in_(keys)))}
