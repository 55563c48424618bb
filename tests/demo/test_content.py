"""The demo's plain data holds together: names, dates, pictures, sizes."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from portal.demo.agenda import Agenda
from portal.demo.boards import BOARDS
from portal.demo.load import CASES, THINGS
from portal.demo.moods import MOODS
from portal.demo.people import PEOPLE, SIGN_INS
from portal.demo.pictures import FORMATS
from portal.demo.places import PLACES
from portal.demo.posting import key_of
from portal.demo.products import PRODUCTS
from portal.demo.shapes import Essay, LooseAnswer, Question, Submission, Tale, prose
from portal.members.names import is_username, objection_to_display_name

JOINED = {person.username: person.joined for person in PEOPLE}
EVERYTHING = [*THINGS, *(case.thing for case in CASES)]


def _of(kind):
    return [thing for thing in THINGS if isinstance(thing, kind)]


def _drawings():
    for thing in EVERYTHING:
        if isinstance(thing, Question):
            if thing.drawing:
                yield thing.drawing
        elif not isinstance(thing, LooseAnswer):
            yield from (shot.drawing for shot in thing.shots)


def test_there_is_enough_to_see_on_every_page():
    assert 40 <= len(PEOPLE) <= 60
    assert len(_of(Question)) >= 58
    assert (len(_of(Tale)), len(_of(Essay)), len(_of(Submission))) == (10, 8, 24)
    assert all(1 <= len(photo.shots) <= 4 for photo in _of(Submission))
    assert (len(BOARDS), len(PRODUCTS)) == (6, 5)


def test_names_are_taken_once_and_would_pass_the_sign_up_form():
    assert len(JOINED) == len(PEOPLE)
    for person in PEOPLE:
        assert is_username(person.username)
        assert not objection_to_display_name(person.name)
        assert len(person.about) <= 200


def test_everybody_who_speaks_is_a_member_and_speaks_after_joining_and_before_now():
    for thing in EVERYTHING:
        assert JOINED[thing.author] > thing.days, thing
        for answer in getattr(thing, "answers", ()):
            ago = thing.days - answer.hours / 24
            assert ago > 0, f"{answer.author} answers {thing.title!r} tomorrow"
            assert JOINED[answer.author] > ago + 0.7, f"{answer.author} answers {thing.title!r} before joining"
            assert answer.author not in answer.thanks
            assert set(answer.thanks) <= set(JOINED)
        assert thing.author not in getattr(thing, "thanks", ())


@pytest.mark.parametrize("hour", range(24))
def test_whatever_the_hour_everybody_joins_before_they_speak(hour):
    agenda = Agenda(datetime(2026, 3, 1, hour, 1, tzinfo=UTC))
    joined = {person.username: agenda.moment(person.joined, person.username) for person in PEOPLE}
    for thing in THINGS:
        when = agenda.moment(thing.days, thing.title)
        assert joined[thing.author] < when, thing.title
        for answer in thing.answers:
            assert joined[answer.author] < when + timedelta(hours=answer.hours), f"{answer.author} on {thing.title!r}"


def test_answers_stand_in_the_order_in_which_they_were_given():
    for thing in THINGS:
        hours = [answer.hours for answer in thing.answers]
        assert hours == sorted(hours), thing.title


def test_only_questions_are_solved():
    for thing in THINGS:
        if any(answer.accepted for answer in thing.answers):
            assert isinstance(thing, Question), thing.title
            assert thing.format == "question", thing.title


def test_boards_products_and_sign_ins_exist():
    boards, products = {b.name for b in BOARDS}, {p.name for p in PRODUCTS} | {""}
    for thing in EVERYTHING:
        if isinstance(thing, Question):
            assert thing.board in boards
        if not isinstance(thing, LooseAnswer | Essay):
            assert thing.product in products
    assert {username for username, _ in SIGN_INS} <= set(JOINED)


def test_every_drawing_is_one_of_a_kind_and_can_be_drawn():
    drawings = list(_drawings())
    assert len({(d.scene, d.mood, d.seed) for d in drawings}) == len(drawings)
    for d in drawings:
        assert d.scene in PLACES
        assert d.mood in MOODS
        assert d.shape in FORMATS


def test_pictures_that_are_public_are_described():
    for thing in THINGS:
        shots = [] if isinstance(thing, Question) else thing.shots
        assert all(len(shot.alt) > 20 for shot in shots)
        if isinstance(thing, Question) and thing.drawing:
            assert len(thing.alt) > 20


def test_keys_are_different():
    keys = [key_of(thing) for thing in EVERYTHING]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\ntwo", "one two"),
        ("one\n\ntwo\nthree", "one\n\ntwo three"),
        ("- one\n  more\n- two", "- one more\n- two"),
        ("| a |\n|---|\n| b |", "| a |\n|---|\n| b |"),
        ("```python\nx = 1\n\n    y\n```\nafter", "```python\nx = 1\n\n    y\n```\nafter"),
    ],
)
def test_lines_become_paragraphs_and_everything_else_stays(typed, kept):
    assert prose(typed) == kept


def test_nothing_is_filler():
    words = " ".join(thing.text for thing in EVERYTHING if hasattr(thing, "text")).lower()
    assert not re.search(r"lorem|ipsum|dolor sit|foo bar", words)
