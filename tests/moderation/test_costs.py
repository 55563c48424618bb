"""What moderators' pages ask the database, and what is remembered between two of them."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from portal.contributions import lifecycle
from portal.contributions.models import Decision
from portal.contributions.writing import edit
from portal.db import db
from portal.moderation import claims, commands, quality, tallies
from tests import builders as make
from tests.bench.pages import MOST_QUERIES
from tests.moderation.test_queue import picture
from tests.queries import heard


def busy(contribution: Any, n: int) -> Any:
    """Sent back, changed and sent again, with pictures like others', reports, an author with a past."""
    author, mara = contribution.author, make.moderator()
    for _ in range(n):
        picture(contribution)
        picture(make.topic())
        make.topic(author)
        commands.remove(make.topic(author, state="pending"), mara, "Not here.")
    commands.return_to_author(contribution, mara, "Say more.")
    for m in range(n):
        edit(contribution, author, source=f"Said {m} more.", title=contribution.title)
    lifecycle._move(contribution, "pending", author)
    return contribution


@pytest.mark.parametrize("kind", ["topic", "reply"])
def test_the_item_page_asks_at_most_twelve_things_whatever_stands_around_it(
    app: Flask, as_member: Any, kind: str
) -> None:
    mara = as_member(make.moderator("mara"))

    def made() -> Any:
        if kind == "topic":
            return make.topic(make.member(), state="pending", tags=["oil", "chain"])
        parent = make.topic(tags=["oil"])
        for _ in range(4):
            make.reply(parent)
        return make.reply(parent, make.member(), state="pending")

    bare, full = made(), busy(busy(made(), 1), 3)
    claims.claim(full.id, make.moderator("otto").id)
    asked = {}
    for c in (bare, full):
        db.session.commit()
        mara.get(f"/moderation/{c.id}")
        with heard(db.engine) as found:
            page = mara.get(f"/moderation/{c.id}")
        assert page.status_code == 200
        asked[c.id] = found
    assert "Otto</strong> has this open" in page.text
    assert "What is different from the earlier version" in page.text
    assert "Looks like" in page.text
    assert "Removes all 5 that" in page.text
    assert "Before this: 14 published, 1 sent back, 4 removed." in page.text
    assert len(asked[full.id]) <= MOST_QUERIES, str(asked[full.id])
    assert len(asked[bare.id]) <= len(asked[full.id])


def test_of_two_earlier_versions_the_one_a_moderator_read_last_is_compared(app: Flask, as_member: Any) -> None:
    topic = make.topic(text="Old words.", state="pending")
    mara = make.moderator("mara")
    commands.return_to_author(topic, mara, "Say more.")
    for text in ("Middle words.", "New words."):
        edit(topic, topic.author, source=text)
    lifecycle._move(topic, "pending", topic.author)
    page = as_member(mara).get(f"/moderation/{topic.id}").text
    assert "<del>Old</del>" in page
    assert "Middle" not in page


def test_days_that_are_over_are_counted_once_and_anew_when_something_of_them_goes(app: Flask, clock: Any) -> None:
    clock.freeze()
    mara = make.moderator("mara")
    gone, stays = make.topic(state="pending"), make.topic(state="pending")
    commands.approve(gone, mara)
    commands.approve(stays, mara)
    clock.advance(days=1)

    def seen() -> Any:
        found = quality.quality(7)
        return [(d.came, d.decided) for d in found.days[-2:]], found.by_moderator

    assert seen() == ([(2, 2), (0, 0)], [("Mara", 2)])
    with heard(db.engine) as again:
        commands.approve(make.topic(state="pending"), mara)
        again.statements.clear()
        assert seen() == ([(2, 2), (1, 1)], [("Mara", 3)])
    grouped = [s for s in again.statements if "GROUP BY substr" in s.sql or "GROUP BY to_char" in s.sql]
    assert len(grouped) == 1, "today's alone"
    db.session.execute(delete(Decision).where(Decision.contribution_id == gone.id))
    assert seen() == ([(1, 1), (1, 1)], [("Mara", 2)])


def test_of_very_many_decisions_a_part_from_all_days_says_how_long_it_takes(app: Flask, clock: Any) -> None:
    clock.freeze()
    mara = make.moderator("mara")
    for _ in range(40):
        topic = make.topic(state="pending")
        clock.advance(hours=3)
        commands.approve(topic, mara)
    today = make.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=30)
    all_of_them = tallies.tallied(since, today, 1000).waits
    some = tallies.tallied(since, today, 10).waits
    assert len(all_of_them) == 40
    assert 4 <= len(some) <= 20
    assert {seconds for _, seconds in some} == {3 * 3600}
    assert len({day for day, _ in some}) > 2
