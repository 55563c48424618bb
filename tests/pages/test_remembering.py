"""What is counted over whole tables is counted once a minute, and never still counts what was taken from view."""

import pytest
from sqlalchemy import event, update

from portal.contributions import lifecycle
from portal.contributions.models import Contribution
from portal.db import db, will_write, writing
from portal.front import queries as front
from portal.members.models import Member
from portal.pages import remembering
from portal.pages.forgetting import forget
from portal.pages.marks import ALL
from portal.pages.remembering import AT_MOST, remembered
from portal.stories import photo_queries
from portal.stories.photo_queries import Filters
from tests import builders
from tests.pages.test_kept import site  # noqa: F401 (fixture)


@pytest.fixture
def asked(site):  # noqa: F811
    """`asked(question, *values)`: what is remembered for it, and how many statements that cost."""
    seen = []

    def note(*_given):
        seen.append(1)

    def ask(question, *values):
        seen.clear()
        with site.app_context():
            return remembered(question, *values), len(seen)

    with site.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        yield ask
        event.remove(db.engine, "before_cursor_execute", note)


def _places(offers):
    return [offer.value for offer in offers["place"]]


def test_it_is_counted_once_and_what_comes_anew_waits_for_the_minute(asked, monkeypatch):
    builders.story()
    db.session.commit()
    assert [asked(front.numbers)[0]["stories"], asked(front.numbers)[1]] == [1, 0]
    now = remembering.time.monotonic()
    waiting, moderator = builders.story(state="pending"), builders.moderator()
    db.session.commit()
    asked(front.numbers)
    with writing():
        lifecycle.approve(waiting, moderator)
    assert asked(front.numbers)[0]["stories"] == 1
    monkeypatch.setattr(remembering.time, "monotonic", lambda: now + 61)
    assert asked(front.numbers)[0]["stories"] == 2


def test_a_place_is_offered_no_more_once_its_only_photo_is_hidden(asked):
    photo = builders.photo(taken_at_place="Where she lives")
    moderator = builders.moderator()
    db.session.commit()
    assert _places(asked(photo_queries.offers, Filters())[0]) == ["Where she lives"]
    assert asked(photo_queries.offers, Filters())[1] == 0
    with writing():
        lifecycle.hide(photo, moderator, "It says where she lives.")
    assert _places(asked(photo_queries.offers, Filters())[0]) == []


def test_filters_are_remembered_each_for_itself(asked):
    builders.photo(taken_at_place="Ulm")
    db.session.commit()
    assert _places(asked(photo_queries.offers, Filters())[0]) == ["Ulm"]
    assert _places(asked(photo_queries.offers, Filters(product="nothing"))[0]) == []


def test_a_transaction_that_began_before_a_change_leaves_nothing_of_then(site, asked):  # noqa: F811
    photo = builders.photo(taken_at_place="Where she lives")
    db.session.commit()
    with site.app_context():
        db.session.get(Contribution, photo.id)  # this transaction sees the photo, whatever comes
        with site.app_context():
            hidden = update(Contribution.__table__).where(Contribution.id == photo.id).values(state="hidden")
            with writing():
                db.session.execute(hidden)
        assert _places(remembered(photo_queries.offers, Filters())) == []
    assert _places(asked(photo_queries.offers, Filters())[0]) == []


def test_who_writes_waits_for_nobody_to_count(site):  # noqa: F811
    with site.app_context():
        will_write()
        try:
            db.session.add(Member(username="new", display_name="New"))
            db.session.flush()  # this transaction has the database's only pen
            assert remembered(front.numbers)["stories"] == 0
        finally:
            db.session.rollback()
            will_write(False)


def test_marks_that_cannot_be_read_mean_that_it_is_counted(site, asked, monkeypatch):  # noqa: F811
    asked(front.numbers)
    marks = site.extensions["portal.pages.marks"]

    def fail(_names):
        raise OSError

    monkeypatch.setattr(marks, "read", fail)
    assert asked(front.numbers)[1] > 0


def test_the_memory_is_small(site):  # noqa: F811
    with site.app_context():
        memory = site.extensions[remembering.EXTENSION]
        for n in range(AT_MOST + 5):
            remembered(_echo, n)
        assert len(memory._found) == AT_MOST
        assert remembered(_echo, 7) == 7
        forget(ALL)
        assert remembered(_echo, 7) == 7


def _echo(_session, n):
    return n
