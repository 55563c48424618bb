"""How much each member is willing to do: what they chose, or what the house assumes until they do."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select

from portal import clock
from portal.db import db, insert_new
from portal.helping.models import Willingness
from portal.members.models import Member

MOST_A_WEEK = 20


class Will(NamedTuple):
    """What a member is willing to do; see Willingness for the words."""

    questions_a_week: int = 1
    welcomes: bool = False
    takes_requests: bool = True
    weekly_note: bool = True
    chosen: bool = False
    """Whether the member said so; otherwise they are asked with restraint: never twice within seven days."""


def will_of(member: Member) -> Will:
    """One member's."""
    return wills_of([member.id])[member.id]


def wills_of(member_ids: Collection[int]) -> dict[int, Will]:
    """Of each of these members, in one query."""
    w = Willingness
    rows = db.session.execute(
        select(w.member_id, w.questions_a_week, w.welcomes, w.takes_requests, w.weekly_note, w.changed_at).where(
            w.member_id.in_(member_ids)
        )
    )
    found = {row[0]: Will(*row[1:5], chosen=row.changed_at is not None) for row in rows}
    return {member_id: found.get(member_id, Will()) for member_id in member_ids}


def choose(member: Member, *, questions_a_week: int, welcomes: bool, takes_requests: bool, weekly_note: bool) -> None:
    """The member says how much they like to do. Raises ValueError for a number below 0 or above 20."""
    if not 0 <= questions_a_week <= MOST_A_WEEK:
        raise ValueError(f"between 0 and {MOST_A_WEEK} questions a week can be brought to somebody")
    row = row_of(member.id)
    row.questions_a_week, row.welcomes = questions_a_week, welcomes
    row.takes_requests, row.weekly_note = takes_requests, weekly_note
    row.changed_at = clock.now()
    db.session.flush()


def stop(member: Member, sort: str) -> None:
    """No more `questions` (newcomers' too), `requests` by name, or weekly `note`: the click in a mail's foot."""
    row = row_of(member.id)
    if sort == "questions":
        row.questions_a_week, row.welcomes = 0, False
    elif sort == "requests":
        row.takes_requests = False
    else:
        row.weekly_note = False
    row.changed_at = clock.now()
    db.session.flush()


def row_of(member_id: int) -> Willingness:
    """The member's row, made with what the house assumes if there is none: two that make it at once make one."""
    assumed = Will()
    fresh = {
        "member_id": member_id, "questions_a_week": assumed.questions_a_week, "welcomes": assumed.welcomes,
        "takes_requests": assumed.takes_requests, "weekly_note": assumed.weekly_note,
    }  # fmt: skip
    insert_new(Willingness.__table__, [fresh])
    return db.session.get_one(Willingness, member_id)
