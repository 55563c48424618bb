"""What only the embedded engine has: files that can be damaged, segments that must stay few."""

import gc
import resource
import shutil

import pytest

from portal.search import followers, whoosh_doubts
from portal.search.engine import Document, SearchUnavailable
from portal.search.query_language import parse
from portal.search.whoosh_engine import WhooshEngine
from tests import builders as b
from tests.search.documents import document


@pytest.fixture
def engine_name() -> str:
    """This one alone."""
    return "whoosh"


def built(folder, *documents: Document) -> WhooshEngine:
    engine = WhooshEngine(folder)
    engine.rebuild(lambda change: change.put(documents), lambda change: None)
    return engine


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
    broken = client.get("/search?q=again").status_code  # zeros in the middle may hit what this search does not read
    assert broken == 503 or (damage == "postings" and broken == 200)
    b.topic(title="Found afterwards")
    settled()
    assert "afterwards" in client.get("/search?q=afterwards").text
    assert followers.compare().equal
    gc.collect()


def test_a_folder_that_vanishes_under_a_running_site_is_built_again(client, app, settled) -> None:
    b.topic(title="Found again")
    settled()
    assert "Found again" in client.get("/search?q=found").text
    shutil.rmtree(app.extensions["portal.settings"].index_dir)
    assert client.get("/search?q=found").status_code == 503
    assert client.get("/").status_code == client.get("/search/similar?title=found").status_code == 200
    b.topic(title="Found afterwards")
    settled()
    assert "Found again" in client.get("/search?q=again").text
    assert followers.compare().equal


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_place_that_only_some_searches_meet_is_found_by_the_worker(client, app, settled) -> None:
    for n in range(30):
        b.topic(text="A squeak " + " ".join(f"word{n}x{k}" for k in range(50)))
    settled()
    followers.rebuild()
    folder = app.extensions["portal.settings"].index_dir
    engine, name = app.extensions["portal.search"], (folder / "current").read_text()
    segment = max((folder / name).glob("*.seg"), key=lambda file: file.stat().st_size)
    with engine._turns.turn(1):
        postings = engine._refreshed(name).parts[0].segment.matcher("body", "squeak")
    whole = segment.read_bytes()
    engine._close()
    at = whole.index(bytes(postings._postfile.get(postings._baseoffset, 40)))
    segment.write_bytes(whole[:at] + b"\xa5" * 40 + whole[at + 40 :])
    assert client.get("/search?q=squeak").status_code == 503
    assert client.get("/search?q=word3x7").status_code == 200, "only who looks for that word notices"
    followers.tend_index()
    assert (folder / "current").read_text() != name
    assert client.get("/search?q=squeak").status_code == 200


def test_a_doubt_that_nothing_bears_out_builds_nothing_anew(app, settled) -> None:
    b.topic(title="All is well")
    settled()
    followers.rebuild()
    folder = app.extensions["portal.settings"].index_dir
    name = (folder / "current").read_text()
    whoosh_doubts.doubt(folder / name)
    followers.tend_index()
    assert (folder / "current").read_text() == name
    assert not (folder / name / whoosh_doubts.NOTE).exists()


def test_a_change_that_finds_no_room_leaves_nothing_behind_and_can_be_tried_again(tmp_path) -> None:
    documents = [document(n, text=" ".join(f"word{n}x{k}" for k in range(300))) for n in range(1, 20)]
    engine = built(tmp_path, *documents)
    before = sorted(file.name for file in tmp_path.rglob("*"))
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limit[1]))  # as if the disk were full
    try:
        with pytest.raises(SearchUnavailable, match="can't be written"), engine.writing() as change:
            change.put([document(n, text=f"other words {n} " * 3000) for n in range(1, 400)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert sorted(file.name for file in tmp_path.rglob("*")) == before
    with engine.writing() as change:
        change.put([document(1, text="room again")])
    assert engine.search(parse("room")).total == 1


def test_many_small_changes_leave_few_segments(tmp_path) -> None:
    engine = built(tmp_path)
    for number in range(60):
        with engine.writing() as change:
            change.put([document(number % 40 + 1)])
    assert len(dict(engine.contents())) == 40
    segments = int(engine.check().split(" in ")[1].split()[0])
    assert segments <= 12


def test_time_is_bounded_and_what_was_found_is_kept(tmp_path, monkeypatch) -> None:
    engine = built(tmp_path, *(document(n) for n in range(1, 2001)))
    monkeypatch.setattr("portal.search.whoosh_engine.SECONDS", 0.0)
    results = engine.search(parse("common"))
    assert not results.complete
    assert 0 < results.total < 2000


