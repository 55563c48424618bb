"""Levels above advocate, by the settings: what each takes, what holds it, and which one a score still holds.

A level is held from the same share of its score as recognition itself is (3.5 of 5, unless set otherwise).
"""

from collections.abc import Sequence
from typing import NamedTuple

from portal.advocacy.gate import Condition, Evidence
from portal.advocacy.models import LEVELS
from portal.config import settings


class Level(NamedTuple):
    """A level above advocate that this site awards."""

    name: str
    score: float
    customers: int
    days: int
    """Days recognised, in all."""

    def conditions(self, evidence: Evidence, days: int) -> Sequence[Condition]:
        """What it takes, beside what there is; `days` is for how long the member was recognised in all."""
        customers = len(evidence.customers)
        return (
            Condition("help score", evidence.score, self.score),
            Condition("verified customers helped who were not thanked in turn", customers, self.customers),
            Condition("days as a recognised advocate", days, self.days),
        )  # fmt: skip


def awarded() -> Sequence[Level]:
    """The levels above advocate that are switched on, the lowest first."""
    s = settings()
    every = (
        Level("mentor", s.mentor_score, s.mentor_customers, s.mentor_days),
        Level("ambassador", s.ambassador_score, s.ambassador_customers, s.ambassador_days),
    )
    return [level for level in every if level.score > 0]


def is_awarded(name: str) -> bool:
    """Whether this site has the level at all."""
    return name == LEVELS[0] or any(level.name == name for level in awarded())


def above(name: str) -> Sequence[Level]:
    """The levels higher than this one, the highest first."""
    return [level for level in reversed(awarded()) if LEVELS.index(level.name) > LEVELS.index(name)]


def reached(name: str, evidence: Evidence, days: int) -> str:
    """The highest level above this one whose conditions are all met; empty if there is none."""
    fits = (level.name for level in above(name) if all(c.met for c in level.conditions(evidence, days)))
    return next(fits, "")


def holds_from(name: str) -> float:
    """The help score from which a level is held."""
    s = settings()
    for level in awarded():
        if level.name == name:
            return level.score * (s.advocate_lost_below / s.advocate_score if s.advocate_score else 1.0)
    return s.advocate_lost_below


def held(name: str, score: float) -> str:
    """What a score still holds of this level: itself, a lower one, or nothing."""
    lower = LEVELS[: LEVELS.index(name) + 1]
    return next((n for n in reversed(lower) if is_awarded(n) and score >= holds_from(n)), "")
