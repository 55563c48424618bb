"""The process beside the server: another takes its place when it dies, and at once when it leaves something for it."""

import logging
import mmap
import os
import time
from functools import partial

import pytest

from portal import beside
from portal.beside import Growth, written_alone


def until(seen, seconds=30):
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def count_on(folder, left):
    """Write down who was here; the third stays."""
    number = (left or 0) + 1
    (folder / str(number)).write_text(str(os.getpid()))
    while number == 3:
        time.sleep(1)
    return number


def die(folder, left):
    """Write down what was found, and leave nothing but a corpse."""
    with (folder / "found").open("a") as file:
        file.write(f"{left!r}\n")
    os._exit(7)


def test_what_one_leaves_another_goes_on_with_at_once(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(beside, "RESTART_SECONDS", 600)
    with caplog.at_level(logging.WARNING), beside.beside(partial(count_on, tmp_path)):
        until((tmp_path / "3").exists)
    assert len({(tmp_path / str(number)).read_text() for number in (1, 2, 3)}) == 3, "each is a process of its own"
    assert caplog.records == [], "nothing is wrong with that"


def test_one_that_dies_leaves_nothing_and_is_started_again(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(beside, "RESTART_SECONDS", 0.01)
    found = tmp_path / "found"
    with beside.beside(partial(die, tmp_path)):
        until(lambda: found.exists() and len(found.read_text().splitlines()) >= 2)
    assert set(found.read_text().splitlines()) == {"None"}
    assert "ended with 7 and is started again" in caplog.text


def test_what_a_process_writes_is_its_own():
    before = written_alone()
    with mmap.mmap(-1, 60_000_000, flags=mmap.MAP_PRIVATE) as block:  # no memory that was had before
        block.write(b"x" * len(block))
        assert written_alone() - before > 40_000_000


@pytest.mark.parametrize(("grown", "too_much"), [(1, True), (1 << 50, False)])
def test_a_copy_that_wrote_more_than_it_may_is_too_much(monkeypatch, grown, too_much):
    monkeypatch.setattr(beside, "LOOK_SECONDS", 0)
    monkeypatch.setattr(beside, "GROWN", grown)
    assert Growth().is_too_much(at_once=False) == too_much


def test_a_copy_lives_for_a_while_however_large_it_is(monkeypatch):
    monkeypatch.setattr(beside, "LOOK_SECONDS", 600)
    monkeypatch.setattr(beside, "GROWN", 1)
    assert not Growth().is_too_much(at_once=False)
    assert Growth().is_too_much(at_once=True), "but for who asks for it"


def test_where_the_system_does_not_tell_nothing_is_ever_too_much(monkeypatch, tmp_path):
    monkeypatch.setattr(beside, "LOOK_SECONDS", 0)
    monkeypatch.setattr(beside, "WHAT_IS_ITS_OWN", tmp_path / "nothing")
    assert not Growth().is_too_much(at_once=False)
