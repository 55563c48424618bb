"""Mail that the clock sends: gathered, not too often, not to those who do not want or need it; and the digest."""

import smtplib

import pytest

from portal import activity
from portal import clock as clock_of_the_house
from portal.contributions import lifecycle, thanks
from portal.contributions.following import follow
from portal.db import db
from portal.notifications import letters, mail, recognising, words
from portal.notifications.models import Notification
from tests.builders import member, moderator, reply, story, topic
from tests.finding import author_of
from tests.visitors import read_again


@pytest.fixture
def send(app):
    """`send(letters.send_gathered)`: as the worker does it, on what is committed; how many were sent."""

    def run(chore):
        db.session.commit()
        with app.app_context():
            sent = chore()
        read_again()
        return sent

    return run


@pytest.fixture
def reader(clock, settled):
    """Somebody who follows a topic in which Tom has just replied."""
    clock.freeze()
    reader, t = member("vera"), topic(title="Why does it squeak?")
    follow(t, reader)
    reply(t, member("tom", display_name="Tom Nox"))
    settled()
    return reader


def tell(who):
    db.session.add(Notification(member_id=who.id, verb="replied", key=f"n{db.session.query(Notification).count()}"))
    db.session.flush()


def test_what_happens_is_gathered_for_ten_minutes_into_one_mail(send, reader, clock, settled, outbox):
    assert send(letters.send_gathered) == 0
    thanks.give_thanks(topic(reader, title="On brakes"), member("ann", display_name="Ann Lee"))
    settled()
    clock.advance(minutes=9)
    assert send(letters.send_gathered) == 0
    clock.advance(minutes=2)
    assert send(letters.send_gathered) == 1
    assert send(letters.send_gathered) == 0
    (letter,) = outbox()
    assert letter["To"] == "vera@example.org"
    assert letter["Subject"] == "2 things happened at Portal"
    body = letter.get_content()
    assert "Tom Nox replied to “Why does it squeak?”" in body
    assert "Ann Lee says that you helped, in “On brakes”" in body
    assert "/c/" in body


def test_a_single_thing_is_the_subject_and_can_be_stopped_with_one_click(send, reader, clock, outbox):
    clock.advance(minutes=11)
    send(letters.send_gathered)
    (letter,) = outbox()
    assert letter["Subject"] == "Tom Nox replied to “Why does it squeak?”"
    assert "/notifications/off/" in letter["List-Unsubscribe"]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].strip("<>") in letter.get_content()


def test_what_was_read_on_the_site_is_not_mailed(send, reader, as_member, clock, outbox):
    as_member(reader).submit("/notifications/read")
    clock.advance(minutes=11)
    assert send(letters.send_gathered) == 0
    assert outbox() == []


@pytest.mark.parametrize(
    "facts",
    [{"mail_replies": False}, {"email_confirmed_at": None}, {"email": None}],
    ids=["switched off", "address not proven", "no address"],
)
def test_who_does_not_want_it_or_cannot_get_it_is_not_mailed_now_or_later(send, reader, clock, outbox, facts):
    for name, value in facts.items():
        setattr(reader, name, value)
    clock.advance(minutes=11)
    assert send(letters.send_gathered) == 0
    reader.mail_replies, reader.email, reader.email_confirmed_at = True, "vera@example.org", clock.freeze()
    assert send(letters.send_gathered) == 0
    assert outbox() == []


def test_erased_members_get_no_mail(send, reader, clock, outbox):
    reader.erased_at = clock.advance(minutes=11)
    assert send(letters.send_gathered) == 0


def test_replies_and_thanks_are_switched_off_one_by_one(send, reader, clock, settled, outbox):
    reader.mail_replies = False
    thanks.give_thanks(topic(reader), member())
    settled()
    clock.advance(minutes=11)
    send(letters.send_gathered)
    (letter,) = outbox()
    assert "that you helped" in letter.get_content()
    assert "replied" not in letter.get_content()


def test_mail_stops_after_half_a_year_without_a_visit(send, reader, clock, outbox):
    reader.seen_at = clock.freeze()
    clock.advance(days=181)
    assert send(letters.send_gathered) == 0
    assert outbox() == []


def test_a_visit_within_half_a_year_keeps_it_coming(send, reader, clock, outbox):
    reader.seen_at = clock.freeze()
    clock.advance(days=179)
    assert send(letters.send_gathered) == 1


def test_twenty_mails_a_day_and_the_rest_tomorrow(send, reader, clock, outbox):
    for _ in range(23):
        tell(reader)
        clock.advance(minutes=11)
        send(letters.send_gathered)
    assert len(outbox()) == 20
    clock.advance(hours=24)
    assert send(letters.send_gathered) == 1
    assert len(outbox()) == 21
    assert outbox()[-1]["Subject"].endswith(" things happened at Portal")


def test_what_was_settled_without_a_mail_does_not_count_as_one_of_the_days_mails(
    send, reader, as_member, clock, outbox
):
    for _ in range(21):
        tell(reader)
        as_member(reader).submit("/notifications/read")
        clock.advance(minutes=11)
        send(letters.send_gathered)
    assert outbox() == []
    tell(reader)
    clock.advance(minutes=11)
    assert send(letters.send_gathered) == 1


def test_a_decision_on_ones_own_text_is_mailed_with_its_reason_and_offers_no_way_to_miss_the_next(
    send, clock, settled, outbox
):
    clock.freeze()
    author = member(new=True, mail_replies=False, mail_thanks=False)
    s = story(author, title="Two cars", state="pending")
    lifecycle.return_to_author(s, moderator(), "Please say which model it is.")
    settled()
    clock.advance(minutes=11)
    send(letters.send_gathered)
    (letter,) = outbox()
    assert "Please say which model it is." in letter.get_content()
    assert letter["List-Unsubscribe"] is None


