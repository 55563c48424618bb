"""A word of why with thanks: for whoever helped alone, kind, changed and taken back at will, gone with the thanks."""

import pytest
from sqlalchemy import select

from portal import clock as house
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Thanks
from portal.contributions.screened import WatchedWord
from portal.contributions.thanks import give_thanks, withdraw_thanks
from portal.contributions.thanks_words import say_why, word_of, words_for
from portal.notifications import letters
from portal.notifications.models import Notification
from portal.profile.commands import erase_member
from tests import builders as make

WORD = "The squeak was gone after I greased the pedal."


@pytest.fixture
def thanked(app):
    """(reply, giver): a reply that somebody thanked for."""
    reply, giver = make.reply(make.topic(), make.member("hanna")), make.member("gil")
    give_thanks(reply, giver)
    return reply, giver


def address(reply):
    return f"/c/{reply.id}/thanks/word"


def told(db, reply):
    return db.session.scalars(select(Notification).where(Notification.member_id == reply.author_id)).one()


def test_the_field_is_offered_once_thanks_are_given_and_works_as_a_plain_form(as_member, thanked, db):
    reply, giver = thanked
    page = f"/topics/{reply.parent_id}/{reply.parent.slug}"
    me, other = as_member(giver), as_member(make.member())
    assert "Say why, for Hanna alone" in me.get(page).text
    assert "Say why" not in other.get(page).text
    assert "Say why" not in as_member(reply.author).get(page).text
    sent = me.submit(address(reply), {"word": f"  {WORD}\n"})
    assert (sent.status_code, sent.location.partition("#")[0]) == (303, page)
    assert word_of(reply, giver) == WORD
    assert WORD in me.get(page).text


def test_nobody_but_the_two_of_them_ever_reads_it(app, as_member, client, thanked, settled, outbox):
    reply, giver = thanked
    say_why(reply, giver, WORD)
    settled()
    page = f"/topics/{reply.parent_id}/{reply.parent.slug}"
    asker = reply.parent.author
    for reader in (client, as_member(asker), as_member(make.moderator()), as_member(make.admin())):
        for where in (page, f"/members/{giver.username}", "/members/hanna", "/", "/notifications/", address(reply)):
            assert WORD not in reader.get(where).text
    assert WORD in as_member(reply.author).get("/notifications/").text
    assert words_for(reply.author, [reply.id]) == {(reply.id, giver.id): WORD}
    assert words_for(asker, [reply.id]) == {}


def test_the_notification_says_what_the_thanks_say_now(app, thanked, settled, db, clock):
    reply, giver = thanked
    settled()
    assert told(db, reply).note == ""
    told(db, reply).read_at = house.now()
    say_why(reply, giver, WORD)
    settled()
    assert (told(db, reply).note, told(db, reply).read_at) == (WORD, None)
    told(db, reply).read_at = house.now()
    for word in ("Shorter.", "", "Again."):
        say_why(reply, giver, word)
        settled()
        assert told(db, reply).note == word
    clock.advance(hours=3)
    told(db, reply).read_at = house.now()
    say_why(reply, giver, "")
    settled()
    say_why(reply, giver, "Ring.")
    settled()
    assert told(db, reply).read_at is not None, "later changes ring no bell"


def test_the_mail_about_thanks_brings_the_word_along(app, thanked, settled, outbox, clock):
    reply, giver = thanked
    settled()
    say_why(reply, giver, WORD)
    settled()
    clock.advance(minutes=11)
    letters.send_gathered()
    assert [WORD in mail.get_content() for mail in outbox() if mail["To"] == "hanna@example.org"] == [True]


def test_a_word_before_the_worker_came_is_told_with_the_thanks(app, thanked, settled, db):
    reply, giver = thanked
    say_why(reply, giver, WORD)
    settled()
    assert told(db, reply).note == WORD


def test_it_goes_with_thanks_that_are_taken_back_and_does_not_return_with_new_ones(app, thanked, settled, db):
    reply, giver = thanked
    say_why(reply, giver, WORD)
    settled()
    withdraw_thanks(reply, giver)
    settled()
    assert told(db, reply).note == ""
    assert {t.word for t in db.session.scalars(select(Thanks))} == {""}
    give_thanks(reply, giver)
    settled()
    assert (word_of(reply, giver), told(db, reply).note) == ("", "")


