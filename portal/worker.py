"""The worker: follows up what was recorded, and does what the clock asks for."""

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from threading import Event

from flask import Flask

from portal import activity, clock, logs, waking
from portal.alone import alone
from portal.db import db
from portal.watching import keeping

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
TOGETHER = 0.3
"""Seconds that the worker gives way after it followed something. What is recorded meanwhile is followed together: the
index takes ten replies for the price of one, and whoever posts has the processor and the database in between."""
AT_ONCE = 1000
"""Errands after which it looks at the clock, and goes on without a pause: there is a lot to catch up with."""
LONGEST_PAUSE = 10.0
"""Seconds between tries while the database is away: so soon all goes on when it is back."""


@dataclass(frozen=True)
class Chore:
    """Something done every so many seconds, whatever happens; it must be idempotent."""

    name: str
    every: float
    do: Callable[[], object]
    in_each: bool = False
    """Whether each worker does it for itself; else it is passed over while another worker is at it."""
    daily: bool = False
    """Once a day (UTC), all of these in their order in a process of its own, which gives its memory back and holds no
    errand up; tried again after `every` seconds if one failed."""
    goes_on: Callable[[], bool] = lambda: False
    """Whether something is under way that only this worker can bring to its end: until then it does not leave."""


@dataclass
class Plan:
    """When what is due: a worker that takes another's place goes on with it, or all would be done again at once."""

    due: dict[str, float] = field(default_factory=dict)
    """By chore, on the clock that all processes of a machine have in common."""
    day_due: float = 0.0
    day_done: date | None = None


class Daily:
    """What is done once a day, by this worker's count: when it was, and the process that is at it."""

    def __init__(self, chores: Sequence[Chore], plan: Plan) -> None:
        self._every = min((chore.every for chore in chores if chore.daily), default=0.0)
        self._plan = plan
        self._day = clock.now().date()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether a process is at it."""
        return self._process is not None

    def tend(self) -> None:
        """Begin it when it is due, and note how it ended."""
        if self._process is not None and self._process.poll() is not None:
            if self._process.returncode:
                log.error("the chores of the day ended with %s", self._process.returncode)
            else:
                self._plan.day_done = self._day
            self._process = None
        today, plan = clock.now().date(), self._plan
        if self._every and self._process is None and plan.day_done != today and time.monotonic() >= plan.day_due:
            plan.day_due, self._day = time.monotonic() + self._every, today
            words = [sys.executable, "-m", "portal", "chores-of-the-day"]
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL)  # noqa: S603

    def end(self) -> None:
        """End it if it is under way: it is done again."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


def work(
    app: Flask, stop: Event, chores: Sequence[Chore] = (), plan: Plan | None = None,
    enough: Callable[[bool], bool] = lambda _at_once: False,
) -> Plan | None:  # fmt: skip
    """Work until `stop` is set: errands as they come, chores as they fall due.

    A database that goes away is waited for; what was leased and not finished is done again. Once what was owed is done
    and `enough(at_once)`, it ends too, and returns the plan for one that takes its place. That is asked at every pause,
    and `at_once` after each chore: of those that fall due together, the next one does the others. Not while something
    that it began goes on, which would be begun again by the next one, and so on for ever.
    """
    plan = plan or Plan()
    plan.due = {c.name: 0.0 if c.in_each else plan.due.get(c.name, 0.0) for c in chores if not c.daily}
    daily, left = Daily(chores, plan), None
    pause, ear = POLL_SECONDS, waking.Ear(app, POLL_SECONDS)

    def may_leave(at_once: bool) -> bool:
        return not daily.is_under_way and not any(chore.goes_on() for chore in chores) and enough(at_once)

    while not stop.is_set():
        try:
            with app.app_context():
                done, left_over = activity.follow_up(AT_ONCE, enough=stop.is_set, owed_by_now=True), False
                for chore in chores:
                    if stop.is_set() or left_over:
                        break
                    if not chore.daily and time.monotonic() >= plan.due[chore.name]:
                        plan.due[chore.name] = time.monotonic() + chore.every
                        do(chore)
                        # What each does for itself comes first in the next one too: it alone would lead nowhere.
                        left_over = not chore.in_each and may_leave(True)
                if not left_over:
                    daily.tend()
                    left_over = done < AT_ONCE and may_leave(False)
            pause = POLL_SECONDS
            if not stop.is_set() and done < AT_ONCE:
                if left_over:
                    left = plan
                    break
                if done:
                    stop.wait(TOGETHER)
                else:
                    ear.wait(stop)
        except Exception:
            log.exception("the worker could not go on; trying again in %.0f s", pause)
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
    daily.end()
    keeping.flush(app)
    return left


def do(chore: Chore) -> bool:
    """Do it now, unless another worker is at it; says whether it went well."""
    with logs.working_for([logs.new_id()], chore.name):
        try:
            with nullcontext(True) if chore.in_each else alone(chore.name) as ours:
                if ours:
                    chore.do()
            return True
        except Exception:
            log.exception("the chore %s failed", chore.name)
            db.session.rollback()
            return False
