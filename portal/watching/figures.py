"""What was counted in the last hour, day or week, in steps that a plot can show; percentiles from the histogram."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import extract, func, select

from portal import clock
from portal.db import db
from portal.watching.counting import EVER
from portal.watching.models import Measured
from portal.watching.vocabulary import ANSWERS, BOUNDS, GAUGE, TOOK

PAGES_KEPT = ("page_hit", "page_304")
"""Answered from the page cache, before the application is asked."""


@dataclass(frozen=True)
class Period:
    """So many steps of so many minutes."""

    name: str
    minutes: int
    steps: int

    @property
    def length(self) -> timedelta:
        """All of it."""
        return timedelta(minutes=self.minutes * self.steps)


PERIODS = {period.name: period for period in (Period("hour", 1, 60), Period("day", 15, 96), Period("week", 60, 168))}


@dataclass
class Step:
    """What was counted from `at` on, by name: how often, how much in all, the most at once."""

    at: datetime
    minutes: int
    sums: dict[str, tuple[int, float, float]] = field(default_factory=dict)

    def number(self, *names: str) -> int:
        """How often these were counted."""
        return sum(self.sums[name][0] for name in names if name in self.sums)

    def mean(self, gauge: str) -> float | None:
        """What a gauge showed on average; None if nobody looked."""
        number, total, _ = self.sums.get(f"{GAUGE}:{gauge}", (0, 0.0, 0.0))
        return total / number if number else None

    @property
    def requests(self) -> int:
        """All of them, those that the page cache answered included."""
        return self.number(*ANSWERS, *PAGES_KEPT)

    @property
    def a_minute(self) -> float:
        """Requests a minute."""
        return self.requests / self.minutes

    @property
    def errors(self) -> int:
        """Answers that say that the portal failed."""
        return self.number("answer_5xx")

    @property
    def from_cache(self) -> float | None:
        """Percent of the pages looked up that the page cache had; None if none was looked up."""
        had = self.number(*PAGES_KEPT)
        looked_up = had + self.number("page_miss")
        return 100 * had / looked_up if looked_up else None

    def within(self, share: float) -> float | None:
        """Milliseconds within which this share (0 to 1) of the answers was there; None if there was none.

        As Prometheus reads a histogram: even within a step of it. Beyond the last bound it is the slowest answer.
        """
        counts = [self.number(name) for name in TOOK]
        wanted, below = share * sum(counts), 0
        if not wanted:
            return None
        slowest = max(self.sums[name][2] for name in ANSWERS if name in self.sums)
        for lower, upper, count in zip((0, *BOUNDS), (*BOUNDS, slowest), counts, strict=True):
            if count and below + count >= wanted:
                return min(lower + (upper - lower) * (wanted - below) / count, slowest)
            below += count
        return slowest

    @property
    def when(self) -> str:
        """The moment in words (UTC)."""
        return f"{self.at:%H:%M}" if self.minutes < 60 else f"{self.at.day} {self.at:%B %H:%M}"


def steps_of(period: Period) -> Sequence[Step]:
    """The steps of a period that ends with the last whole one; one query, whatever was counted."""
    size = period.minutes * 60
    until = int(clock.now().timestamp()) // size * size
    begins = range(until - period.steps * size, until, size)
    steps = {second: Step(datetime.fromtimestamp(second, UTC), period.minutes) for second in begins}
    second = extract("epoch", Measured.minute)
    begin = (second - second % size).label("begin")
    sums = func.sum(Measured.number), func.sum(Measured.total), func.max(Measured.highest)
    since, end = datetime.fromtimestamp(begins[0], UTC), datetime.fromtimestamp(until, UTC)
    query = select(begin, Measured.name, *sums).where(Measured.minute >= since, Measured.minute < end)
    for begun, name, number, total, highest in db.session.execute(query.group_by(begin, Measured.name)):
        steps[int(begun)].sums[name] = (int(number), total, highest)
    return list(steps.values())


def together(steps: Sequence[Step], period: Period) -> Step:
    """All steps as one."""
    whole = Step(steps[0].at, period.minutes * period.steps)
    for step in steps:
        for name, (number, total, highest) in step.sums.items():
            had = whole.sums.get(name, (0, 0.0, highest))
            whole.sums[name] = (had[0] + number, had[1] + total, max(had[2], highest))
    return whole


def anything_counted() -> bool:
    """Whether there is anything to show yet."""
    return db.session.scalar(select(Measured.name).where(Measured.minute > EVER).limit(1)) is not None
