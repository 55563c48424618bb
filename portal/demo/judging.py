"""What the moderators of the demo have on their table, and what they decided already."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from portal.contributions.models import Contribution
from portal.contributions.reports import report
from portal.db import db
from portal.demo.agenda import Agenda
from portal.demo.posting import Posting, find, key_of
from portal.demo.shapes import Case, LooseAnswer
from portal.forum.models import Topic
from portal.moderation import commands as moderation

PUBLIC_FIRST = ("hidden", "reported")
"""Fates that only something public can meet."""


def plan(agenda: Agenda, posting: Posting, cases: Iterable[Case]) -> None:
    """Let these be sent in, and meet their fates."""
    for case in cases:
        when = agenda.moment(case.thing.days, key_of(case.thing))
        agenda.add(when, partial(_send, posting, case))
        if case.fate.what in PUBLIC_FIRST:
            agenda.add(when + timedelta(minutes=10), partial(_approve, posting, case))
        _plan_fate(agenda, posting, case, when)


def _plan_fate(agenda: Agenda, posting: Posting, case: Case, when: datetime) -> None:
    fate, later = case.fate, when + timedelta(hours=case.fate.hours)
    if fate.what == "waits":
        return
    if fate.reason in ("wrong", "abuse", "spam"):  # members reported it
        for number, username in enumerate(fate.by):
            at = later - timedelta(minutes=25 * (len(fate.by) - number))
            note = fate.note if number == 0 else ""
            agenda.add(at, partial(_report, posting, case, username, note))
        return
    agenda.add(later, partial(_decide, posting, case))


def _send(posting: Posting, case: Case) -> None:
    thing, key = case.thing, key_of(case.thing)
    if find(key) is not None:
        return
    if isinstance(thing, LooseAnswer):
        topic_id = db.session.scalars(select(Topic.id).where(Topic.title == thing.to)).first()
        assert topic_id is not None, f"there is no topic {thing.to!r}"
        posting.reply(topic_id, thing.author, thing.text, key)
    else:
        posting.send(thing, key)


def _approve(posting: Posting, case: Case) -> None:
    contribution = _contribution(case)
    if contribution.state == "pending":
        posting.approve(contribution.id)


def _report(posting: Posting, case: Case, username: str, note: str) -> None:
    report(_contribution(case), posting.member(username), case.fate.reason, note)


def _decide(posting: Posting, case: Case) -> None:
    verbs = {"returned": moderation.return_to_author, "removed": moderation.remove, "hidden": moderation.hide}
    verbs[case.fate.what](_contribution(case), posting.member(case.fate.by[0]), case.fate.reason)


def _contribution(case: Case) -> Contribution:
    found = find(key_of(case.thing))
    assert found is not None, f"{case.thing!r} was not sent"
    return found
