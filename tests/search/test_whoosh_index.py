"""What only the embedded engine has: files that can be damaged, segments that must stay few."""

import gc
import shutil

import pytest

from portal.search import followers
from portal.search.engine import Document
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


