"""Deciding about a finding: lines go by a line, scores follow, it is one decision, and it can be lifted."""

import pytest
from sqlalchemy.orm import joinedload

from portal.advocacy.models import LedgerEntry, SetAside
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.contributions.thanks import give_thanks, withdraw_thanks
from portal.db import db
from portal.forum.commands import accept_reply, withdraw_acceptance
from portal.guard import commands
from portal.members.models import Member
from portal.notifications.models import Notification
from tests import builders as make
from tests.advocacy.helping import credit_again, solved
from tests.guard.finding import finding_of


@pytest.fixture
def case(app, settled):
    """(finding, helper, giver, moderator): two replies, each accepted and thanked for, and one by somebody else."""
    helper, giver, moderator = make.member("helper"), make.member("giver", verified=True), make.moderator("mod")
    finding = finding_of(helper, giver)
    solved(helper)
    settled()
    return finding, helper, giver, moderator


def score(member):
    return db.session.scalar(db.select(Member.help_score).where(Member.id == member.id))


def told(verb):
    return set(db.session.scalars(db.select(Notification.member_id).where(Notification.verb == verb)))


def test_setting_aside_reverses_lines_and_the_score_follows(case, settled):
    finding, helper, giver, moderator = case
    before, lines = score(helper), db.session.query(LedgerEntry).count()
    assert commands.set_aside(finding, moderator, "One place.", {(giver.id, helper.id)}) == 4
    settled()
    reversals = db.session.scalars(db.select(LedgerEntry).where(LedgerEntry.reverses_id.is_not(None))).all()
    assert len(reversals) == 4
    assert {r.helped_id for r in reversals} == {giver.id}
    assert db.session.query(LedgerEntry).count() == lines + 4
    assert score(helper) == pytest.approx(1.0)
    assert before > 2
    credit_again()
    assert score(helper) == pytest.approx(1.0)


def test_counting_again_brings_back_the_score_to_the_last_digit(case, settled):
    finding, helper, giver, moderator = case
    before = score(helper)
    commands.set_aside(finding, moderator, "One place.", {(giver.id, helper.id)})
    settled()
    assert commands.count_again(finding, moderator, "They showed receipts.")
    settled()
    assert score(helper) == before
    assert finding.state == "cleared"
    assert finding.evidence["decided"][0]["state"] == "set_aside"
    assert told("help_counts_again") == {helper.id, giver.id}
    assert not commands.count_again(finding, moderator, "Twice.")


def test_only_what_was_chosen_is_set_aside(app, settled):
    helper, one, other, moderator = (
        make.member(),
        make.member(verified=True),
        make.member(verified=True),
        make.moderator(),
    )
    first, second = finding_of(helper, one), finding_of(helper, other)
    first.evidence = first.evidence | {"lines": first.evidence["lines"] + second.evidence["lines"]}
    commands.set_aside(first, moderator, "Only these.", {(one.id, helper.id)})
    settled()
    aside = set(db.session.scalars(db.select(SetAside.contribution_id)))
    assert aside == {line[2] for line in second.evidence["lines"]} ^ {line[2] for line in first.evidence["lines"]}
    assert told("help_not_counted") == {helper.id, one.id}


def test_those_concerned_hear_why_and_nobody_else_does(case, settled):
    finding, helper, giver, moderator = case
    commands.set_aside(finding, moderator, "These came from one place.", {(giver.id, helper.id)})
    settled()
    assert told("help_not_counted") == {helper.id, giver.id}
    row = db.session.scalars(db.select(Notification).where(Notification.verb == "help_not_counted")).first()
    assert row.note == "These came from one place."
    assert row.actor_id is None


def test_clearing_changes_nothing_but_the_finding(case, settled):
    finding, helper, _, moderator = case
    before = score(helper)
    assert commands.clear(finding, moderator, "They share an office.")
    settled()
    assert score(helper) == before
    assert (finding.state, finding.decided_by_id) == ("cleared", moderator.id)
    assert told("help_not_counted") == set()


