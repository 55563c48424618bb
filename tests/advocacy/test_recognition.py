"""From the gate to the end of a term: proposed, confirmed, accepted, noticed, ended."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.activity import Activity
from portal.advocacy import chores, commands, moves
from portal.advocacy.gate import evidence_of
from portal.advocacy.models import Recognition
from portal.contributions.lifecycle import NotAllowed
from portal.db import db
from portal.members.models import Member
from tests import builders as make
from tests.advocacy.helping import recognised, solved, worthy

Settle = Callable[[], int]


@pytest.fixture(autouse=True)
def _a_day(clock: Any) -> None:
    clock.freeze()


def verbs() -> list[str]:
    query = db.select(Activity.verb).where(Activity.verb.like("recognition%")).order_by(Activity.id)
    return list(db.session.scalars(query))


def the_one() -> Recognition:
    return db.session.scalars(
        db.select(Recognition).options(db.joinedload(Recognition.member)).execution_options(populate_existing=True)
    ).one()


def nightly() -> None:
    db.session.commit()
    chores.nightly(always=True)
    db.session.expire_all()


def test_whoever_helped_six_customers_of_six_companies_is_proposed_once(app: Flask, settled: Settle) -> None:
    helper = make.member()
    worthy(helper)
    settled()
    nightly()
    nightly()
    assert helper.help_score >= 5
    assert (the_one().state, the_one().member_id) == ("proposed", helper.id)
    assert the_one().score_then == helper.help_score
    assert verbs() == ["recognition_proposed"]
    assert helper.advocate_since is None


@pytest.mark.parametrize(
    ("lacks", "facts"),
    [
        ("customers", {"customers": 4}),
        ("groups", {"customers": 12, "groups": 2}),
    ],
)
def test_the_gate_stays_closed_when_something_lacks(app: Flask, settled: Settle, lacks: str, facts: Any) -> None:
    worthy(make.member(), **facts)
    settled()
    nightly()
    assert db.session.scalars(db.select(Recognition)).all() == []


def test_help_within_one_week_does_not_open_the_gate(app: Flask, settled: Settle) -> None:
    helper = make.member()
    for n in range(8):
        solved(helper, make.member(verified=True, organisation=f"Firm {n}"))
    settled()
    nightly()
    assert helper.help_score >= 5
    evidence = evidence_of({helper.id: helper.help_score})[helper.id]
    assert [condition.met for condition in evidence.conditions()] == [True, True, True, False]
    assert not evidence.opens


def test_customers_thanked_in_turn_do_not_count_for_the_gate(app: Flask, settled: Settle) -> None:
    helper = make.member(verified=True)
    people = worthy(helper)
    for friend in people[:2]:
        solved(friend, helper)
    settled()
    evidence = evidence_of({helper.id: 9.0})[helper.id]
    assert len(evidence.customers) == 4
    assert set(evidence.credited_in_turn) == {p.id for p in people[:2]}


def test_help_older_than_half_a_year_does_not_count_for_the_gate(app: Flask, settled: Settle, clock: Any) -> None:
    helper = make.member()
    worthy(helper)
    settled()
    clock.advance(days=181)
    assert evidence_of({helper.id: 9.0})[helper.id].customers == {}


@pytest.mark.parametrize("fact", ["is_employee", "is_admin"])
def test_the_companys_own_people_are_never_proposed(app: Flask, settled: Settle, fact: str) -> None:
    worthy(make.member(**{fact: True}))
    settled()
    nightly()
    assert db.session.scalars(db.select(Recognition)).all() == []


def test_confirmed_accepted_rested_resumed_and_stepped_down(app: Flask, clock: Any) -> None:
    helper, moderator = make.member(), make.moderator()
    r = recognised(helper, "proposed")
    assert not commands.accept(r, helper)
    assert commands.confirm(r, moderator)
    assert not commands.confirm(r, make.moderator())
    assert commands.accept(r, helper)
    assert helper.advocate_since == r.answered_at
    assert commands.rest(r, helper)
    assert helper.advocate_since is None
    clock.advance(days=3)
    assert commands.resume(r, helper)
    assert helper.advocate_since == r.answered_at
    assert commands.step_down(r, helper)
    assert (r.state, helper.advocate_since) == ("ended", None)
    assert not commands.resume(r, helper)
    assert verbs() == [
        "recognition_confirmed", "recognition_accepted", "recognition_rested", "recognition_resumed",
        "recognition_ended",
    ]  # fmt: skip


def test_nobody_decides_about_themselves_or_answers_for_another(app: Flask) -> None:
    moderator, other = make.moderator(), make.member()
    r = recognised(moderator, "proposed")
    with pytest.raises(NotAllowed):
        commands.confirm(r, moderator)
    with pytest.raises(NotAllowed):
        commands.decline(r, other, "no")
    with pytest.raises(NotAllowed):
        commands.accept(r, other)
    with pytest.raises(ValueError, match="reason"):
        commands.decline(r, make.moderator(), " ")


@pytest.mark.parametrize("no", ["decline", "refuse", "step_down"])
def test_after_a_no_there_is_peace_for_half_a_year(app: Flask, settled: Settle, clock: Any, no: str) -> None:
    helper, moderator = make.member(), make.moderator()
    worthy(helper)
    settled()
    nightly()
    r = the_one()
    if no == "decline":
        commands.decline(r, moderator, "A ring of friends.")
    else:
        commands.confirm(r, moderator)
        if no == "refuse":
            commands.refuse(r, r.member)
        else:
            commands.accept(r, r.member)
            commands.step_down(r, r.member)
    nightly()
    assert len(db.session.scalars(db.select(Recognition)).all()) == 1
    clock.advance(days=181)
    worthy(db.session.get(Member, helper.id) or helper)
    settled()
    nightly()
    assert "proposed" in list(db.session.scalars(db.select(Recognition.state)))


def test_a_score_too_low_gives_notice_and_ends_after_its_days(app: Flask, clock: Any, settled: Settle) -> None:
    helper = make.member()
    recognised(helper)
    nightly()
    assert verbs() == ["recognition_notice"]
    assert helper.is_advocate
    clock.advance(days=59)
    nightly()
    assert helper.is_advocate
    clock.advance(days=1)
    nightly()
    assert not helper.is_advocate
    assert (the_one().state, the_one().reason) == ("ended", moves.TOO_LITTLE)
    assert verbs() == ["recognition_notice", "recognition_ended"]


def test_a_score_that_recovers_takes_the_notice_back(app: Flask, clock: Any, settled: Settle) -> None:
    helper = make.member()
    recognised(helper)
    nightly()
    assert the_one().below_since is not None
    worthy(helper)
    settled()
    nightly()
    assert the_one().below_since is None
    clock.advance(days=30)
    nightly()
    assert helper.is_advocate


def test_after_its_term_whoever_still_helps_is_proposed_anew(app: Flask, clock: Any, settled: Settle) -> None:
    helper = make.member()
    r = recognised(helper)
    clock.advance(days=366)
    worthy(helper)
    settled()
    nightly()
    states = {x.id: x.state for x in db.session.scalars(db.select(Recognition))}
    assert states.pop(r.id) == "ended"
    assert list(states.values()) == ["proposed"]
    assert not helper.is_advocate


@pytest.mark.parametrize("fact", ["suspended_at", "erased_at"])
def test_recognition_ends_with_the_account_that_holds_it(app: Flask, clock: Any, fact: str) -> None:
    from portal import clock as house

    helper = make.member(**{fact: house.now()})
    recognised(helper)
    nightly()
    assert not helper.is_advocate
    assert the_one().state == "ended"


def test_the_days_work_is_done_once_a_day(app: Flask, clock: Any, settled: Settle) -> None:
    chores.nightly()
    worthy(make.member())
    settled()
    chores.nightly()
    assert verbs() == []
    clock.advance(days=1)
    chores.nightly()
    assert verbs() == ["recognition_proposed"]
