"""The worker beside the web server: a process of its own that is started again should it die, and lets a fresh one take
its place once it has grown."""

import logging
import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread
from typing import Any

log = logging.getLogger(__name__)

RESTART_SECONDS = 3.0
END_SECONDS = 20.0
LOOK_SECONDS = 20.0
"""Between two looks at how large a copy has become; a fresh one costs a tenth of a second of work."""
GROWN = 32 * 1024 * 1024
"""Bytes that a copy may have written of its own. One that looks for errands and finds none has 20 MB and comes to 25;
one that did each of its duties once has 55."""
WHAT_IS_ITS_OWN = Path("/proc/self/smaps_rollup")

Task = Callable[[Any], Any]
"""What is done beside. It is given what the one before it left for it, None at first; when it leaves something itself,
another is started at once to go on with that."""


@contextmanager
def beside(do: Task) -> Iterator[None]:
    """A block beside which `do` runs in a process of its own, which is started again when it ends."""
    over = Event()
    keeper = Thread(target=_keep, args=(do, over), name="keeper")
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _keep(do: Task, over: Event) -> None:
    left = None
    while not over.is_set():
        ours, theirs = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.Process(target=_run, args=(do, left, theirs), name="beside")
        process.start()
        theirs.close()
        while process.is_alive() and not over.is_set():
            process.join(0.2)
        left = None
        if over.is_set():
            process.terminate()
            process.join(END_SECONDS)
            process.kill()
            process.join()
        elif (left := _left_in(ours)) is None:
            if process.exitcode:  # 0: it was asked to, and so perhaps is the server
                log.error("the process beside the server ended with %s and is started again", process.exitcode)
            over.wait(RESTART_SECONDS)
        ours.close()


def _run(do: Task, left: Any, leave: Connection) -> None:
    """In the child."""
    mine = do(left)
    if mine is not None:
        leave.send(mine)


def _left_in(pipe: Connection) -> Any:
    with suppress(EOFError):
        return pipe.recv() if pipe.poll() else None
    return None


def when_the_parent_ends(do: Callable[[], None]) -> None:
    """Call `do` in this child process once the process that started it is gone, even without a goodbye."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        do()

    Thread(target=wait, name="parent", daemon=True).start()


class Growth:
    """How large this copy of another process has become: to count references it writes to nearly all that it uses, and
    what it has written once it no longer shares, however little of it is still needed."""

    def __init__(self) -> None:
        self._look_at = time.monotonic() + LOOK_SECONDS

    def is_too_much(self, at_once: bool) -> bool:
        """Whether a fresh copy should take its place. It looks `at_once`, or now and then; some systems do not tell."""
        if not at_once and time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + LOOK_SECONDS
        return written_alone() > GROWN


def written_alone() -> int:
    """The bytes of memory that this process has written and shares with nobody; 0 where the system does not tell."""
    with suppress(OSError):
        for line in WHAT_IS_ITS_OWN.read_text().splitlines():
            if line.startswith("Private_Dirty:"):
                return int(line.split()[1]) * 1024
    return 0
