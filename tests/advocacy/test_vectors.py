"""The score of everybody at once is the score of each alone, to the last digit, whatever the order of the lines."""

import random
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.advocacy.score import Line, Terms, Voice, aged_sums, given_away, grains, score_one
from portal.advocacy.vectors import Lines, score_everybody

TERMS = Terms(60.0, 3.0)
PEOPLE = range(1, 9)
people = st.sampled_from(PEOPLE)
lines = st.lists(
    st.builds(Line, people, people, st.sampled_from([0.3, 0.5, 1.0, 0.1]), st.integers(-2, 2500)), max_size=60
)
voices = st.fixed_dictionaries(
    {},
    optional={
        n: st.builds(
            Voice, st.sampled_from([0.0, 0.05, 0.4, 1.0]), st.booleans(), st.sampled_from("abc"), st.booleans()
        )
        for n in PEOPLE
    },
)
unhurried = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def arrays(several: list[Line]) -> Lines:
    columns = np.array([(h, b, grains(w, a, TERMS.half_life)) for h, b, w, a in several], np.int64).reshape(-1, 3).T
    return Lines(*columns)


def one_by_one(several: list[Line], heard: dict[int, Voice]) -> dict[int, tuple[float, int]]:
    sums = aged_sums(several, TERMS.half_life)
    given = given_away(sums)
    return {h: (score_one(h, sums, given, heard, TERMS).total, len(sums[h])) for h in sums}


@unhurried
@given(lines, voices)
def test_all_at_once_is_each_alone_to_the_last_digit(several: list[Line], heard: dict[int, Voice]) -> None:
    assert score_everybody(arrays(several), heard, TERMS) == one_by_one(several, heard)


@unhurried
@given(lines, voices, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_not_even_the_last_digit(several: list[Line], heard: Any, chance: Any) -> None:
    shuffled = list(several)
    chance.shuffle(shuffled)
    assert score_everybody(arrays(shuffled), heard, TERMS) == score_everybody(arrays(several), heard, TERMS)


def test_a_large_ledger_at_once_is_each_alone() -> None:
    chance = random.Random(7)
    several = [
        Line(min(400, int(chance.paretovariate(0.6))), chance.randint(1, 400), chance.choice((1.0, 0.5, 0.3)),
             chance.randint(0, 900))
        for _ in range(20_000)
    ]  # fmt: skip
    heard = {
        n: Voice(chance.choice((1.0, 0.4, 0.05)), chance.random() < 0.4, f"firm {n % 40}", n % 17 > 0)
        for n in range(1, 401)
    }
    found = score_everybody(arrays(several), heard, TERMS)
    assert found == one_by_one(several, heard)
    assert max(score for score, _ in found.values()) > 5
