"""What a moderator, board moderator or helper is offered on the pages of this room.

The one table of who may do what is `contributions.powers.POWERS`, since the lifecycle enforces it.
"""

from collections.abc import Mapping
from typing import Any

from flask import abort

from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.contributions.powers import HELPER, POWERS, boards_of, may, site_role
from portal.moderation.filters import Filters, Nonsense, read

__all__ = ["POWERS", "filters_for", "may", "may_decide", "must", "must_look_after_something", "powers_over"]


def may_decide(member: Any, contribution: Contribution) -> bool:
    """Whether `member` may approve or return this: the least that everybody in the queue can do."""
    return may(member, "approve", contribution)


def powers_over(member: Any, contribution: Contribution) -> set[str]:
    """Everything that `member` may do with this contribution, by the names of the table."""
    return {act for act in POWERS if may(member, act, contribution)}


def powers_over_each(member: Any, contributions: list[Contribution]) -> dict[int, set[str]]:
    """The same for a page of them, in one query."""
    role = site_role(member)
    boards = {} if role else boards_of(member)
    found = {}
    for c in contributions:
        here = role or boards.get((c.parent.board_id if c.parent else c.board_id) or 0, "")
        found[c.id] = {act for act, roles in POWERS.items() if here in roles}
    return found


def must(member: Any, act: str, contribution: Contribution | None = None) -> None:
    """Raises NotAllowed unless `member` may do this."""
    if not may(member, act, contribution):
        raise NotAllowed("That is for the moderators of the whole site." if member.may_write else "Not now.")


def must_look_after_something(member: Any) -> dict[int, str] | None:
    """The boards of a board's moderator or helper, None for who moderates everything; raises a 403 for others."""
    if site_role(member):
        return None
    boards = boards_of(member)
    if not boards:
        abort(403)
    return boards


def filters_for(member: Any, given: Mapping[str, str]) -> Filters:
    """What of the queue is asked for, confined to what this member looks after. Not found if it is nonsense."""
    boards = must_look_after_something(member)
    try:
        return read(given, boards, boards is not None and set(boards.values()) == {HELPER})
    except Nonsense:
        abort(404)
