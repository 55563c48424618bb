"""The weekly note: what the ledger says of last week, to who wants it, once, when there is something to say."""

from datetime import datetime, timedelta

import pytest

from portal import clock as now
from portal.activity import Activity, Errand
from portal.advocacy import ledger
from portal.contributions import lifecycle
from portal.contributions.models import Contribution, Thanks
from portal.contributions.thanks import give_thanks
from portal.db import db
from portal.helping import noting, willing
from portal.helping.models import Willingness
from tests import builders as make
from tests.helping.solving import NOTHING, solve

MONDAY = datetime.fromisoformat("2026-11-16T08:00:00+00:00")
LAST_THURSDAY = MONDAY - timedelta(days=4)


@pytest.fixture(autouse=True)
def week(clock, app):
    """A Monday morning."""
    clock.freeze(MONDAY)


def helped(helper, people=1, title="Why does it squeak?", at=LAST_THURSDAY, word=""):
    """An answer that its asker accepted, and that helped others too."""
    with now.at(at):
        question = make.topic(make.member(display_name="Tom Nox"), title)
        reply = db.session.get_one(Contribution, solve(helper, question))
        for _ in range(people - 1):
            give_thanks(reply, make.member())
        if word:
            thanks = db.session.scalars(db.select(Thanks).where(Thanks.contribution_id == reply.id).limit(1)).one()
            thanks.word = word
        ledger.bring_in_line([reply.id])
        db.session.flush()
    return reply


def run(settled):
    db.session.commit()
    sent = noting.note_helpers()
    settled()
    return sent


def plain(mail):
    return mail.get_body(("plain",)).get_content()


def notes(outbox, member):
    return [m for m in outbox() if m["To"] == member.email and m["Subject"].startswith("Whom you helped")]


def test_it_says_whom_one_helped_by_what_and_how_one_was_thanked(settled, outbox):
    mara = make.member("mara", display_name="Mara")
    helped(mara, 7, word="It is quiet now.")
    helped(mara, 1, "Which lock?")
    assert run(settled) == 1
    (note,) = notes(outbox, mara)
    body = plain(note)
    assert "8 people said last week that you helped." in body
    assert "Your answer to “Why does it squeak?” solved the question, and helped 7 people." in body
    assert "Your answer to “Which lock?” solved it for Tom Nox." in body
    assert "“It is quiet now.”" in body
    assert "/account/helping" in body
    assert note["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert note["List-Unsubscribe"].strip("<>") in body


def test_people_are_counted_once_however_often_they_say_so(settled, outbox):
    mara, fan = make.member(), make.member(display_name="A Fan")
    with now.at(LAST_THURSDAY):
        reply = make.reply(make.topic(), mara)
        other = make.reply(make.topic(), mara)
        for one in (reply, other):
            give_thanks(one, fan)
        ledger.bring_in_line([reply.id, other.id])
    run(settled)
    (note,) = notes(outbox, mara)
    assert "somebody said last week that you helped." in plain(note)


def test_once_a_week_however_often_the_clock_asks(settled, outbox, clock):
    mara = make.member()
    helped(mara)
    assert [run(settled) for _ in range(3)] == [1, 0, 0]
    clock.advance(days=3)
    assert run(settled) == 0
    assert len(notes(outbox, mara)) == 1


def test_a_week_without_help_has_no_note_and_the_next_with_help_has(settled, outbox, clock):
    mara = make.member()
    helped(mara)
    run(settled)
    clock.advance(days=7)
    assert run(settled) == 0
    helped(mara, at=now.now() + timedelta(days=1))
    clock.advance(days=7)
    assert run(settled) == 1
    assert len(notes(outbox, mara)) == 2


def test_a_note_that_went_out_late_is_not_followed_by_the_next_at_once(settled, outbox, clock):
    mara = make.member()
    helped(mara)
    helped(mara, at=MONDAY + timedelta(days=1))
    clock.advance(days=6)  # Sunday: the worker had been down
    assert run(settled) == 1
    clock.advance(days=1)
    assert run(settled) == 0
    clock.advance(days=5)
    assert run(settled) == 1


@pytest.mark.parametrize("why", ["off", "suspended", "erased", "idle", "unconfirmed", "employee", "no mail of thanks"])
def test_none_to_who_does_not_want_it_or_is_gone(settled, outbox, why):
    mara = make.member()
    helped(mara)
    if why == "off":
        willing.choose(mara, **NOTHING)
    else:
        facts = {
            "suspended": {"suspended_at": now.now()}, "erased": {"erased_at": now.now()},
            "idle": {"seen_at": now.ago(days=181)}, "unconfirmed": {"email_confirmed_at": None},
            "employee": {"is_employee": True}, "no mail of thanks": {"mail_thanks": False},
        }[why]  # fmt: skip
        for name, value in facts.items():
            setattr(mara, name, value)
    run(settled)
    assert [m for m in outbox() if "Whom you helped" in m["Subject"]] == []


def test_what_was_hidden_between_owing_and_writing_is_not_named(settled, outbox):
    mara = make.member()
    reply = helped(mara)
    db.session.commit()
    assert noting.note_helpers() == 1
    lifecycle.hide(db.session.get_one(Contribution, reply.parent_id), make.moderator())
    settled()
    assert notes(outbox, mara) == []


def test_that_it_went_out_and_that_the_mail_is_owed_are_one_transaction():
    """Killed at any instant: either both are there, or neither is."""
    helped(make.member())
    db.session.commit()
    db.session.begin_nested()
    (member,) = db.session.scalars(noting._turn()).all()
    assert noting._owe(member)
    db.session.rollback()  # what a kill -9 leaves behind
    assert db.session.query(Willingness).count() == 0
    assert db.session.query(Activity).filter_by(verb="weekly_note").count() == 0
    assert noting.note_helpers() == 1
    line = db.session.query(Activity).filter_by(verb="weekly_note").one()
    assert db.session.query(Errand).filter_by(activity_id=line.id).count() == 1
    assert db.session.query(Willingness).one().noted_at is not None
    assert noting.note_helpers() == 0


def test_a_mail_owed_twice_is_sent_once(settled, outbox):
    mara = make.member()
    helped(mara)
    db.session.commit()
    noting.note_helpers()
    line = db.session.query(Activity).filter_by(verb="weekly_note").one()
    db.session.add(Errand(activity_id=line.id, reaction="send", subject=f"m{mara.id}"))
    settled()
    assert len(notes(outbox, mara)) == 1


def test_a_title_with_a_line_break_and_markup_is_only_words(settled, outbox):
    mara = make.member()
    helped(mara, 2, title="<b>Squeak</b> {{ 7*7 }}", word="Thank you\nBcc: x@example.org")
    run(settled)
    (note,) = notes(outbox, mara)
    assert note["Bcc"] is None
    assert "<b>Squeak</b> {{ 7*7 }}" in plain(note)
    assert "<b>Squeak</b>" not in note.get_body(("html",)).get_content()


def test_who_is_suspended_between_owing_and_writing_gets_none(settled, outbox):
    mara = make.member()
    helped(mara)
    db.session.commit()
    assert noting.note_helpers() == 1
    mara.suspended_at = now.now()
    settled()
    assert notes(outbox, mara) == []
