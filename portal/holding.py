"""The process that was asked to serve: small, it keeps the others going and never has the application itself.

It lets a process build the application, part into web processes and a worker, and end: what all of those wrote to since
would stay in the builder's memory for nobody, 40 MB of it. Who dies is replaced by another of its kind, which is built
anew. Nothing is imported here but a little of Python's own. Linux alone lets a process adopt those whose parent ended;
elsewhere the builder stays, and looks after them as it can.
"""

import ctypes
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Thread
from types import FrameType
from typing import NoReturn

END_SECONDS = 20
"""After which who was asked to end is killed."""
TOGETHER = 0.3
"""Seconds in which those who died are counted, since they often die together; one builder replaces them all."""
PAUSE = 3.0
"""Seconds between two builders: what dies at once, dies again."""
SET_CHILD_SUBREAPER = 36
"""Of Linux's prctl."""


class Held:
    """What the builder knows of it that holds it."""

    def __init__(self, wanted: Mapping[str, int] | None, why: list[str], life: int, told: int) -> None:
        self.wanted, self.why = wanted, why
        """How many of each kind ("web", "worker") are missing, None for all that were asked for; what to tell of it."""
        self._life, self._told = life, told

    def hand_over(self, pids: Mapping[int, str]) -> None:
        """Say which processes there are now, and of which kind: they are looked after when the builder ends."""
        os.write(self._told, json.dumps(pids).encode() + b"\n")

    def when_it_ends(self, do: Callable[[], None]) -> None:
        """Call `do` once the holding process is gone, even without a goodbye."""

        def wait() -> None:
            os.read(self._life, 1)  # nobody writes: it ends when the other end is closed
            do()

        Thread(target=wait, name="holder", daemon=True).start()


held: Held | None = None
"""In a builder and the processes that it parts into."""


def can_hold() -> bool:
    """Whether this system lets a process adopt its grandchildren; if so, this one does from now on."""
    with suppress(OSError, AttributeError):
        return sys.platform == "linux" and ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    return False


def hold(build: Callable[[], None]) -> NoReturn:
    """Let `build` start what is missing, again and again, until this process is asked to end. `build` finds in `held`
    what to do; it hands over and ends, unless it becomes the one process that is missing."""
    Holder(build).run()


class Holder:
    """One site's processes, from the first start to the end of the last."""

    def __init__(self, build: Callable[[], None]) -> None:
        self._build, self._life = build, os.pipe()
        self._kinds: dict[int, str] = {}
        self._missing: Counter[str] = Counter()
        self._why: list[str] = []
        self._builder, self._began, self._said = 0, 0.0, -1
        self._wanted: Counter[str] | None = None
        self._ending, self._code = False, 0

    def run(self) -> NoReturn:
        """Until all have ended; exits with 0, or with the code of a first builder that could not build."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        signal.signal(signal.SIGALRM, lambda _number, _frame: self._tell_all(signal.SIGKILL))
        self._start()
        while self._reap(0):
            if self._missing and not self._builder and not self._ending:
                self._pause(max(TOGETHER, PAUSE - (time.monotonic() - self._began)))
                while self._reap(os.WNOHANG):
                    pass
                if not self._ending:
                    self._start()
        sys.exit(self._code)

    def _start(self) -> None:
        self._wanted, why = (Counter(self._missing) if self._began else None), self._why
        self._missing, self._why, self._began = Counter(), [], time.monotonic()
        self._said, told = os.pipe()
        pid = os.fork()
        if not pid:
            self._become_the_builder(why, told)
        self._builder = pid
        os.close(told)
        if self._wanted == {"worker": 1}:  # it becomes that itself
            self._kinds[pid], self._builder = "worker", 0
            os.close(self._said)

    def _become_the_builder(self, why: list[str], told: int) -> NoReturn:
        global held
        for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
            signal.signal(number, usual)
        os.close(self._life[1])
        os.close(self._said)
        held = Held(self._wanted, why, self._life[0], told)
        self._build()
        sys.exit(0)

    def _reap(self, how: int) -> bool:
        """Note who ended; False if nobody did, or if there is nobody left."""
        try:
            pid, status = os.waitpid(-1, how)
        except ChildProcessError:
            return False
        code = os.waitstatus_to_exitcode(status) if pid else 0
        if pid and pid == self._builder:
            self._built(code)
        elif kind := self._kinds.pop(pid, ""):
            self._missing[kind] += 1
            if code and not self._ending:
                self._why.append(f"the {kind} process {pid} ended with {code} and is started again")
        return bool(pid)

    def _built(self, code: int) -> None:
        self._builder = 0
        os.set_blocking(self._said, False)
        with os.fdopen(self._said) as pipe:
            said = json.loads(pipe.readline() or "{}")
        self._kinds |= {int(pid): kind for pid, kind in said.items()}
        if self._ending:
            self._tell_all(signal.SIGTERM)  # who has just been adopted too
        elif not said and self._wanted is None:
            self._code = code if code >= 0 else 1
            self._end()
        elif not said and self._wanted:
            self._missing.update(self._wanted)

    def _end(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        if not self._ending:
            self._ending = True
            signal.alarm(END_SECONDS)
            self._tell_all(signal.SIGTERM)

    def _tell_all(self, number: int) -> None:
        with suppress(OSError), open(f"/proc/self/task/{os.getpid()}/children") as children:  # those it adopted too
            self._kinds |= {int(pid): "child" for pid in children.read().split() if int(pid) not in self._kinds}
        for pid in {*self._kinds, self._builder} - {0}:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._ending and time.monotonic() < until:
            time.sleep(0.05)
