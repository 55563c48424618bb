"""What a member reads adds up: on a thousand ledgers lines make the parts, parts the score, to the last digit."""

import random
from datetime import timedelta
from typing import Any

from flask import Flask

from portal import clock as house
from portal.advocacy import scoring
from portal.advocacy.arithmetic import LINES, Line, ShownCredit, show, show_credit
from portal.advocacy.score import Line as Act
from portal.advocacy.score import Score, Terms, Voice, aged_sums, given_away, score_one

LEDGERS = 1000
SORTS = ("accepted", "asker_thanks", "thanks", "decided")


def a_ledger(seed: int) -> tuple[Score, list[ShownCredit]]:
    """A member's help by the dice, scored and shown as the page does."""
    chance, today, weights = random.Random(seed), house.now(), scoring.weights()
    people = range(2, 2 + chance.choice((1, 2, 5, 30)))
    lines: dict[int, list[Line]] = {}
    acts = []
    for _ in range(chance.choice((1, 3, 20, 150))):
        person, sort, age = chance.choice(people), chance.choice(SORTS), chance.randint(0, 500)
        lines.setdefault(person, []).append(Line(person, 1, sort, today - timedelta(days=age)))
        acts.append(Act(1, person, weights[sort], age))
    for person in people:
        acts += [Act(person, 1, 1.0, chance.randint(0, 90)) for _ in range(chance.choice((0, 0, 1, 4)))]
        acts += [Act(99, person, 1.0, 0) for _ in range(chance.choice((0, 0, 15)))]
    voices = {
        n: Voice(chance.choice((1.0, 0.4, 0.05)), chance.random() < 0.5, chance.choice("abcdefgh")) for n in people
    }
    sums = aged_sums(acts, 60)
    score = score_one(1, sums, given_away(sums), voices, Terms())
    shown = show(score)
    return score, [show_credit(credit, adds, lines[credit.helped], weights) for credit, adds in shown.credits]


def test_shown_lines_make_the_parts_and_the_parts_the_score_on_a_thousand_ledgers(app: Flask, clock: Any) -> None:
    clock.freeze()
    for seed in range(LEDGERS):
        score, credits = a_ledger(seed)
        shown = show(score)
        for part in credits:
            assert sum(line.today for line in part.lines) + part.rest == part.x == round(100 * part.credit.x)
            assert len(part.lines) <= LINES
        verified = sum(part.adds for part in credits if part.credit.verified)
        others = sum(part.adds for part in credits if not part.credit.verified)
        assert (verified, others) == (shown.verified, shown.others)
        assert shown.total == verified + min(verified, others)
        assert abs(shown.total - 100 * score.total) <= 1.5
        assert all(abs(part.adds - 100 * part.credit.c) < 1 for part in credits)


def test_the_exact_parts_make_the_exact_score_on_a_thousand_ledgers(app: Flask, clock: Any) -> None:
    clock.freeze()
    for seed in range(LEDGERS):
        score, _ = a_ledger(seed)
        assert sum(credit.c for credit in score.credits if credit.verified) == score.verified_sum
        assert sum(credit.c for credit in score.credits if not credit.verified) == score.other_sum
        assert score.total == score.verified_sum + min(score.verified_sum, score.other_sum)


def test_a_later_voice_of_a_group_is_named_by_its_place(app: Flask) -> None:
    acts = [Act(1, person, 1.0, 0) for person in range(2, 7)]
    sums = aged_sums(acts, 60)
    score = score_one(1, sums, given_away(sums), {n: Voice(1.0, True, "acme") for n in range(2, 7)}, Terms())
    parts = [show_credit(credit, 0, [Line(credit.helped, 1, "accepted", house.now())], scoring.weights())
             for credit in score.credits]  # fmt: skip
    assert [(p.place, p.share) for p in parts] == [
        ("", "1/1"), ("second", "½"), ("third", "¼"), ("fourth", "⅛"), ("further", "1/16")
    ]  # fmt: skip
