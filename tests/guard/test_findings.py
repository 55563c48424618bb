"""The nightly look: real thanks become findings, the same ones stay one, what was decided stays decided."""

from datetime import timedelta

import pytest

from portal import clock
from portal.advocacy.models import LedgerEntry
from portal.db import db
from portal.guard import chores, commands, looking, queries
from portal.guard.models import Finding, FindingMember
from portal.members.models import Invited, Member, SignInOrigin
from tests import builders as make
from tests.advocacy.helping import answered, thanked
from tests.guard.finding import found, helped, ring

DIGEST = "0123456789abcdef0123456789abcdef"


def people_of(finding):
    query = db.select(FindingMember.member_id).where(FindingMember.finding_id == finding.id)
    return set(db.session.scalars(query))


def puppets(helper, count=4, days=40):
    made = [make.member(joined_at=clock.ago(days=days), published_count=1) for _ in range(count)]
    for one in made:
        helped(helper, one)
        db.session.add(SignInOrigin(member_id=one.id, digest=DIGEST))
    return made


def test_a_ring_becomes_a_finding_with_its_people_lines_and_weight(app):
    members = ring(6)
    (finding,) = found()
    assert finding.sort == "circle"
    assert people_of(finding) == {m.id for m in members}
    assert len(finding.evidence["lines"]) == 12
    # Two accepted replies of one verified customer each: 2 · 2 / (1 + 2) a person, all of it within the ring.
    assert finding.weight == pytest.approx(sum(m.help_score for m in db.session.scalars(db.select(Member))), abs=0.01)


def test_looking_changes_no_score_and_no_line(app):
    ring(6)
    found()
    before = {m.id: m.help_score for m in db.session.scalars(db.select(Member))}
    lines = db.session.query(LedgerEntry).count()
    chores.nightly(always=True)
    assert {m.id: m.help_score for m in db.session.scalars(db.select(Member))} == before
    assert db.session.query(LedgerEntry).count() == lines


def test_the_same_pattern_is_one_finding_however_often_it_is_found(app, clock):
    clock.freeze()
    members = ring(6)
    (finding,) = found()
    first = finding.seen_at
    clock.advance(days=1)
    helped(members[0], members[1])
    (again,) = found()
    assert again.id == finding.id
    assert again.seen_at > first
    assert again.evidence["total"] == 13


def test_the_chore_looks_once_a_day(app, clock):
    clock.freeze()
    chores.nightly()
    ring(6)
    found_by_hand = db.session.query(Finding).count()
    chores.nightly()
    assert db.session.query(Finding).count() == found_by_hand
    clock.advance(days=1)
    found()
    assert db.session.query(Finding).count() == found_by_hand + 1


def test_accounts_of_one_address_are_found_and_the_address_is_not_kept(app):
    helper = make.member()
    made = puppets(helper)
    (finding,) = found()
    assert finding.sort == "one_origin"
    assert people_of(finding) == {helper.id, *(one.id for one in made)}
    assert DIGEST not in str(finding.evidence)
    assert finding.evidence["links"] == [["origin", sorted(one.id for one in made)]]


def test_a_crowd_behind_one_address_is_no_origin(app):
    helper = make.member()
    puppets(helper)
    for _ in range(looking.CROWD):
        db.session.add(SignInOrigin(member_id=make.member().id, digest=DIGEST))
    assert found() == []


@pytest.mark.parametrize(("by_staff", "expected"), [(False, 1), (True, 0)])
def test_who_brought_each_other_along_is_of_one_origin_unless_the_company_invited_them(app, by_staff, expected):
    helper, inviter = make.member(), make.member(is_employee=by_staff)
    for _ in range(3):
        one = make.member(published_count=1)
        helped(helper, one)
        db.session.add(Invited(member_id=one.id, by_id=inviter.id))
    assert len(found()) == expected


def test_throw_away_addresses_of_one_provider_are_an_origin(app):
    helper = make.member()
    for n in range(3):
        helped(helper, make.member(email=f"x{n}@mailinator.com", published_count=1))
    (finding,) = found()
    assert finding.evidence["links"][0][0] == "throwaway"
    assert "mailinator" not in str(finding.evidence)


def test_employees_may_thank_and_help_each_other_all_day(app):
    members = [make.member(is_employee=True) for _ in range(3)]
    for one in members:
        for other in members:
            if one is not other:
                helped(one, other, 3)
    assert found() == []


def test_new_accounts_that_thank_one_helper_in_a_morning_are_found(app):
    helper = make.member()
    for _ in range(6):
        thanked(answered(helper), make.member(new=True))
    (finding,) = found()
    assert (finding.sort, finding.evidence["what"]) == ("storm", "storm")


def test_what_was_cleared_comes_back_only_when_it_grew_by_half(app):
    members = ring(6)
    (finding,) = found()
    commands.clear(finding, make.moderator(), "They work together.")
    assert found() == []
    helped(members[1], members[0], 5)
    assert found() == []
    helped(members[2], members[1])
    (again,) = found()
    assert again.id != finding.id
    assert again.evidence["earlier"] == finding.id
    assert db.session.get(Finding, finding.id).state == "cleared"


def test_what_was_set_aside_is_not_found_again_unless_it_goes_on(app):
    members = ring(6)
    (finding,) = found()
    pairs = {(line[4], line[3]) for line in finding.evidence["lines"]}
    commands.set_aside(finding, make.moderator(), "A ring.", pairs)
    assert found() == []
    for one, other in zip(members, [*members[1:], members[0]], strict=True):
        helped(other, one, 2)
    (again,) = found()
    assert again.evidence["earlier"] == finding.id


def test_another_sort_about_the_same_people_is_no_second_finding(app):
    helper = make.member()
    made = puppets(helper, 5)
    for one in made:
        helped(helper, one, 2)
    (finding,) = found()
    assert finding.sort == "one_origin"
    assert finding.evidence["also"] == ["devoted"]


def test_what_is_older_than_half_a_year_is_not_looked_at(app, clock):
    clock.freeze()
    ring(6)
    clock.advance(days=200)
    assert found() == []


def test_open_findings_are_counted_by_member(app):
    members = ring(6)
    other = make.member()
    (finding,) = found()
    assert queries.open_about([other.id, *(m.id for m in members)]) == {m.id: 1 for m in members}
    commands.clear(finding, make.moderator(), "Fine.")
    assert queries.open_about([m.id for m in members]) == {}
    assert queries.open_about([]) == {}


def test_a_look_while_nothing_is_there_finds_nothing(app):
    assert found() == []
    assert looking.look()[0] == []


def test_thanks_at_night_are_looked_at_with_the_whole_time_between(app, clock):
    """Thirty thanks of one voice over months are as much one voice as in an hour."""
    clock.freeze()
    helper, friend = make.member(), make.member(verified=True)
    for _ in range(30):
        clock.advance(days=3)
        helped(helper, friend)
    (finding,) = found()
    assert finding.evidence["what"] == "one_voice"
    assert timedelta(days=80) < max(looking_at(finding)) - min(looking_at(finding))


def looking_at(finding):
    from portal.guard import evidence

    return [line.at for line in evidence.lines_of(finding)]
