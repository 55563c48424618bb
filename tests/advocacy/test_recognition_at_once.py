"""Two people, or a person and the clock, decide about one recognition at the same instant: one wins."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.activity import Activity
from portal.advocacy import commands, proposals, reviewing, terms
from portal.advocacy.models import Recognition
from portal.db import db, writing
from portal.members.models import Member
from tests import builders as make
from tests.advocacy.helping import recognised

Decide = Callable[[Recognition, Member], Any]


def at_once(app: Flask, recognition_id: int, *wanted: tuple[int, Decide]) -> list[Any]:
    """Each of these people does what they do, in a transaction of their own, all at the same instant."""
    start = threading.Barrier(len(wanted))
    both_may_read = db.engine.dialect.name == "postgresql"  # SQLite lets one transaction write at a time
    answers: list[Any] = [None] * len(wanted)
    db.session.commit()

    def work(place: int, who: int, decide: Decide) -> None:
        with app.app_context():
            try:
                if not both_may_read:
                    start.wait(20)
                with writing():
                    found, member = proposals.find(recognition_id), db.session.get(Member, who)
                    assert found is not None
                    assert member is not None
                    if both_may_read:
                        start.wait(20)
                    answers[place] = decide(found, member)
            except Exception as error:  # told by the assertion of the test
                answers[place] = error
            finally:
                db.session.remove()

    people = [threading.Thread(target=work, args=(n, *one)) for n, one in enumerate(wanted)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    db.session.expire_all()
    return answers


def recorded() -> list[str]:
    return sorted(db.session.scalars(db.select(Activity.verb).where(Activity.verb.like("recognition%"))))


def test_of_two_moderators_who_decide_at_once_one_does(app: Flask) -> None:
    mara, nils = make.moderator(), make.moderator()
    r = recognised(make.member(), "proposed")
    answers = at_once(
        app, r.id, (mara.id, commands.confirm), (nils.id, lambda x, m: commands.decline(x, m, "No."))
    )  # fmt: skip
    assert sorted(answers) == [False, True]
    db.session.refresh(r)
    assert r.state == ("confirmed" if answers[0] else "declined")
    assert recorded() == [f"recognition_{r.state}"]


def test_a_term_renewed_by_two_at_once_is_renewed_once(app: Flask) -> None:
    mara, nils = make.moderator(), make.moderator()
    r = recognised(make.member())
    r.renewal_proposed_at, ended = clock.now(), r.ends_at
    answers = at_once(app, r.id, (mara.id, terms.confirm_renewal), (nils.id, terms.confirm_renewal))
    assert sorted(answers) == [False, True]
    db.session.refresh(r)
    assert ended is not None
    assert r.ends_at == ended + timedelta(days=365)


@pytest.mark.parametrize("try_", range(3))
def test_an_invitation_that_is_accepted_while_it_lapses_is_either(app: Flask, try_: int) -> None:
    helper = make.member()
    r = recognised(helper, "confirmed")
    r.decided_at = clock.ago(days=61)
    answers = at_once(app, r.id, (helper.id, commands.accept), (helper.id, lambda x, m: reviewing.review()))
    db.session.refresh(r)
    db.session.refresh(helper)
    assert not [a for a in answers if isinstance(a, Exception)]
    if answers[0]:
        assert (r.state, r.ended_at) == ("accepted", None)
        assert helper.is_advocate
        assert "recognition_lapsed" not in recorded()
    else:
        assert r.state == "ended"
        assert not helper.is_advocate
        assert recorded() == ["recognition_lapsed"]


def test_a_level_confirmed_while_its_member_begins_to_rest_shows_no_mark(app: Flask) -> None:
    helper, mara = make.member(), make.moderator()
    r = recognised(helper)
    r.level_proposed = "mentor"
    answers = at_once(app, r.id, (helper.id, commands.rest), (mara.id, terms.confirm_level))
    assert answers == [True, True]
    db.session.refresh(r)
    db.session.refresh(helper)
    assert (r.state, r.level) == ("resting", "mentor")
    assert (helper.advocate_since, helper.advocate_level) == (None, "")
