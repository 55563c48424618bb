"""Whoever is concerned appeals once, another moderator answers, and what was right counts again."""

import pytest

from portal.advocacy.models import SetAside
from portal.contributions.lifecycle import NotAllowed
from portal.db import db
from portal.guard import appeals, commands
from portal.guard.models import FindingAppeal, FindingMember
from portal.members.models import Member
from portal.notifications.models import Notification
from tests import builders as make
from tests.guard.finding import finding_of, set_aside_from


@pytest.fixture
def case(app):
    """(finding, helper, giver, the moderator who decided, another one)."""
    helper, giver = make.member("helper"), make.member("giver", verified=True)
    decider, other = make.moderator("decider"), make.moderator("another")
    return set_aside_from(helper, giver, decider), helper, giver, decider, other


def appealed(finding, member):
    assert appeals.appeal(finding, member, "These were real.")
    query = db.select(FindingAppeal).where(FindingAppeal.finding_id == finding.id, FindingAppeal.member_id == member.id)
    return db.session.scalars(query).one()


def standing():
    return db.session.query(SetAside).filter(SetAside.lifted_at.is_(None)).count()


def test_both_sides_appeal_once_each_and_the_suspended_too(case):
    finding, helper, giver, _, _ = case
    giver.suspended_at = giver.joined_at
    for member in (helper, giver):
        assert appeals.appeal(finding, member, "These were real.")
        assert not appeals.appeal(finding, member, "Again.")
    with pytest.raises(NotAllowed):
        appeals.appeal(finding, make.member(), "Me too.")
    with pytest.raises(ValueError, match="why"):
        appeals.appeal(finding, helper, " ")


def test_an_upheld_appeal_lets_count_again_what_concerns_the_member(case, settled):
    finding, helper, giver, _, other = case
    second = finding_of(helper, make.member(verified=True))
    for line in second.evidence["lines"]:
        db.session.add(
            SetAside(
                sort="accepted" if line[0] == "accepted" else "thanks",
                source_id=line[1],
                contribution_id=line[2],
                finding_id=finding.id,
            )
        )
    asked = appealed(finding, giver)
    assert standing() == 8
    assert appeals.answer(asked.id, other, True, "You are right.")
    assert standing() == 4
    assert finding.state == "set_aside"
    settled()
    told = {n.verb: n for n in db.session.query(Notification).filter(Notification.member_id == giver.id)}
    assert told["finding_appeal_upheld"].note == "You are right."
    assert not appeals.answer(asked.id, other, False, "No.")


def test_all_of_it_may_count_again_and_then_nothing_is_wrong(case, settled):
    finding, helper, _, _, other = case
    settled()
    before = db.session.scalar(db.select(Member.help_score).where(Member.id == helper.id))
    asked = appealed(finding, helper)
    appeals.answer(asked.id, other, True, "", everything=True)
    settled()
    assert standing() == 0
    assert finding.state == "cleared"
    assert db.session.scalar(db.select(Member.help_score).where(Member.id == helper.id)) > before


def test_a_declined_appeal_has_a_reason_and_changes_nothing(case, settled):
    finding, helper, _, _, other = case
    asked = appealed(finding, helper)
    with pytest.raises(ValueError, match="reason"):
        appeals.answer(asked.id, other, False, "  ")
    assert appeals.answer(asked.id, other, False, "They came within a minute.")
    settled()
    assert standing() == 4
    told = db.session.query(Notification).filter(Notification.verb == "finding_appeal_declined").one()
    assert (told.member_id, told.note) == (helper.id, "They came within a minute.")


def test_whoever_decided_or_is_concerned_does_not_answer(case):
    finding, helper, giver, decider, other = case
    asked = appealed(finding, helper)
    giver.is_moderator = True
    for nobody in (decider, giver, helper, make.member()):
        with pytest.raises(NotAllowed):
            appeals.answer(asked.id, nobody, True, "Yes.")
        assert appeals.waiting(nobody) == [] or not nobody.moderates
    assert [row.id for row in appeals.waiting(other)] == [asked.id]


def test_where_nobody_else_could_answer_whoever_decided_looks_once_more(case):
    finding, helper, _, decider, other = case
    asked = appealed(finding, helper)
    db.session.add(FindingMember(finding_id=finding.id, member_id=other.id))
    assert appeals.answer(asked.id, decider, False, "I looked again.")
    assert asked.answer.endswith(appeals.SAME)


def test_counting_all_of_it_again_answers_open_appeals(case):
    finding, helper, _, decider, other = case
    asked = appealed(finding, helper)
    commands.count_again(finding, other, "They met in person.")
    db.session.refresh(asked)
    assert (asked.upheld, asked.answer) == (True, "They met in person.")
    assert not appeals.answer(asked.id, decider, False, "No.")
