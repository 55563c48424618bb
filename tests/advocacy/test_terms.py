"""Another term and higher levels: when they are proposed, who decides, what follows, and what the member is told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock as house
from portal.activity import Activity
from portal.advocacy import chores, commands, moves, terms
from portal.advocacy.levels import held, holds_from
from portal.advocacy.models import Recognition
from portal.config import settings
from portal.contributions.lifecycle import NotAllowed
from portal.db import db
from portal.members.models import Member
from tests import builders as make
from tests.advocacy.helping import recognised, worthy

Settle = Callable[[], int]
LOW = {"mentor_score": 6.0, "mentor_customers": 6, "mentor_days": 300}


@pytest.fixture(autouse=True)
def _a_day(clock: Any) -> None:
    clock.freeze()


def nightly() -> None:
    db.session.commit()
    chores.nightly(always=True)
    db.session.expire_all()


def the_one() -> Recognition:
    query = db.select(Recognition).options(db.joinedload(Recognition.member))
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def verbs() -> list[str]:
    wanted = db.or_(*(Activity.verb.like(f"{start}%") for start in ("recognition", "renewal", "level")))
    return list(db.session.scalars(db.select(Activity.verb).where(wanted).order_by(Activity.id)))


def data_of(verb: str) -> Any:
    return db.session.scalars(db.select(Activity.data).where(Activity.verb == verb)).one()


def advocate_for(clock: Any, days: int, settled: Settle, *, helps: bool = True) -> Member:
    """An advocate for so many days, who still helps, or whose score has just enough left to hold it."""
    helper = make.member()
    recognised(helper)
    clock.advance(days=days)
    if helps:
        worthy(helper)
    settled()
    return helper


def test_sixty_days_before_the_end_the_member_is_told_and_another_term_is_proposed(
    app: Flask, clock: Any, settled: Settle
) -> None:
    advocate_for(clock, 304, settled)
    nightly()
    assert (the_one().term_notice_at, verbs()) == (None, [])
    clock.advance(days=1)
    nightly()
    nightly()
    assert verbs() == ["recognition_term_notice", "renewal_proposed"]
    assert data_of("recognition_term_notice")["in_sight"] is True
    assert the_one().renewal_proposed_at == house.now()


def test_who_does_not_pass_the_gate_is_told_so_and_proposed_as_soon_as_it_is_open(
    app: Flask, clock: Any, settled: Settle
) -> None:
    helper = make.member()
    recognised(helper)
    clock.advance(days=306)
    worthy(helper, customers=4)  # enough to hold it, not enough for the gate
    settled()
    nightly()
    assert (verbs(), the_one().renewal_proposed_at) == (["recognition_term_notice"], None)
    assert data_of("recognition_term_notice")["in_sight"] is False
    clock.advance(days=10)
    worthy(helper)
    settled()
    nightly()
    assert verbs() == ["recognition_term_notice", "renewal_proposed"]


def test_a_confirmed_renewal_adds_a_year_to_the_term_and_the_road_begins_anew(
    app: Flask, clock: Any, settled: Settle
) -> None:
    helper = advocate_for(clock, 306, settled)
    nightly()
    r, ended = the_one(), the_one().ends_at
    assert terms.confirm_renewal(r, make.moderator())
    assert not terms.confirm_renewal(r, make.moderator())
    assert not terms.decline_renewal(r, make.moderator(), "Too late.")
    assert ended is not None
    assert r.ends_at == ended + timedelta(days=365)
    assert (r.renewed_at, r.renewal_proposed_at, r.term_notice_at) == (house.now(), None, None)
    assert helper.is_advocate
    nightly()
    assert verbs().count("renewal_proposed") == 1
    clock.advance(days=366)
    worthy(helper)
    settled()
    nightly()
    assert verbs().count("renewal_proposed") == 2
    assert verbs().count("recognition_term_notice") == 2


def test_a_declined_renewal_ends_with_the_term_and_is_not_proposed_again_for_half_a_year(
    app: Flask, clock: Any, settled: Settle
) -> None:
    helper = advocate_for(clock, 306, settled)
    nightly()
    r, moderator = the_one(), make.moderator()
    with pytest.raises(ValueError, match="reason"):
        terms.decline_renewal(r, moderator, "  ")
    assert terms.decline_renewal(r, moderator, "The help went in circles.")
    assert not terms.confirm_renewal(r, moderator)
    nightly()
    assert helper.is_advocate
    assert verbs().count("renewal_proposed") == 1
    clock.advance(days=60)
    worthy(helper)
    settled()
    nightly()
    assert (the_one().state, the_one().reason) == ("ended", "no other term: The help went in circles.")
    assert not helper.is_advocate
    clock.advance(days=181)
    worthy(helper)
    settled()
    nightly()
    assert "proposed" in list(db.session.scalars(db.select(Recognition.state)))


def test_a_term_that_nobody_renewed_ends_in_its_time(app: Flask, clock: Any, settled: Settle) -> None:
    advocate_for(clock, 306, settled)
    nightly()
    clock.advance(days=60)
    nightly()
    first = db.session.scalars(db.select(Recognition).order_by(Recognition.id)).first()
    assert first is not None
    assert (first.state, first.reason) == ("ended", moves.TERM_OVER)


def test_whom_it_concerns_decides_about_neither_term_nor_level(app: Flask, clock: Any) -> None:
    moderator = make.moderator()
    r = recognised(moderator)
    r.renewal_proposed_at, r.level_proposed = house.now(), "mentor"
    db.session.flush()
    for decide in (terms.confirm_renewal, terms.confirm_level):
        with pytest.raises(NotAllowed):
            decide(r, moderator)
        with pytest.raises(NotAllowed):
            decide(r, make.member())
    for refuse in (terms.decline_renewal, terms.decline_level):
        with pytest.raises(NotAllowed):
            refuse(r, moderator, "No.")


@pytest.fixture
def mentors(make_app: Any) -> Any:
    """A site where mentors need little."""
    app = make_app(**LOW)
    with app.app_context():
        yield app


def settle_in(app: Flask) -> None:
    from portal.activity import follow_up

    db.session.commit()
    while follow_up():
        pass


@pytest.mark.parametrize("lacks", ["nothing", "days", "customers", "score"])
def test_a_level_is_proposed_when_score_customers_and_days_are_there(make_app: Any, clock: Any, lacks: str) -> None:
    one_more = {"days": {"mentor_days": 301}, "customers": {"mentor_customers": 7}, "score": {"mentor_score": 9.0}}
    app = make_app(**(LOW | one_more.get(lacks, {})))
    with app.app_context():
        helper = make.member()
        recognised(helper)
        clock.advance(days=300)
        worthy(helper)
        settle_in(app)
        nightly()
        assert 6.0 <= helper.help_score < 9.0
        assert the_one().level_proposed == ("mentor" if lacks == "nothing" else "")


def test_a_confirmed_level_shows_and_a_declined_one_is_left_in_peace(mentors: Flask, clock: Any) -> None:
    helper, moderator = make.member(), make.moderator()
    recognised(helper)
    clock.advance(days=300)
    worthy(helper)
    settle_in(mentors)
    nightly()
    assert terms.decline_level(the_one(), moderator, "Let us wait a little.")
    nightly()
    assert the_one().level_proposed == ""
    clock.advance(days=181)
    worthy(helper)
    r = the_one()
    r.ends_at = house.now() + timedelta(days=200)
    settle_in(mentors)
    nightly()
    r = the_one()
    assert r.level_proposed == "mentor"
    assert terms.confirm_level(r, moderator)
    assert not terms.confirm_level(r, moderator)
    db.session.expire_all()
    assert (the_one().level, the_one().level_proposed, helper.advocate_level) == ("mentor", "", "mentor")
    assert commands.rest(the_one(), helper)
    assert helper.advocate_level == ""
    assert commands.resume(the_one(), helper)
    assert helper.advocate_level == "mentor"


def test_a_level_whose_score_is_gone_falls_back_after_the_notice(app: Flask, clock: Any, settled: Settle) -> None:
    helper = make.member()
    r = recognised(helper)
    r.level = helper.advocate_level = "mentor"
    worthy(helper, customers=4)
    settled()
    nightly()
    assert holds_from("mentor") == pytest.approx(12 * 3.5 / 5)
    assert settings().advocate_lost_below <= helper.help_score < holds_from("mentor")
    assert verbs() == ["recognition_notice"]
    clock.advance(days=59)
    worthy(helper, customers=4)
    settled()
    nightly()
    assert helper.advocate_level == "mentor"
    clock.advance(days=1)
    nightly()
    assert settings().advocate_lost_below <= helper.help_score
    assert (the_one().state, the_one().level, the_one().below_since) == ("accepted", "advocate", None)
    assert helper.advocate_level == "advocate"
    assert verbs() == ["recognition_notice", "recognition_fell_back"]


def test_a_mentor_whose_score_holds_nothing_has_one_notice_and_not_two(mentors: Flask, clock: Any) -> None:
    helper = make.member()
    recognised(helper).level = "mentor"
    nightly()
    clock.advance(days=60)
    nightly()
    assert (the_one().state, helper.is_advocate) == ("ended", False)


def test_a_level_that_is_switched_off_is_neither_proposed_nor_kept(make_app: Any, clock: Any) -> None:
    app = make_app(mentor_score=0.0)
    with app.app_context():
        helper = make.member()
        recognised(helper).level = "mentor"
        worthy(helper)
        settle_in(app)
        nightly()
        assert (the_one().level, the_one().state) == ("advocate", "accepted")
        assert held("mentor", 100.0) == "advocate"


def test_an_invitation_lapses_when_nothing_speaks_for_it_any_more(app: Flask, clock: Any) -> None:
    helper = make.member()
    r = recognised(helper, "confirmed")
    nightly()
    assert the_one().state == "confirmed"
    clock.advance(days=60)
    nightly()
    assert the_one().state == "ended"
    assert not commands.accept(r, helper)
    assert verbs() == ["recognition_lapsed"]


def test_a_pause_cannot_be_ended_after_the_term(app: Flask, clock: Any) -> None:
    helper = make.member()
    r = recognised(helper, "resting")
    clock.advance(days=366)
    assert not commands.resume(r, helper)
    assert not helper.is_advocate
