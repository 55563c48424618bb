"""The measurements of the score measure what they say: the rivals' formulas by hand, the attacks on a tiny site."""

from datetime import UTC, datetime, timedelta
from math import isclose, log2
from pathlib import Path
from typing import Any

import pytest

from tests.bench import score_attacks, score_history, score_prediction, score_rivals
from tests.bench.score_attackers import ATTACKS, BLOCKED
from tests.bench.score_history import Event, History

DAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday."""


def said(sort: str, by: int, to: int, days: float = 0) -> Event:
    return Event(sort, by, to, DAY + timedelta(days=days))


def tiny_site() -> History:
    """Three who solve questions of five others, over ten weeks, one of them less often."""
    events = []
    for n in range(70):
        asker, helper = 10 + n % 5, 1 + (n % 3 if n % 2 else 0)
        events += [said("topic", asker, 0, n), said("reply", helper, 0, n), said("accepted", asker, helper, n)]
        events.append(said("vote", 0, helper, n))
    joined = {member: DAY - timedelta(days=90) for member in (1, 2, 3, 10, 11, 12, 13, 14)}
    return History("tiny", joined, events, {10: 7})


def test_accepted_answers_and_people_helped_are_counted_without_ones_own() -> None:
    events = [said("accepted", 2, 1), said("accepted", 2, 1), said("accepted", 3, 1), said("accepted", 1, 1)]
    assert score_rivals.accepted_answers(events) == {1: 3}
    assert score_rivals.people_helped(events) == {1: 2}


def test_stack_exchange_points_are_fifteen_and_ten_and_two_and_at_most_two_hundred_a_day_from_votes() -> None:
    events = [said("accepted", 2, 1), *[said("vote", 0, 1)] * 21, said("downvote", 0, 1, 1), said("thanks", 3, 1, 1)]
    assert score_rivals.stack_exchange(events) == {1: 15 + 200 - 2 + 10, 2: 2}


def test_discourse_points_are_its_default_values() -> None:
    events = [
        said("topic", 2, 0), said("reply", 1, 0), said("reply", 1, 0, 1), said("accepted", 2, 1), said("thanks", 2, 1),
        said("vote", 0, 1),
    ]  # fmt: skip
    # 1: two posts, two days, a solution, two likes; 2: a topic and its post, one day, a like given, three known before.
    assert score_rivals.discourse(events, {2: 3}) == {1: 2 * 2 + 2 * 1 + 10 + 2, 2: 5 + 2 + 1 + 1 + 3}


def test_page_rank_of_one_edge_is_what_two_equations_give() -> None:
    # a = (1 − d)/2 + d·b/2 and b = (1 − d)/2 + d·(a + b/2), since b points nowhere and gives to both alike.
    d, found = 0.85, score_rivals.page_rank([said("accepted", 1, 2), said("thanks", 1, 2)], [1, 2])
    b = (1 + d) / (2 + d)
    assert found.keys() == {2}
    assert isclose(found[2], b, rel_tol=1e-9)


def test_an_order_is_worth_one_when_it_is_right_and_ties_share_their_places() -> None:
    gains = {1: 3, 2: 1}
    assert score_prediction.ndcg({1: 9, 2: 5}, gains, [1, 2, 3]) == 1
    best = 3 + 1 / log2(3)
    assert isclose(score_prediction.ndcg({1: 5, 2: 9}, gains, [1, 2, 3]), (1 + 3 / log2(3)) / best)
    level = 4 / 3 * (1 + 1 / log2(3))  # nobody has points: every place gets the mean of 3, 1 and 0, two places count
    assert isclose(score_prediction.ndcg({}, gains, [1, 2, 3], top=2), level / best)


def test_each_window_foretells_from_its_past_alone() -> None:
    events = [said("reply", 1, 0), said("reply", 2, 0), *(said("accepted", n, 1, n) for n in range(10, 20))]
    events += [said("accepted", n, 2, 30 + n) for n in range(3, 90)]
    history = History("two", dict.fromkeys(range(1, 90), DAY), events, {})
    first = score_prediction.windows(history, seeds=1)[0]
    assert first.helpers == 1
    assert first.values["accepted answers"] < 1  # it knew of 1, and it was 2 who helped


def test_every_attack_stays_short_of_the_gate_but_six_independent_customers(app: Any) -> None:
    outcomes = score_attacks.simulate(tiny_site(), seeds=1)
    assert [o.name for o in outcomes.attacks if o.must == BLOCKED and o.passed] == []
    assert score_attacks.verdict(outcomes)[0]
    assert {o.name for o in outcomes.attacks} == set(ATTACKS)


def test_an_attack_that_gets_through_is_said_so(app: Any) -> None:
    name, (_, build) = next((n, a) for n, a in ATTACKS.items() if "independent verified" in n)
    outcomes = score_attacks.simulate(tiny_site(), seeds=1, attacks={name: (BLOCKED, build)})
    held, sentence = score_attacks.verdict(outcomes)
    assert not held
    assert "NOT held" in sentence


def test_an_attack_leaves_nothing_behind(app: Any, db: Any) -> None:
    from portal.advocacy.models import LedgerEntry
    from portal.members.models import Member

    score_attacks.simulate(tiny_site(), seeds=1, attacks=dict(list(ATTACKS.items())[:1]))
    assert db.session.scalar(db.select(db.func.count(Member.id))) == 0
    assert db.session.scalar(db.select(db.func.count(LedgerEntry.id))) == 0


@pytest.mark.parametrize(("votes", "day"), [(True, 3), (False, 2)])
def test_a_dump_tells_who_helped_whom_and_when(tmp_path: Path, votes: bool, day: int) -> None:
    users = "".join(f'<row Id="{n}" CreationDate="2026-01-01T00:00:00" UpVotes="{n}" />' for n in (-1, 1, 2))
    posts = (
        '<row Id="5" PostTypeId="1" OwnerUserId="1" AcceptedAnswerId="6" CreationDate="2026-01-01T10:00:00" />'
        '<row Id="6" PostTypeId="2" ParentId="5" OwnerUserId="2" CreationDate="2026-01-02T10:00:00" />'
        '<row Id="7" PostTypeId="2" ParentId="5" CreationDate="2026-01-02T11:00:00" />'
        '<row Id="8" PostTypeId="1" OwnerUserId="1" AcceptedAnswerId="9" CreationDate="2026-01-02T12:00:00" />'
        '<row Id="9" PostTypeId="2" ParentId="8" OwnerUserId="1" CreationDate="2026-01-02T13:00:00" />'
    )
    (tmp_path / "Users.xml").write_text(f"<users>{users}</users>")
    (tmp_path / "Posts.xml").write_text(f"<posts>{posts}</posts>")
    if votes:
        rows = '<row Id="1" PostId="6" VoteTypeId="1" CreationDate="2026-01-03T00:00:00" />'
        (tmp_path / "Votes.xml").write_text(f"<votes>{rows}</votes>")
    history = score_history.read(tmp_path)
    accepted = [(e.by, e.to, e.at.day) for e in history.events if e.sort == "accepted"]
    assert accepted == [(1, 2, day)]
    assert history.likes_given == {1: 1, 2: 2}
