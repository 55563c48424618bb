"""How a recognition's row changes: only from where it is thought to be, and the mark beside the name with it."""

from typing import Any

from sqlalchemy import ColumnElement, inspect, update

from portal import activity, clock
from portal.advocacy.models import TAKEN, Recognition
from portal.contributions import turns
from portal.db import db
from portal.members.models import Member

OPEN = ("proposed", "confirmed", *TAKEN)
STEPPED_DOWN = "stepped down"
TERM_OVER = "the term is over"
TOO_LITTLE = "the help score stayed too low"
NOT_A_CUSTOMER = "the account no longer earns a help score"
BY_THE_NUMBERS = (TERM_OVER, TOO_LITTLE, NOT_A_CUSTOMER)
"""Endings that nobody decided: whoever passes the gate again is proposed again."""


def move(
    recognition: Recognition, from_states: tuple[str, ...], *only_if: ColumnElement[bool], to: str = "", **facts: Any
) -> bool:
    """Change the row if it still is in one of these states and `only_if` holds; says whether it did.

    `to`: the new state, if it changes. Of two at the same instant the second finds it changed and does nothing.
    """
    turns.take_people([recognition.member_id])  # whose mark may change with it: the member first
    table = Recognition.__table__
    moved = db.session.execute(
        update(table)
        .where(table.c.id == recognition.id, table.c.state.in_(from_states), *only_if)
        .values(**({"state": to} if to else {}), **facts)
    )
    db.session.refresh(recognition, [c.key for c in inspect(Recognition).column_attrs])
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def keep_mark(recognition: Recognition) -> None:
    """Copy what the row now says to its member's, so that the mark shows wherever the name does."""
    shown, table = recognition.state == "accepted", Member.__table__
    copy = {
        "advocate_since": recognition.answered_at if shown else None,
        "advocate_level": recognition.level if shown else "",
    }
    db.session.execute(update(table).where(table.c.id == recognition.member_id).values(**copy))
    loaded = db.session.identity_map.get(db.session.identity_key(Member, recognition.member_id))
    if loaded is not None:
        db.session.expire(loaded, list(copy))


def end(recognition: Recognition, why: str, actor: Member | None = None) -> bool:
    """End what is open: by the member (`actor`), or from the state it is in."""
    was = recognition.state
    if why == TERM_OVER and recognition.no_other_term:
        why = recognition.reason  # a moderator's word, and so a decision: it is not proposed again tomorrow
    from_states = TAKEN if actor else (was,)
    if not move(recognition, from_states, to="ended", ended_at=clock.now(), reason=why):
        return False
    keep_mark(recognition)
    if was in TAKEN:  # who was never asked needs no goodbye
        activity.record("recognition_ended", member=recognition.member, actor=actor, why=why)
    elif was == "confirmed":
        activity.record("recognition_lapsed", member=recognition.member)
    return True
