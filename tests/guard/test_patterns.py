"""What looks arranged is found among people who help each other honestly, and these are left in peace."""

import tracemalloc
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.guard import crowds, patterns
from portal.guard.patterns import Limits, Person, Thank
from tests.guard.attacks import ATTACKS, NOW, Community, honest, is_found, ring

SEEDS = range(3)
TABLE = st.dictionaries(
    st.tuples(st.integers(1, 12), st.integers(1, 12)).filter(lambda pair: pair[0] != pair[1]), st.integers(1, 9)
)


@pytest.fixture(scope="module")
def communities():
    """Honest ones, made once."""
    return {seed: honest(seed) for seed in SEEDS}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_an_honest_community_is_found(name):
    for seed in SEEDS:
        community = honest(seed)
        attackers = ATTACKS[name](community)
        assert is_found(community.found(), attackers), seed


def test_honest_communities_are_left_in_peace(communities):
    assert [community.found() for community in communities.values()] == [[] for _ in SEEDS]


@pytest.mark.parametrize("size", [3, 6, 10, 30])
def test_a_ring_is_found_whole_whatever_its_size(size: int):
    community = honest(1)
    members = ring(size, camouflage=0)(community)
    assert members in [p.people for p in community.found() if p.sort == "circle"]


def test_a_ring_larger_than_a_circle_is_a_community():
    community = Community(1)
    ring(40, camouflage=0)(community)
    assert community.found() == []


def test_a_ring_hidden_among_much_honest_help_by_its_people_is_none():
    """Who mostly helps others may well help friends too."""
    community = honest(1)
    members = ring(6, camouflage=0)(community)
    for member in members:
        for other in range(1, 30):
            community.thanks(other, member)
    assert not any(p.people & members for p in community.found())


@given(TABLE)
@settings(max_examples=150, deadline=None)
def test_circles_keep_what_they_promise(table):
    limits = Limits()
    received, _ = patterns.sums(table)
    for circle in patterns.circles(table, limits):
        within = sum(n for pair, n in table.items() if circle.people.issuperset(pair))
        assert 3 <= len(circle.people) <= 30
        assert within >= limits.circle_share * sum(received[who] for who in circle.people)
        assert within >= circle.facts["lines"] >= limits.circle_lines


@given(TABLE, st.randoms())
@settings(max_examples=100, deadline=None)
def test_neither_the_order_of_lines_nor_the_numbers_of_people_change_what_is_found(table, random: Random):
    limits, shift = Limits(), {n: 100 - n for n in range(1, 13)}
    shuffled = list(table.items())
    random.shuffle(shuffled)
    for look in (patterns.reciprocal, patterns.one_voice, patterns.devoted):
        found = {p.people for p in look(table, limits)}
        assert {p.people for p in look(dict(shuffled), limits)} == found
        moved = {(shift[one], shift[other]): n for (one, other), n in shuffled}
        assert {frozenset(100 - n for n in p.people) for p in look(moved, limits)} == found
    assert {p.people for p in patterns.circles(dict(shuffled), limits)} == {
        p.people for p in patterns.circles(table, limits)
    }


@given(st.lists(st.integers(0, 5000), max_size=40), st.integers(1, 1000))
def test_the_busiest_time_is_the_fullest_there_is(seconds, span):
    community = Community(1)
    one, other = community.joins(), community.joins()
    for second in seconds:
        community.thanks(one, other, NOW + timedelta(seconds=second))
    found = patterns.busiest(community.lines, span)
    assert len(found) == max((sum(1 for s in seconds if start <= s <= start + span) for start in seconds), default=0)


def test_one_patient_helper_of_one_newcomer_is_no_pattern():
    community = honest(2)
    helper, newcomer = community.joins(), community.joins(published=0)
    for _ in range(6):
        community.thanks(newcomer, helper)
    assert community.found() == []


def test_two_thanks_in_turn_are_no_pattern():
    community = Community(1)
    one, other = community.joins(), community.joins()
    for _ in range(2):
        community.thanks(one, other)
        community.thanks(other, one)
    assert community.found() == []


def test_a_reader_who_thanks_many_good_answers_in_an_evening_is_a_reader():
    community = honest(3)
    reader = community.joins(published=0)
    for helper in range(1, 12):
        community.thanks(reader, helper, NOW - timedelta(minutes=helper))
    assert community.found() == []


def test_a_family_that_thanks_many_people_is_a_family():
    community = honest(4)
    family = [community.joins() for _ in range(4)]
    community.links.append(("origin", frozenset(family)))
    for one in family:
        for helper in range(1, 12):
            community.thanks(one, helper)
    assert community.found() == []


def test_seven_colleagues_with_one_helper_are_colleagues_and_twelve_are_worth_a_look():
    for people, patterns_found in ((7, 0), (12, 1)):
        community = Community(5)
        helper = community.joins()
        colleagues = [community.joins(verified=True) for _ in range(people)]
        for one in colleagues:
            community.thanks(one, helper)
        community.links.append(("company", frozenset(colleagues)))
        assert len(community.found()) == patterns_found


def test_the_helpers_own_address_makes_two_friends_enough():
    community = Community(6)
    helper, one, other = (community.joins() for _ in range(3))
    for who in (one, other, other):
        community.thanks(who, helper)
    community.links.append(("origin", frozenset((one, other))))
    assert community.found() == []
    community.links.append(("origin", frozenset((one, helper))))
    (found,) = community.found()
    assert found.facts["helper_too"]
    assert found.people == {helper, one, other}


def test_what_is_usual_is_said_in_figures():
    found = patterns.usual({(1, 2): 3, (2, 1): 1, (3, 1): 4, (3, 2): 4})
    assert found == patterns.Usual(lines_per_pair=3.0, mutual_share=4 / 12, to_one_share=0.75)
    assert patterns.usual({}) == patterns.Usual(0.0, 0.0, 0.0)


def test_a_young_community_in_which_everybody_thanks_everybody_is_no_circle():
    people = range(1, 27)
    pairs = {(one, other): 1 for one in people for other in people if one != other}
    few_outside = {(30 + n, n): 1 for n in range(1, 20)}
    assert patterns.circles(pairs | few_outside, Limits()) == []
    many_outside = {(100 + n, 1000 + n): 1 for n in range(200)}
    assert [len(found.people) for found in patterns.circles(pairs | many_outside, Limits())] == [26]


@pytest.mark.parametrize("accounts", [1, 5])
def test_accounts_that_thank_thousands_in_an_hour_are_no_millions_of_pairs(accounts):
    idle = Person(NOW - timedelta(days=90), False, 0)
    givers, helpers = range(1, accounts + 1), range(1_000, 4_000)
    lines = [
        Thank("thanks", giver * 10_000 + helper, helper, helper, giver, NOW + timedelta(seconds=helper % 3_000))
        for giver in givers
        for helper in helpers
    ]
    tracemalloc.start()
    found = crowds.bought(lines, dict.fromkeys(givers, idle), dict.fromkeys(helpers, accounts), Limits())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [set(givers) <= pattern.people for pattern in found] == [True] * (accounts == 5)
    assert most < 50_000_000, "four million pairs take a gigabyte"
