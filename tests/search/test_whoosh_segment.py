"""A segment is held small: few bytes a number, nothing read that nobody asks for, nothing kept twice."""

import sys
from array import array
from pathlib import Path

import pytest

from portal.search.query_language import parse
from portal.search.whoosh_engine import WhooshEngine
from portal.search.whoosh_segment import tight
from tests.search.documents import document


@pytest.fixture
def engine(tmp_path) -> WhooshEngine:
    made = WhooshEngine(tmp_path)
    documents = [document(n, text=f"squeak {n}") for n in range(1, 400)]
    made.rebuild(lambda change: change.put(documents), lambda change: None)
    return made


@pytest.mark.parametrize(
    ("numbers", "size"),
    [([], 1), ([0, 255], 1), ([256, 3], 2), ([65_536, 0], 4), ([2**32 - 1], 4), ([2**32], 8), ([-1, 5], 8)],
)
def test_numbers_are_kept_as_they_are_in_as_few_bytes_as_hold_them(numbers, size):
    held = tight(array("q", numbers))
    assert list(held) == numbers
    assert held.itemsize == size


def test_who_only_looks_whether_the_index_is_well_reads_nothing_of_conversations(engine):
    assert engine.check() == "399 documents in 1 segment"
    view = engine._open.view()
    read = {"facts", "began", "thanks"} & vars(view).keys()
    read |= {"at", "length", "thanks", "beginnings"} & vars(view.parts[0].segment).keys()
    assert not read
    assert engine.search(parse("squeak")).total == 399
    assert "facts" in vars(engine._open.view())


@pytest.mark.skipif(sys.platform != "linux", reason="no other system tells what of a file a process holds")
def test_after_a_search_the_process_holds_nothing_of_the_file(engine):
    assert engine.search(parse("squeak")).total == 399
    assert engine.search(parse("squeak 7")).total == 1  # the file is still open
    held = {path: size for path, size in _held() if path.endswith(".seg")}
    assert held
    assert set(held.values()) == {0}


def _held() -> list[tuple[str, int]]:
    """Kilobytes of each mapped file that this process has at hand."""
    found, path = [], ""
    for line in Path("/proc/self/smaps").read_text().splitlines():
        words = line.split()
        if not words[0].endswith(":"):
            path = words[5] if len(words) > 5 else ""
        elif words[0] == "Rss:":
            found.append((path, int(words[1])))
    return found
