"""A member from the driver's own row (prepared.py): all columns of the table, in its order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Table
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.util import identity_key

from portal.db import UtcDateTime, as_instant, db
from portal.members.models import Member

_TABLE: Table = Member.__table__
COLUMNS = tuple(_TABLE.c)
"""What to select, for `as_member`."""
_NAMES = tuple(column.key for column in COLUMNS)
_TIMES = tuple(column.key for column in COLUMNS if isinstance(column.type, UtcDateTime))
_TRUTHS = tuple(column.key for column in COLUMNS if isinstance(column.type, Boolean))
"""What the driver may give otherwise: texts, numbers."""


def as_member(row: Sequence[Any]) -> Member:
    """The member in these values; it belongs to no session."""
    member = Member()
    values = member.__dict__
    values.update(zip(_NAMES, row, strict=True))
    for name in _TIMES:
        values[name] = as_instant(values[name])
    for name in _TRUTHS:
        values[name] = bool(values[name])
    make_transient_to_detached(member)
    return member


def of_the_session(member: Member) -> Member:
    """The same as the session at work has it: what changes there is written."""
    there: Member | None = db.session.identity_map.get(identity_key(instance=member))
    if there is None:
        db.session.add(member)
    return there or member
