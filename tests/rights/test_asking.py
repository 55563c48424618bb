"""Staff asks for wider rights; the author says yes or no, once, and both sides hear of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from portal.contributions import consents, lifecycle
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Consent
from portal.notifications.letters import send_gathered
from portal.notifications.models import Notification
from portal.rights import commands
from portal.rights.commands import CannotAsk, answer, ask, withdraw
from portal.rights.models import RightsRequest
from tests.builders import member, moderator, story
from tests.finding import at
from tests.rights.showing import shown_photo

WORDS = "We would love to open our spring letter with it."


@dataclass
class Asked:
    """One open question: may Mara's photo be printed, for a year? Wout asks."""

    mara: Any
    wout: Any
    photo: Any
    request: Any

    @property
    def id(self):
        return self.request.id


@pytest.fixture
def asked(db, clock):
    clock.freeze()
    mara, wout = member("mara"), moderator("wout")
    photo = shown_photo(mara, title="My wheel")
    [request] = ask(photo, wout, ["print"], WORDS, 12)
    return Asked(mara, wout, photo, request)


def told(db, who):
    """What a member was told, as verbs."""
    return [n.verb for n in db.session.query(Notification).filter_by(member_id=who.id).order_by(Notification.id)]


def test_the_page_of_a_photo_leads_a_moderator_there_and_nobody_else(as_member, db):
    author = member()
    photo = shown_photo(author)
    for who, there in ((moderator(), True), (member(), False), (author, False)):
        assert (f"/rights/ask/{photo.id}" in as_member(who).get(at(photo)).text) is there
    assert f"/account/rights#c-{photo.id}" in as_member(author).get(at(photo)).text


def test_a_story_can_be_asked_for_too(as_member, db):
    s = story()
    page = as_member(moderator()).get(f"/rights/ask/{s.id}")
    assert page.status_code == 200


def test_a_question_reaches_its_author_with_the_words_and_by_mail(as_member, db, settled, outbox, clock):
    clock.freeze()
    mara, staff = member("mara"), moderator("wout")
    photo = shown_photo(mara, title="My wheel")
    typed = {"purposes": ["email", "print"], "months": "24", "words": WORDS}
    assert as_member(staff).submit(f"/rights/ask/{photo.id}", typed).status_code == 303
    requests = db.session.query(RightsRequest).order_by(RightsRequest.id).all()
    assert [(r.purpose, r.months, r.asked_by_id, r.member_id) for r in requests] == [
        ("email", 24, staff.id, photo.author_id), ("print", 24, staff.id, photo.author_id),
    ]  # fmt: skip
    settled()
    assert told(db, mara) == ["rights_asked"], "one message, however many purposes"
    clock.advance(hours=1)
    send_gathered()
    [letter] = [m for m in outbox() if m["To"] == mara.email]
    text = letter.get_body(("plain",)).get_content()
    assert "may be shown elsewhere too" in letter["Subject"]
    assert WORDS in " ".join(text.split())
    assert "/account/rights#questions" in text
    page = as_member(mara).get("/account/rights").text
    assert WORDS in page
    assert "for two years" in page
    assert page.count("Yes, I agree") == 2


def test_a_yes_is_kept_as_a_consent_with_its_question_and_its_term(as_member, db, asked, settled, clock):
    now = clock.freeze()
    answered = as_member(asked.mara).submit(f"/account/rights/questions/{asked.id}", {"answer": "yes"})
    assert answered.status_code == 303
    given = db.session.query(Consent).filter_by(purpose="print").one()
    assert (given.request_id, given.wording, given.member_id) == (asked.id, asked.request.wording, asked.mara.id)
    assert given.until == consents.term_ends(12, now)
    request = db.session.get(RightsRequest, asked.id)
    assert (request.answer, request.answered_at) == (True, now)
    settled()
    assert told(db, asked.wout) == ["rights_given"]


def test_a_no_gives_nothing_and_is_told(as_member, db, asked, settled):
    as_member(asked.mara).submit(f"/account/rights/questions/{asked.id}", {"answer": "no"})
    assert db.session.query(Consent).filter_by(purpose="print").count() == 0
    assert db.session.get(RightsRequest, asked.id).answer is False
    settled()
    assert told(db, asked.wout) == ["rights_refused"]


@pytest.mark.parametrize("said", ["", "maybe", "YES"])
def test_anything_else_is_no_answer(as_member, db, asked, said):
    as_member(asked.mara).submit(f"/account/rights/questions/{asked.id}", {"answer": said})
    assert db.session.get(RightsRequest, asked.id).answered_at is None


def test_the_first_answer_counts(db, asked):
    assert answer(asked.request, asked.mara, False)
    assert not answer(asked.request, asked.mara, True)
    assert asked.request.answer is False
    assert db.session.query(Consent).filter_by(purpose="print").count() == 0


@pytest.mark.parametrize("who", [member, moderator])
def test_somebody_elses_question_is_not_found(as_member, db, asked, who):
    response = as_member(who()).submit(f"/account/rights/questions/{asked.id}", {"answer": "yes"})
    assert response.status_code == 404
    assert db.session.get(RightsRequest, asked.id).answered_at is None
    with pytest.raises(NotAllowed):
        answer(asked.request, who(), True)


