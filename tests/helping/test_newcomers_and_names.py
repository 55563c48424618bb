"""A newcomer's first question comes to one who welcomes; a question that names somebody comes to them, once public."""

from datetime import datetime

import pytest

from portal import activity
from portal.contributions import lifecycle
from portal.db import db
from portal.helping import routing
from portal.helping.followers import bring
from portal.helping.models import Routed
from portal.members.models import Member
from portal.notifications.models import Notification
from tests import builders as make
from tests.helping.solving import brought, wants


@pytest.fixture(autouse=True)
def week(clock, app):
    """A Monday morning."""
    clock.freeze(datetime.fromisoformat("2026-11-16T09:00:00+00:00"))


def greeter(**facts):
    return wants(make.member(**facts), welcomes=True)


def first_question(**facts):
    return make.topic(make.member(new=True), **facts)


def test_the_first_question_of_a_newcomer_comes_to_one_who_welcomes(settled):
    host, _other, _unasked = greeter(), greeter(), make.member()
    question = first_question(title="Where do I begin?")
    settled()
    assert brought(sort="newcomer") == [(question.id, host.id)]
    told = db.session.scalars(db.select(Notification).where(Notification.member_id == host.id)).one()
    assert (told.verb, told.contribution_id) == ("newcomer_brought", question.id)


def test_whoever_was_asked_longest_ago_comes_first(settled, clock):
    hosts = [greeter() for _ in range(3)]
    for _ in range(6):
        clock.advance(hours=1)
        first_question()
        settled()
    assert [member for _, member in brought(sort="newcomer")] == [host.id for host in (*hosts, *hosts)]


def test_at_most_one_welcomer_however_often_it_is_followed(settled):
    greeter()
    greeter()
    question = first_question()
    settled()
    lines = list(db.session.scalars(db.select(activity.Activity).where(activity.Activity.verb == "published")))
    for _ in range(3):
        bring(lines)
        routing.settle_new([question.id])
    db.session.commit()
    routing.welcome_late()
    assert len(brought(sort="newcomer")) == 1


def test_neither_a_second_question_nor_one_of_somebody_known_is_a_newcomers_first(settled, clock):
    greeter()
    known = make.member()
    make.topic(known)
    newcomer = make.member(new=True)
    make.topic(newcomer)
    settled()
    clock.advance(minutes=1)
    second = make.topic(newcomer)
    settled()
    assert [q for q, _ in brought(sort="newcomer") if q == second.id] == []
    assert len(brought(sort="newcomer")) == 1


def test_one_that_waits_comes_when_it_is_published_and_not_before(settled):
    host = greeter()
    question = first_question(state="pending")
    settled()
    routing.welcome_late()
    assert brought(sort="newcomer") == []
    lifecycle.approve(question, make.moderator())
    settled()
    assert brought(host, "newcomer") == [question.id]


def test_a_welcomer_gets_so_many_a_week_and_the_late_look_finds_the_next_free_one(settled, clock):
    greeter()
    for _ in range(6):
        clock.advance(minutes=1)
        first_question()
    settled()
    assert len(brought(sort="newcomer")) == 5
    second = greeter()
    db.session.commit()
    routing.welcome_late()
    assert len(brought(second, "newcomer")) == 1


@pytest.mark.parametrize("facts", [{"is_employee": True}, {"suspended": True}], ids=str)
def test_nobody_barred_welcomes(settled, clock, facts):
    host = greeter(is_employee=facts.get("is_employee", False))
    if facts.get("suspended"):
        host.suspended_at = host.joined_at
    first_question()
    settled()
    assert brought(sort="newcomer") == []


# asked by name


def ask(question, *whom):
    for member in whom:
        author = db.session.get_one(Member, question.author_id)
        activity.record("asked_by_name", question, member=member, actor=author)
    db.session.flush()


def test_who_is_asked_by_name_hears_of_it_when_it_is_published(settled, as_member):
    mara, tom = make.member("mara"), make.member(display_name="Tom Nox")
    question = make.topic(tom, "Which lock?", state="pending")
    ask(question, mara)
    settled()
    assert brought(sort="asked") == []
    assert db.session.scalars(db.select(Notification).where(Notification.member_id == mara.id)).all() == []
    lifecycle.approve(question, make.moderator())
    settled()
    assert brought(sort="asked") == [(question.id, mara.id)]
    page = as_member(mara).get("/notifications/")
    assert "Tom Nox asks you: “Which lock?”" in page.text
    assert "You were asked by name." in page.text


def test_followed_again_it_is_brought_once(settled):
    mara, question = make.member(), make.topic()
    ask(question, mara, mara)
    settled()
    lifecycle.hide(question, make.moderator())
    lifecycle.restore(question, make.moderator())
    settled()
    assert brought(sort="asked") == [(question.id, mara.id)]


def test_who_takes_no_requests_is_not_asked(settled):
    ask(make.topic(), wants(make.member(), questions_a_week=5))
    settled()
    assert brought(sort="asked") == []


def test_nobody_else_can_ask_in_the_askers_name_nor_can_the_asker_ask_themselves(settled):
    mara, question = make.member(), make.topic()
    activity.record("asked_by_name", question, member=mara, actor=make.member())
    ask(question, question.author)
    settled()
    assert brought(sort="asked") == []


def test_five_a_week_and_no_more(settled, clock):
    mara = wants(make.member(), takes_requests=True)
    for _ in range(7):
        ask(make.topic(), mara)
    settled()
    assert len(brought(sort="asked")) == 5
    clock.advance(days=7)
    ask(make.topic(), mara)
    settled()
    assert len(brought(sort="asked")) == 6


def test_who_never_chose_is_mailed_one_of_these_in_seven_days_the_others_stand_on_the_site(settled, clock):
    mara, chose = make.member(), wants(make.member(), takes_requests=True)
    for _ in range(3):
        ask(make.topic(), mara, chose)
    settled()
    for member, mailed in ((mara, 1), (chose, 3)):
        told = db.session.scalars(db.select(Notification).where(Notification.member_id == member.id)).all()
        assert [n.verb for n in told] == ["asked_by_name"] * 3
        assert len([n for n in told if n.mailed_at is None]) == mailed


def test_what_is_hidden_later_leaves_list_and_notifications(settled, as_member):
    mara, question = make.member(), make.topic(title="Xyloquarz?")
    ask(question, mara)
    settled()
    assert "Xyloquarz" in as_member(mara).get("/account/helping").text
    lifecycle.hide(question, make.moderator())
    settled()
    for page in ("/account/helping", "/notifications/"):
        assert "Xyloquarz" not in as_member(mara).get(page).text
    routed = db.session.scalars(db.select(Routed)).one()
    assert as_member(mara).submit(f"/account/helping/{routed.id}/not-for-me").status_code == 404


