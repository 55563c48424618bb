"""`serve --with-worker`: one small process that looks after the others, the web processes and the worker."""

import os
import re
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

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
    """The worker's process: the child that granian does not name, neither as one that serves nor as the builder."""
    (main,) = site.processes
    web = {int(pid) for pid in re.findall(r"(?:Spawning worker-\d+ with|main) PID: (\d+)", site.log.read_text())}
    return children(main.pid) - web


def children(pid: int) -> set[int]:
    return {int(c) for t in Path(f"/proc/{pid}/task").iterdir() for c in (t / "children").read_text().split()}


def test_a_worker_that_dies_is_started_again_and_none_outlives_the_server(make_site):
    site = make_site().start()
    until(lambda: len(workers(site)) == 1)
    (first,) = workers(site)
    os.kill(first, signal.SIGKILL)
    until(lambda: len(workers(site) - {first}) == 1)
    until(lambda: "ended with -9 and is started again" in site.log.read_text())
    (main,) = site.processes
    others = children(main.pid)
    assert len(others) >= 2, "a web process and a worker"
    os.kill(main.pid, signal.SIGKILL)  # it alone, and without a goodbye
    main.wait()
    until(lambda: not any(running(other) for other in others))
    site.kill()


def test_the_process_that_holds_the_others_together_does_not_have_the_application(make_site):
    site = make_site().start()
    until(lambda: len(workers(site)) == 1)
    (main,) = site.processes
    (worker,) = workers(site)
    assert "sqlalchemy" in Path(f"/proc/{worker}/maps").read_text()
    assert "sqlalchemy" not in Path(f"/proc/{main.pid}/maps").read_text()
    assert "granian" not in Path(f"/proc/{main.pid}/maps").read_text()
