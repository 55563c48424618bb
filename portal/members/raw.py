"""A member from the driver's own row (prepared.py): all columns of the table, in its order."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.util import identity_key

from portal.db import db
from portal.members.models import Member

_TABLE: Table = Member.__table__
COLUMNS = tuple(_TABLE.c)
"""What to select, for `as_member`."""
_NAMES = tuple(column.key for column in COLUMNS)


def as_member(values: Sequence[Any]) -> Member:
    """The member in these values; it belongs to no session."""
    member = Member()
    member.__dict__.update(zip(_NAMES, values, strict=True))
    for name, process in _processes(db.engine.dialect.name):
        member.__dict__[name] = process(member.__dict__[name])
    make_transient_to_detached(member)
    return member


def of_the_session(member: Member) -> Member:
    """The same as the session at work has it: what changes there is written."""
    there: Member | None = db.session.identity_map.get(identity_key(instance=member))
    if there is None:
        db.session.add(member)
    return there or member


@cache
def _processes(_kind: str) -> Sequence[tuple[str, Callable[[Any], Any]]]:
    """By column, what makes of a value as this kind of database gives it one as we have it."""
    dialect = db.engine.dialect
    found = ((column.key, column.type.dialect_impl(dialect).result_processor(dialect, None)) for column in COLUMNS)
    return [(name, process) for name, process in found if process is not None]
