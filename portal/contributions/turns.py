"""Who keeps which rows first, so that no two transactions ever wait for each other: PostgreSQL would end one of them.

Everybody goes the same way: contributions by number (what is replied to has a lower one than its replies), then
notifications, then members by number, then boards by number, then what hangs on a member (recognition, appeals,
measures, pictures). Who changes one contribution is led that way by the lifecycle; whoever writes rows about one and
then changes it calls `take` before; whoever moves several calls `take_all` before the first.

A row that names a contribution or a member keeps that too, but only from being deleted or called something else. No
contribution ever is; a member who is erased or has another address is: whoever does that has to `take_member` before
any other change to the row. Somebody who has named the member already, and now wants to count something on that row,
would else wait for us while we wait for the name.

On SQLite one transaction writes at a time, and nothing is asked.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, Table, select

from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member

Numbers = Collection[int] | Select[Any]
_TABLE: Table = Contribution.__table__


def take(*contribution_ids: int | None) -> None:
    """Keep these (None is passed over) from whoever else changes them, until the transaction ends.

    A reply that may appear or disappear is taken together with what it replies to, which counts it.
    """
    keep(_TABLE, [number for number in contribution_ids if number is not None])


def take_with_parents(contribution_ids: Numbers) -> None:
    """Likewise, where it is not known yet what they reply to."""
    if _others_write():
        own = select(_TABLE.c.id, _TABLE.c.parent_id).where(_TABLE.c.id.in_(contribution_ids))
        take(*{number for row in db.session.execute(own) for number in row})


def take_all(contribution_ids: Numbers) -> None:
    """Keep these for moving them all: with what they reply to, their authors, and the boards that count them."""
    if _others_write():
        take_with_parents(contribution_ids)
        of = _TABLE.c.id.in_(contribution_ids)
        take_people(select(_TABLE.c.author_id).where(of))
        keep(db.metadata.tables["board"], select(_TABLE.c.board_id).where(of))


def take_people(member_ids: Numbers) -> None:
    """Keep these members from whoever else changes them: before what hangs on them, or before changing several."""
    keep(Member.__table__, member_ids)


def take_member(member_id: int) -> None:
    """Have a member whole: nobody changes or names them until the transaction ends, and who did before is done."""
    keep(Member.__table__, [member_id], whole=True)


def keep(table: Table, ids: Numbers, *, whole: bool = False) -> None:
    """Keep these rows of a table, in the order of their numbers."""
    if _others_write() and (isinstance(ids, Select) or ids):
        # Rows are locked one after the other, as they come, and here they come sorted.
        rows = select(table.c.id).where(table.c.id.in_(ids)).order_by(table.c.id)
        db.session.execute(rows.with_for_update(key_share=not whole))


def _others_write() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"