@pytest.mark.parametrize("keep", [False, True])
def test_it_goes_with_a_giver_who_is_erased(app, thanked, settled, db, keep):
    reply, giver = thanked
    say_why(reply, giver, WORD)
    settled()
    erase_member(giver, keep_contributions=keep)
    settled()
    assert {t.word for t in db.session.scalars(select(Thanks))} == {""}
    assert told(db, reply).note == ""


@pytest.mark.parametrize(
    "word",
    [
        "see https://cheap.example/pills", "WWW.cheap.example", "ask me at gil@example.org", "gil @ example.org helped",
        "look at cheap-pills.com now", "more on t.me/gilpills", "ｈｔｔｐｓ://cheap.example", "https\u200b://cheap.example",
        "сheap.com", "x" * 201, "what a Blöödy mess", "b\u200blöödy", "that was SLY", "quite rude of it",
    ],
)  # fmt: skip
def test_links_addresses_watched_words_and_novels_are_refused_and_what_was_typed_is_kept(as_member, thanked, db, word):
    reply, giver = thanked
    db.session.add_all(WatchedWord(words=w, act=a) for w, a in (("blöödy", "block"), ("sly", "hold"), ("rude", "mask")))
    answer = as_member(giver).submit(address(reply), {"word": word})
    assert answer.status_code == 422
    assert "Nothing is lost" in answer.text
    assert word.replace("\u200b", "") in answer.text
    assert word_of(reply, giver) == ""


@pytest.mark.parametrize(
    "word",
    ["Done.Thanks a lot", "It took 3.5 bar, then it held.", "Ratio 1.2/3 works", '<b>bold</b> & "so"', "Ça marche"],
)
def test_ordinary_words_pass_and_are_shown_as_they_were_typed(as_member, thanked, word, settled):
    from markupsafe import escape

    reply, giver = thanked
    assert as_member(giver).submit(address(reply), {"word": word}).status_code == 303
    settled()
    assert f">{escape(word)}<" in as_member(reply.author).get("/notifications/").text


def test_without_thanks_there_is_no_word(as_member, thanked, db):
    reply, _ = thanked
    stranger, back = as_member(make.member()), f"/topics/{reply.parent_id}/{reply.parent.slug}#reply-{reply.id}"
    for answer in (stranger.get(address(reply)), stranger.submit(address(reply), {"word": WORD})):
        assert (answer.status_code, answer.location) == (303, back)
    assert {t.word for t in db.session.scalars(select(Thanks))} == {""}


@pytest.mark.parametrize("fact", ["silenced_until", "suspended_at"])
def test_who_is_silenced_or_suspended_says_none_but_can_take_one_away(as_member, thanked, fact):
    reply, giver = thanked
    say_why(reply, giver, WORD)
    setattr(giver, fact, house.ago(days=-3) if fact == "silenced_until" else house.now())
    me = as_member(giver)
    assert "Your word to" not in me.get(f"/topics/{reply.parent_id}/{reply.parent.slug}").text
    assert me.submit(address(reply), {"word": "Another."}).status_code == 403
    with pytest.raises(NotAllowed):
        say_why(reply, giver, "Another.")
    assert me.submit(address(reply), {"word": ""}).status_code == 303
    assert word_of(reply, giver) == ""


def test_the_one_helped_reads_it_beside_a_way_to_report_it(as_member, thanked, settled):
    reply, giver = thanked
    say_why(reply, giver, WORD)
    settled()
    helper = as_member(reply.author)
    where = f"/members/gil/report?thanks={reply.id}"
    assert where in helper.get("/notifications/").text
    assert WORD in helper.get(where).text
    assert WORD not in as_member(make.member()).get(where).text
    for hostile in ("0", "x", "9" * 30, "-1", ""):
        assert helper.get(f"/members/gil/report?thanks={hostile}").status_code == 200
