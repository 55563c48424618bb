"""The worker: follows up what was recorded, and does what the clock asks for."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Event

from flask import Flask

from portal import activity, logs, waking
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


def work(app: Flask, stop: Event, chores: Sequence[Chore] = ()) -> None:
    """Work until `stop` is set: errands as they come, chores as they fall due.

    A database that goes away is waited for; what was leased and not finished is done again.
    """
    due = {chore.name: 0.0 for chore in chores}
    pause, ear = POLL_SECONDS, waking.Ear(app, POLL_SECONDS)
    while not stop.is_set():
        try:
            with app.app_context():
                done = activity.follow_up(AT_ONCE, enough=stop.is_set, owed_by_now=True)
                for chore in chores:
                    if stop.is_set():
                        break
                    if time.monotonic() >= due[chore.name]:
                        due[chore.name] = time.monotonic() + chore.every
                        _do(chore)
            pause = POLL_SECONDS
            if not stop.is_set() and done < AT_ONCE:
                if done:
                    stop.wait(TOGETHER)
                else:
                    ear.wait(stop)
        except Exception:
            log.exception("the worker could not go on; trying again in %.0f s", pause)
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
    keeping.flush(app)


def _do(chore: Chore) -> None:
    with logs.working_for([logs.new_id()], chore.name):
        try:
            with nullcontext(True) if chore.in_each else alone(chore.name) as ours:
                if ours:
                    chore.do()
        except Exception:
            log.exception("the chore %s failed", chore.name)
            db.session.rollback()
