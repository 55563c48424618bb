"""The learned spam score: neutral at first, learned, explained, switched off, blind to praise and blame."""

import subprocess
import sys
from threading import Event

import pytest
from sqlalchemy import select

from portal import activity, worker
from portal.chores import CHORES
from portal.contributions import lifecycle, screening
from portal.contributions.screened import SpamModel, Verdict
from portal.contributions.screening import features, learning, spam, training
from tests import builders

WARES = ["watches", "handbags", "sunglasses", "loans", "crypto", "perfume", "replicas", "pills", "followers", "coupons"]
PARTS = ["brake", "saddle", "chain", "wheel", "motor", "battery", "light", "bell", "tyre", "pedal"]


def an_advert(n):
    return f"Buy cheap {WARES[n % 10]} and {WARES[(n // 3) % 10]} at http://deal{n % 7}.example, {n * 37} only today"


def a_question(n):
    return (
        f"My {PARTS[n % 10]} makes a noise near the {PARTS[(n // 3) % 10]} since {n % 28 + 1} days, what can I check?"
    )


@pytest.fixture(scope="module")
def numbers():
    """What is learned from 60 examples of each sort, in a process of its own."""
    examples = [(True, an_advert(n)) for n in range(60)] + [(False, a_question(n)) for n in range(60)]
    return learning.trained(examples, 0.005)


def decided(n, moderator):
    for k in range(n):
        bad = builders.topic(builders.member(new=True), state="pending", title="x", text=an_advert(k))
        lifecycle.remove(bad, moderator, reason="spam", rule="spam")
        good = builders.topic(builders.member(new=True), state="pending", title="y", text=a_question(k))
        lifecycle.approve(good, moderator)


def test_it_is_neutral_until_it_knows_enough(make_app, db):
    topic = builders.topic(state="draft", text=an_advert(1))
    assert screening.screen(topic, topic.author).spam_score is None
    decided(3, builders.moderator())
    db.session.commit()
    assert not learning.retrain()
    row = db.session.get(SpamModel, 1)
    assert (row.spam_examples, row.fair_examples, row.trained_at) == (3, 3, None)


def test_it_learns_from_the_moderators_own_decisions_and_holds_with_the_words_that_weighed(make_app):
    app = make_app(spam_examples=8)
    with app.app_context():
        from portal.db import db

        decided(10, builders.moderator())
        db.session.commit()
        assert learning.retrain()
        topic = builders.topic(state="draft", title="z", text=an_advert(77))
        lifecycle.submit(topic)
        kept = db.session.scalar(select(Verdict).where(Verdict.contribution_id == topic.id))
        assert (topic.state, kept.rule) == ("pending", "spam_score")
        assert kept.spam_score >= 0.5
        assert any("(+" in e for e in kept.found[0]["evidence"])
        assert learning.switch(False)
        db.session.commit()
        assert screening.screen(topic, topic.author).spam_score is None


def test_the_worker_goes_on_while_it_learns_and_picks_up_what_was_learned(make_app):
    app = make_app(spam_examples=8)
    with app.app_context():
        from portal.db import db

        decided(8, builders.moderator())
        learning.ask(builders.moderator())
        db.session.commit()
        activity.follow_up()
        assert activity.owed()[0] == 0, "the turn is over"
        training = app.extensions["portal.spam_training"]
        assert learning.begin(), "and no second one begins"
        assert app.extensions["portal.spam_training"] is training
        training.process.wait(60)
        assert db.session.get(SpamModel, 1) is None or db.session.get(SpamModel, 1).trained_at is None
        assert learning.pick_up()
        assert not learning.pick_up()
        assert spam.current().score(an_advert(77)) > 0.5


