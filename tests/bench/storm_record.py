"""What happened in the storm: requests, faults and how long each lasted, and what no fault explains."""

import itertools
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

GRACE = 1.5
"""Seconds after a fault in which an error may still be due: what it cut short is answered by then."""
HANG = 30.0
"""Seconds after which whoever still waits has been forgotten."""
SHOWN = 40


@dataclass
class Fault:
    """One fault: what it was, when it began and ended (monotonic), and what it may excuse."""

    name: str
    excuses: str
    """`all` requests, those to `search`, the `worker`'s work alone, or the `site` in no way at all (empty)."""
    began: float
    ended: float | None = None
    said: str = ""


@dataclass
class Record:
    """One storm's record; all its people write into it."""

    began: float = field(default_factory=time.monotonic)
    failures: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    due: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    skipped: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def fail(self, what: str, request_id: str = "") -> None:
        """Something that no fault explains; printed at once."""
        line = f"{self.clock():6.1f} s  {what}" + (f"  [request {request_id}]" if request_id else "")
        with self.lock:
            self.failures.append(line)
            if len(self.failures) <= SHOWN:
                print(f"FAILURE {line}", flush=True)

    def clock(self) -> float:
        """Seconds since the storm began."""
        return time.monotonic() - self.began

    def answered(self, kind: str, status: int | str, seconds: float) -> None:
        """A request of this kind came to this."""
        with self.lock:
            self.answers[f"{kind} {status}"] += 1
            self.seconds[kind].append(seconds)

    def excused(self, what: str) -> None:
        """An error that was due."""
        with self.lock:
            self.due[what] += 1

    def did(self, act: str) -> None:
        """Somebody finished something."""
        with self.lock:
            self.acts[act] += 1

    @contextmanager
    def fault(self, name: str, excuses: str) -> Iterator[Fault]:
        """A block in which this fault is at work; it ends when the site is well again."""
        at_work = Fault(name, excuses, time.monotonic())
        with self.lock:
            self.faults.append(at_work)
        try:
            yield at_work
        finally:
            at_work.ended = time.monotonic()
            lasted = at_work.ended - at_work.began
            said = f": {at_work.said}" if at_work.said else ""
            print(f"        {self.clock():6.1f} s  {name}, well again after {lasted:.1f} s{said}", flush=True)

    def is_due(self, began: float, ended: float, what: str = "all") -> bool:
        """Whether a fault that excuses `what` was at work at some time between these."""
        excuses = {"all", what}
        with self.lock:
            return any(
                fault.excuses in excuses and fault.began <= ended and began <= (fault.ended or ended) + GRACE
                for fault in self.faults
            )

    def since_fault(self) -> float:
        """Seconds since the last fault ended; 0 while one is at work."""
        with self.lock:
            ends = [fault.ended for fault in self.faults]
        return 0.0 if None in ends else time.monotonic() - max([*(e for e in ends if e), self.began])

    def told(self) -> Iterator[str]:
        """The account, line by line."""
        done = sum(self.acts.values())
        yield f"{sum(self.answers.values()):,} requests in {self.clock():.0f} s; {done:,} things done:"
        yield "  " + ", ".join(f"{n:,} {act}" for act, n in sorted(self.acts.items(), key=lambda pair: -pair[1]))
        for kind, took in sorted(self.seconds.items()):
            took.sort()
            statuses = {key.rpartition(" ")[2]: n for key, n in self.answers.items() if key.rpartition(" ")[0] == kind}
            shown = ", ".join(f"{n:,} × {status}" for status, n in sorted(statuses.items()))
            at = [took[min(len(took) - 1, int(len(took) * share))] * 1000 for share in (0.5, 0.99)]
            yield f"  {kind:<22} p50 {at[0]:6.0f} ms  p99 {at[1]:6.0f} ms  {shown}"
        lasted: defaultdict[str, list[float]] = defaultdict(list)
        for fault in self.faults:
            lasted[fault.name].append((fault.ended or time.monotonic()) - fault.began)
        for name, times in lasted.items():
            yield f"  fault: {name}, {len(times)} ×, {min(times):.1f} to {max(times):.1f} s until all was well again"
        yield from (f"  {n:,} × due: {what}" for what, n in self.due.most_common())
        yield from (f"  skipped: {why}" for why in self.skipped)