SWITCHED = ("confirmed", "lapsed", "accepted", "notice", "term_notice", "renewed", "raised")
DECIDED = ("fell_back", "not_renewed", "ended")


def recognised(who, *what):
    """What is told of a recognition, as it is recorded."""
    for one in what:
        facts = {"ends_at": clock_of_the_house.now().isoformat(), "level": "advocate", "why": "", "reason": "So it is."}
        activity.record(f"recognition_{one}", member=who, **facts)


def test_mail_about_a_recognition_comes_by_itself_and_has_a_way_out_that_stops_only_that(
    send, reader, client, clock, settled, outbox
):
    recognised(reader, "confirmed", "term_notice")
    settled()
    clock.advance(minutes=11)
    send(letters.send_gathered)
    news, about = sorted(outbox(), key=lambda letter: "Tom Nox" not in letter.get_content())
    assert "You are invited to be recognised" not in news.get_content()
    assert "You are invited to be recognised as an advocate" in about.get_content()
    assert about["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = about["List-Unsubscribe"].strip("<>")
    assert address in about.get_content()
    assert address != news["List-Unsubscribe"].strip("<>")
    assert "your recognition as an advocate" in client.post(address.partition("//")[2].partition("/")[2]).text
    read_again()
    assert (reader.mail_recognition, reader.mail_replies, reader.mail_thanks) == (False, True, True)


@pytest.mark.parametrize("what", SWITCHED)
def test_switched_off_it_stands_on_the_site_alone(send, as_member, clock, settled, outbox, what):
    clock.freeze()
    who = member("vera", mail_recognition=False)
    recognised(who, what)
    settled()
    clock.advance(minutes=11)
    assert send(letters.send_gathered) == 0
    assert words.SENTENCES[f"recognition_{what}"] in as_member(who).get("/notifications/").text


@pytest.mark.parametrize("what", DECIDED)
def test_that_a_recognition_was_ended_or_lowered_is_mailed_in_any_case(send, clock, settled, outbox, what):
    clock.freeze()
    who = member("vera", mail_recognition=False, mail_replies=False, mail_thanks=False)
    recognised(who, what, "confirmed")
    settled()
    clock.advance(minutes=11)
    assert send(letters.send_gathered) == 1
    (letter,) = outbox()
    assert letter["Subject"] == words.SENTENCES[f"recognition_{what}"]
    assert letter["List-Unsubscribe"] is None


def test_every_word_on_recognition_is_one_of_the_two(app):
    assert {f"recognition_{what}" for what in (*SWITCHED, *DECIDED)} == recognising.VERBS


def test_an_address_that_takes_no_mail_now_keeps_nobody_else_from_theirs(send, reader, clock, outbox, monkeypatch):
    other = member("zoe")
    tell(other)
    clock.advance(minutes=11)
    really = mail.send

    def busy(to, *rest, **more):
        if to == "vera@example.org":
            raise smtplib.SMTPRecipientsRefused({to: (450, b"try again later")})
        return really(to, *rest, **more)

    monkeypatch.setattr(mail, "send", busy)
    assert send(letters.send_gathered) == 1
    monkeypatch.undo()
    assert send(letters.send_gathered) == 1
    assert [m["To"] for m in outbox()] == ["zoe@example.org", "vera@example.org"]


def test_a_subject_cannot_smuggle_in_a_header(send, clock, settled, outbox):
    clock.freeze()
    t = topic(title="Hello\r\nBcc: everyone@example.org")
    author = author_of(t)
    follow(t, author)
    reply(t)
    settled()
    clock.advance(minutes=11)
    send(letters.send_gathered)
    (letter,) = outbox()
    assert letter["Bcc"] is None


@pytest.fixture
def a_week_of_stories(clock, settled):
    """Three members who joined long ago, one of whom wants no digest; and what they published this week."""
    clock.freeze()
    people = [member("ann"), member("ben"), member("cid", mail_digest=False), member("new", new=True)]
    told = [story(people[0], title="Two cars became one"), topic(people[1], title="Why does it squeak?")]
    thanks.give_thanks(told[1], people[0])
    settled()
    return people


def test_the_digest_brings_what_helped_most_first_once_a_week_to_those_who_want_it(
    send, a_week_of_stories, clock, outbox
):
    assert send(letters.send_digests) == 2
    assert send(letters.send_digests) == 0
    assert sorted(m["To"] for m in outbox()) == ["ann@example.org", "ben@example.org"]
    body = outbox()[0].get_content()
    assert body.index("Why does it squeak?") < body.index("Two cars became one")
    assert outbox()[0]["Subject"] == "The week at Portal"
    clock.advance(days=6)
    story(a_week_of_stories[0], title="A third")
    assert send(letters.send_digests) == 0
    clock.advance(days=1, minutes=1)
    assert send(letters.send_digests) >= 2


def test_a_week_in_which_nothing_was_published_makes_no_digest(send, a_week_of_stories, clock, outbox):
    clock.advance(days=8)
    assert send(letters.send_digests) == 0
    assert outbox() == []


def test_what_is_hidden_is_not_in_the_digest(send, clock, outbox):
    clock.freeze()
    member("ann")
    story(title="Hidden away", state="hidden")
    story(title="Plain to see")
    send(letters.send_digests)
    assert outbox()
    assert all("Hidden away" not in m.get_content() for m in outbox())
