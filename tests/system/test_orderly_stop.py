"""Asked to stop, a site answers who is waiting and finishes what it holds; a process that dies is replaced."""

import http.client
import os
import signal
import socket
import sqlite3
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.activity import Errand
from portal.contributions.models import Contribution
from portal.db import db
from tests.media.samples import drawing, saved
from tests.system.browser import Browser, NoAnswer
from tests.system.people import UNHURRIED, furnish, signed_in, wait_until

pytestmark = pytest.mark.slow

WAITING = 10


@pytest.fixture
def site(make_sqlite_site, tmp_path):
    """A site on SQLite, furnished; nothing runs yet."""
    made = make_sqlite_site(**UNHURRIED, web_threads=16)
    made.topic, made.file = furnish(made, WAITING), tmp_path / "portal.sqlite3"
    return made


@contextmanager
def nobody_else_writes(file: Path):
    """Hold SQLite's own lock, as another program would: whoever writes has to wait."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=10)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_who_is_being_served_gets_an_answer_before_the_port_closes(site):
    """Ten posts and a slow upload are under way when the site is asked to stop, twice."""
    site.start(worker="inside")
    people = [signed_in(site, f"writer{n}") for n in range(WAITING)]
    uploader, answers = signed_in(site, "asker"), []

    def write(n: int) -> None:
        answers.append(people[n].post(f"/c/{site.topic}/reply", source=f"Number {n} was first.", submission_key=str(n)))

    upload = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    part = '--x\r\nContent-Disposition: form-data; name="'
    body = f'{part}csrf_token"\r\n\r\n{uploader.token}\r\n{part}file"; filename="a.jpg"\r\n\r\n'.encode()
    body += saved(drawing()) + b"\r\n--x--\r\n"
    upload.putrequest("POST", "/pictures/")
    upload.putheader("Content-Type", "multipart/form-data; boundary=x")
    upload.putheader("Content-Length", str(len(body)))
    upload.putheader("Cookie", "; ".join(f"{name}={value}" for name, value in uploader.cookies.items()))
    upload.endheaders()
    upload.send(body[:300])
    with nobody_else_writes(site.file):
        threads = [threading.Thread(target=write, args=(n,)) for n in range(WAITING)]
        for thread in threads:
            thread.start()
        time.sleep(1.0)
        began = time.monotonic()
        (server,) = site.processes
        server.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        server.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert server.poll() is None, "it left while people were waiting"
    upload.send(body[300:])
    assert upload.getresponse().status == 201
    for thread in threads:
        thread.join(timeout=20)
    assert [status for status, _ in answers] == [303] * WAITING
    assert server.wait(timeout=20) == 0
    assert time.monotonic() - began < 20
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", site.port), timeout=2)
    assert "Traceback" not in site.log.read_text()
    with site.house():
        keys = select(Contribution.submission_key).where(Contribution.parent_id == site.topic)
        assert sorted(db.session.scalars(keys)) == [str(n) for n in range(WAITING)]


def test_a_worker_that_is_asked_to_stop_finishes_what_it_holds(site):
    site.start(worker="none")
    writer = signed_in(site)
    for n in range(5):
        assert writer.post(f"/c/{site.topic}/reply", source=f"Reply {n} of five.", submission_key=str(n))[0] == 303
    with nobody_else_writes(site.file):
        site._spawn("work")
        worker = site.processes[-1]
        wait_until(lambda: listens(worker.pid), "the worker did not come up", 30)
        time.sleep(1.0)  # by now it wants its first errands
        worker.terminate()
        time.sleep(0.3)
        worker.terminate()
    assert worker.wait(timeout=20) == 0
    with site.house():
        assert db.session.scalar(select(func.count()).where(Errand.leased_until.is_not(None))) == 0
    assert "Traceback" not in site.log.read_text()


def test_a_web_process_or_worker_that_dies_is_replaced(site):
    site.settings["web_processes"] = 2
    site.start(worker="inside")
    writer = signed_in(site)
    (server,) = site.processes
    children = children_of(server.pid)
    assert len(children) >= 3, "two web processes and a worker"
    for child in children:
        os.kill(child, signal.SIGKILL)

    def answers() -> bool:
        try:
            return Browser(site.port).get("/forum/")[0] == 200
        except NoAnswer:
            return False

    wait_until(answers, "no web process came", 15)
    assert writer.post(f"/c/{site.topic}/reply", source="Is somebody there?", submission_key="k")[0] == 303
    with site.house():
        wait_until(lambda: owed() == 0, "no worker came", 15)


def listens(pid: int) -> bool:
    """Whether a process does something of its own when it is asked to stop."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) & 1 << signal.SIGTERM - 1)


def owed() -> int:
    """How many errands wait."""
    count = db.session.scalar(select(func.count()).select_from(Errand))
    db.session.rollback()
    return count or 0


def children_of(pid: int) -> list[int]:
    """The processes that this one started."""
    return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] + [
        int(number)
        for task in Path(f"/proc/{pid}/task").iterdir() if task.name != str(pid)
        for number in (task / "children").read_text().split()
    ]  # fmt: skip
