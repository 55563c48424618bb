"""What a moderator chose to see of the queue: read from the address, written into it, kept under a name."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import delete, func, literal, select, union_all

from portal import text as texts
from portal.contributions.models import KINDS
from portal.db import db, insert_new
from portal.forum.models import Board
from portal.members.models import Member
from portal.moderation.models import SavedView

WAITS = ("waiting", "pictures", "reported", "hidden", "member")
"""Why something is in the queue: not published yet; not published yet, with pictures; public, with open reports;
taken from view; a member who was reported."""
AGES = ("late", "overdue")
VIEWS_AT_MOST = 20


class Nonsense(ValueError):
    """There is no such filter."""


@dataclass(frozen=True)
class Filters:
    """The choice: empty means all. `boards` is not chosen: it is what a board's moderator may see."""

    waits: str = ""
    kind: str = ""
    board: str = ""
    age: str = ""
    who: str = ""
    boards: Collection[int] | None = None
    """The boards to which this is confined; None for those who moderate everything."""
    helps: bool = False
    """Whether only what waits for approval is shown, as helpers decide nothing else."""

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, as it stands in an address."""
        named = asdict(self)
        return {name: named[name] for name in ("waits", "kind", "board", "age", "who") if named[name]}


def read(given: Mapping[str, str], boards: Collection[int] | None = None, helps: bool = False) -> Filters:
    """The choice that an address or a form names. Raises Nonsense."""
    waits, kind, board = given.get("waits", ""), given.get("kind", ""), given.get("board", "")
    age, who = given.get("age", ""), given.get("who", "")
    numeric = board.isascii() and board.isdigit() and len(board) < 10
    if waits not in ("", *WAITS) or kind not in ("", *KINDS) or age not in ("", *AGES) or who not in ("", "new"):
        raise Nonsense
    if board and not numeric:
        raise Nonsense
    return Filters(waits, kind, board, age, who, boards, helps)


def offered(member: Member, boards: Collection[int] | None) -> tuple[list[Any], list[Any]]:
    """The boards to choose from and the member's own views, each with `id`, `name` and `chosen`, in one query."""
    own = select(literal("view").label("what"), SavedView.id, SavedView.name, SavedView.chosen, literal(0).label("at"))
    there = select(literal("board"), Board.id, Board.name, literal(""), Board.place_in_list)
    if boards is not None:
        there = there.where(Board.id.in_(boards))
    both = union_all(own.where(SavedView.member_id == member.id), there).subquery()
    rows = db.session.execute(select(both).order_by(both.c.at, both.c.name)).all()
    return [row for row in rows if row.what == "board"], [row for row in rows if row.what == "view"]


def save_view(member: Member, name: str, filters: Filters) -> bool:
    """Keep a choice under a name; the same name is overwritten. False without a name or when there are enough."""
    name = texts.clean_line(name)[:60]
    if not name:
        return False
    own = SavedView.member_id == member.id
    known = db.session.scalar(select(SavedView).where(own, SavedView.name == name))
    if known is not None:
        known.chosen = urlencode(filters.chosen)
        return True
    if (db.session.scalar(select(func.count(SavedView.id)).where(own)) or 0) >= VIEWS_AT_MOST:
        return False
    insert_new(SavedView.__table__, [{"member_id": member.id, "name": name, "chosen": urlencode(filters.chosen)}])
    return True


def delete_view(member: Member, view_id: int) -> bool:
    """Forget one of one's own."""
    gone: Any = db.session.execute(delete(SavedView).where(SavedView.id == view_id, SavedView.member_id == member.id))
    return bool(gone.rowcount)


def arguments_of(view: Any) -> dict[str, str]:
    """What a kept choice stands for; nothing where it is no longer understood."""
    try:
        return read(dict(parse_qsl(view.chosen))).chosen
    except Nonsense:
        return {}