def test_the_second_of_two_moderators_changes_nothing(case):
    finding, helper, giver, moderator = case
    commands.clear(finding, moderator, "Fine.")
    assert commands.set_aside(finding, make.moderator(), "No.", {(giver.id, helper.id)}) == 0
    assert not commands.clear(finding, make.moderator(), "Fine too.")
    assert db.session.query(SetAside).count() == 0
    assert finding.reason == "Fine."


def test_setting_aside_takes_a_reason_and_a_choice_of_what_is_there(case):
    finding, helper, giver, moderator = case
    with pytest.raises(ValueError, match="say why"):
        commands.set_aside(finding, moderator, "  ", {(giver.id, helper.id)})
    for chosen in (set(), {(helper.id, giver.id)}, {(0, 0)}):
        with pytest.raises(ValueError, match="choose"):
            commands.set_aside(finding, moderator, "Why.", chosen)
    assert finding.state == "open"


def test_a_moderator_concerned_and_a_member_cannot_decide(case):
    finding, helper, giver, _ = case
    giver.is_moderator = True
    for nobody in (giver, helper, make.member(), make.member(is_moderator=True, suspended_at=giver.joined_at)):
        for decide in (
            lambda who: commands.clear(finding, who, "Fine."),
            lambda who: commands.set_aside(finding, who, "Why.", {(giver.id, helper.id)}),
            lambda who: commands.count_again(finding, who, "Why."),
        ):
            with pytest.raises(NotAllowed):
                decide(nobody)
    assert finding.state == "open"


def test_thanks_taken_back_after_the_decision_and_lifted_later_stay_away(case, settled):
    finding, helper, giver, moderator = case
    commands.set_aside(finding, moderator, "One place.", {(giver.id, helper.id)})
    text = db.session.get(Contribution, finding.evidence["lines"][0][2])
    withdraw_thanks(text, giver)
    settled()
    commands.count_again(finding, moderator, "Fine after all.")
    settled()
    standing = db.session.scalars(
        db.select(LedgerEntry.source_id).where(
            LedgerEntry.contribution_id == text.id,
            LedgerEntry.sort == "asker_thanks",
            LedgerEntry.reverses_id.is_(None),
        )
    ).all()
    reversed_ = db.session.scalars(
        db.select(LedgerEntry.source_id).where(
            LedgerEntry.contribution_id == text.id,
            LedgerEntry.sort == "asker_thanks",
            LedgerEntry.reverses_id.is_not(None),
        )
    ).all()
    assert len(standing) == len(reversed_)


def test_what_is_taken_back_and_said_again_stays_set_aside(case, settled):
    finding, helper, giver, moderator = case
    before = score(helper)
    commands.set_aside(finding, moderator, "One place.", {(giver.id, helper.id)})
    settled()
    for number in {line[2] for line in finding.evidence["lines"]}:
        text = db.session.get(Contribution, number, options=[joinedload(Contribution.parent)])
        assert withdraw_thanks(text, giver)
        assert withdraw_acceptance(text, giver)
        settled()
        assert give_thanks(text, giver)
        assert accept_reply(text, giver)
        settled()
    assert score(helper) == pytest.approx(1.0)
    commands.count_again(finding, moderator, "They showed receipts.")
    settled()
    assert score(helper) == pytest.approx(before)


def test_two_moderators_at_the_same_moment_are_one_decision(make_app):
    from concurrent.futures import ThreadPoolExecutor

    app = make_app()
    with app.app_context():
        helper, giver = make.member(), make.member(verified=True)
        moderators = [make.moderator(), make.moderator()]
        finding = finding_of(helper, giver)
        visitors = [app.test_client().sign_in(one) for one in moderators]
        tokens = [visitor.csrf_token() for visitor in visitors]
        address, pair = f"/moderation/findings/{finding.id}/set-aside", f"{giver.id}-{helper.id}"
        db.session.commit()
        sends = [{"csrf_token": token, "pair": pair, "reason": f"Reason {n}."} for n, token in enumerate(tokens)]

        def decide(n):
            with app.app_context():
                return visitors[n].post(address, data=sends[n]).status_code

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(decide, (0, 1))) == [303, 303]
        assert db.session.query(SetAside).count() == 4
        assert db.session.scalar(db.select(db.func.count()).select_from(SetAside)) == 4
