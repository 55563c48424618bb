"""When an errand may be taken: how long a worker holds one, how long a failed one rests, whatever the clock does."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import local
from typing import Any

from sqlalchemy import ColumnElement, or_, tuple_

LEASE = timedelta(minutes=1)
"""How long a worker may be silent before another takes its errand over."""
PAUSES = (2, 10, 60, 300, 1800, 7200)
"""Seconds between the tries of an errand that failed; the last one repeats."""
SOON = 30
"""… at the most, if it failed because the machine ails, and somebody mends it: a full disk, say."""


class _Own(local):
    """What this thread was torn away from: errands, and how often they had been taken by then."""

    left: Sequence[tuple[int, int]] = ()


_own = _Own()


def may_be_taken(errand: Any, now: datetime) -> ColumnElement[bool]:
    """Whether an errand is due and nobody is at it, of the columns of `errand`.

    No lease and no pause reaches further than the longest there are: one that does was written before the clock went
    back. What never failed waits for nothing, whatever time it was when it was owed.
    """
    until, from_then = errand.leased_until, errand.available_at
    left = tuple_(errand.id, errand.attempts).in_(_own.left)
    free = or_(until.is_(None), until < now, until > now + 2 * LEASE, left)
    rested = or_(from_then <= now, from_then > now + timedelta(seconds=PAUSES[-1]), errand.last_error.is_(None))
    return free & rested


@contextmanager
def held(errands: Iterable[tuple[int, int]]) -> Iterator[None]:
    """A block in which this thread is at these errands (number, times taken). If it raises, the database was away even
    for noting that they failed; the lease stands, but this thread knows that nobody is at them."""
    _own.left = tuple(errands)
    yield
    _own.left = ()


def rest(attempts: int, ailing: bool) -> timedelta:
    """How long an errand rests after it failed so many times; less if it is the machine that ails."""
    seconds = PAUSES[min(attempts, len(PAUSES) - 1)]
    return timedelta(seconds=min(seconds, SOON) if ailing else seconds)
