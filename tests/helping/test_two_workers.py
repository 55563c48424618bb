"""Two workers, or two of staff, do the same thing at the same instant: it is done once, and every limit holds."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from flask import Flask

from portal import clock
from portal.activity import Activity
from portal.contributions import incentives
from portal.contributions.models import Contribution, Incentive
from portal.db import db, writing
from portal.helping import milestones, noting, routing, thank_yous, willing
from portal.helping.models import ThankYou
from portal.members.models import Member
from tests import builders as make
from tests.helping.solving import brought, lonely, solve, solver, wants
from tests.helping.test_noting import LAST_THURSDAY, MONDAY


def at_once(app: Flask, *wanted: Callable[[], Any]) -> list[Any]:
    """What each answers, all of them begun at the same instant, each in a session of its own."""
    start, answers = threading.Barrier(len(wanted)), [None] * len(wanted)
    now = clock.now() if clock.is_frozen() else None
    db.session.commit()

    def work(place: int, do: Callable[[], Any]) -> None:
        clock.freeze(now)
        with app.app_context():
            try:
                start.wait(20)
                answers[place] = do()
            except Exception as error:  # told by the assertion of the test
                answers[place] = error
            finally:
                db.session.remove()

    workers = [threading.Thread(target=work, args=one) for one in enumerate(wanted)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    db.session.expire_all()
    return answers


def test_two_turns_at_once_bring_nothing_twice_and_keep_every_limit(app):
    helpers = [wants(solver(), questions_a_week=2), wants(solver(), questions_a_week=1), solver(), solver()]
    questions = [lonely() for _ in range(6)]
    db.session.commit()
    found = [routing.find_fits(), routing.find_fits()]  # both saw the same before either decided
    answers = at_once(app, *(lambda fits=fits: routing.bring_found(fits) for fits in found))
    rows = brought()
    assert sum(answers) == len(rows) == len(set(rows)) == 2 + 1 + 1 + 1
    each = Counter(member for _, member in rows)
    assert [each[helper.id] for helper in helpers] == [2, 1, 1, 1]
    assert max(Counter(question for question, _ in rows).values()) <= 2
    assert {question for question, _ in rows} <= {question.id for question in questions}


def test_a_newcomers_question_seen_by_two_workers_has_one_welcomer(app):
    for _ in range(3):
        wants(make.member(), welcomes=True)
    question = make.topic(make.member(new=True))
    number = question.id

    def follow():
        with writing():
            routing.settle_new([number])

    assert at_once(app, follow, follow, follow) == [None] * 3
    assert len(brought(sort="newcomer")) == 1


def test_two_workers_owe_one_note(app):
    clock.freeze(MONDAY)
    mara = make.member()
    with clock.at(LAST_THURSDAY):
        solve(mara, make.topic())
    answers = at_once(app, noting.note_helpers, noting.note_helpers)
    clock.freeze(None)
    assert sorted(answers) == [0, 1]
    assert db.session.query(Activity).filter_by(verb="weekly_note").count() == 1


def test_two_workers_suggest_once(app):
    solve(make.member(), make.topic())
    at_once(app, milestones.suggest, milestones.suggest)
    assert db.session.query(ThankYou).count() == 1


def test_of_two_colleagues_one_thanks(app):
    one = ThankYou(member_id=make.member().id, because="Helped.")
    db.session.add(one)
    db.session.flush()
    staff, number = [make.moderator().id, make.moderator().id], one.id

    def thank(who: int) -> bool:
        with writing():
            row, colleague = db.session.get_one(ThankYou, number), db.session.get_one(Member, who)
            return thank_yous.do(row, colleague, "call", "on Monday")

    answers = at_once(app, *(lambda who=who: thank(who) for who in staff))
    assert sorted(answers) == [False, True]
    row = db.session.query(ThankYou).one()
    assert row.done_by_id == staff[answers.index(True)]


def test_two_promises_at_once_both_stand_in_the_copy(app):
    story, staff = make.story().id, make.member(is_employee=True).id

    def promise(what: str) -> None:
        with writing():
            incentives.promise(db.session.get_one(Contribution, story), what, db.session.get_one(Member, staff))

    assert at_once(app, lambda: promise("a lock"), lambda: promise("a bell")) == [None, None]
    assert db.session.query(Incentive).count() == 2
    assert set(db.session.get_one(Contribution, story).incentive.split(" and ")) == {"a lock", "a bell"}


def test_who_chooses_twice_at_once_has_one_row(app):
    who = make.member().id

    def choose() -> None:
        with writing():
            willing.stop(db.session.get_one(Member, who), "note")

    assert at_once(app, choose, choose) == [None, None]
    assert not willing.will_of(db.session.get_one(Member, who)).weekly_note
