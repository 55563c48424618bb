"""The demo's road of recognition: two advocates, one of them a mentor by now, one who is asked, one whom the numbers propose."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from portal import activity
from portal.advocacy import commands, terms
from portal.advocacy.chores import nightly
from portal.advocacy.models import Recognition
from portal.db import db
from portal.demo.agenda import Agenda
from portal.demo.posting import Posting
from portal.guard import chores as guard
from portal.helping import willing

FIRST_DAYS_AGO = 385
"""When the first of them was recognised: so long ago that a year has passed, and the first term runs out after …"""
RECOGNISED_DAYS_AGO = 25
"""… the day on which the second was, and a moderator gave the first another term."""
RAISED_DAYS_AGO = 3
FOUND_HOURS_AGO = 14
FIRST, SECOND, INVITED = ("mirko",), ("hanneke",), ("emil",)
BY = "selma"
WILLING = {"hanneke": (5, True), "mirko": (3, False), "marit": (2, False), "gustav": (1, True), "yusuf": (2, False)}
"""How many questions a week some like to be brought, and whether they welcome newcomers."""


def plan(agenda: Agenda, posting: Posting) -> None:
    """Let the numbers propose, a moderator decide and the members accept, each at their time."""

    def propose() -> None:
        activity.follow_up()
        nightly(always=True)

    def propose_the_first() -> None:
        if db.session.scalar(select(Recognition.id).limit(1)) is None:  # nor again in a second run
            propose()

    def look() -> None:
        activity.follow_up()
        guard.nightly(always=True)

    def confirm(usernames: Sequence[str]) -> None:
        for recognition in _recognitions(Recognition.state == "proposed"):
            if recognition.member.username in usernames:
                commands.confirm(recognition, posting.member(BY))

    def accept() -> None:
        for recognition in _recognitions(Recognition.state == "confirmed"):
            commands.accept(recognition, recognition.member)

    def renew() -> None:
        for recognition in _recognitions(Recognition.renewal_proposed_at.is_not(None)):
            terms.confirm_renewal(recognition, posting.member(BY))

    def raise_levels() -> None:
        for recognition in _recognitions(Recognition.level_proposed != ""):
            terms.confirm_level(recognition, posting.member(BY))

    first = agenda.now - timedelta(days=FIRST_DAYS_AGO)
    second = agenda.now - timedelta(days=RECOGNISED_DAYS_AGO)
    raised = agenda.now - timedelta(days=RAISED_DAYS_AGO)
    agenda.add(first, propose_the_first, alone=True)
    agenda.add(first + timedelta(hours=8), partial(confirm, FIRST))
    agenda.add(first + timedelta(hours=20), accept)
    agenda.add(second, propose, alone=True)
    agenda.add(second + timedelta(hours=9), partial(confirm, SECOND))
    agenda.add(second + timedelta(hours=9), renew)
    agenda.add(second + timedelta(hours=31), accept)
    agenda.add(raised, propose, alone=True)
    agenda.add(raised + timedelta(hours=7), raise_levels)
    agenda.add(agenda.now - timedelta(hours=20), partial(confirm, INVITED))
    agenda.add(agenda.now - timedelta(hours=FOUND_HOURS_AGO), look, alone=True)
    for username, (questions, welcomes) in WILLING.items():
        agenda.add(second + timedelta(hours=32), partial(_choose, posting, username, questions, welcomes))


def _choose(posting: Posting, username: str, questions: int, welcomes: bool) -> None:
    who = posting.member(username)
    willing.choose(who, questions_a_week=questions, welcomes=welcomes, takes_requests=True, weekly_note=True)


def _recognitions(which: ColumnElement[bool]) -> Sequence[Recognition]:
    query = select(Recognition).where(which).options(joinedload(Recognition.member))
    return db.session.scalars(query.order_by(Recognition.id)).all()
