"""The help score for everybody at once, in arrays: what `score.py` says, the same to the last digit.

All sums are of whole numbers, so the order of the lines changes nothing; everything else is done to each
number by itself, with the operations of `score.score_one` in their order, which IEEE 754 rounds alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.advocacy.score import GRAIN, MOST_PER_PERSON, PART, Terms, Voice

Whole = NDArray[np.int64]
Real = NDArray[np.float64]


@dataclass(frozen=True)
class Lines:
    """Lines that stand, one a place: who helped, who was helped, and what it weighs today in GRAINs."""

    helper: Whole
    helped: Whole
    grains: Whole


def score_everybody(lines: Lines, voices: Mapping[int, Voice], terms: Terms) -> dict[int, tuple[float, int]]:
    """For everybody who helped: the score, and how many people it was."""
    real = lines.helper != lines.helped
    if not real.any():
        return {}
    base = int(max(lines.helper.max(), lines.helped.max(), max(voices, default=0))) + 1
    pair, x = _sums(lines.helper[real] * base + lines.helped[real], lines.grains[real])
    helper, helped = pair // base, pair % base
    given = _given(helped, x, base)
    heard = _Heard(voices, base)

    there = np.minimum(np.searchsorted(pair, helped * base + helper), len(pair) - 1)
    in_turn = np.where(pair[there] == helped * base + helper, x[there], 0) / GRAIN
    acknowledged = x / GRAIN
    with np.errstate(divide="ignore", invalid="ignore"):  # what has aged away altogether is nothing
        shared = acknowledged * np.minimum(1.0, terms.budget / given[helped])
        rho = acknowledged / (acknowledged + np.maximum(0.0, in_turn - 1.0))
    within, rho = (np.where(x > 0, number, 0.0) for number in (shared, rho))
    plain = heard.weight[helped] * rho * (MOST_PER_PERSON * within / (1.0 + within))

    group = heard.group[helped]
    customers = heard.verified[helped]
    order = np.lexsort((helped, -plain, ~customers, group, helper))
    first = _begins(helper[order]) | _begins(group[order])
    place = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    parts = np.rint(np.ldexp(plain[order], -place) * PART).astype(np.int64)
    starts = np.flatnonzero(_begins(helper[order]))
    verified = customers[order]
    by_customers = np.add.reduceat(np.where(verified, parts, 0), starts)
    by_others = np.add.reduceat(np.where(verified, 0, parts), starts)
    who = helper[order][starts]
    total = np.where(heard.earns[who], by_customers + np.minimum(by_customers, by_others), 0) / PART
    people = np.diff(np.append(starts, len(order)))
    return dict(zip(who.tolist(), zip(total.tolist(), people.tolist(), strict=True), strict=True))


def _begins(sorted_keys: Whole) -> NDArray[np.bool_]:
    """Where a run of equal keys begins."""
    return np.append(True, sorted_keys[1:] != sorted_keys[:-1])


def _sums(keys: Whole, grains: Whole) -> tuple[Whole, Whole]:
    """Each key once, in order, with the sum of what came with it."""
    order = np.argsort(keys)
    ordered = keys[order]
    starts = np.flatnonzero(_begins(ordered))
    return ordered[starts], np.add.reduceat(grains[order], starts)


def _given(helped: Whole, x: Whole, base: int) -> Real:
    """What each person gave away in all, by their number."""
    who, sums = _sums(helped, x)
    found = np.zeros(base)
    found[who] = sums / GRAIN
    return found


class _Heard:
    """Voices by number; who is not there has none."""

    def __init__(self, voices: Mapping[int, Voice], base: int) -> None:
        who = np.fromiter(voices, np.int64, len(voices))
        several = list(voices.values())
        names = {name: n for n, name in enumerate(dict.fromkeys(v.group for v in several), 1)}
        self.weight, self.group = np.zeros(base), np.zeros(base, np.int64)
        self.verified, self.earns = np.zeros(base, bool), np.ones(base, bool)
        self.weight[who] = [v.weight for v in several]
        self.group[who] = [names[v.group] for v in several]
        self.verified[who] = [v.verified for v in several]
        self.earns[who] = [v.earns for v in several]
