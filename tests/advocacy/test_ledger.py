"""The ledger says what stands, whatever happened in between, once each."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.activity import Activity
from portal.advocacy import followers, scoring
from portal.advocacy.models import LedgerEntry
from portal.contributions import lifecycle
from portal.contributions.queries import last_decision
from portal.contributions.thanks import withdraw_thanks
from portal.db import db, writing
from portal.members.models import Member
from tests import builders as make
from tests.advocacy.helping import accept, answered, credit_again, kept, lines, solved, thanked, topic_of

Settle = Callable[[], int]


def test_acceptance_asker_thanks_and_thanks_are_three_sorts_of_lines(app: Flask, settled: Settle) -> None:
    helper, asker = make.member(), make.member(verified=True)
    reply = solved(helper, asker)
    thanked(reply, asker)
    thanked(reply)
    settled()
    assert sorted(lines(helper)) == [("accepted", False), ("asker_thanks", False), ("thanks", False)]
    assert helper.helped_count == 2
    assert helper.help_score > 0


def test_following_twice_credits_once(app: Flask, settled: Settle) -> None:
    helper = make.member()
    solved(helper)
    settled()
    before = (lines(), kept())
    credit_again()
    credit_again()
    assert (lines(), kept()) == before


def test_thanks_to_a_story_or_a_topic_count_as_thanks(app: Flask, settled: Settle) -> None:
    helper = make.member()
    thanked(make.topic(helper))
    settled()
    assert lines(helper) == [("thanks", False)]


def test_an_acceptance_by_a_moderator_earns_nothing(app: Flask, settled: Settle) -> None:
    helper = make.member()
    accept(answered(helper), by=make.moderator())
    settled()
    assert lines() == []
    assert helper.help_score == 0


def test_an_answer_to_the_own_question_earns_nothing(app: Flask, settled: Settle) -> None:
    helper = make.member(verified=True)
    solved(helper, helper)
    settled()
    assert lines() == []


def test_thanks_taken_back_are_reversed_and_given_again_count_again(app: Flask, settled: Settle) -> None:
    helper = make.member()
    reply = answered(helper)
    giver = thanked(reply)
    settled()
    withdraw_thanks(reply, giver)
    settled()
    assert lines() == [("thanks", False), ("thanks", True)]
    assert (helper.help_score, helper.helped_count) == (0, 0)
    thanked(reply, giver)
    settled()
    assert lines()[2:] == [("thanks", False)]
    assert helper.helped_count == 1


def test_a_hidden_reply_earns_nothing_until_it_is_restored(app: Flask, settled: Settle) -> None:
    helper, moderator = make.member(), make.moderator()
    reply = solved(helper)
    settled()
    score = helper.help_score
    assert score > 0
    lifecycle.hide(reply, moderator, "to look")
    settled()
    assert lines() == [("accepted", False), ("accepted", True)]
    assert helper.help_score == 0
    lifecycle.restore(reply, moderator)
    settled()
    assert [reversal for _, reversal in lines()] == [False, True, False]
    assert helper.help_score == score


def test_a_hidden_topic_takes_its_replies_lines_along(app: Flask, settled: Settle) -> None:
    helper, moderator = make.member(), make.moderator()
    reply = solved(helper)
    settled()
    lifecycle.hide(topic_of(reply), moderator)
    settled()
    assert helper.help_score == 0
    lifecycle.restore(topic_of(reply), moderator)
    settled()
    assert helper.help_score > 0
    lifecycle.remove(topic_of(reply), moderator, "for good")
    settled()
    assert helper.help_score == 0


def test_what_is_undone_for_a_topic_is_undone_for_its_replies_lines(app: Flask, settled: Settle) -> None:
    helper, moderator = make.member(), make.moderator()
    topic = topic_of(solved(helper))
    settled()
    score = helper.help_score
    lifecycle.hide(topic, moderator)
    settled()
    assert lifecycle.take_back(topic, decided_last(topic), moderator)
    settled()
    assert helper.help_score == score > 0
    lifecycle.hide(topic, moderator)
    lifecycle.restore(topic, moderator)
    settled()
    assert lifecycle.take_back(topic, decided_last(topic), moderator)
    settled()
    assert (topic.state, helper.help_score) == ("hidden", 0)
    assert scoring.rebuild_scores() == 0


@pytest.mark.parametrize("who", ["helper", "asker"])
@pytest.mark.parametrize("fact", ["suspended_at", "erased_at"])
def test_lines_of_a_suspended_or_erased_member_are_reversed(
    app: Flask, settled: Settle, who: str, fact: str
) -> None:
    from portal import activity, clock

    people = {"helper": make.member(), "asker": make.member(verified=True)}
    solved(people["helper"], people["asker"])
    settled()
    setattr(people[who], fact, clock.now())
    activity.record("suspended" if fact == "suspended_at" else "erased", member=people[who])
    settled()
    assert lines() == [("accepted", False), ("accepted", True)]
    assert people["helper"].help_score == 0
    setattr(people[who], fact, None)
    activity.record("reinstated", member=people[who])
    settled()
    assert people["helper"].help_score > 0


def test_an_employee_has_no_voice_and_earns_no_score_but_the_lines_stay(app: Flask, settled: Settle) -> None:
    from portal import activity

    helper, asker = make.member(verified=True), make.member(verified=True)
    solved(helper, asker)
    solved(asker, helper)
    settled()
    assert helper.help_score > 0
    assert asker.help_score > 0
    asker.is_employee = True
    activity.record("role_changed", member=asker)
    settled()
    assert (helper.help_score, asker.help_score) == (0, 0)
    assert [reversal for _, reversal in lines()] == [False, False]
    assert helper.helped_count == 1


def test_verification_makes_a_voice_louder(app: Flask, settled: Settle) -> None:
    from portal import activity, clock

    helper, asker = make.member(), make.member()
    solved(helper, asker)
    solved(helper)
    settled()
    before = helper.help_score
    asker.verified_at = clock.now()
    activity.record("verified", member=asker)
    settled()
    assert helper.help_score > before


def test_a_spent_budget_lowers_everybody_it_was_shared_among(app: Flask, settled: Settle) -> None:
    asker, helpers = make.member(verified=True), [make.member() for _ in range(12)]
    for helper in helpers[:10]:
        solved(helper, asker)
    settled()
    assert {h.help_score for h in helpers[:10]} == {1.0}
    for helper in helpers[10:]:
        solved(helper, asker)
    settled()
    expected = 2 * (10 / 12) / (1 + 10 / 12)
    assert [h.help_score for h in helpers] == pytest.approx([expected] * 12)


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_what_was_followed_up_equals_what_is_rebuilt_from_nothing(
    app: Flask, settled: Settle, clock: Any, seed: int
) -> None:
    import random

    from portal import clock as house

    # In the morning: scores age when a day begins, and here that is only told where a day is said to pass.
    clock.freeze(house.now().replace(hour=6, minute=0))
    chance = random.Random(seed)
    firms = ["A", "B", None]
    people = [make.member(verified=chance.random() < 0.5, organisation=chance.choice(firms)) for _ in range(9)]
    boss = make.moderator()
    replies = []
    for _ in range(60):
        if chance.random() < 0.6:  # else at the same instant as what came before
            days = chance.choice((0, 0, 9))
            house.freeze(house.now() + house.timedelta(days=days, minutes=7))
            if days:
                settled()
                with writing():
                    scoring.recompute_all()
        act = chance.randrange(6)
        if act < 2 or not replies:
            replies.append(answered(chance.choice(people), chance.choice(people)))
        elif act == 2:
            reply = chance.choice(replies)
            if not reply.accepted_count and reply.state == "published":
                reply.accepted_count = 1
                accept(reply)
        elif act == 3:
            reply, giver = chance.choice(replies), chance.choice(people)
            if giver.id != reply.author_id and reply.state == "published":
                thanked(reply, giver)
        elif act == 4:
            withdraw_thanks(chance.choice(replies), chance.choice(people))
        else:
            what = chance.choice([*replies, topic_of(chance.choice(replies))])
            lifecycle.hide(what, boss) or lifecycle.restore(what, boss)
        if chance.random() < 0.5:
            settled()
    settled()
    running = kept()
    assert sum(score for score, _ in running.values()) > 1
    db.session.execute(db.delete(LedgerEntry).where(LedgerEntry.reverses_id.is_not(None)))
    db.session.execute(db.delete(LedgerEntry))
    db.session.execute(db.update(Member).values(help_score=99.0, helped_count=99))
    db.session.commit()
    told: list[tuple[int, int]] = []
    assert scoring.rebuild_scores(lambda done, of: told.append((done, of))) > 0
    db.session.expire_all()
    assert kept() == running
    assert told[-1][0] == told[-1][1] > 0
    assert scoring.rebuild_scores() == 0


def test_scores_age_by_the_day(app: Flask, settled: Settle, clock: Any) -> None:
    clock.freeze()
    helper = make.member()
    solved(helper)
    settled()
    assert helper.help_score == 1.0
    clock.advance(days=60)
    with writing():
        scoring.recompute_all()
    db.session.expire_all()
    assert helper.help_score == pytest.approx(2 * 0.5 / 1.5)


def test_two_workers_at_once_credit_once(app: Flask) -> None:
    helper, asker = make.member(), make.member(verified=True)
    replies = [solved(helper, asker) for _ in range(5)]
    for reply in replies:
        thanked(reply, asker)
    db.session.commit()
    ids = list(db.session.scalars(db.select(Activity.id).order_by(Activity.id)))
    db.session.rollback()
    start, failed = threading.Barrier(4), []

    def work() -> None:
        with app.app_context():
            start.wait()
            try:
                with writing():
                    followers.credit(list(db.session.scalars(db.select(Activity).where(Activity.id.in_(ids)))))
            except Exception as error:  # told by the assertion below
                failed.append(error)
            finally:
                db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failed
    assert sorted(lines(helper)) == [("accepted", False)] * 5 + [("asker_thanks", False)] * 5
    assert kept()[helper.id][1] == 1


def decided_last(contribution: Any) -> Any:
    decision = last_decision(contribution)
    assert decision is not None
    return decision
