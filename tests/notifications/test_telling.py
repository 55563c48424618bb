"""Who is told what, and once."""

import pytest

from portal.activity import Activity
from portal.blog.commands import write_article
from portal.contributions import lifecycle, reports, thanks
from portal.contributions.following import follow, unfollow
from portal.contributions.replying import post_reply
from portal.contributions.writing import edit
from portal.forum.commands import accept_reply
from portal.notifications.models import Notification
from portal.notifications.telling import tell
from portal.stories.commands import tell_story
from portal.stories.photo_commands import submit_photo
from tests.builders import member, moderator, reply, story, topic
from tests.finding import author_of


@pytest.fixture
def told(db, settled):
    """`told(member)`: the verbs of what this member was told, after all that is owed was followed up."""

    def verbs(who):
        settled()
        rows = db.session.query(Notification).filter_by(member_id=who.id).order_by(Notification.id)
        return [n.verb for n in rows]

    return verbs


def test_a_follower_hears_of_a_reply_once_even_when_followed_twice_and_followed_up_twice(db, told):
    t, reader = topic(), member()
    follow(t, reader)
    follow(t, reader)
    reply(t)
    assert told(reader) == ["replied"]
    tell(db.session.query(Activity).all())
    db.session.commit()
    assert told(reader) == ["replied"]


def test_who_showed_a_photo_told_a_story_or_wrote_an_article_hears_of_replies(told):
    nothing = {"caption": "", "taken_at_place": "", "product_id": None, "tags": "", "tokens": (), "alts": {}}
    written = [
        submit_photo(member(), title="At the lake", **nothing),
        tell_story(member(), title="One car less", hard="Two cars.", changed="One bicycle."),
        write_article(member(), title="How to tighten a chain", source="With a spanner, and slowly."),
    ]
    for one in written:
        assert one.is_published
        reply(one)
        assert told(one.author) == ["replied"]


def test_nobody_hears_of_what_they_wrote_themselves(told):
    t, author = topic(), member()
    follow(t, author)
    r = post_reply(t, author, source="It was the left screw, @member1 and me.")
    assert r.is_published
    assert told(author) == []


def test_who_no_longer_follows_hears_nothing(told):
    t, reader = topic(), member()
    follow(t, reader)
    unfollow(t, reader)
    reply(t)
    assert told(reader) == []


def test_what_waits_for_a_moderator_is_announced_when_it_is_published(told):
    t, reader, judge = topic(), member(), moderator()
    follow(t, reader)
    r = reply(t, member(new=True), state="pending")
    assert told(reader) == []
    lifecycle.approve(r, judge)
    assert told(reader) == ["replied"]
    assert told(author_of(r)) == ["approved"]


def test_a_mentioned_follower_is_told_once_of_the_mention(told):
    t, reader = topic(), member("vera")
    follow(t, reader)
    reply(t, text="Ask @vera, she knows.")
    assert told(reader) == ["mentioned"]


def test_a_mention_added_by_an_edit_is_told_and_one_that_stays_is_not_told_again(told):
    first, second = member("first"), member("second")
    r = reply(topic(), text="Thank you, @first.")
    assert told(first) == ["mentioned"]
    edit(r, author_of(r), source="Thank you, @first and @second.")
    assert (told(first), told(second)) == (["mentioned"], ["mentioned"])


def test_many_names_in_one_text_do_not_wake_a_whole_town(told):
    people = [member(f"person-{n}") for n in range(30)]
    reply(topic(), text=" ".join(f"@{p.username}" for p in people))
    assert sum(len(told(p)) for p in people) == 20


def test_thanks_and_acceptance_are_told_once_however_often_they_are_given(told):
    t = topic()
    r = reply(t)
    asker = author_of(t)
    for _ in range(2):
        thanks.give_thanks(r, asker)
        thanks.withdraw_thanks(r, asker)
        accept_reply(r, asker)
    assert sorted(told(author_of(r))) == ["accepted", "thanked"]


def test_a_returned_text_tells_its_author_why_and_not_by_whom(db, told):
    s = story(member(new=True), state="pending")
    lifecycle.return_to_author(s, moderator(), "Please say which model it is.")
    assert told(author_of(s)) == ["returned"]
    line = db.session.query(Notification).filter_by(verb="returned").one()
    assert line.note == "Please say which model it is."
    assert line.actor_id is None


def test_a_hidden_reply_takes_its_notifications_back_and_a_restored_one_brings_them_again(told):
    t, reader, judge = topic(), member(), moderator()
    follow(t, reader)
    r = reply(t)
    assert told(reader) == ["replied"]
    lifecycle.hide(r, judge, "Is this so?")
    assert told(reader) == []
    assert told(author_of(r)) == ["hidden"]
    lifecycle.restore(r, judge)
    assert told(reader) == ["replied"]
    assert told(author_of(r)) == ["hidden", "restored"]


def test_a_hidden_topic_takes_along_what_was_said_below_it(told):
    t, reader, named = topic(), member(), member("named")
    follow(t, reader)
    reply(t, text="As @named said.")
    assert (told(reader), told(named)) == (["replied"], ["mentioned"])
    lifecycle.hide(t, moderator(), "To be looked at.")
    assert (told(reader), told(named)) == ([], [])


def test_a_removed_reply_is_not_announced_even_if_it_is_followed_up_late(told):
    t, reader = topic(), member()
    follow(t, reader)
    r = reply(t)
    lifecycle.remove(r, author_of(r))
    assert told(reader) == []


def test_who_removes_their_own_is_not_told_that_a_moderator_did(told):
    t = topic()
    lifecycle.remove(t, author_of(t))
    assert told(author_of(t)) == []


def test_who_reported_hears_how_it_ended(told):
    from portal.moderation import commands

    t, s, one, other = topic(), topic(), member(), member()
    reports.report(t, one, "spam", "")
    reports.report(s, other, "spam", "")
    commands.hide(t, moderator(), "Advertising.")
    commands.keep(s, moderator())
    assert told(one) == ["report_upheld"]
    assert told(other) == ["report_kept"]


def test_erased_members_are_told_nothing(told, clock):
    t, reader = topic(), member()
    follow(t, reader)
    reader.erased_at = clock.freeze()
    reply(t)
    assert told(reader) == []
