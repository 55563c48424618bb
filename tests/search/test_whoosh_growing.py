"""While an index that can't be read is built anew, search answers from what is there of it, and says so."""

import gc
import shutil

import pytest
from sqlalchemy import func, select

from portal.contributions import lifecycle
from portal.db import db
from portal.search import SearchUnavailable, documents, followers, the_engine, whoosh_doubts, whoosh_writing
from portal.search.engine import Document
from portal.search.models import SearchedWords
from tests import builders as b

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Whoosh leaves a file open that it can't read
SAYS = "older posts are still missing"


@pytest.fixture
def engine_name() -> str:
    """The embedded engine alone: PostgreSQL's tables go no sooner than the site's own."""
    return "whoosh"


@pytest.fixture
def conversations(app, settled, monkeypatch):
    """Six, the first the oldest, and an index of them that is written in portions of two."""
    monkeypatch.setattr(whoosh_writing, "FIRST_PORTION", 2)
    monkeypatch.setattr(whoosh_writing, "PORTION", 2)
    monkeypatch.setattr(documents, "ROOTS", 1)
    found = [b.topic(title=f"Bell number{n}", text="It rings.") for n in range(6)]
    settled()
    followers.rebuild()
    return found


@pytest.fixture
def index(app):
    """The folder."""
    yield app.extensions["portal.settings"].index_dir
    gc.collect()


def lose(index, how):
    """The index that is in use is not to be read any more."""
    inner = index / (index / "current").read_text()
    if how == "deleted":
        shutil.rmtree(index)
    elif how == "given up":
        (index / "current").unlink()
    else:
        for file in inner.glob("*.seg"):
            file.write_bytes(b"rubbish" * 10)


def rebuilt_meanwhile(client, word):
    """What search says for a word each time that something was put in."""
    pages = []
    followers.rebuild(lambda done, total: pages.append(client.get(f"/search?q={word}")))
    return pages


@pytest.mark.parametrize("how", ["deleted", "given up", "damaged"])
def test_search_answers_while_its_index_is_built_anew(client, conversations, index, how):
    lose(index, how)
    assert client.get("/search?q=bell").status_code == 503
    pages = [*rebuilt_meanwhile(client, "bell"), client.get("/search?q=bell")]
    assert [page.status_code for page in pages] == [503, *[200] * 6]
    shown = [[n for n in range(6) if f"number{n}" in page.text] for page in pages]
    assert shown == [[], [4, 5], [4, 5], [2, 3, 4, 5], [2, 3, 4, 5], [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5]]
    assert [SAYS in page.text for page in pages] == [False, *[True] * 5, False]
    assert followers.compare().equal


def test_what_is_not_there_yet_is_said_to_be_missing_rather_than_nobodys_question(client, conversations, index):
    lose(index, "deleted")
    pages = rebuilt_meanwhile(client, "number0")
    assert "Nothing found" in pages[2].text
    assert SAYS in pages[2].text
    assert db.session.scalar(select(func.count()).select_from(SearchedWords)) == 0, "what was not looked for is noted"


def test_an_index_that_can_be_read_is_read_until_the_other_is_whole(client, conversations):
    pages = rebuilt_meanwhile(client, "bell")
    assert all("number0" in page.text and SAYS not in page.text for page in pages)


def test_an_index_in_part_is_none_to_the_worker_and_to_what_is_remembered(client, conversations, index, app):
    lose(index, "deleted")
    said = []

    def ask(done, total):
        for question in (the_engine().check, lambda: the_engine().similar("bell number5")):
            with pytest.raises(SearchUnavailable):
                question()
        said.append(the_engine().complete("numb"))

    def unready(done, total):
        if done > 2:
            ask(done, total)

    followers.rebuild(unready)
    assert said
    assert all(said)


def test_a_building_that_fails_leaves_nothing_to_read(client, conversations, index):
    lose(index, "deleted")

    def fail(done, total):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        followers.rebuild(fail)
    assert client.get("/search?q=bell").status_code == 503
    assert not [entry for entry in index.iterdir() if entry.is_dir() or entry.name == "growing"]
    followers.rebuild()
    assert client.get("/search?q=bell").status_code == 200


def test_what_is_hidden_meanwhile_is_not_shown(client, conversations, index):
    lose(index, "deleted")
    pages = []

    def hide(done, total):
        if done == 3:
            lifecycle.hide(conversations[5], b.moderator(), "why")
            db.session.commit()
        if done > 2:
            pages.append(client.get("/search?q=bell").text)

    followers.rebuild(hide)
    assert pages
    assert not any("number5" in page for page in pages)
    assert followers.compare().equal


def test_who_searches_in_vain_does_not_wait_for_the_minute(client, conversations, index):
    name = (index / "current").read_text()
    followers.mend_index()
    assert (index / "current").read_text() == name, "there was nothing to mend"
    lose(index, "damaged")
    client.get("/search?q=bell")
    assert (index / name / whoosh_doubts.NOTE).exists()
    followers.mend_index()
    assert "number0" in client.get("/search?q=bell").text
    lose(index, "given up")
    followers.mend_index()
    assert "number0" in client.get("/search?q=bell").text


def test_the_newest_conversations_come_first_each_with_its_replies(app, db, settled, monkeypatch):
    monkeypatch.setattr(documents, "ROOTS", 2)
    monkeypatch.setattr(documents, "BATCH", 3)
    topics = [b.topic() for _ in range(5)]
    for topic in topics[::2] * 4:
        b.reply(topic)
    b.reply(topics[1], state="hidden")
    b.topic(state="pending")
    db.session.commit()
    batches = list(documents.newest_first())
    given: list[Document] = [document for batch in batches for document in batch]
    assert sorted(d.id for d in given) == [d.id for batch in documents.all_committed() for d in batch]
    places = [topics.index(next(t for t in topics if t.id == d.root_id)) // 2 for d in given]
    order = [{4, 3}, {2, 1}, {0}]
    which = [next(n for n, group in enumerate(order) if d.root_id in {topics[k].id for k in group}) for d in given]
    assert which == sorted(which), places
    assert max(map(len, batches)) <= 3
