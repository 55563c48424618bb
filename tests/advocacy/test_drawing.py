"""The drawing of who thanks whom: all in it, nothing of it trusted, readable when there are many."""

import re
from itertools import pairwise
from math import atan2, hypot
from random import Random
from xml.etree import ElementTree

import pytest

from portal.advocacy.circles import strongly_connected
from portal.advocacy.drawing import MOST, RADIUS, SIDE, short, thanks_drawing

SVG = ElementTree.fromstring
HOSTILE = (
    "<script>alert(1)</script>",
    '"onload="x',
    "\u202eevil\u202c",
    "a" * 300,
    "  ",
    "é\u0301\u0301\u0301\u0301",
    "ד״ר שלמה כהן",
)


def shapes(svg, name):
    return [e for e in SVG(svg).iter() if name in e.get("class", "").split()]


def test_arrows_lead_from_who_was_helped_to_who_helped():
    svg = thanks_drawing([(1, 2, 3)], {1: "Ada", 2: "Bo"})
    assert re.search(r"Ada\W+→\W+Bo\W+: 3", svg)
    assert len(shapes(svg, "who-arrow")) == 1
    assert SVG(svg)[0].text == "Who thanks whom"
    assert "2 people and 3 thanks" in SVG(svg)[1].text


def test_a_closed_circle_stands_out_and_a_chain_does_not():
    ring = [(n, n % 6 + 1, 2) for n in range(1, 7)]
    svg = thanks_drawing([*ring, (9, 1, 1)], {})
    assert len(shapes(svg, "who-circle")) == 6
    assert "A closed circle of 6" in svg
    assert shapes(thanks_drawing(ring[:-1], {}), "who-circle") == []


def test_thanks_both_ways_are_marked_and_are_no_closed_circle():
    svg = thanks_drawing([(1, 2, 1), (2, 1, 5), (3, 1, 1)], {})
    assert len(shapes(svg, "who-mutual")) == 2
    assert shapes(svg, "who-circle") == []
    assert "1 pair thanked each other" in svg


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_and_short(name):
    svg = thanks_drawing([(1, 2, 1)], {1: name, 2: "Bo"})
    root = SVG(svg)
    assert {e.tag for e in root.iter()} <= {"svg", "title", "desc", "g", "path", "circle", "text"}
    assert all(not a.startswith("on") and a != "style" for e in root.iter() for a in e.attrib)
    assert all(len(t.text) <= 16 for t in root.iter("text"))
    assert not re.search("[\u202a-\u202e\u2066\u2067]", svg)


def test_a_short_name_stays_as_it_is():
    assert short("Bo Ek") == "\u2068Bo Ek\u2069"
    assert short("Donaudampfschifffahrt").endswith("…\u2069")


def test_of_many_the_strongest_are_drawn_and_the_others_counted():
    pairs = [(n, 1, n) for n in range(2, 102)]
    svg = thanks_drawing(pairs, {}, centre=1, marked=[2])
    people = shapes(svg, "who")
    assert len(people) == MOST
    assert "61 more people not drawn" in svg
    assert len(shapes(svg, "who-bold")) == 2


@pytest.mark.parametrize("count", [2, 3, 7, 25, 40])
def test_places_stand_on_the_circle_and_names_have_their_own_room(count: int):
    svg = thanks_drawing([(n, 1, 1) for n in range(2, count + 1)], {n: f"Person {n}" for n in range(1, count + 1)})
    dots = [(float(c.get("cx")) - SIDE / 2, float(c.get("cy")) - SIDE / 2) for c in SVG(svg).iter("circle")]
    assert all(abs(hypot(*dot) - RADIUS) < 0.2 for dot in dots)
    angles = sorted(atan2(y, x) for x, y in dots)
    assert all((b - a) * RADIUS > 16 for a, b in pairwise(angles))  # a line of 13 px text fits between


def test_nobody_at_all_is_an_empty_drawing():
    assert "0 people" in thanks_drawing([], {})
    assert "0 people" in thanks_drawing([(1, 1, 4), (1, 2, 0)], {})


def test_it_turns_neither_with_the_page_nor_with_the_order_of_the_pairs():
    pairs = [(1, 2, 1), (2, 3, 1), (3, 1, 1), (4, 1, 2)]
    assert thanks_drawing(pairs, {}) == thanks_drawing(pairs[::-1], {})
    assert 'direction="ltr"' in thanks_drawing(pairs, {})


@pytest.mark.parametrize("seed", range(30))
def test_strongly_connected_groups_are_those_that_reach_each_other(seed: int):
    random = Random(seed)
    arrows = [(random.randrange(14), random.randrange(14)) for _ in range(random.randrange(30))]
    reach = {n: {n} for n in range(14)}
    for _ in range(14):
        for tail, head in arrows:
            for seen in reach.values():
                if tail in seen:
                    seen.add(head)
    expected = {frozenset(m for m in range(14) if m in reach[n] and n in reach[m]) for n in range(14)}
    assert set(strongly_connected(arrows)) == {group for group in expected if len(group) > 1}


def test_a_chain_of_a_hundred_thousand_needs_no_deep_stack():
    chain = [(n, n + 1) for n in range(100_000)]
    assert strongly_connected(chain) == []
    assert len(strongly_connected([*chain, (100_000, 0)])[0]) == 100_001