def test_a_question_that_was_taken_back_is_not_answered(as_member, db, asked, settled):
    settled()
    assert told(db, asked.mara) == ["rights_asked"]
    as_member(asked.wout).submit(f"/rights/questions/{asked.id}/withdraw")
    settled()
    assert told(db, asked.mara) == [], "what is no longer asked is no longer announced"
    visitor = as_member(asked.mara)
    page = visitor.get(visitor.submit(f"/account/rights/questions/{asked.id}", {"answer": "yes"}).location).text
    assert "no longer open" in page
    assert db.session.query(Consent).filter_by(purpose="print").count() == 0
    assert "Yes, I agree" not in page


def test_what_was_answered_is_not_taken_back_any_more(db, asked):
    assert answer(asked.request, asked.mara, True)
    assert not withdraw(asked.request, asked.wout)
    assert asked.request.withdrawn_at is None


def test_a_photo_that_is_not_shown_is_not_asked_about_and_not_answered_for(as_member, db, asked):
    photo = asked.photo
    lifecycle.hide(photo, asked.wout)
    assert not answer(asked.request, asked.mara, True)
    assert "Yes, I agree" not in as_member(asked.mara).get("/account/rights").text
    with pytest.raises(CannotAsk):
        ask(photo, asked.wout, ["email"], WORDS)


def test_asking_again_while_it_is_open_says_so(as_member, db, asked):
    with pytest.raises(CannotAsk, match="asked already"):
        ask(asked.photo, moderator(), ["print"], WORDS)
    page = as_member(moderator()).submit(
        f"/rights/ask/{asked.photo.id}", {"purposes": ["email", "print"], "words": WORDS, "months": "12"}
    )
    assert page.status_code == 422
    assert "answer is still to come" in page.text
    assert WORDS in page.text, "what was typed stays"
    assert db.session.query(RightsRequest).count() == 1, "all are asked, or none"


def test_the_database_itself_holds_one_open_question(db, asked):
    db.session.commit()
    facts = {n: getattr(asked.request, n) for n in ("contribution_id", "member_id", "purpose", "wording")}
    db.session.add(RightsRequest(**facts))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_no_is_respected_for_as_long_as_the_setting_says(make_app, clock):
    from portal.db import db

    app = make_app(rights_ask_again_days=30)
    with app.app_context():
        now = clock.freeze()
        photo, staff = shown_photo(), moderator()
        [request] = ask(photo, staff, ["email"], WORDS)
        answer(request, photo.author, False)
        db.session.commit()
        clock.freeze(now + timedelta(days=30) - timedelta(seconds=1))
        with pytest.raises(CannotAsk, match="answer was no"):
            ask(photo, staff, ["email"], WORDS)
        clock.advance(seconds=1)
        assert ask(photo, staff, ["email"], WORDS)


def test_what_was_given_is_not_asked_for_but_more_of_it_is(db, clock):
    clock.freeze()
    photo, staff = shown_photo(), moderator()
    consents.give(photo, "email", until=consents.term_ends(12))
    with pytest.raises(CannotAsk, match="Agreed to already"):
        ask(photo, staff, ["email"], WORDS, 12)
    [request] = ask(photo, staff, ["email"], WORDS, 24)
    answer(request, photo.author, True)
    assert consents.standing(photo)["email"].request_id == request.id


def test_who_asked_is_told_by_mail_to_stop_when_it_is_taken_back(as_member, db, asked, settled, outbox, clock):
    clock.freeze()
    answer(asked.request, asked.mara, True)
    given = db.session.query(Consent).filter_by(purpose="print").one()
    settled()
    as_member(asked.mara).submit(f"/account/rights/{given.id}/take-back")
    settled()
    assert told(db, asked.wout)[-1] == "consent_revoked"
    clock.advance(hours=1)
    send_gathered()
    letters = [m for m in outbox() if m["To"] == asked.wout.email]
    text = letters[-1].get_body(("plain",)).get_content()
    assert "please stop using it" in text
    assert f"/rights/proof/{asked.photo.id}" in text


def test_notifications_lead_to_the_question_and_to_the_proof(as_member, db, asked, settled):
    settled()
    first = db.session.query(Notification).filter_by(member_id=asked.mara.id).one()
    assert as_member(asked.mara).get(f"/notifications/{first.id}").location == "/account/rights#questions"
    answer(asked.request, asked.mara, True)
    settled()
    second = db.session.query(Notification).filter_by(member_id=asked.wout.id).one()
    leads = as_member(asked.wout).get(f"/notifications/{second.id}").location
    assert leads == f"/rights/proof/{asked.photo.id}"


def test_a_huge_message_is_sent_back_with_what_was_typed(as_member, db):
    photo = shown_photo()
    page = as_member(moderator()).submit(f"/rights/ask/{photo.id}", {"purposes": "email", "words": "word " * 4000})
    assert page.status_code == 422
    assert db.session.query(RightsRequest).count() == 0


@pytest.mark.parametrize("typed", [{"words": WORDS}, {"words": WORDS, "purposes": "site"}, {"purposes": "email"}])
def test_a_question_takes_a_purpose_and_a_few_words(as_member, db, typed):
    photo = shown_photo()
    assert as_member(moderator()).submit(f"/rights/ask/{photo.id}", typed).status_code == 422
    assert db.session.query(RightsRequest).count() == 0


def test_nobody_asks_themselves_and_nobody_who_left_is_asked(db):
    staff = moderator()
    own, left = shown_photo(staff), shown_photo()
    left.author.erased_at = left.author.joined_at
    for photo in (own, left):
        assert set(commands.why_not(photo, staff)) == {"email", "advertising", "print"}
        with pytest.raises(CannotAsk):
            ask(photo, staff, ["email"], WORDS)
    with pytest.raises(NotAllowed):
        ask(shown_photo(), member(), ["email"], WORDS)
