"""Several machines that share pages by Redis: whatever becomes of it, nobody is shown what was taken away.

A real Redis is killed and started again, empty or with what it had some time ago; it refuses to write, or is emptied.
"""

import multiprocessing
import time

import pytest

from portal import pages
from portal.db import db
from portal.forum.models import Board
from portal.pages import forgetting, marks
from portal.pages.marks import ALL, RedisMarks
from tests import builders
from tests.queries import heard
from tests.redis_server import RedisServer

REFUSES, TAKES = ("1", "0")
"""How many other servers Redis wants to have before it takes what is written; it has none."""


@pytest.fixture
def server(tmp_path):
    """A Redis of our own."""
    found = RedisServer(folder=tmp_path)
    yield found
    found.stop()


@pytest.fixture
def machines(make_app, server, tmp_path):
    """Two machines that share the database and Redis, and have their own folders; there is a board."""
    found = [
        make_app(pages_seconds=60, redis_url=server.url, base_url="http://localhost", data_dir=tmp_path / name)
        for name in ("one", "other")
    ]
    with found[0].app_context():
        builders.board("Old board")
        db.session.commit()
    return found


@pytest.fixture
def alone(machines):
    """The marks of one machine."""
    return machines[0].extensions[forgetting.EXTENSION]


def cost(app):
    """Of the page that lists boards: how many questions to the database, and its text."""
    with app.app_context(), heard(db.engine) as found:
        answer = app.test_client().get("/forum/", headers={"User-Agent": "Mozilla/5.0"})
    assert answer.status_code == 200
    return len(found.reading), answer.text


def renamed(app):
    """The board has another name from now on: the old one is not to be seen any more."""
    with app.app_context():
        db.session.query(Board).filter_by(name="Old board").update({"name": "New board"})
        db.session.commit()


def kept_again(app):
    """Wait until this machine has the page kept: all of it is said with Redis' help once more."""
    until = time.monotonic() + 10
    while cost(app)[0]:
        assert time.monotonic() < until, "no page is kept any more"
        time.sleep(0.05)


def until_true(what):
    end = time.monotonic() + 10
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_machines_share_their_pages_and_forget_together(machines):
    one, other = machines
    assert (cost(one)[0] > 0, cost(other)[0]) == (True, 0)
    renamed(one)
    assert all("New board" in cost(app)[1] for app in machines)


def test_without_redis_pages_are_made_for_each_reader_and_forgetting_is_made_good(machines, server):
    one, other = machines
    cost(one)
    server.stop()
    assert cost(one)[0] > 0
    renamed(one)
    assert "New board" in cost(other)[1]
    server.start()
    kept_again(one)
    assert all("New board" in cost(app)[1] for app in machines)


@pytest.mark.parametrize("empty", [False, True], ids=["with-marks-of-before", "empty"])
def test_a_redis_that_is_started_again_makes_no_old_page_true(machines, server, empty):
    """Other machines have it in memory still, with marks that Redis may have once more: of before, or none at all."""
    one, other = machines
    if empty:  # else what has no mark would be told from what has one
        server.client().flushall()
    else:
        server.client().save()
    cost(other)
    assert cost(other)[0] == 0
    renamed(one)
    server.stop()
    server.start()
    assert server.client().dbsize() == 0 or not empty
    kept_again(other)
    assert "New board" in cost(other)[1]


def test_a_redis_that_is_emptied_makes_no_old_page_true(machines, server):
    one, other = machines
    kept_again(other)
    server.client().flushall()  # as on the day before: what rests on no mark at all would be true again today
    kept_again(other)
    renamed(one)
    server.client().flushall()
    kept_again(other)
    assert "New board" in cost(other)[1]


def test_one_that_came_back_with_old_marks_and_takes_no_others_is_not_believed(machines, server):
    one, other = machines
    server.client().save()
    cost(other)
    assert cost(other)[0] == 0
    renamed(one)
    server.stop()
    server.words += ["--min-replicas-to-write", REFUSES]
    server.start()
    time.sleep(2.1)  # for so long nobody asks a Redis that was away
    assert "New board" in cost(other)[1]


def test_one_that_does_not_say_when_it_was_started_keeps_pages_too(machines, server):
    one, other = machines
    server.stop()
    server.words += ["--rename-command", "INFO", ""]
    server.start()
    for app in machines:
        kept_again(app)
    renamed(one)
    assert "New board" in cost(other)[1]


def test_what_could_not_be_forgotten_is_once_redis_takes_it_though_nobody_reads_there(machines, server):
    one, other = machines
    cost(other)
    kept_again(other)
    server.client().config_set("min-replicas-to-write", REFUSES)
    renamed(one)
    assert "Old board" in cost(other)[1], "if it knew, there would be nothing to see here"
    server.client().config_set("min-replicas-to-write", TAKES)
    until_true(lambda: "New board" in cost(other)[1])


def test_as_long_as_it_is_owed_the_machine_that_owes_it_shows_no_kept_page(machines, server):
    one, _ = machines
    cost(one)
    kept_again(one)
    server.client().config_set("min-replicas-to-write", REFUSES)
    renamed(one)
    for _again in range(2):
        assert "New board" in cost(one)[1]


def test_the_thread_that_pays_ends_and_another_begins_with_the_next_debt(alone, server):
    for _again in range(2):
        server.client().config_set("min-replicas-to-write", REFUSES)
        with pytest.raises(OSError, match="does not answer"):
            alone.change([ALL])
        assert alone._payer.is_alive()
        server.client().config_set("min-replicas-to-write", TAKES)
        until_true(lambda: alone._payer is None)
        assert not alone._owed


def test_what_is_owed_for_a_second_time_is_not_struck_out_by_who_pays_the_first(make_app, server, monkeypatch):
    """Two commits: the mark of the first is changed, the second finds Redis away, and then the first strikes out."""
    paid = RedisMarks(make_app(pages_seconds=60, redis_url=server.url, base_url="http://localhost"))
    paid.owe([ALL])
    before, ask = paid._owed[ALL], marks.ask

    def meanwhile(*given, **more):
        found = ask(*given, **more)
        paid.owe([ALL])
        return found

    monkeypatch.setattr(marks, "ask", meanwhile)
    assert paid._pay(insist=True)
    assert paid._owed.get(ALL) not in (None, before)


def test_a_copy_of_a_process_pays_what_its_parent_owed(machines, alone, server):
    server.client().config_set("min-replicas-to-write", REFUSES)
    with pytest.raises(OSError, match="does not answer"):
        alone.change([ALL])
    copies = multiprocessing.get_context("fork")
    began, answered = copies.Event(), copies.Event()

    def read():
        try:
            alone.read([ALL])
        except OSError:
            began.set()
        until_true(lambda: not alone._owed)
        answered.set()

    child = copies.Process(target=read, daemon=True)
    child.start()
    assert began.wait(10)
    server.client().config_set("min-replicas-to-write", TAKES)
    assert answered.wait(10)
    child.join()


def test_a_web_server_begins_without_the_pages_of_the_one_before(machines):
    one, other = machines
    cost(other)
    kept_again(other)
    pages.begin(one)
    assert cost(one)[0] > 0
    assert cost(other)[0] == 0, "what was made anew is shared"
