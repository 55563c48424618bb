"""`kill -9` of whoever writes the index: what was there stays, a change is there whole or not, the next can write."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from portal.search import followers, the_engine
from portal.search.engine import Engine
from portal.search.query_language import parse
from tests import builders as b
from tests.search.crashing import DOCUMENTS, of_round

CUTS = 4
pytestmark = pytest.mark.slow


@pytest.fixture
def engine(app) -> Engine:
    """With the documents of round 0."""
    found = the_engine()
    found.rebuild(lambda change: change.put(of_round(0)), lambda change: None)
    return found


@pytest.fixture
def killed(app, engine_name: str) -> Iterator[Callable[[str], int]]:
    """`killed("write")`: start such a process, kill it at some instant; the last number it said."""
    s = app.extensions["portal.settings"]
    command = [sys.executable, "-m", "tests.search.crashing"]
    running: list[subprocess.Popen[str]] = []

    def kill(what: str) -> int:
        given = [what, engine_name, s.database_url, str(s.data_dir)]
        process = subprocess.Popen([*command, *given], stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        said = [process.stdout.readline()]
        time.sleep(random.uniform(0.0, 0.5))
        process.kill()
        said += process.stdout.readlines()
        process.wait()
        return int([line for line in said if line.endswith("\n")][-1])

    yield kill
    for process in running:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def round_of(engine: Engine) -> int:
    """Which round's documents the index has; fails if they are of several."""
    inside = dict(engine.contents())
    assert len(inside) == DOCUMENTS
    for number in range(1000):
        if {d.id: d.fingerprint for d in of_round(number)} == inside:
            return number
    pytest.fail("The index has a change in part.")


def test_a_change_is_there_as_a_whole_or_not(engine, killed) -> None:
    for _ in range(CUTS):
        last = killed("write")
        assert round_of(engine) in (last, last + 1)
        assert engine.search(parse("common")).total == DOCUMENTS
        began = time.monotonic()
        with engine.writing() as change:
            change.put(of_round(0))
        assert time.monotonic() - began < 5, "the dead one's lock held up the living"
        assert round_of(engine) == 0


def test_who_dies_while_building_anew_leaves_the_old_index_and_nothing_else(app, engine, killed, engine_name) -> None:
    for _ in range(2):
        killed("build")
        assert round_of(engine) == 0
    engine.rebuild(lambda change: change.put(of_round(7)), lambda change: None)
    assert round_of(engine) == 7
    if engine_name == "whoosh":
        left = [entry.name for entry in app.extensions["portal.settings"].index_dir.iterdir() if entry.is_dir()]
        assert len(left) == 1, "what the dead ones had begun lies about"


def test_after_a_death_the_worker_brings_the_index_in_line(app, db, engine, killed, settled) -> None:
    killed("write")
    topic = b.topic(title="Squealing brake")
    settled()
    followers.rebuild()
    assert followers.compare().equal
    assert [hit.root_id for hit in the_engine().search(parse("squealing")).hits] == [topic.id]
