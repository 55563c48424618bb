"""`serve --with-worker`: one process that looks after its copies; who started them hears when they are ready."""

import os
import re
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.system.browser import Browser

pytestmark = pytest.mark.slow

PATIENCE = 30


def until(seen: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.1)


def running(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def workers(site) -> set[int]:
    """The worker's process: the child that granian does not name."""
    (main,) = site.processes
    children = {int(c) for t in Path(f"/proc/{main.pid}/task").iterdir() for c in (t / "children").read_text().split()}
    web = {int(pid) for pid in re.findall(r"Spawning worker-\d+ with PID: (\d+)", site.log.read_text())}
    return children - web


def test_a_worker_that_dies_is_started_again_and_none_outlives_the_server(make_site):
    site = make_site().start()
    until(lambda: len(workers(site)) == 1)
    (first,) = workers(site)
    os.kill(first, signal.SIGKILL)
    until(lambda: len(workers(site) - {first}) == 1)
    assert "ended with -9 and is started again" in site.log.read_text()
    (second,) = workers(site) - {first}
    (main,) = site.processes
    os.kill(main.pid, signal.SIGKILL)  # it alone, and without a goodbye
    main.wait()
    until(lambda: not running(second))
    site.kill()


@pytest.fixture
def told(tmp_path):
    """Where a service manager listens, as systemd does for `Type=notify`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "told"))
        ear.settimeout(PATIENCE)
        yield ear


def test_it_is_told_to_be_ready_when_it_answers(make_site, told):
    site = make_site(web_processes=2)
    site.before = ["env", f"NOTIFY_SOCKET={told.getsockname()}"]
    site._spawn("serve")
    assert told.recv(100) == b"READY=1"
    assert Browser(site.port).get("/healthz")[0] == 200
    site._spawn("work")
    assert told.recv(100) == b"READY=1"
    site.stop()


def test_what_does_not_start_is_never_told_to_be_ready(make_site, told, tmp_path):
    site = make_site()
    site.settings["database_url"] = f"sqlite:///{tmp_path}/nothing/here.sqlite3"
    site.before = ["env", f"NOTIFY_SOCKET={told.getsockname()}"]
    for command in ("serve", "work"):
        with pytest.raises(RuntimeError, match="The database is not ready"):
            site.command(command)
    told.setblocking(False)
    with pytest.raises(BlockingIOError):
        told.recv(100)


def test_an_address_that_another_program_has_is_said_and_that_one_is_not_taken_for_ours(make_site, told):
    site = make_site()
    site.before = ["env", f"NOTIFY_SOCKET={told.getsockname()}"]
    with HTTPServer(("127.0.0.1", site.port), BaseHTTPRequestHandler) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        with pytest.raises(RuntimeError, match=r"Settings: nobody .* PORTAL_BIND=.*Address already in use") as ended:
            site.command("serve")
        other.shutdown()
    assert "Traceback" not in str(ended.value)
    told.setblocking(False)
    with pytest.raises(BlockingIOError):
        told.recv(100)
