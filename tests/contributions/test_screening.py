"""Which submissions wait, which are refused, and what their authors are told."""

import pytest

from portal.config import settings
from portal.contributions import lifecycle, screening
from portal.contributions.screening import Refused
from tests import builders


@pytest.fixture
def newcomer(app):
    return builders.member(new=True)


def test_staff_are_not_screened(app):
    topic = builders.topic(builders.moderator(new=True), state="draft", text="https://a.example https://b.example " * 3)
    lifecycle.submit(topic)
    assert topic.state == "published"


def test_the_fourth_contribution_of_a_newcomer_is_not_held(db, newcomer):
    newcomer.published_count = settings().held_contributions
    topic = builders.topic(newcomer, state="draft")
    lifecycle.submit(topic)
    assert topic.state == "published"


def test_many_links_of_a_newcomer_are_held(db, newcomer):
    newcomer.published_count = 3
    topic = builders.topic(newcomer, state="draft", text="https://a.example https://b.example https://c.example")
    lifecycle.submit(topic)
    assert topic.state == "pending"


def test_photos_of_a_newcomer_are_held_even_after_the_first_contributions(db, newcomer):
    newcomer.published_count = 4
    photo = builders.photo(newcomer, state="draft")
    lifecycle.submit(photo)
    assert photo.state == "pending"


def test_too_fast_is_refused_with_the_seconds_to_wait(db, clock, newcomer):
    clock.freeze()
    builders.topic(newcomer, state="pending")
    clock.advance(seconds=60)
    second = builders.topic(newcomer, state="draft")
    with pytest.raises(Refused, match="60 seconds"):
        lifecycle.submit(second)
    clock.advance(seconds=61)
    assert lifecycle.submit(second)


def test_a_clock_that_jumped_back_does_not_lock_anyone_out(db, clock, newcomer):
    clock.freeze()
    clock.advance(days=2)
    builders.topic(newcomer, state="pending")
    clock.advance(days=-2)
    assert lifecycle.submit(builders.topic(newcomer, state="draft"))


def test_the_fourth_topic_of_a_day_is_refused_and_the_next_day_taken(db, clock, newcomer):
    clock.freeze()
    for _ in range(3):
        builders.topic(newcomer, state="pending")
        clock.advance(minutes=10)
    fourth = builders.topic(newcomer, state="draft")
    with pytest.raises(Refused, match="tomorrow"):
        lifecycle.submit(fourth)
    clock.advance(days=1)
    assert lifecycle.submit(fourth)


def test_the_same_text_twice_in_a_day_is_refused(db, clock):
    clock.freeze()
    author = builders.member()
    builders.topic(author, text="Buy my marvellous bicycle bells today")
    clock.advance(minutes=5)
    with pytest.raises(Refused, match="exactly this text"):
        lifecycle.submit(builders.topic(author, text="Buy my marvellous bicycle bells today", state="draft"))


@pytest.mark.parametrize("text", ["This is wonderful, I love it!", "This is terrible, I want my money back."])
def test_no_rule_looks_at_how_positive_a_text_is(db, text):
    topic = builders.topic(state="draft", text=text)
    assert screening.screen(topic, topic.author).outcome == screening.ALLOW
