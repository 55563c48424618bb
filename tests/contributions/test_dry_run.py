"""The dry run: what changed rules would have done, compared with what was done; nothing is stored."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from portal import clock as times
from portal.config import settings
from portal.contributions import lifecycle
from portal.contributions.screened import Verdict
from portal.contributions.screening.dryrun import dry_run
from portal.contributions.screening.watching import Watch
from portal.contributions.writing import write
from tests import builders
from tests.queries import heard


@pytest.fixture
def past(db, clock):
    """A newcomer's first two topics (held; one approved, one removed) and a regular member's, public at once."""
    clock.freeze()
    newcomer, moderator = builders.member(new=True), builders.moderator()
    made = []
    for n in range(2):
        topic = builders.topic(newcomer, state="draft", text=f"Question number {n} about the old motor")
        lifecycle.submit(topic)
        clock.advance(minutes=10)
        made.append(topic)
    lifecycle.approve(made[0], moderator)
    lifecycle.remove(made[1], moderator, reason="no", rule="spam")
    known = builders.member()
    for _ in range(5):
        before = builders.topic(known)
        before.submitted_at, before.published_at = None, times.ago(days=50)
    regular = builders.topic(known, state="draft", text="A casino by the lake")
    lifecycle.submit(regular)
    clock.advance(minutes=10)
    return made[0], made[1], regular


def test_the_rules_in_force_would_have_done_what_they_did(past):
    out = dry_run(settings(), [])
    assert (out.looked_at, out.of) == (3, 3)
    assert dict(out.counts) == {("held_fair", "hold"): 1, ("held_bad", "hold"): 1, ("shown", "allow"): 1}
    assert out.examples == []


def test_fewer_held_ones_show_what_would_have_come_through(past):
    out = dry_run(replace(settings(), held_contributions=0), [])
    assert out.counts["held_fair", "allow"] == out.counts["held_bad", "allow"] == 1
    assert {(e.happened, e.would) for e in out.examples} == {("held_fair", "allow"), ("held_bad", "allow")}


def test_another_word_shows_what_it_would_have_held(past):
    out = dry_run(settings(), [Watch("casino", "hold")])
    assert out.counts["shown", "hold"] == 1
    assert out.examples[0].id == past[2].id
    assert "casino" in out.examples[0].found[0].evidence[0]


def test_a_longer_pause_would_have_refused(past):
    out = dry_run(replace(settings(), new_topic_pause=3600), [])
    assert out.counts["held_bad", "refuse"] == 1


def test_nothing_is_stored_and_queries_do_not_grow(past, db):
    before = db.session.scalar(select(func.count(Verdict.id)))
    with heard(db.engine) as few:
        dry_run(settings(), [])
    for n in range(6):
        topic = builders.topic(state="draft")
        write(topic, source=f"Another text, number {n}, on quite another thing", title="x")
        lifecycle.submit(topic)
    stored = db.session.scalar(select(func.count(Verdict.id)))
    with heard(db.engine) as more:
        dry_run(settings(), [])
    assert len(more) == len(few)
    assert db.session.scalar(select(func.count(Verdict.id))) == stored == before + 6
