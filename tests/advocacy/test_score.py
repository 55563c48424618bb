"""The formula of PRODUCT.md: worked by hand, and properties that hold for whatever ledger."""

import random
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.advocacy.score import (
    Line,
    Terms,
    Voice,
    aged_sums,
    given_away,
    reciprocity,
    saturated,
    score_all,
    score_one,
)

TERMS = Terms(half_life=60, budget=10)
HELPER = 1


def customer(group: str) -> Voice:
    return Voice(1.0, True, group)


def newcomer(group: str) -> Voice:
    return Voice(0.05, False, group)


def score(lines: list[Line], voices: dict[int, Voice], helper: int = HELPER) -> float:
    found = score_all(lines, voices, TERMS)
    return found[helper].total if helper in found else 0.0


def test_one_accepted_reply_today_by_a_verified_customer_is_worth_one() -> None:
    assert score([Line(1, 2, 1.0, 0)], {2: customer("a")}) == 1.0  # 2 · 1 / (1 + 1)


def test_help_counts_half_after_its_half_life() -> None:
    sums = aged_sums([Line(1, 2, 1.0, 60), Line(1, 2, 1.0, 120)], 60)
    assert sums == {1: {2: 0.75}}


def test_a_worked_example_with_every_step() -> None:
    # 2 gives 1.5 (accepted and thanked), 3 gives 0.3; the helper said 2 had helped with 2.0 in turn.
    lines = [Line(1, 2, 1.0, 0), Line(1, 2, 0.5, 0), Line(1, 3, 0.3, 0), Line(2, 1, 1.0, 0), Line(2, 1, 1.0, 0)]
    found = score_all(lines, {1: customer("x"), 2: customer("a"), 3: Voice(0.4, False, "b")}, TERMS)[1]
    two, three = found.credits
    assert (two.helped, two.x, two.within_budget) == (2, 1.5, 1.5)
    assert two.reciprocity == 1.5 / 2.5
    assert isclose(two.c, 0.6 * 2 * 1.5 / 2.5)  # 0.72
    assert isclose(three.c, 0.4 * 2 * 0.3 / 1.3)
    assert (found.verified_sum, found.other_sum) == (two.c, three.c)
    assert found.total == two.c + three.c


def test_others_count_at_most_as_much_as_verified_customers() -> None:
    lines = [Line(1, 2, 1.0, 0)] + [Line(1, n, 1.0, 0) for n in range(10, 20)]
    voices = {2: customer("a")} | {n: Voice(0.4, False, str(n)) for n in range(10, 20)}
    found = score_all(lines, voices, TERMS)[1]
    assert found.other_sum == pytest.approx(4.0)
    assert found.total == 2 * found.verified_sum == 2.0


def test_a_voice_that_speaks_for_many_is_shared_out() -> None:
    lines = [Line(h, 2, 1.0, 0) for h in range(100, 140)]  # 2 thanks forty people: a budget of ten
    found = score_all(lines, {2: customer("a")}, TERMS)
    assert {s.credits[0].within_budget for s in found.values()} == {0.25}
    assert sum(s.credits[0].within_budget for s in found.values()) == 10


def test_the_nth_voice_of_a_group_halves_each_time() -> None:
    lines = [Line(1, n, 1.0, 0) for n in (2, 3, 4)]
    found = score_all(lines, {n: customer("one company") for n in (2, 3, 4)}, TERMS)[1]
    assert [c.group_factor for c in found.credits] == [1, 0.5, 0.25]
    assert found.total == 1.75


def test_employees_and_strangers_give_nothing_and_employees_earn_nothing() -> None:
    staff = Voice(0.0, False, "us", earns=False)
    assert score([Line(1, 2, 1.0, 0), Line(1, 99, 1.0, 0)], {2: staff}) == 0
    assert score([Line(1, 2, 1.0, 0)], {1: staff, 2: customer("a")}) == 0


def test_a_hundred_sock_puppets_alone_get_nothing() -> None:
    lines = [Line(1, n, 1.0, 0) for n in range(2, 102) for _ in range(3)]
    assert score(lines, {n: newcomer(str(n)) for n in range(2, 102)}) == 0


PEOPLE = range(1, 7)
people = st.sampled_from(PEOPLE)
lines = st.lists(
    st.builds(Line, people, people, st.sampled_from([0.3, 0.5, 1.0]), st.integers(0, 400)), max_size=40
)
voices = st.fixed_dictionaries(
    {
        n: st.builds(Voice, st.sampled_from([0.0, 0.05, 0.4, 1.0]), st.booleans(), st.sampled_from("abc"))
        for n in PEOPLE
    }
)


