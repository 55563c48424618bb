"""What several processes and machines share: wake-ups and limits in Redis, locks in the database."""

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from threading import Event, Thread

import pytest
from sqlalchemy import text
from werkzeug.exceptions import TooManyRequests

from portal import redis_client, waking
from portal.alone import alone
from portal.doctor import examine
from portal.members import throttle
from portal.worker import Chore, work
from tests import builders
from tests.databases import ROOT
from tests.redis_server import RedisServer

LONG = 20.0
"""Seconds that a test would wait if nobody woke it: so long that a slow machine can't be taken for a ring."""


@pytest.fixture(scope="module")
def running() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _patience(request, monkeypatch):
    """A machine busy with other tests is slow; only tests of a Redis that is away are about how long it takes."""
    if "redis_that" not in request.node.name:
        monkeypatch.setattr(redis_client, "PATIENCE", 5.0)


@pytest.fixture
def redis(running):
    running.client().flushall()
    return running


@pytest.fixture
def machine(make_app, redis):
    """An application that shares `redis` with others of its site."""
    return make_app(redis_url=redis.url)


class Listener(Thread):
    """A worker's ear in a thread, waiting."""

    def __init__(self, app, seconds=LONG):
        super().__init__(daemon=True)
        self.ear, self.heard = waking.Ear(app, seconds), None
        self.start()

    def run(self):
        self.heard = self.ear.wait(Event())


def wait_until(do, seconds=10.0):
    end = time.monotonic() + seconds
    while not do():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


def waiting(redis):
    return int(redis.client().info("clients")["blocked_clients"])


def ring_by(app):
    with app.app_context():
        waking.ring()


# wake-ups


def test_a_ring_on_one_machine_wakes_a_worker_on_another(machine, make_app, redis):
    worker = Listener(machine)
    wait_until(lambda: waiting(redis) == 1)
    ring_by(make_app(redis_url=redis.url))
    worker.join(timeout=LONG / 2)
    assert worker.heard is True


def test_one_ring_wakes_one_worker(machine, redis):
    workers = [Listener(machine), Listener(machine)]
    wait_until(lambda: waiting(redis) == 2)
    ring_by(machine)
    wait_until(lambda: any(worker.heard for worker in workers))
    assert waiting(redis) == 1
    assert [worker.heard for worker in workers].count(None) == 1
    ring_by(machine)
    for worker in workers:
        worker.join(timeout=LONG / 2)
    assert [worker.heard for worker in workers] == [True, True]


def test_a_ring_that_nobody_waits_for_is_kept_and_many_are_few(machine, redis):
    for _ in range(50):
        ring_by(machine)
    with machine.app_context():
        assert redis.client().llen(redis_client.key("bell")) == waking.AT_MOST
    assert waking.Ear(machine, LONG).wait(Event()) is True


def test_two_sites_on_one_redis_do_not_wake_each_other(machine, make_app, redis):
    ring_by(make_app(redis_url=redis.url, secret_key="another-site-altogether-0123456789"))
    assert waking.Ear(machine, 0.2).wait(Event()) is False


def test_only_a_commit_that_owes_something_rings(machine, redis):
    with machine.app_context():
        topic, author = builders.topic(), builders.member()
        visitor = machine.test_client().sign_in(author)
        bell = redis_client.key("bell")
        redis.client().delete(bell)
        assert visitor.submit("/account/mail", {"mail_digest": "y"}).status_code == 303
        assert redis.client().llen(bell) == 0
        answer = visitor.submit(f"/c/{topic.id}/reply", {"source": "Try the other lever, it worked for us."})
        assert answer.status_code == 303
        assert redis.client().llen(bell) == 1


def test_without_redis_a_ring_in_the_same_process_is_heard(app):
    worker = Listener(app)
    time.sleep(0.05)
    waking.ring()
    worker.join(timeout=LONG / 2)
    assert worker.heard is True


def test_a_worker_follows_up_at_a_ring_rather_than_at_its_next_look(machine, redis, monkeypatch):
    monkeypatch.setattr("portal.worker.POLL_SECONDS", LONG)
    stop, seen = Event(), Event()
    worker = Thread(target=work, args=(machine, stop), daemon=True)
    worker.start()
    wait_until(lambda: waiting(redis) == 1)
    monkeypatch.setattr("portal.activity.follow_up", lambda *_, **__: seen.set() or 0)
    ring_by(machine)
    assert seen.wait(LONG / 2)
    stop.set()
    ring_by(machine)
    worker.join(timeout=LONG / 2)
    assert not worker.is_alive()


# a Redis that is away


