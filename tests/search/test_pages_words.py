"""The owner's words: what is taken, what is refused with a sentence, and what search makes of it."""

import pytest

from portal.search import followers, the_engine
from portal.search.models import SearchWords
from tests import builders as b

EMPTY = {"language": "en", "synonyms": "", "stop_words": ""}


@pytest.fixture
def admin(as_member):
    return as_member(b.admin())


def the_row(db) -> SearchWords | None:
    db.session.expire_all()
    return db.session.get(SearchWords, 1)


def test_synonyms_and_stop_words_hold_from_the_next_search_on(client, admin, settled, db):
    topic = b.topic(title="My velo squeals", text="It does.")
    settled()
    assert f"/topics/{topic.id}/" not in client.get("/search?q=bicycle").text
    typed = {"synonyms": " Bicycle , velo,velo, Pedal Bike \n\n brake,Stopper\n", "stop_words": "Acme, ACME the"}
    answer = admin.submit("/admin/words", EMPTY | typed)
    assert answer.status_code == 303
    row = the_row(db)
    assert row.synonyms == "Bicycle, velo, Pedal Bike\nbrake, Stopper"
    assert row.stop_words == "acme the"
    assert f"/topics/{topic.id}/" in client.get("/search?q=bicycle").text
    assert "Bicycle, velo, Pedal Bike" in admin.get("/admin/words").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"synonyms": "bike"}, "Line 1 needs two words or more"),
        ({"synonyms": "a1, b1\nbike, ,"}, "Line 2 needs two words or more"),
        ({"synonyms": "bike, ***"}, "has no letters and no digits"),
        ({"synonyms": "bike, this is really far too long"}, "is 6 words"),
        ({"synonyms": "bike, velo\ncycle, Vélo"}, "stands in lines 1 and 2"),
        ({"synonyms": ", ".join(f"w{n}" for n in range(40))}, "are possible in one group"),
        ({"synonyms": "\n".join(f"a{n}, b{n}" for n in range(400))}, "300 are possible"),
        ({"stop_words": " ".join(f"w{n}" for n in range(400))}, "300 are possible"),
        ({"language": "xx"}, "choose one of the languages"),
        ({"language": ""}, "choose one of the languages"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence_and_stays(admin, db, typed, sentence):
    answer = admin.submit("/admin/words", EMPTY | typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert the_row(db) is None
    for name in ("synonyms", "stop_words"):
        assert typed.get(name, "")[:200].split("\n")[0] in answer.text, "what was typed stays"


def test_another_language_is_said_to_rebuild_the_index_and_the_worker_does(client, admin, settled, db):
    topic = b.topic(title="Die Bremsen quietschen", text="Beide.")
    settled()
    assert not the_engine().outdated()
    admin.submit("/admin/words", EMPTY | {"language": "de"})
    assert "The index is rebuilt for this language" in admin.get("/admin/words").text
    assert the_row(db).language == "de"
    assert the_engine().outdated()
    assert client.get("/search?q=Bremse").status_code == 200, "until then search answers"
    followers.tend_index()
    assert not the_engine().outdated()
    assert f"/topics/{topic.id}/" in client.get("/search?q=Bremse").text
    admin.submit("/admin/words", EMPTY | {"language": "de", "stop_words": "foo"})
    assert "It holds for every search from now on" in admin.get("/admin/words").text


def test_only_admins_come_near_it(as_member, client):
    for visitor, status in ((as_member(b.moderator()), 403), (as_member(b.member()), 403), (client, 303)):
        assert visitor.get("/admin/words").status_code == status
