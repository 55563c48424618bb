"""No two transactions wait for each other, wherever they meet: PostgreSQL would end one of them, which loses its work.

Each test lets two meet at a place where they did, before everybody took rows in the order of contributions/turns.py.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.activity import Activity
from portal.advocacy import followers, reviewing
from portal.contributions.models import Contribution
from portal.contributions.replying import post_reply
from portal.contributions.thanks import withdraw_thanks
from portal.db import db as database
from portal.members.models import Member
from portal.moderation import commands, queries
from portal.notifications import telling
from portal.profile.commands import erase_member
from tests import builders as make
from tests.advocacy.helping import recognised, solved, thanked
from tests.meeting import meet

Meet = Callable[..., list[Exception | None]]
DONE = [None, None]


@pytest.fixture
def both(make_app: Callable[..., Flask]) -> Iterator[Meet]:
    """`both(first, second, before=…)`: see tests/meeting.py."""
    app = make_app(reply_pause=0)
    with app.app_context():
        if database.engine.dialect.name != "postgresql":
            pytest.skip("SQLite lets one transaction write at a time")
        yield lambda first, second, before: meet(app, first, second, before=before)


def the(number: int, model: Any = Contribution) -> Any:
    return database.session.get(model, number)


def credit() -> None:
    """As the worker does, of all that was recorded."""
    followers.credit(list(database.session.scalars(select(Activity).order_by(Activity.id))))


def tell() -> None:
    """Likewise."""
    telling.tell(list(database.session.scalars(select(Activity).order_by(Activity.id))))


def to_decide(number: int) -> Contribution:
    found = queries.find_to_decide(number)
    assert found is not None
    return found


@pytest.mark.parametrize("before", ["UPDATE board", "UPDATE member SET username", "INSERT INTO activity"])
def test_who_leaves_and_who_counts_what_they_helped_with_do_not_wait_for_each_other(both: Meet, before: str) -> None:
    leaver = make.member()
    make.topic(leaver)
    thanked(solved(leaver))
    number = leaver.id
    assert both(lambda: erase_member(the(number, Member), keep_contributions=False), credit, before=before) == DONE
    assert the(number, Member).erased_at is not None


def test_two_moderators_who_remove_all_of_a_spammers_from_its_two_ends_both_do(both: Meet) -> None:
    spammer, mara, nils = make.member(), make.moderator(), make.moderator()
    sent = [make.topic(spammer).id for _ in range(3)]

    def sweep(who: int, number: int) -> int:
        found = queries.find_to_decide(number, keep=False)
        assert found is not None
        return commands.remove_as_spam(found, the(who, Member), "Spam.")

    first, second = mara.id, nils.id
    looks_for_more = r"SELECT contribution.id\s+FROM contribution\s+WHERE contribution.author_id"
    assert both(lambda: sweep(first, sent[2]), lambda: sweep(second, sent[0]), before=looks_for_more) == DONE
    assert {the(number).state for number in sent} == {"removed"}


def test_a_reply_is_hidden_while_its_author_replies_again(both: Meet) -> None:
    author, mara = make.member(), make.moderator()
    topic = make.topic()
    reply = make.reply(topic, author).id
    who, where, moderator = author.id, topic.id, mara.id
    assert both(
        lambda: commands.hide(to_decide(reply), the(moderator, Member), "No.", "off_topic"),
        lambda: post_reply(the(where), the(who, Member), source="There is another way, with a smaller screw."),
        before="UPDATE contribution SET last_position",
    ) == DONE  # fmt: skip
    assert the(where).reply_count == 1


def test_several_peoples_are_decided_while_what_they_helped_with_is_counted(both: Meet) -> None:
    early, late, mara = make.member(), make.member(), make.moderator()
    waiting = [make.topic(who, state="pending").id for who in (late, early)]
    for who in (early, late):
        thanked(solved(who))
    moderator = mara.id
    assert both(
        lambda: commands.decide_several(waiting, the(moderator, Member), "approve"), credit, before="UPDATE board"
    ) == DONE  # fmt: skip
    assert {the(number).state for number in waiting} == {"published"}


def test_recognition_is_reviewed_while_several_peoples_are_decided(both: Meet) -> None:
    early, late, mara = make.member(), make.member(), make.moderator()
    for who in (late, early):
        recognised(who).ends_at = clock.now() - timedelta(days=1)
    waiting = [make.topic(who, state="pending").id for who in (early, late)]
    moderator = mara.id
    assert both(
        lambda: commands.decide_several(waiting, the(moderator, Member), "approve"),
        reviewing.review,
        before="UPDATE board",
    ) == DONE  # fmt: skip


def test_who_leaves_and_who_is_told_of_it_do_not_wait_for_each_other(both: Meet) -> None:
    leaver = make.member()
    reply = make.reply(make.topic(), leaver)
    giver = thanked(reply)
    tell()
    withdraw_thanks(reply, giver)
    thanked(solved(leaver), giver)
    number = leaver.id
    # What was told of the thanks that were taken back is changed; then the leaver is told of the others.
    assert both(tell, lambda: erase_member(the(number, Member), keep_contributions=True), before="INSERT") == DONE