def test_a_redis_that_is_away_costs_a_line_and_no_time(make_app, redis, caplog):
    own = RedisServer()
    app = make_app(redis_url=own.url)
    own.stop()
    with app.test_request_context(), caplog.at_level(logging.INFO):
        started = time.monotonic()
        for _ in range(200):
            waking.ring()
            throttle.may_suggest()
        assert time.monotonic() - started < 2
        assert waking.Ear(app, 0.3).wait(Event()) is False
    said = [r.message for r in caplog.records if r.name == "portal.redis_client"]
    assert len(said) == 1
    assert said[0].startswith("Redis is away")
    own.start()
    wait_until(lambda: (ring_by(app), len(own.client().keys("*:bell")))[1] == 1)
    assert [r.message for r in caplog.records if r.name == "portal.redis_client"][1:] == ["Redis is back"]
    own.stop()


def test_a_redis_that_takes_calls_and_never_answers_holds_nobody_up(make_app):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = make_app(redis_url=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        with app.app_context():
            visitor = app.test_client().sign_in(builders.member())
            started = time.monotonic()
            codes = [visitor.submit("/account/mail", {"mail_digest": "y"}).status_code for _ in range(5)]
            assert codes == [303] * 5
            assert time.monotonic() - started < 4


def test_the_doctor_says_whether_redis_answers(make_app, machine):
    for app, well in ((machine, True), (make_app(redis_url="redis://127.0.0.1:1/0"), False), (make_app(), True)):
        with app.app_context():
            assert [finding.ok for finding in examine() if finding.what == "redis"] == [well]


# limits


def test_machines_count_together_and_sites_do_not(machine, make_app, redis):
    same = make_app(redis_url=redis.url)
    other = make_app(redis_url=redis.url, secret_key="another-site-altogether-0123456789")

    def preview(app):
        with app.test_request_context():
            throttle.count_preview(7)

    for n in range(throttle.PREVIEWS_A_MINUTE):
        preview((machine, same)[n % 2])
    for app in (machine, same):
        with pytest.raises(TooManyRequests) as refused:
            preview(app)
        assert 1 <= refused.value.retry_after <= 61
    preview(other)


# one at a time


def test_one_process_of_the_site_is_in_at_a_time(app, make_app):
    other, there, leave = make_app(), Event(), Event()

    def hold():
        with other.app_context(), alone("trying") as ours:
            assert ours
            there.set()
            leave.wait(10)

    thread = Thread(target=hold, daemon=True)
    thread.start()
    assert there.wait(10)
    with alone("trying") as ours:
        assert not ours
    with alone("something else") as ours:
        assert ours
    leave.set()
    with alone("trying", wait=10) as ours:
        assert ours
    thread.join(10)


HOLD = """
import sys, time
from portal import create_app
from portal.alone import alone
from portal.doctor import examine
from pathlib import Path
app = create_app(database_url=sys.argv[1], data_dir=Path(sys.argv[2]), secret_key=sys.argv[3])
with app.app_context(), alone("dying") as ours:
    print(ours, flush=True)
    time.sleep(60)
"""


def test_a_lock_falls_with_its_holder(app):
    s = app.extensions["portal.settings"]
    words = [sys.executable, "-c", HOLD, s.database_url, str(s.data_dir), s.secret_key]
    holder = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    with alone("dying") as ours:
        assert not ours
    holder.kill()
    holder.wait()
    with alone("dying", wait=10) as ours:
        assert ours
    holder.stdout.close()


def test_what_the_clock_asks_for_is_passed_over_while_another_worker_is_at_it(app, make_app, monkeypatch):
    done: list[str] = []
    chores = [
        Chore("for all", 0.0, lambda: done.append("for all")),
        Chore("for each", 0.0, lambda: done.append("for each"), in_each=True),
    ]
    monkeypatch.setattr("portal.worker.POLL_SECONDS", 0.02)
    stop, worker_app = Event(), make_app()
    with alone("for all"):
        worker = Thread(target=work, args=(worker_app, stop, chores), daemon=True)
        worker.start()
        wait_until(lambda: done.count("for each") >= 3)
        assert "for all" not in done
    wait_until(lambda: "for all" in done)
    stop.set()
    worker.join(10)


def test_machines_that_start_together_all_find_the_database_up_to_date(databases, tmp_path):
    url = databases.empty(tmp_path, "together")
    given = {"PORTAL_DATABASE_URL": url, "PORTAL_DATA_DIR": str(tmp_path), "PORTAL_UPLOADS_DIR": str(tmp_path)}
    words = [sys.executable, "-m", "portal", "migrate"]
    started = [
        subprocess.Popen(words, cwd=ROOT, env={**os.environ, **given}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(3)
    ]
    said = [(process.communicate(timeout=120)[0], process.returncode) for process in started]
    assert said == [(b"The database is up to date.\n", 0)] * 3


def test_the_database_notices_soon_that_a_machine_is_gone(db):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no network")
    shown = [db.session.scalar(text(f"SHOW tcp_keepalives_{name}")) for name in ("idle", "interval", "count")]
    assert shown == ["5", "2", "3"]
    # Keepalives rest while an answer is under way to whoever is gone: two hours become ten seconds by this one.
    assert db.session.scalar(text("SHOW tcp_user_timeout")) == "10000"
