"""Fifty who write at the same instant: all get through, about as they came; each post is one commit."""

import threading
import time
from contextlib import closing
from copy import copy
from statistics import median

import pytest
from sqlalchemy import event, func, select

from portal import sqlite
from portal.contributions.models import Contribution
from portal.db import db
from portal.writers import Line
from tests import builders
from tests.system.people import UNHURRIED, furnish, signed_in

FIFTY, ROUNDS = 50, 2


@pytest.mark.slow
def test_fifty_at_once_wait_alike_and_none_fails(make_sqlite_site):
    """Through a real server with two processes, beside a worker that writes too; whoever is answered writes again."""
    site = make_sqlite_site(**UNHURRIED, web_processes=2, web_threads=8)
    topic = furnish(site, writers=5)
    site.start(worker="own")
    some = [signed_in(site, f"writer{n}") for n in range(5)]
    people = [copy(some[n % 5]) for n in range(FIFTY)]  # each at ten windows
    took, answers, gate = list[float](), list[int](), threading.Barrier(FIFTY)

    def write(n: int) -> None:
        gate.wait()
        for k in range(ROUNDS):
            began = time.monotonic()
            status, _ = people[n].post(f"/c/{topic}/reply", source=f"Reply {k} of {n}.", submission_key=f"{n}-{k}")
            took.append(time.monotonic() - began)
            answers.append(status)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(FIFTY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert answers == [303] * (ROUNDS * FIFTY)
    assert max(took) < 4 * median(took), "one waits while others pass"
    with site.house():
        positions = select(Contribution.position).where(Contribution.parent_id == topic)
        assert sorted(db.session.scalars(positions)) == list(range(1, ROUNDS * FIFTY + 1))
    assert "locked" not in site.log.read_text()


def test_who_comes_first_writes_first(tmp_path):
    """In one process, strictly."""
    line, order = Line(tmp_path / "file"), list[int]()
    assert line.enter()

    def write(n: int) -> None:
        assert line.enter()
        order.append(n)
        line.leave()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(20)]
    for n, thread in enumerate(threads, 1):
        thread.start()
        while len(line._waiting) < n:
            time.sleep(0.001)
    line.leave()
    for thread in threads:
        thread.join(timeout=10)
    assert order == list(range(20))


def test_two_processes_take_turns(tmp_path):
    """A second line to the same file is what another process has."""
    ours, theirs, turns, over = Line(tmp_path / "file"), Line(tmp_path / "file"), list[str](), threading.Event()

    def write(line: Line, name: str) -> None:
        while not over.is_set():
            assert line.enter()
            turns.append(name)
            time.sleep(0.005)
            line.leave()

    threads = [threading.Thread(target=write, args=(line, name)) for line, name in ((ours, "a"), (theirs, "b")) * 3]
    for thread in threads:
        thread.start()
    time.sleep(1)
    over.set()
    for thread in threads:
        thread.join(timeout=10)
    assert 0.35 < turns.count("a") / len(turns) < 0.65


def test_a_line_that_does_not_move_holds_nobody_for_ever(tmp_path):
    line = Line(tmp_path / "file")
    assert line.enter()
    assert not line.enter(wait=0.05)
    assert not Line(tmp_path / "file").enter(wait=0.05)
    line.leave()
    assert line.enter(wait=0.05)


def test_a_reply_is_acknowledged_after_one_commit(app, client, db):
    """Limits, drafts, sessions, what is done at once: none of it writes a second time before the answer goes out."""
    topic, writer = builders.topic(), builders.member(verified=True)
    client.sign_in(writer)
    token = client.csrf_token()
    draft = {"key": f"reply:{topic.id}", "fields": {"source": "Turn it"}}
    assert client.put("/drafts", json=draft, headers={"X-CSRFToken": token}).json == {"kept": True}
    address = f"/c/{topic.id}/reply"
    db.session.commit()
    db.session.remove()
    commits: list[str] = []
    event.listen(db.engine, "commit", lambda _connection: commits.append("commit"))
    sent = {"csrf_token": token, "source": "Turn it to the left.", "submission_key": "once"}
    answer = client.post(address, data=sent)
    assert (answer.status_code, commits) == (303, ["commit"])
    assert db.session.scalar(select(func.count()).where(Contribution.submission_key == "once")) == 1


def test_a_web_server_waits_for_the_disk_and_a_worker_need_not(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "_more", [])
    with closing(sqlite.File(tmp_path / "a.sqlite3").open()) as answering:
        assert answering.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    sqlite.promise_nothing()
    with closing(sqlite.File(tmp_path / "b.sqlite3").open()) as following:
        assert following.execute("PRAGMA synchronous").fetchone() == (1,)  # NORMAL: the log keeps its order