def test_a_training_that_is_killed_leaves_the_model_as_it_was_and_is_begun_again(make_app, clock):
    clock.freeze()
    app = make_app(spam_examples=8)
    with app.app_context():
        from portal.db import db

        decided(8, builders.moderator())
        db.session.commit()
        assert learning.retrain()
        before = dict(db.session.get(SpamModel, 1).weights)
        clock.advance(minutes=5)
        learning.ask(builders.moderator())
        db.session.commit()
        activity.follow_up()
        app.extensions["portal.spam_training"].stop()
        assert not learning.pick_up()
        assert db.session.get(SpamModel, 1).weights == before
        learning.nightly()
        app.extensions.pop("portal.spam_training").stop()  # as the worker that was killed took it along
        learning.nightly()
        app.extensions["portal.spam_training"].process.wait(60)
        clock.advance(minutes=5)
        assert learning.pick_up()
        learning.nightly()
        assert "portal.spam_training" not in app.extensions


def test_a_worker_that_has_grown_keeps_what_it_learns_before_it_leaves(make_app):
    app = make_app(spam_examples=8)
    with app.app_context():
        from portal.db import db

        decided(8, builders.moderator())
        db.session.commit()
        plan = worker.work(app, Event(), [c for c in CHORES if "spam" in c.name], enough=lambda at_once: True)
        assert plan is not None
        assert spam.current().score(an_advert(77)) > 0.5


def test_a_training_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(training, "SECONDS", -1)
    hanging = training.Training([(True, "x"), (False, "y")], 0.01)
    with pytest.raises(training.Failed, match="more than"):
        hanging.wait()
    assert hanging.process.returncode is not None


def test_a_decision_that_was_taken_back_teaches_nothing(db):
    moderator = builders.moderator()
    topic = builders.topic(builders.member(new=True), state="pending", text=an_advert(1))
    lifecycle.remove(topic, moderator, reason="spam", rule="spam")
    assert [s for s, _ in learning.examples()] == [True]
    from portal.contributions.models import Decision

    last = db.session.scalar(select(Decision).order_by(Decision.id.desc()).limit(1))
    lifecycle.take_back(topic, last, moderator)
    assert learning.examples() == []


def test_it_tells_adverts_from_questions(numbers):
    model = spam.from_numbers(numbers)
    assert all(model.score(an_advert(n)) > 0.5 for n in range(100, 140))
    assert all(model.score(a_question(n)) < 0.5 for n in range(100, 140))
    speaks_for, against = model.explain(an_advert(101))
    assert {"cheap", "buy", "discount"} & {w for part, _ in speaks_for for w in part.split()}
    assert all(w > 0 for _, w in speaks_for)
    assert all(w < 0 for _, w in against)
    assert numbers["words"]["for"][0][1] > 0 > numbers["words"]["against"][0][1]


def test_praise_and_blame_are_not_seen():
    assert sorted(features.vector("good saddle")[0]) != []
    for kind, angry in (("great", "terrible"), ("love", "hate"), ("best", "worst"), ("happy", "disappointed")):
        assert sorted(features.vector(f"my {kind} saddle")[0]) == sorted(features.vector(f"my {angry} saddle")[0])
    assert features.vector("Mine is broken!!!")[0] == features.vector("Mine is broken")[0]


def test_numbers_of_another_edition_are_no_model(numbers):
    assert spam.from_numbers({}) is None
    assert spam.from_numbers(numbers | {"bits": 9}) is None


@pytest.mark.parametrize("text", ["", "\x00", "\u200b" * 50_000, "a" * 50_000, "x " * 25_000, "\U0001f600" * 9_000])
def test_whatever_is_sent_has_a_score(numbers, text):
    assert 0 <= spam.from_numbers(numbers).score(text) <= 1


def test_a_long_text_of_different_words_is_read_in_part():
    assert len({w for w, _ in features.parts(" ".join(f"w{chr(97 + n % 26)}{n}x" for n in range(9_000)))}) < 6_000


def test_no_web_process_loads_the_learning_library():
    told = "import sys, portal; a = portal.create_app(); print('sklearn' in sys.modules, 'scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
