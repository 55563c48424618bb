"""The index itself: missing, damaged, rebuilt, written by several, and always equal to the tables."""

import gc
import threading

import pytest

from portal import clock
from portal.contributions import lifecycle
from portal.search import SearchUnavailable, followers, the_engine
from portal.search.engine import Document
from portal.search.query_language import parse
from portal.search.whoosh_engine import WhooshEngine
from tests import builders as b


def document(number: int, **facts) -> Document:
    standard = {
        "root_id": number, "kind": "topic", "board_id": 1, "author": "anna", "title": f"number {number}",
        "text": "common words", "published_at": clock.now(),
    }  # fmt: skip
    return Document(id=number, **(standard | facts))


def built(folder, *documents: Document) -> WhooshEngine:
    engine = WhooshEngine(folder)
    engine.rebuild(lambda change: change.put(documents), lambda change: None)
    return engine


def test_without_an_index_the_site_runs_and_the_worker_builds_it(client, app) -> None:
    b.topic(title="Found later")
    response = client.get("/search?q=later")
    assert response.status_code == 503
    assert "Try again in a minute" in response.text
    assert client.get("/search").status_code == 200
    followers.tend_index()
    assert "Found" in client.get("/search?q=later").text
    followers.tend_index()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Whoosh leaves a file open that it can't read
@pytest.mark.parametrize("damage", ["pointer", "segments", "toc", "folder", "postings"])
def test_a_damaged_index_is_noticed_and_rebuilt(client, app, settled, damage: str) -> None:
    b.topic(title="Found again")
    settled()
    folder = app.extensions["portal.settings"].index_dir
    inner = folder / (folder / "current").read_text()
    app.extensions.pop("portal.search")
    if damage == "pointer":
        (folder / "current").write_bytes(b"\xff\x00../../tmp")
    elif damage == "folder":
        for file in inner.iterdir():
            file.unlink()
    elif damage == "postings":  # it opens, and fails when it is written
        for file in inner.glob("*.seg"):
            whole = file.read_bytes()
            file.write_bytes(whole[:200] + bytes(len(whole) // 3) + whole[200 + len(whole) // 3 :])
    else:
        for file in inner.glob("*.seg" if damage == "segments" else "*.toc"):
            file.write_bytes(b"rubbish" * 10)
    assert client.get("/search?q=again").status_code == 503
    b.topic(title="Found afterwards")
    settled()
    assert "afterwards" in client.get("/search?q=afterwards").text
    assert followers.compare().equal
    gc.collect()


def test_rebuilding_shows_progress_and_equals_what_was_followed_up(app, settled) -> None:
    topics = [b.topic() for _ in range(4)]
    b.reply(topics[0])
    lifecycle.hide(topics[1], b.moderator(), "why")
    settled()
    followed = dict(the_engine().contents())
    steps: list[tuple[int, int]] = []
    assert followers.rebuild(lambda done, total: steps.append((done, total))) == 4
    assert steps == [(4, 4)]
    assert dict(the_engine().contents()) == followed
    assert followers.compare().equal


def test_comparing_says_what_differs(app, db, settled) -> None:
    kept, edited, gone = b.topic(), b.topic(), b.topic()
    settled()
    with the_engine().writing() as change:
        change.remove([kept.id])
        change.put([document(999)])
    edited.title = "Another title"
    gone.state = "hidden"
    db.session.commit()
    difference = followers.compare()
    assert difference == followers.Comparison(missing=[kept.id], surplus=sorted([gone.id, 999]), stale=[edited.id])
    assert not difference.equal


def test_what_changes_while_an_index_is_built_is_in_it(app, db, settled) -> None:
    first, second = b.topic(title="The first"), b.topic(title="The second")
    settled()

    def meanwhile(done: int, total: int) -> None:
        if lifecycle.hide(first, b.moderator(), "why"):
            b.reply(second, text="meanwhile")
            db.session.commit()

    followers.rebuild(meanwhile)
    assert followers.compare().equal


def test_readers_of_another_process_see_changes_and_swaps(tmp_path) -> None:
    writer = built(tmp_path, document(1))
    reader = WhooshEngine(tmp_path)
    assert reader.search(parse("common")).total == 1
    with writer.writing() as change:
        change.put([document(2)])
    assert reader.search(parse("common")).total == 2
    writer.rebuild(lambda change: change.put([document(3), document(4), document(5)]), lambda change: None)
    assert reader.search(parse("common")).total == 3
    assert len([entry for entry in tmp_path.iterdir() if entry.is_dir()]) == 1


def test_writers_wait_for_each_other(tmp_path) -> None:
    engine = built(tmp_path)
    others = [WhooshEngine(tmp_path) for _ in range(4)]

    def write(which: int) -> None:
        for step in range(5):
            with others[which].writing() as change:
                change.put([document(which * 100 + step + 1)])

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(dict(engine.contents())) == 20


def test_a_change_that_fails_leaves_nothing(tmp_path) -> None:
    engine = built(tmp_path, document(1))

    def fail() -> None:
        with engine.writing() as change:
            change.remove([1])
            change.put([document(2)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(dict(engine.contents())) == [1]
    with pytest.raises(ZeroDivisionError):
        engine.rebuild(lambda change: 1 / 0, lambda change: None)  # type: ignore[arg-type]
    assert list(dict(engine.contents())) == [1]


def test_many_small_changes_leave_few_segments(tmp_path) -> None:
    engine = built(tmp_path)
    for number in range(60):
        with engine.writing() as change:
            change.put([document(number % 40 + 1)])
    assert len(dict(engine.contents())) == 40
    segments = int(engine.check().split(" in ")[1].split()[0])
    assert segments <= 12


def test_phrases_are_found_among_deleted_and_several_segments(tmp_path) -> None:
    engine = built(
        tmp_path, *(document(n, text="alpha beta gamma" if n % 2 else "beta alpha gamma") for n in range(1, 41))
    )
    with engine.writing() as change:
        change.remove(range(1, 11))
        change.put([document(100, text="so alpha beta it is")])
    results = engine.search(parse('"alpha beta"'), limit=50)
    assert {hit.id for hit in results.hits} == {100, *range(11, 41, 2)}
    assert {hit.id for hit in engine.search(parse('gamma -"alpha beta"'), limit=50).hits} == set(range(12, 41, 2))


def test_time_is_bounded_and_what_was_found_is_kept(tmp_path, monkeypatch) -> None:
    engine = built(tmp_path, *(document(n) for n in range(1, 2001)))
    monkeypatch.setattr("portal.search.whoosh_engine.SECONDS", 0.0)
    results = engine.search(parse("common"))
    assert not results.complete
    assert 0 < results.total < 2000


def test_no_index_is_said_to_be_unavailable(tmp_path) -> None:
    engine = WhooshEngine(tmp_path / "none")
    for ask in (lambda: engine.search(parse("x")), engine.check, engine.contents, lambda: engine.writing().__enter__()):
        with pytest.raises(SearchUnavailable):
            ask()
