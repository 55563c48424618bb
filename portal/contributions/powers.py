"""Who may do what with what others wrote: one table, which the lifecycle enforces and pages go by."""

from typing import Any

from flask import g, has_request_context
from sqlalchemy import select

from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import BoardRole, Member

HELPER, BOARD, SITE, ADMIN = "helper", "board moderator", "moderator", "admin"
ROLES = (HELPER, BOARD, SITE, ADMIN)
"""A helper and a board moderator look after single boards; a moderator and an admin after everything."""

_EVERYBODY, _DECIDERS, _THE_WHOLE_SITE = ROLES, (BOARD, SITE, ADMIN), (SITE, ADMIN)

POWERS: dict[str, tuple[str, ...]] = {
    "see what waits": _EVERYBODY,
    "approve": _EVERYBODY,
    "return": _EVERYBODY,
    "move and tag": _EVERYBODY,
    "edit": _DECIDERS,
    "keep": _DECIDERS,
    "hide": _DECIDERS,
    "restore": _DECIDERS,
    "remove": _DECIDERS,
    "remove all of an author's": _THE_WHOLE_SITE,
    "warn, silence, suspend": _THE_WHOLE_SITE,
    "answer an appeal": _THE_WHOLE_SITE,
    "look a second time": _THE_WHOLE_SITE,
    "see quality": _THE_WHOLE_SITE,
    "name board moderators": (ADMIN,),
}
"""What can be done, and by whom. Whoever looks after a board can do it there alone."""


def may(member: Any, act: str, contribution: Contribution | None = None) -> bool:
    """Whether `member` may do this, with this contribution if one is given. Raises KeyError for an unknown act."""
    allowed = POWERS[act]
    role = site_role(member)
    if role:
        return role in allowed
    if contribution is None or not set(allowed) & {HELPER, BOARD}:
        return False
    return role_there(member, contribution) in allowed


def site_role(member: Any) -> str:
    """`moderator` or `admin`, or nothing; nobody has a role while suspended."""
    if not member.moderates:
        return ""
    return ADMIN if member.is_admin else SITE


def role_there(member: Any, contribution: Contribution) -> str:
    """The role that `member` has where this contribution stands."""
    boards = boards_of(member)
    return boards.get(_board_of(contribution) or 0, "") if boards else ""


def boards_of(member: Member) -> dict[int, str]:
    """The boards that `member` looks after, and as what: `board moderator` or `helper`. Asked once a request."""
    if not member.board_roles or not member.may_write:
        return {}
    kept: dict[int, dict[int, str]] = g.setdefault("portal_boards_of", {}) if has_request_context() else {}
    if member.id not in kept:
        rows = db.session.execute(select(BoardRole.board_id, BoardRole.role).where(BoardRole.member_id == member.id))
        kept[member.id] = {row.board_id: HELPER if row.role == "helper" else BOARD for row in rows}
    return kept[member.id]


def _board_of(contribution: Contribution) -> int | None:
    if contribution.parent_id is None or contribution.board_id is not None:
        return contribution.board_id
    parent = db.session.get(Contribution, contribution.parent_id)
    return parent.board_id if parent is not None else None
