"""`serve --with-worker`: one process that looks after its copies, the web processes and the worker."""

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