@given(lines, voices)
def test_scores_are_never_negative_and_nobody_adds_more_than_two(lines: list[Line], voices: dict[int, Voice]) -> None:
    for helper, found in score_all(lines, voices, TERMS).items():
        assert found.total >= 0
        assert all(0 <= c.c < 2 for c in found.credits)
        assert all(c.helped != helper for c in found.credits)
        assert found.total <= 2 * found.verified_sum


@given(lines, voices, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(
    lines: list[Line], voices: dict[int, Voice], chance: random.Random
) -> None:
    shuffled = list(lines)
    chance.shuffle(shuffled)
    assert score_all(shuffled, voices, TERMS) == score_all(lines, voices, TERMS)


@given(lines, voices)
def test_nobody_gives_away_more_than_the_budget(lines: list[Line], voices: dict[int, Voice]) -> None:
    given: dict[int, float] = {}
    for found in score_all(lines, voices, Terms(60, 1.5)).values():
        for credit in found.credits:
            given[credit.helped] = given.get(credit.helped, 0.0) + credit.within_budget
    assert all(total <= 1.5 + 1e-9 for total in given.values())


@given(lines, voices, people, st.sampled_from([0.3, 0.5, 1.0]), people)
def test_no_thanks_that_one_gives_raises_the_own_score(
    lines: list[Line], voices: dict[int, Voice], giver: int, weight: float, receiver: int
) -> None:
    for terms in (TERMS, Terms(60, 1.5)):
        before = score_all(lines, voices, terms, PEOPLE)[giver].total
        after = score_all([*lines, Line(receiver, giver, weight, 0)], voices, terms, PEOPLE)[giver].total
        assert after <= before


@given(lines, voices)
def test_thanking_everybody_in_turn_raises_nothing(lines: list[Line], voices: dict[int, Voice]) -> None:
    for giver in PEOPLE:
        back = [Line(person, giver, 1.0, 0) for person in PEOPLE if person != giver for _ in range(5)]
        assert score_all([*lines, *back], voices, TERMS, [giver])[giver].total <= score_all(
            lines, voices, TERMS, [giver]
        )[giver].total


def test_a_colleague_without_a_purchase_does_not_push_a_customers_voice_down() -> None:
    lines = [Line(1, 2, 0.3, 0), *(Line(1, 3, 1.0, 0) for _ in range(9))]
    voices = {2: customer("a"), 3: Voice(0.4, False, "a")}
    found = score_all(lines, voices, TERMS)[1]
    assert {c.helped: c.group_factor for c in found.credits} == {2: 1, 3: 0.5}
    assert [c.helped for c in found.credits] == [2, 3]
    in_turn = score_all([*lines, *(Line(3, 1, 1.0, 0) for _ in range(9))], voices, TERMS)[1]
    assert in_turn.total <= found.total


@given(st.floats(0.01, 50), st.floats(0, 50))
def test_mutual_thanks_count_less_than_one_way_and_one_is_free(x: float, in_turn: float) -> None:
    assert reciprocity(x, in_turn) <= 1
    assert (reciprocity(x, in_turn) < 1) == (x + max(0.0, in_turn - 1) > x)
    assert reciprocity(x, 1.0) == 1


@given(lines, voices)
def test_sock_puppets_cannot_add_more_than_the_verified_did(lines: list[Line], voices: dict[int, Voice]) -> None:
    puppets = range(100, 140)
    storm = [Line(HELPER, n, 1.0, 0) for n in puppets for _ in range(3)]
    apart = {n: newcomer(f"puppet {n}") for n in puppets}
    before = score_all(lines, voices, TERMS, [HELPER])[HELPER]
    after = score_all(lines + storm, voices | apart, TERMS, [HELPER])[HELPER]
    assert after.verified_sum == before.verified_sum
    assert after.total <= 2 * before.verified_sum


@given(lines, voices)
def test_a_part_scored_alone_equals_the_part_of_the_whole(lines: list[Line], voices: dict[int, Voice]) -> None:
    whole = score_all(lines, voices, TERMS)
    sums = aged_sums(lines, TERMS.half_life)
    for helper in sums:
        helped = set(sums[helper])
        some = [x for x in lines if x.helped in helped or (x.helper in helped and x.helped == helper)]
        part = aged_sums(some, TERMS.half_life)
        assert score_one(helper, part, given_away(part), voices, TERMS) == whole[helper]


def test_the_first_acknowledgement_counts_most() -> None:
    steps = [saturated(n) - saturated(n - 1) for n in range(1, 20)]
    assert steps == sorted(steps, reverse=True)
    assert saturated(1e9) < 2.0 + 1e-9
