"""Open questions come to whom they fit: few, within what each is willing to do, nothing twice, nothing hidden."""

from datetime import datetime

import pytest

from portal import clock as now
from portal.activity import Activity
from portal.contributions import lifecycle
from portal.contributions.models import Product
from portal.db import db
from portal.helping import limits, routing
from portal.helping.models import Routed
from portal.notifications.models import Notification
from portal.notifications.telling import tell
from tests import builders as make
from tests.helping.solving import brought, lonely, solve, solver, turn, wants
from tests.queries import heard

MONDAY = "2026-11-16T09:00:00+00:00"


@pytest.fixture(autouse=True)
def week(clock, app):
    """A Monday morning."""
    clock.freeze(datetime.fromisoformat(MONDAY))


def test_a_question_nobody_answered_comes_to_who_solved_such_questions():
    helper, _stranger = solver("mara"), solver("tom", board=make.board("Travel"))
    question = lonely()
    assert turn() == 1
    assert brought() == [(question.id, helper.id)]
    row = db.session.scalars(db.select(Routed)).one()
    assert row.because == "You solved questions in Repairs before."


@pytest.mark.parametrize("state", ["pending", "hidden", "returned", "removed", "draft"])
def test_what_is_not_public_is_never_brought(state):
    solver()
    lonely(state=state)
    assert turn() == 0


@pytest.mark.parametrize("meanwhile", ["hidden", "answered", "helper suspended", "nothing"])
def test_what_happens_between_finding_and_deciding_counts(meanwhile):
    helper, question = solver(), lonely()
    db.session.commit()
    fits = routing.find_fits()
    assert list(fits) == [question.id]
    if meanwhile == "hidden":
        lifecycle.hide(question, make.moderator())
    elif meanwhile == "answered":
        make.reply(question)
    elif meanwhile == "helper suspended":
        helper.suspended_at = now.now()
    db.session.commit()
    assert routing.bring_found(fits) == (meanwhile == "nothing")


def test_not_before_four_hours_nor_after_fourteen_days():
    solver()
    lonely(hours=3.9)
    lonely(hours=24 * 14 + 1)
    assert turn() == 0


def test_not_when_somebody_answered_or_it_was_solved_or_closed_or_is_a_discussion():
    solver()
    make.reply(lonely())
    closed = lonely()
    closed.locked_at = now.now()
    lonely(format="discussion")
    solve(make.member(), lonely())
    assert turn() == 0


def test_the_askers_own_reply_is_no_answer():
    helper, question = solver(), lonely()
    make.reply(question, question.author)
    assert turn() == 1
    assert brought(helper) == [question.id]


@pytest.mark.parametrize(
    "facts",
    [
        {"is_employee": True}, {"is_admin": True}, {"suspended_at": True}, {"silenced_until": False},
        {"erased_at": True}, {"email": None}, {"email_confirmed_at": None}, {"idle": 181},
    ],
    ids=str,
)  # fmt: skip
def test_not_to_the_company_nor_to_who_is_barred_or_long_gone(facts):
    helper = solver()
    for name, value in facts.items():
        if name == "idle":
            helper.seen_at = now.ago(days=value)
            helper.joined_at = now.ago(days=400)
        else:
            setattr(helper, name, {True: now.now(), False: now.ago(days=-3)}.get(value, value))
            if name.startswith("is_"):
                setattr(helper, name, True)
    lonely()
    assert turn() == 0


def test_never_to_the_asker():
    helper = solver()
    lonely(author=helper)
    assert turn() == 0


def test_to_the_two_who_fit_best_then_after_a_day_to_others(clock):
    once, often, thrice = solver(), solver(times=4), solver(times=3)
    question = lonely()
    assert turn() == 2
    assert brought() == [(question.id, often.id), (question.id, thrice.id)]
    assert turn() == 0
    clock.advance(hours=23.9)
    assert turn() == 0
    clock.advance(hours=0.2)
    assert turn() == 1
    assert brought(once) == [question.id]


