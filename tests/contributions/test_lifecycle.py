"""A contribution's states: which moves there are, who makes them, what each leaves behind."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from portal.contributions import lifecycle
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Decision
from portal.db import writing
from portal.forum.models import Board
from portal.members.models import Member
from tests import builders


def decisions(db, contribution):
    return db.session.scalars(select(Decision).where(Decision.contribution_id == contribution.id)).all()


def test_a_newcomers_first_topic_waits_with_its_reason(db):
    topic = builders.topic(builders.member(new=True), state="draft")
    assert lifecycle.submit(topic)
    assert topic.state == "pending"
    assert decisions(db, topic)[-1].rule == "first_contributions"


def test_a_regular_members_topic_is_published_at_once(db):
    topic = builders.topic(state="draft")
    lifecycle.submit(topic)
    assert topic.state == "published"
    assert topic.published_at is not None


def test_approving_publishes_and_says_so_once(db):
    topic, moderator = builders.topic(state="pending"), builders.moderator()
    assert lifecycle.approve(topic, moderator)
    assert not lifecycle.approve(topic, moderator)
    assert [d.to_state for d in decisions(db, topic)] == ["pending", "published"]


@pytest.mark.parametrize("verb", [lifecycle.approve, lifecycle.hide, lifecycle.restore])
def test_members_decide_nothing(db, verb):
    topic = builders.topic(state="pending")
    with pytest.raises(NotAllowed):
        verb(topic, builders.member())
    assert topic.state == "pending"


def test_a_return_needs_a_reason(db):
    with pytest.raises(ValueError, match="reason"):
        lifecycle.return_to_author(builders.topic(state="pending"), builders.moderator(), "  ")


def test_what_was_returned_is_submitted_again_with_its_text(db):
    topic = builders.topic(builders.member(new=True), text="My bell is broken, what now?", state="pending")
    lifecycle.return_to_author(topic, builders.moderator(), "Which bell?")
    assert topic.state == "returned"
    assert topic.source == "My bell is broken, what now?"
    assert lifecycle.submit(topic)
    assert topic.state == "pending"


def test_removed_is_final(db):
    topic, moderator = builders.topic(), builders.moderator()
    assert lifecycle.remove(topic, moderator, "spam")
    assert not lifecycle.restore(topic, moderator)
    assert not lifecycle.approve(topic, moderator)
    assert topic.state == "removed"


def test_an_author_may_remove_only_the_own(db):
    topic = builders.topic()
    with pytest.raises(NotAllowed):
        lifecycle.remove(topic, builders.member())
    assert lifecycle.remove(topic, topic.author)


def test_counters_follow_every_move(db):
    asker, helper, moderator = (
        builders.member(published_count=0),
        builders.member(published_count=0),
        builders.moderator(),
    )
    topic = builders.topic(asker)
    reply = builders.reply(topic, helper)
    db.session.expire_all()
    assert (topic.reply_count, helper.published_count, asker.published_count) == (1, 1, 1)
    assert db.session.get(Board, topic.board_id).topic_count == 1
    lifecycle.hide(reply, moderator)
    lifecycle.hide(topic, moderator)
    db.session.expire_all()
    assert (topic.reply_count, helper.published_count, asker.published_count) == (0, 0, 0)
    assert db.session.get(Board, topic.board_id).topic_count == 0
    lifecycle.restore(topic, moderator)
    lifecycle.restore(reply, moderator)
    db.session.expire_all()
    assert (topic.reply_count, helper.published_count) == (1, 1)


def test_a_reply_keeps_its_number_when_others_come_and_go(db):
    topic, moderator = builders.topic(), builders.moderator()
    first, second = builders.reply(topic), builders.reply(topic)
    lifecycle.hide(first, moderator)
    third = builders.reply(topic)
    lifecycle.restore(first, moderator)
    assert [first.position, second.position, third.position] == [1, 2, 3]


def test_a_reply_approved_later_comes_after_those_that_were_read(db):
    topic = builders.topic()
    waiting = builders.reply(topic, state="pending")
    shown = builders.reply(topic)
    lifecycle.approve(waiting, builders.moderator())
    assert (shown.position, waiting.position) == (1, 2)


def test_of_two_moderators_at_the_same_instant_one_decides(app, db):
    with writing():
        topic = builders.topic(state="pending")
        moderators = [builders.moderator().id for _ in range(4)]
    start, changed = Barrier(4), []

    def decide(moderator_id):
        with app.app_context():
            own = db.session.get(Contribution, topic.id)
            moderator = db.session.get(Member, moderator_id)
            db.session.rollback()
            start.wait()
            with writing():
                changed.append(lifecycle.approve(db.session.get(Contribution, own.id), moderator))

    threads = [Thread(target=decide, args=(number,)) for number in moderators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    db.session.rollback()
    assert sorted(changed) == [False, False, False, True]
    assert [d.to_state for d in decisions(db, topic)] == ["pending", "published"]
