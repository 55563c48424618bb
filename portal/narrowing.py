"""Lists that can be narrowed: what is chosen, as an address says it, and what can still be chosen, with counts."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

OFFERED_AT_MOST = 40
"""Values of one filter to choose from, those with most rows first."""


@dataclass(frozen=True)
class Narrowed:
    """What a list is narrowed to: one text a filter, empty where it is not narrowed by that. They combine."""

    @classmethod
    def names(cls) -> list[str]:
        """What can be chosen, as an address says it."""
        return [f.name for f in fields(cls)]

    @property
    def chosen(self) -> dict[str, str]:
        """Those in force, as an address takes them."""
        return {name: value for name, value in asdict(self).items() if value}

    def without(self, name: str) -> Self:
        """All but one."""
        return replace(self, **{name: ""})


class Offer(NamedTuple):
    """One value that a list can be narrowed to, and how many rows it would then have."""

    name: str
    value: str
    label: str
    number: int


def offer(name: str, value: Any, label: Any, of: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    """What the filter `name` can be set to: each `value` that rows `of` a table have, with their number.

    Tables other than the list's own are best narrowed by the numbers of its rows, which an index holds.
    """
    number = func.count().label("number")
    query = select(literal(name).label("name"), cast(value, String).label("value"), cast(label, String).label("label"))
    query = query.add_columns(number).select_from(of).where(*conditions, value != "").group_by(value, label)
    return select(query.order_by(number.desc(), value).limit(OFFERED_AT_MOST).subquery())


def read_offers(session: Session, names: Iterable[str], parts: Iterable[Select[Any]]) -> dict[str, list[Offer]]:
    """What these find, by the name of the filter; in one query."""
    found: dict[str, list[Offer]] = {name: [] for name in names}
    for row in session.execute(union_all(*parts)):
        found[row.name].append(Offer(*row))
    return found
