"""Counting in this process: cheap, safe with threads, kept in memory until it is written down.

Whoever has something to count calls `count()` and goes on; the request's own transaction never knows
of it. `keeping` writes down what gathered. What a process counted in its last seconds is lost with
`kill -9`, and nothing else.
"""

import os
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from portal import clock
from portal.watching.vocabulary import ANSWERS, BOUNDS, TOOK, is_gauge, is_known

EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The "minute" under which the sum of all time stands: it only grows, however many minutes are forgotten."""
MOST_MINUTES = 180
"""Minutes that are kept while the database is away. Then the oldest go; the sums of all time lose nothing."""

Row = dict[str, Any]
_Cell = list[float]


class Counts:
    """What gathered in one process."""

    def __init__(self) -> None:
        self._cells: dict[str, _Cell] = {}
        self._counting = Lock()
        self._kept: dict[tuple[datetime, str], _Cell] = {}
        self._handing_over = Lock()

    def count(self, name: str, number: int = 1, total: float = 0.0, highest: float = 0.0) -> None:
        """Add `number` to `name` and `total` to its sum; `highest` is the most at once.

        Raises ValueError for a name that is not in the vocabulary. Takes less than a microsecond.
        """
        with self._counting:
            cell = self._cells.get(name)
            if cell is None:
                if not is_known(name):
                    raise ValueError(f"nothing is counted under the name {name!r}")
                cell = self._cells[name] = [0, 0.0, highest]
            cell[0] += number
            cell[1] += total
            if highest > cell[2]:
                cell[2] = highest

    def answered(self, status: int, milliseconds: float) -> None:
        """Count one answer: its group, and the step of the histogram that its time falls into."""
        self.count(ANSWERS[min(max(status // 100, 2), 5) - 2], 1, milliseconds, milliseconds)
        self.count(TOOK[bisect_left(BOUNDS, milliseconds)])
        if status == 429:
            self.count("rate_limited")

    @contextmanager
    def handing_over(self) -> Iterator[list[Row]]:
        """A block that gets what gathered, as rows in an order that is the same everywhere.

        They are forgotten when the block ends well, and kept for the next when it raises. What is
        counted meanwhile belongs to the next.
        """
        with self._handing_over:
            self._sort_in(clock.now().replace(second=0, microsecond=0))
            yield [
                {"minute": minute, "name": name, "number": int(number), "total": total, "highest": highest}
                for (minute, name), (number, total, highest) in sorted(self._kept.items())
            ]
            self._kept.clear()

    def _sort_in(self, minute: datetime) -> None:
        with self._counting:
            cells, self._cells = self._cells, {}
        for name, (number, total, highest) in cells.items():
            for when in (minute,) if is_gauge(name) else (EVER, minute):
                cell = self._kept.setdefault((when, name), [0, 0.0, highest])
                cell[0] += number
                cell[1] += total
                cell[2] = max(cell[2], highest)
        minutes = sorted({when for when, _ in self._kept} - {EVER})
        if too_old := set(minutes[:-MOST_MINUTES]):
            self._kept = {key: cell for key, cell in self._kept.items() if key[0] not in too_old}


HERE = Counts()
"""Of this process. One that is forked off begins with nothing: the rest is its parent's to write down."""
os.register_at_fork(after_in_child=HERE.__init__)  # type: ignore[misc]
count = HERE.count
answered = HERE.answered
