"""The page of how one likes to help: what is chosen holds; what was brought stands until answered or declined."""

import pytest

from portal.db import db
from portal.helping import willing
from portal.helping.models import Routed, Willingness
from portal.helping.willing import Will
from portal.notifications import letters
from portal.notifications.models import Notification
from portal.notifications.unsubscribing import token_for
from tests import builders as make
from tests.helping.solving import brought, lonely, solve, solver, turn
from tests.queries import heard

PAGE = "/account/helping"


def bring_one(settled, **facts):
    helper, question = solver(), lonely(**facts)
    assert turn() == 1
    settled()
    return helper, question


def bells(member):
    own = db.select(Notification).where(Notification.member_id == member.id, Notification.verb == "question_brought")
    return db.session.scalars(own).all()


def mails(outbox, member):
    """Those that bring questions."""
    return [m for m in outbox() if m["To"] == member.email and "nobody has answered" in m.as_string()]


def test_without_a_row_the_page_says_what_the_house_assumes(as_member):
    page = as_member(make.member()).get(PAGE)
    assert page.status_code == 200
    assert "at most one question in seven days" in page.text
    assert 'value="1"' in page.text
    assert db.session.query(Willingness).count() == 0


def test_what_is_chosen_is_kept_and_shown(as_member):
    who = make.member()
    browser = as_member(who)
    assert browser.submit(PAGE, {"questions_a_week": "7", "welcomes": "y"}).status_code == 303
    assert willing.will_of(who) == Will(7, True, False, False, chosen=True)
    page = browser.get(PAGE).text
    assert 'value="7"' in page
    assert "You have not chosen yet" not in page


@pytest.mark.parametrize("typed", ["-1", "21", "many", "", "1e3", "99999999999999999999"])
def test_a_number_that_makes_no_sense_comes_back_with_a_sentence(as_member, typed):
    who = make.member()
    answer = as_member(who).submit(PAGE, {"questions_a_week": typed, "welcomes": "y"})
    assert answer.status_code == 422
    assert "whole number between 0 and 20" in answer.text
    assert not willing.will_of(who).chosen


def test_the_way_there_is_in_the_menu_the_settings_and_beside_the_ledger(as_member):
    browser = as_member(make.member())
    for page in ("/", "/account/", "/account/help"):
        assert f'href="{PAGE}"' in browser.get(page).text


def test_what_was_brought_stands_there_with_why(settled, as_member):
    helper, question = bring_one(settled, title="Why does it squeak?")
    page = as_member(helper).get(PAGE).text
    assert "Why does it squeak?" in page
    assert "You solved questions in Repairs before." in page
    assert "Why does it squeak?" not in as_member(make.member()).get(PAGE).text
    assert brought(helper) == [question.id]


def test_not_for_me_takes_it_off_the_list_and_the_bell(settled, as_member, clock, outbox):
    clock.freeze()
    helper, _question = bring_one(settled, title="Why does it squeak?")
    browser, routed = as_member(helper), db.session.scalars(db.select(Routed)).one()
    answer = browser.submit(f"{PAGE}/{routed.id}/not-for-me")
    assert answer.status_code == 303
    settled()
    assert "Why does it squeak?" not in browser.get(PAGE).text
    assert bells(helper) == []
    clock.advance(minutes=11)
    db.session.commit()
    letters.send_gathered()
    assert mails(outbox, helper) == []
    assert browser.submit(f"{PAGE}/{routed.id}/not-for-me").status_code == 303  # twice is once


def test_answering_ends_it_too(settled, as_member):
    helper, question = bring_one(settled, title="Why does it squeak?")
    make.reply(question, helper)
    settled()
    assert "Why does it squeak?" not in as_member(helper).get(PAGE).text
    (told,) = bells(helper)
    assert told.read_at is not None


def test_nobody_elses_can_be_declined(settled, as_member):
    bring_one(settled)
    routed = db.session.scalars(db.select(Routed)).one()
    assert as_member(make.member()).submit(f"{PAGE}/{routed.id}/not-for-me").status_code == 404
    assert as_member(make.admin()).submit(f"{PAGE}/{routed.id}/not-for-me").status_code == 404
    assert db.session.scalars(db.select(Routed)).one().declined_at is None


def test_the_mail_says_why_and_can_be_stopped_with_one_click(settled, clock, outbox, client):
    clock.freeze()
    helper, _question = bring_one(settled, author=make.member(display_name="Tom Nox"), title="Why does it squeak?")
    clock.advance(minutes=11)
    db.session.commit()
    letters.send_gathered()
    (letter,) = mails(outbox, helper)
    body = letter.get_content()
    assert letter["Subject"] == "Tom Nox asks, and nobody has answered yet: “Why does it squeak?”"
    assert "You solved questions in Repairs before." in body
    assert PAGE in body
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = letter["List-Unsubscribe"].strip("<>").partition("/notifications/")[2]
    assert client.post(f"/notifications/{path}").status_code == 200
    will = willing.will_of(helper)
    assert (will.questions_a_week, will.welcomes, will.chosen) == (0, False, True)
    assert (will.takes_requests, will.weekly_note, helper.mail_replies) == (True, True, True)


def test_what_was_brought_and_what_happened_come_in_mails_of_their_own(settled, clock, outbox):
    clock.freeze()
    helper, _question = bring_one(settled)
    make.topic(make.member(), text=f"Hello @{helper.username}, look.")
    settled()
    clock.advance(minutes=11)
    db.session.commit()
    letters.send_gathered()
    for _ in range(2):
        offs = [m["List-Unsubscribe"] for m in outbox() if helper.email == m["To"]]
        assert len(offs) == len(set(offs)) == 2
        letters.send_gathered()


def test_what_is_solved_before_the_mail_goes_is_not_mailed(settled, clock, outbox):
    clock.freeze()
    helper, question = bring_one(settled)
    solve(make.member(), question)
    settled()
    clock.advance(minutes=11)
    db.session.commit()
    letters.send_gathered()
    assert mails(outbox, helper) == []


@pytest.mark.parametrize(
    ("sort", "left"),
    [
        ("questions", Will(0, False, True, True, True)),
        ("requests", Will(1, False, False, True, True)),
        ("note", Will(1, False, True, False, True)),
    ],
)
def test_each_sort_of_mail_has_its_own_way_out(client, sort, left):
    who = make.member()
    assert client.post(f"/notifications/off/{token_for(who, sort)}").status_code == 200
    assert willing.will_of(who) == left


def test_the_page_asks_no_more_for_a_long_list(settled, as_member):
    helper = solver()
    willing.choose(helper, questions_a_week=20, welcomes=False, takes_requests=True, weekly_note=True)
    counts = []
    for more in (1, 8):
        for _ in range(more):
            lonely(title="One more")
        turn()
        browser = as_member(helper)
        browser.get(PAGE)
        with heard(db.engine) as found:
            assert "One more" in browser.get(PAGE).text
        counts.append(len(found))
    assert counts[0] == counts[1] <= 12