def test_a_tag_or_a_product_in_common_says_more_than_the_board():
    product = Product(name="Tern GSD", slug="tern-gsd")
    db.session.add(product)
    db.session.flush()
    elsewhere = make.board("Travel")
    boards = solver(times=1)
    tagged = solver(board=elsewhere, tags=["brakes"])
    owner = solver(board=elsewhere, product_id=product.id)
    lonely(tags=["brakes"], product_id=product.id)
    turn()
    words = {row.member_id: row.because for row in db.session.scalars(db.select(Routed))}
    assert words == {
        tagged.id: "You solved questions about brakes before.",
        owner.id: "You solved questions about Tern GSD before.",
    }
    assert boards.id not in words


def test_who_was_only_thanked_helped_and_counts_half():
    thanked, accepted = make.member(), solver()
    solve(thanked, make.topic(), accepted=False)
    question = lonely()
    turn()
    assert brought() == [(question.id, accepted.id), (question.id, thanked.id)]
    words = {row.member_id: row.because for row in db.session.scalars(db.select(Routed))}
    assert words[thanked.id] == "You helped with questions in Repairs before."


def test_what_was_solved_more_than_a_year_ago_no_longer_speaks():
    helper = make.member()
    with now.at(now.ago(days=366)):
        solve(helper, make.topic())
    helper.seen_at = now.now()
    lonely()
    assert turn() == 0


def test_who_never_chose_gets_one_question_and_the_next_after_seven_days_not_by_the_calendar(clock):
    helper = solver()
    clock.advance(days=6)  # Sunday
    lonely()
    lonely()
    assert turn() == 1
    clock.advance(days=1)  # Monday: a new week, but only a day later
    assert turn() == 0
    clock.advance(days=6, seconds=-1)
    assert turn() == 0
    clock.advance(seconds=1)
    assert turn() == 1
    assert len(brought(helper)) == 2


def test_who_chose_three_a_week_gets_three_and_none_means_none(clock):
    helper, _idle = wants(solver(), questions_a_week=3), wants(solver(), questions_a_week=0)
    for _ in range(5):
        lonely()
    assert turn() == 3
    assert turn() == 0
    clock.advance(days=7)
    assert turn() == 2
    assert len(set(brought(helper))) == 5


def test_the_same_question_never_comes_twice(clock):
    wants(solver(), questions_a_week=20)
    lonely()
    assert turn() == 1
    for _ in range(10):
        clock.advance(days=1)
        assert turn() == 0


def test_not_for_me_ends_it_and_brings_less_from_that_board_not_from_others(clock):
    helper = wants(solver(), questions_a_week=20)
    solve(helper, make.topic(board=make.board("Travel")))
    lonely()
    turn()
    assert routing.decline(db.session.scalars(db.select(Routed)).one())
    assert not routing.decline(db.session.scalars(db.select(Routed)).one())
    clock.advance(days=13)
    here, there = lonely(), lonely(board=make.board("Travel"))
    assert turn() == 1
    assert brought(helper)[1:] == [there.id]
    clock.advance(days=1)
    assert turn() == 1
    assert brought(helper)[2:] == [here.id]


def test_who_is_writing_an_answer_already_is_not_brought_the_question():
    helper, question = solver(), lonely()
    make.reply(question, helper, state="pending")
    assert turn() == 0


def test_how_much_is_asked_of_the_database_does_not_grow_with_the_questions():
    wants(solver(), questions_a_week=20)
    counts = []
    for more in (1, 6):
        for _ in range(more):
            lonely()
        db.session.commit()
        with heard(db.engine) as found:
            routing.best_fits(db.session.scalars(routing._due().options(*routing._what_it_is_about())).all())
        counts.append(len(found))
    assert counts[0] == counts[1] <= 6
    assert limits.rooms_of([]) == {}


def test_what_is_hidden_before_the_member_was_told_is_not_told(settled):
    helper, question = solver(), lonely()
    assert turn() == 1
    lifecycle.hide(question, make.moderator())
    settled()
    told = db.select(Notification.verb).where(Notification.member_id == helper.id)
    assert "question_brought" not in db.session.scalars(told).all()
    line = db.session.scalars(db.select(Activity).where(Activity.verb == "question_brought")).one()
    tell([line])  # late, or once more
    assert "question_brought" not in db.session.scalars(told).all()
