"""Which engine a site may choose, and what doctor says of its index."""

import pytest

from portal import doctor
from portal.config import SettingsError, load
from portal.search import SearchUnavailable, followers, the_engine
from portal.search.models import SearchWords
from portal.search.queries import did_you_mean, find
from portal.search.query_language import parse
from tests import builders as b

KEY = "a-key-for-the-tests-alone-0123456789"


def test_postgresql_as_engine_needs_postgresql_as_database() -> None:
    with pytest.raises(SettingsError, match="PORTAL_SEARCH is postgresql, which needs PORTAL_DATABASE_URL"):
        load({"PORTAL_SEARCH": "postgresql", "PORTAL_SECRET_KEY": KEY})
    with pytest.raises(SettingsError, match="must be whoosh or postgresql"):
        load({"PORTAL_SEARCH": "lucene", "PORTAL_SECRET_KEY": KEY})
    both = {"PORTAL_SEARCH": "postgresql", "PORTAL_DATABASE_URL": "postgresql://x/y", "PORTAL_SECRET_KEY": KEY}
    assert load(both).search == "postgresql"


def test_doctor_says_how_far_behind_the_index_is(app, db, settled, clock) -> None:
    clock.freeze()
    b.topic(title="First")
    settled()
    assert "nothing waits" in next(f.words for f in doctor.examine() if f.what == "search")
    b.topic(title="Second")
    db.session.commit()
    clock.advance(minutes=10)
    assert followers.lag() is not None
    assert "the oldest change waits for 600 s" in followers.state()


def test_the_owners_words_are_used_as_soon_as_they_are_saved(app, db, settled) -> None:
    topic = b.topic(title="A bicycle for two")
    settled()
    assert not find(parse("velo")).answers
    db.session.add(SearchWords(id=1, language="en", synonyms="bicycle, velo", stop_words=""))
    db.session.commit()
    assert [answer.root.id for answer in find(parse("velo")).answers] == [topic.id]
    words = db.session.get(SearchWords, 1)
    words.language, words.changed_at = "de", topic.created_at
    db.session.commit()
    assert the_engine().outdated()
    followers.tend_index()
    assert not the_engine().outdated()
    assert [answer.root.id for answer in find(parse("bicycle")).answers] == [topic.id]


def test_what_was_meant(app, settled) -> None:
    b.topic(title="The derailleur squeaks")
    settled()
    assert did_you_mean("My dereilleur  squeks!", parse("My dereilleur  squeks!")) == "My derailleur  squeaks!"
    assert did_you_mean("derailleur", parse("derailleur")) == ""


def test_without_an_index_nothing_is_guessed(app) -> None:
    with pytest.raises(SearchUnavailable):
        did_you_mean("x", parse("somethng"))
