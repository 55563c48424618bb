"""What is recorded is followed up: at least once, in order, and whatever fails is tried again."""

import errno
from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal import activity
from portal.activity import Errand, Reaction
from portal.contributions.models import Contribution
from portal.db import db, writing
from tests import builders

seen: list[int] = []


def _note(lines):
    seen.extend(line.id for line in lines)


def _fail(lines):
    raise RuntimeError("the mail server is on fire")


@pytest.fixture(autouse=True)
def _reactions(app):
    seen.clear()
    app.extensions["portal.reactions"] = {
        "noted": (Reaction("note", _note),),
        "broken": (Reaction("fail", _fail), Reaction("note", _note)),
    }


@pytest.fixture
def topic(app):
    with writing():
        return builders.topic()


def _record(verb, topic):
    with writing():
        activity.record(verb, topic)


def test_what_is_recorded_is_followed_up_once(topic):
    _record("noted", topic)
    _record("noted", topic)
    activity.follow_up()
    activity.follow_up()
    assert len(seen) == 2
    assert seen == sorted(seen)
    assert activity.owed()[0] == 0


def test_what_is_rolled_back_never_happened(app, topic):
    from portal.db import db

    activity.record("noted", topic)
    db.session.rollback()
    activity.follow_up()
    assert seen == []


def test_one_failing_reaction_does_not_hold_up_the_others(topic):
    _record("broken", topic)
    activity.follow_up()
    assert len(seen) == 1
    assert activity.owed()[0] == 1


def test_a_failed_errand_is_tried_again_after_a_growing_pause(app, clock, topic):
    from portal.db import db

    _record("broken", topic)
    activity.follow_up()
    errand = db.session.query(Errand).one()
    assert errand.attempts == 1
    assert "on fire" in errand.last_error
    first = errand.available_at
    clock.advance(hours=1)
    activity.follow_up()
    db.session.expire_all()
    errand = db.session.query(Errand).one()
    assert errand.attempts == 2
    assert errand.available_at > first


def test_a_failure_leaves_nothing_of_what_it_began(app, topic):
    from portal.db import db

    def half(lines):
        db.session.get(Contribution, topic.id).title = "half done"
        db.session.flush()
        raise RuntimeError

    app.extensions["portal.reactions"] = {"noted": (Reaction("half", half),)}
    _record("noted", topic)
    activity.follow_up()
    db.session.expire_all()
    assert db.session.get(Contribution, topic.id).title != "half done"


def test_an_errand_whose_worker_died_is_taken_over_when_its_lease_ends(app, clock, topic):
    _record("noted", topic)
    assert len(activity._lease()) == 1  # a worker takes it, and dies
    activity.follow_up()
    assert seen == []
    clock.advance(minutes=3)
    activity.follow_up()
    assert len(seen) == 1


@pytest.mark.parametrize("back", [{"hours": 2}, {"days": 1}, {"days": 20_000}])
def test_no_errand_waits_for_a_clock_that_went_back(app, clock, topic, back):
    """Owed, held by a worker that died, and resting after a failure: in what is the future now."""
    with writing():
        held, failing, late = builders.topic(), builders.topic(), builders.topic()
    clock.freeze()
    _record("broken", failing)
    activity.follow_up()
    _record("noted", topic)
    _record("noted", held)
    assert len(activity._lease()) == 2  # and their worker dies
    _record("noted", late)
    clock.advance(**{unit: -number for unit, number in back.items()})
    activity.follow_up()
    assert len(seen) == 4
    with writing():
        (errand,) = db.session.scalars(select(Errand))
    assert (errand.reaction, errand.attempts) == ("fail", 2)


def test_what_failed_because_the_machine_ails_is_soon_tried_again(app, clock, topic):
    """Somebody makes room on the disk; nobody waits two hours for what comes of it."""

    def no_room(lines):
        raise OSError(errno.ENOSPC, "No space left on device")

    clock.freeze()
    app.extensions["portal.reactions"] = {"noted": (Reaction("note", no_room),)}
    _record("noted", topic)
    for _ in range(8):
        activity.follow_up()
        clock.advance(seconds=31)
    app.extensions["portal.reactions"] = {"noted": (Reaction("note", _note),)}
    activity.follow_up()
    assert len(seen) == 1


def test_what_was_held_when_the_database_went_away_is_taken_up_at_once(app, topic, monkeypatch):
    """The worker could not even note that it failed, but it knows that nobody is at it."""

    def gone(batch):
        raise OperationalError("", {}, Exception("gone"))

    _record("noted", topic)
    with monkeypatch.context() as away:
        away.setattr(activity, "_carry_out", gone)
        with pytest.raises(OperationalError):
            activity.follow_up()
    assert activity.follow_up() == 1


def test_a_reaction_that_the_code_no_longer_knows_is_let_go(app, topic):
    _record("noted", topic)
    app.extensions["portal.reactions"] = {}
    activity.follow_up()
    assert activity.owed()[0] == 0


def test_several_workers_at_once_do_nothing_twice(app, topic):
    for _ in range(60):
        _record("noted", topic)
    with writing():
        for other in [builders.topic() for _ in range(20)]:
            activity.record("noted", other)

    def work():
        with app.app_context():
            for _ in range(200):
                if not activity.follow_up(limit=10) and not activity.owed()[0]:
                    break

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert len(seen) == 80
    assert len(set(seen)) == 80


def test_what_is_recorded_meanwhile_can_be_left_to_the_next_round(app, topic):
    """Under steady load a round of the worker ends all the same."""

    def record_another(lines):
        seen.extend(line.id for line in lines)
        activity.record("noted", topic)

    app.extensions["portal.reactions"] = {"noted": (Reaction("again", record_another),)}
    _record("noted", topic)
    assert activity.follow_up(limit=10, owed_by_now=True) == 1
    assert activity.follow_up(limit=10, owed_by_now=True) == 1
    assert activity.owed()[0] == 1
    assert len(seen) == 2
