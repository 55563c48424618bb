"""The help score: pure functions from lines of help to numbers, as PRODUCT.md specifies them under "Help score".

    x_bh = Σ w · 2^(−age / half-life)            b was helped by h
    x'   = x_bh · min(1, budget / Σ_k x_bk)      b's voice has a budget
    ρ    = x_bh / (x_bh + max(0, x_hb − 1))      mutual thanks count less, one is free
    c_bh = τ_b · ρ · 2x' / (1 + x')              at most 2 per person helped
    within a group the n-th largest voice counts ½^(n−1); verified customers' voices go before all others
    H    = V + min(V, N)                         V from verified customers, N from all others

Verified customers go first within a group, because otherwise a voice without a purchase could push a
customer's down, and thanking that voice in turn, which lowers it, would lift the own score. As it is,
H grows with each c_bh and falls with none, and no line that the helper writes raises any c_bh.

Sums are of whole numbers: each line counts in GRAINs, each credit in PARTs of a point, so that the
order of the lines changes nothing, not even the last digit, and credits add up to the score exactly.
`vectors.py` computes the same for everybody at once. Nothing here knows the database, the settings or
the clock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import NamedTuple

GRAIN = 2**36
"""What an aged line weighs is rounded to so small a part of one (1.5e-11): after 36 half-lives it is nothing, and
64 bits hold the sum of a hundred million lines."""
PART = 2**40
"""What one person adds is rounded to so small a part of a point (9e-13)."""
MOST_PER_PERSON = 2.0
"""What one person's voice can be worth at the most: the limit of 2x' / (1 + x')."""


class Line(NamedTuple):
    """One act of help that stands: who helped whom, with which weight, acknowledged how many days ago."""

    helper: int
    helped: int
    weight: float
    age: float


@dataclass(frozen=True, slots=True)
class Voice:
    """What a member's acknowledgement weighs (τ, 0–1), whether it is a verified customer's, and their group.

    `earns` is False for those who get no score either: the company's own people.
    """

    weight: float
    verified: bool
    group: str
    earns: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """The two numbers of the formula that are settings; the weights are in the lines and voices."""

    half_life: float = 60.0
    """Days after which an act of help counts half."""
    budget: float = 10.0
    """What one member can give away in all before it is shared out."""


class Credit(NamedTuple):
    """What one person helped adds to a helper's score, step by step."""

    helped: int
    x: float
    """What they acknowledged, aged: Σ w · 2^(−age / half-life)."""
    within_budget: float
    """x': the same, after sharing out what they can give away in all."""
    reciprocity: float
    """ρ: 1 unless the helper acknowledged more than one act of theirs in turn."""
    voice: float
    """τ of the person helped."""
    verified: bool
    group: str
    group_factor: float
    """½^(n−1) for the n-th largest voice of the same group."""
    c: float
    """What is added: τ · ρ · 2x' / (1 + x') · the group factor, a whole number of PARTs."""


@dataclass(frozen=True, slots=True)
class Score:
    """A helper's score with everything it is made of; the credits are ordered by what they add."""

    verified_sum: float
    """V: from verified customers."""
    other_sum: float
    """N: from everybody else."""
    total: float
    """H = V + min(V, N)."""
    credits: Sequence[Credit] = ()


Helped = Mapping[int, Mapping[int, float]]
NOBODY = Voice(0.0, False, "")
NOTHING = Score(0.0, 0.0, 0.0)


def grains(weight: float, age: float, half_life: float) -> int:
    """What a line weighs today, in GRAINs; a line of the future counts as today's."""
    return round(weight * 2.0 ** (-max(0.0, age) / half_life) * GRAIN)


def aged_sums(lines: Iterable[Line], half_life: float) -> dict[int, dict[int, float]]:
    """x for every pair: `sums[helper][helped]`. Help to oneself counts nothing."""
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    known: dict[tuple[float, float], int] = {}  # few weights, and ages are whole days in the ledger
    for helper, helped, weight, age in lines:
        if helper != helped:
            worth = known.get((weight, age))
            if worth is None:
                worth = known[weight, age] = grains(weight, age, half_life)
            found[helper][helped] += worth
    return {helper: {helped: n / GRAIN for helped, n in people.items()} for helper, people in found.items()}


def given_away(sums: Helped) -> dict[int, float]:
    """Σ_k x_bk: what each person helped has given away in all."""
    given: dict[int, list[float]] = defaultdict(list)
    for helped_by_one in sums.values():
        for helped, x in helped_by_one.items():
            given[helped].append(x)
    return {helped: fsum(parts) for helped, parts in given.items()}


def reciprocity(x: float, in_turn: float) -> float:
    """ρ for somebody who acknowledged `x`, and whom the helper acknowledged with `in_turn`: one is free."""
    return x / (x + max(0.0, in_turn - 1.0)) if x > 0 else 0.0


def saturated(x: float) -> float:
    """2x / (1 + x): the first acknowledgement counts most, and no person can add more than 2."""
    return MOST_PER_PERSON * x / (1.0 + x)


def score_one(
    helper: int, sums: Helped, given: Mapping[int, float], voices: Mapping[int, Voice], terms: Terms
) -> Score:
    """The score of one helper. `given` must hold the whole of what each person helped gave away."""
    if not voices.get(helper, NOBODY).earns:
        return NOTHING
    plain: list[tuple[float, int, float, float, float, Voice]] = []
    for helped, x in sums.get(helper, {}).items():
        voice = voices.get(helped, NOBODY)
        total = given[helped]
        within = x * min(1.0, terms.budget / total) if total > 0 else 0.0
        rho = reciprocity(x, sums.get(helped, {}).get(helper, 0.0))
        plain.append((voice.weight * rho * saturated(within), helped, x, within, rho, voice))
    plain.sort(key=lambda row: (not row[5].verified, -row[0], row[1]))
    heard: dict[str, int] = {}
    credits, sides = [], [0, 0]
    for c, helped, x, within, rho, voice in plain:
        place = heard.get(voice.group, 0)
        heard[voice.group] = place + 1
        factor = 0.5**place
        parts = round(c * factor * PART)
        sides[voice.verified] += parts
        credits.append(
            Credit(helped, x, within, rho, voice.weight, voice.verified, voice.group, factor, parts / PART)
        )
    others, verified = sides
    credits.sort(key=lambda credit: (-credit.c, credit.helped))
    return Score(verified / PART, others / PART, (verified + min(verified, others)) / PART, credits)


def score_all(
    lines: Iterable[Line], voices: Mapping[int, Voice], terms: Terms, helpers: Iterable[int] | None = None
) -> dict[int, Score]:
    """The scores of `helpers` (default: of everybody who helped).

    For a part of the helpers to come out right, `lines` must hold all lines to these helpers, all
    lines from whoever they helped, and all help that went back.
    """
    sums = aged_sums(lines, terms.half_life)
    given = given_away(sums)
    return {h: score_one(h, sums, given, voices, terms) for h in (sums if helpers is None else helpers)}
