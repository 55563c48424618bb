"""A score as its member reads it: in hundredths that add up, line by line and person by person, to the last digit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor, frexp
from typing import NamedTuple

from portal import clock
from portal.advocacy.score import Credit, Score
from portal.config import settings

LINES = 20
"""As many lines of one person are shown one by one; those before are shown as one sum."""


class Line(NamedTuple):
    """One line of help: who was helped by which contribution, how they said so, and when."""

    helped_id: int
    contribution_id: int
    sort: str
    at: datetime


@dataclass(frozen=True)
class ShownLine:
    """One acknowledgement: what it weighed when it was given, and what it weighs today, in hundredths."""

    line: Line
    weight: float
    today: int


@dataclass(frozen=True)
class ShownCredit:
    """What one person adds, in hundredths, and the lines and steps it comes from."""

    credit: Credit
    lines: Sequence[ShownLine]
    """The latest of them, up to LINES."""
    x: int
    adds: int
    more: int = 0
    """How many earlier lines there are …"""
    rest: int = 0
    """… and what they weigh together today."""

    @property
    def place(self) -> str:
        """Which voice of its group it is, in words; nothing for the first."""
        n = 1 - frexp(self.credit.group_factor)[1] + 1 if self.credit.group_factor > 0 else 1000
        return "" if n <= 1 else {2: "second", 3: "third", 4: "fourth"}.get(n, "further")

    @property
    def share(self) -> str:
        """What a later voice of its group counts."""
        factor = self.credit.group_factor
        return {0.5: "½", 0.25: "¼", 0.125: "⅛"}.get(factor, f"1/{round(1 / factor)}" if factor > 1e-4 else "0")


@dataclass(frozen=True)
class ShownScore:
    """The whole score in hundredths: `total` is `verified` plus what of the others counts."""

    verified: int
    others: int
    credits: Sequence[tuple[Credit, int]]

    @property
    def others_counted(self) -> int:
        """The others together count at most as much as verified customers do."""
        return min(self.verified, self.others)

    @property
    def total(self) -> int:
        """H."""
        return self.verified + self.others_counted


def show(score: Score) -> ShownScore:
    """A score with each person's part rounded so that the parts add up to the rounded sums."""
    verified, others = round(100 * score.verified_sum), round(100 * score.other_sum)
    adds = _parts(score, True, verified) | _parts(score, False, others)
    return ShownScore(verified, others, [(credit, adds[credit.helped]) for credit in score.credits])


def _parts(score: Score, verified: bool, total: int) -> dict[int, int]:
    side = [credit for credit in score.credits if credit.verified is verified]
    parts = apportion([100 * credit.c for credit in side], total)
    return dict(zip((credit.helped for credit in side), parts, strict=True))


def show_credit(credit: Credit, adds: int, lines: Sequence[Line], weights: Mapping[str, float]) -> ShownCredit:
    """One person's part with the lines it comes from, the latest first."""
    today, half_life = clock.now().date(), settings().score_half_life_days
    aged = [100 * weights[line.sort] * 2 ** (-max(0, (today - line.at.date()).days) / half_life) for line in lines]
    x = round(100 * credit.x)
    shown = [ShownLine(line, weights[line.sort], part) for line, part in zip(lines, apportion(aged, x), strict=True)]
    rest = shown[LINES:]
    return ShownCredit(credit, shown[:LINES], x, adds, len(rest), sum(line.today for line in rest))


def apportion(parts: Sequence[float], total: int) -> list[int]:
    """Whole numbers near `parts` that add up to `total`, their rounded sum: the largest remainders are rounded up.

    Hamilton's method; no part is off by more than one.
    """
    whole = [floor(part) for part in parts]
    left = total - sum(whole)
    by_remainder = sorted(range(len(parts)), key=lambda i: (whole[i] - parts[i], i))
    for i in by_remainder[: max(0, left)]:
        whole[i] += 1
    return whole
