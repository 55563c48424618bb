"""The staff's list of whom to thank: suggested once while fresh, done by one, never for the company's own people."""

from datetime import timedelta

import pytest

from portal import clock as now
from portal.advocacy import ledger
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Incentive
from portal.contributions.thanks import give_thanks
from portal.db import db
from portal.helping import milestones, thank_yous
from portal.helping.models import ThankYou
from tests import builders as make
from tests.advocacy.helping import recognised
from tests.helping.solving import solve
from tests.queries import heard

LIST = "/insights/thank-yous"


@pytest.fixture(autouse=True)
def house(app):
    """All of these happen in one."""


@pytest.fixture
def staff(app):
    return make.member("emma", is_employee=True, display_name="Emma Staff")


def suggested():
    db.session.commit()
    milestones.suggest()
    return [(t.member_id, t.because) for t in db.session.scalars(db.select(ThankYou).order_by(ThankYou.id))]


def helped_many(helper, people, days_ago=0):
    with now.at(now.ago(days=days_ago)):
        story = make.story(helper)
        for _ in range(people):
            give_thanks(story, make.member())
        ledger.bring_in_line([story.id])


def open_one(member=None, **facts):
    made = ThankYou(member_id=(member or make.member("nora", display_name="Nora")).id, because="Helped a lot.", **facts)
    db.session.add(made)
    db.session.flush()
    return made


def test_the_first_solved_question_is_an_occasion_once():
    mara = make.member()
    solve(mara, make.topic())
    assert suggested() == [(mara.id, "Solved a question for the first time.")]
    solve(mara, make.topic())
    assert len(suggested()) == 1


def test_who_solved_before_has_no_first_one_now():
    mara = make.member()
    with now.at(now.ago(days=60)):
        solve(mara, make.topic())
    solve(mara, make.topic())
    assert suggested() == []


def test_ten_people_are_an_occasion_and_of_several_the_highest():
    ten, many = make.member(), make.member()
    helped_many(ten, 10)
    helped_many(many, 26)
    found = suggested()
    assert (ten.id, "Helped 10 different people.") in found
    assert (many.id, "Helped 25 different people.") in found
    assert len([one for one in found if "different" in one[1]]) == 2


def test_what_was_reached_long_ago_does_not_flood_the_list():
    mara = make.member()
    helped_many(mara, 12, days_ago=90)
    helped_many(mara, 1)
    assert [one for one in suggested() if "different" in one[1]] == []


def test_an_advocate_a_year_and_a_story_are_occasions():
    advocate, loyal, teller = make.member(), make.member(joined_at=now.ago(days=370), helped_count=3), make.member()
    recognised(advocate)
    make.member(joined_at=now.ago(days=370))  # a year, and nobody helped
    make.story(teller, title="No car any more")
    assert set(suggested()) == {
        (advocate.id, "Became an advocate."),
        (loyal.id, "Has been here for a year, and helped 3 people."),
        (teller.id, "Told a story."),
    }


@pytest.mark.parametrize("fact", ["is_employee", "is_admin", "suspended_at", "erased_at"])
def test_nobody_of_the_company_and_nobody_gone_is_suggested_or_listed(as_member, staff, fact):
    mara = make.member(display_name="Mara Gone")
    solve(mara, make.topic())
    assert len(suggested()) == 1
    setattr(mara, fact, True if fact.startswith("is_") else now.now())
    make.story(mara)
    assert len(suggested()) == 1
    browser = as_member(staff)
    assert "Mara Gone" not in browser.get(LIST).text
    one = db.session.scalars(db.select(ThankYou)).one()
    assert browser.get(f"{LIST}/{one.id}").status_code == 404


def test_suggesting_twice_at_once_adds_nothing_twice():
    mara = make.member()
    solve(mara, make.topic())
    found = list(milestones._occasions(now.ago(days=30)))
    assert suggested() == suggested()
    assert len(found) == len(suggested()) == 1


def test_staff_add_somebody_by_hand(as_member, staff):
    make.member("nora")
    browser = as_member(staff)
    assert browser.submit(LIST, {"username": "@Nora", "because": "Drove 40 km to help"}).status_code == 303
    assert "Drove 40 km to help" in browser.get(LIST).text
    for username, words in (("nobody", "Nobody here"), ("emma", "about you"), ("", "Please write")):
        answer = browser.submit(LIST, {"username": username, "because": "x"})
        assert answer.status_code == 422
        assert words in answer.text


