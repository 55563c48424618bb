"""The agenda: what is to happen when, carried out in order with the house's clock set to each instant."""

import hashlib
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal import clock
from portal.db import writing

AT_ONCE = 40
"""Events in one transaction: few enough that a visitor who writes meanwhile hardly waits."""
EARLIEST_HOUR, HOURS_AWAKE = 6, 16


@dataclass(order=True)
class Event:
    """Something to do at an instant; `alone` things open their own transactions."""

    when: datetime
    number: int
    do: Callable[[], None] = field(compare=False)
    alone: bool = field(default=False, compare=False)


class Agenda:
    """Events in the order of their times; carrying one out may add others."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._waiting: list[Event] = []
        self._added = 0

    def add(self, when: datetime, do: Callable[[], None], *, alone: bool = False) -> None:
        """Do it at `when`, or a minute ago if that has not come yet: nothing happens in the future."""
        self._added += 1
        when = min(when, self.now - timedelta(minutes=1))
        heapq.heappush(self._waiting, Event(when, self._added, do, alone))

    def carry_out(self, progress: Callable[[int, int], None]) -> None:
        """Everything, in order; `progress` is told how many are done and how many are known."""
        done = 0
        while self._waiting:
            if self._waiting[0].alone:
                self._next()
                done += 1
            else:
                with writing():
                    for _ in range(AT_ONCE):
                        if not self._waiting or self._waiting[0].alone:
                            break
                        self._next()
                        done += 1
            progress(done, self._added)

    def _next(self) -> None:
        event = heapq.heappop(self._waiting)
        with clock.at(event.when):
            event.do()

    def moment(self, days: float, of: str) -> datetime:
        """So many days ago; at an hour of the day that depends on what it is, unless it is very recent."""
        if days < 5:
            return self.now - timedelta(days=days)
        day = (self.now - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
        return day + timedelta(hours=EARLIEST_HOUR + HOURS_AWAKE * share(of))


def share(text: str) -> float:
    """A number from 0 to 1 that belongs to a text: the same in every run."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48


def mark(*parts: str) -> str:
    """The key by which the demo finds a contribution that it made before."""
    return "demo-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