def test_it_is_noted_how_with_what_by_whom_and_when(as_member, staff):
    one = open_one()
    browser = as_member(staff)
    answer = browser.submit(f"{LIST}/{one.id}", {"how": "present", "what": "a lock", "promised_for": "0"})
    assert answer.status_code == 303
    assert (one.state, one.how, one.what, one.done_by_id) == ("done", "present", "a lock", staff.id)
    assert one.incentive_id is None
    assert "A present: <bdi>a lock</bdi>, by Emma Staff" in browser.get(f"{LIST}?state=done").text
    assert "Nora" not in browser.get(LIST).text
    table = browser.get(f"{LIST}.csv?state=done").text
    assert "nora,Nora,Helped a lot." in table
    assert "a lock" in table


def test_a_present_of_nothing_comes_back(as_member, staff):
    one = open_one()
    answer = as_member(staff).submit(f"{LIST}/{one.id}", {"how": "present", "what": "", "promised_for": "0"})
    assert answer.status_code == 422
    assert "Please write what it is" in answer.text
    assert one.state == "open"


def test_of_two_at_once_one_does_it(staff):
    one = open_one()
    colleague = make.moderator()
    assert thank_yous.do(one, staff, "call")
    assert not thank_yous.do(one, colleague, "present", "a lock")
    assert not thank_yous.skip(one, colleague)
    assert (one.how, one.done_by_id) == ("call", staff.id)


def test_what_comes_second_through_the_page_changes_nothing_and_says_so(as_member, staff):
    one = open_one()
    thank_yous.skip(one, make.moderator())
    browser = as_member(staff)
    browser.submit(f"{LIST}/{one.id}", {"how": "call", "what": "", "promised_for": "0"})
    assert one.state == "skipped"
    assert "Somebody else did this already" in browser.get(LIST).text


def test_promised_for_a_contribution_marks_it(as_member, staff):
    nora = make.member("nora")
    story, one = make.story(nora), open_one(nora)
    data = {"how": "present", "what": "a lock", "promised_for": str(story.id)}
    assert as_member(staff).submit(f"{LIST}/{one.id}", data).status_code == 303
    marked = db.session.scalars(db.select(Incentive)).one()
    assert (marked.contribution_id, marked.what, marked.promised_by_id) == (story.id, "a lock", staff.id)
    assert one.incentive_id == marked.id
    assert story.incentive == "a lock"


@pytest.mark.parametrize("state", ["pending", "hidden", "returned"])
def test_what_is_not_public_is_named_to_moderators_only(as_member, staff, state):
    nora = make.member("nora")
    story = make.story(nora, title="Nobody reads this yet")
    one, _ = open_one(nora), suggested()
    story.state = state
    reply = make.reply(make.topic(title="Under a hidden question"), nora)
    db.session.get_one(Contribution, reply.parent_id).state = "hidden"
    db.session.commit()
    browser = as_member(staff)
    for page in (LIST, f"{LIST}.csv", f"{LIST}/{one.id}"):
        answer = browser.get(page)
        assert answer.status_code == 200
        assert "Nobody reads this yet" not in answer.text
        assert "Under a hidden question" not in answer.text
    data = {"how": "present", "what": "a lock", "promised_for": str(story.id)}
    assert browser.submit(f"{LIST}/{one.id}", data).status_code == 422
    assert "Nobody reads this yet (not public now)" in as_member(make.moderator()).get(f"{LIST}/{one.id}").text


def test_nothing_is_promised_for_what_somebody_else_wrote(as_member, staff):
    one, others = open_one(), make.story()
    data = {"how": "present", "what": "a lock", "promised_for": str(others.id)}
    assert as_member(staff).submit(f"{LIST}/{one.id}", data).status_code == 422
    with pytest.raises(ValueError, match="themselves"):
        thank_yous.do(one, staff, "present", "a lock", db.session.get_one(Contribution, others.id))
    assert db.session.query(Incentive).count() == 0


def test_nobody_thanks_themselves(as_member):
    moderator = make.moderator()
    one = open_one(moderator)
    with pytest.raises(NotAllowed, match="about you"):
        thank_yous.do(one, moderator, "present", "a car")
    answer = as_member(moderator).submit(f"{LIST}/{one.id}", {"how": "present", "what": "a car", "promised_for": "0"})
    assert answer.status_code == 403
    assert one.state == "open"


def test_what_looks_like_a_formula_is_none_in_the_table(as_member, staff):
    open_one(make.member(display_name="=HYPERLINK(1)"))
    assert "'=HYPERLINK(1)" in as_member(staff).get(f"{LIST}.csv").text


@pytest.mark.parametrize("state", ["closed", "%00", "' OR 1=1"])
def test_there_are_no_other_lists(as_member, staff, state):
    assert as_member(staff).get(LIST, query_string={"state": state}).status_code == 404


def test_the_list_asks_no_more_when_it_is_long(as_member, staff):
    counts = []
    for more in (1, 12):
        for _ in range(more):
            open_one(make.member(), suggested_at=now.now() - timedelta(days=1))
        browser = as_member(staff)
        browser.get(LIST)
        with heard(db.engine) as found:
            assert browser.get(LIST).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 12
