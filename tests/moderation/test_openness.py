"""The public log and the figures: what everybody may know, and nothing more."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.contributions import lifecycle
from portal.contributions.models import Decision
from portal.contributions.reports import report
from portal.db import db
from portal.moderation import commands, figures, openness, undo
from tests import builders as make
from tests.queries import heard


def everything_happens() -> None:
    """Decisions of every sort, about things and by people whose names must not appear."""
    boss, reporter = make.moderator("moderatorname"), make.member("reportername")
    author = make.member("authorname", new=True)
    facts: dict[str, Any] = {"title": "Secrettitle", "text": "Secrettext, at some length."}
    held = make.topic(author, state="draft", **facts)
    lifecycle.submit(held)
    commands.approve(held, boss)
    report(held, reporter, "spam", "Secretnote")
    commands.keep(held, boss)
    commands.hide(held, boss, "Secretreason one", "spam")
    commands.restore(held, boss)
    commands.remove(held, boss, "Secretreason two", "private")
    back = make.topic(author, state="pending", **facts)
    commands.return_to_author(back, boss, "Secretreason three", "other")
    own = make.topic(author, **facts)
    lifecycle.remove(own, own.author)
    make.topic(author, state="draft", **facts)
    mobbed = make.topic(author, **facts)
    for _ in range(3):
        report(mobbed, make.member(), "abuse")


def test_the_log_shows_what_was_decided_and_leaks_nothing(app: Flask, client: Any) -> None:
    everything_happens()
    page = client.get("/moderation/log").text
    main = page[page.index("<main") : page.index("</main>")]
    for words in ("waiting", "public", "sent back", "hidden", "removed", "advertising or spam", "a first contribution",
                  "reports looked into, nothing found", "reported by several members", "left as it is",
                  "a moderator", "the rules", "the author"):  # fmt: skip
        assert words in main, words
    for secret in ("moderatorname", "reportername", "authorname", "secret", "insults"):
        assert secret not in main.lower(), secret
    assert "/topics/" not in main
    assert "/members/" not in main
    assert "/moderation/1" not in main


def test_an_unknown_rule_is_told_as_another_reason(app: Flask, client: Any) -> None:
    topic = make.topic()
    commands.hide(topic, make.moderator(), "words", "Authorname did it")
    page = client.get("/moderation/log").text
    assert "Authorname did it" not in page
    assert "another reason" in page


def test_plain_posting_and_drafts_are_not_in_the_log(app: Flask, client: Any) -> None:
    make.topic()
    draft = make.topic(state="draft")
    lifecycle.remove(draft, draft.author)
    assert "Nothing was decided yet." in client.get("/moderation/log").text


def test_the_log_is_paged(app: Flask, client: Any) -> None:
    boss = make.moderator()
    for _ in range(51):
        commands.approve(make.topic(state="pending"), boss)
    db.session.commit()
    with heard(db.engine) as queries:
        first = client.get("/moderation/log")
    assert len(queries) <= 5
    assert first.text.count("<tr>") == 51
    assert client.get("/moderation/log?page=2").text.count("<tr>") == 2
    assert client.get("/moderation/log?page=3").status_code == 404


def test_the_figures_count_what_happened_lately(app: Flask, clock: Any) -> None:
    clock.freeze()
    boss = make.moderator()
    make.topic()
    commands.approve(make.topic(state="pending"), boss)
    commands.remove(make.topic(state="pending"), boss, "no", "spam")
    commands.return_to_author(make.topic(state="pending"), boss, "more")
    report(make.topic(), make.member(), "spam")
    make.topic(state="pending")
    f = figures.figures()
    assert (f.waiting, f.reported, f.submitted_lately, f.held_lately) == (1, 1, 6, 4)
    assert (f.approved_lately, f.returned_lately, f.removed_lately) == (1, 1, 1)
    assert f.share_held == 67
    assert f.usual_wait == "a minute or two"
    clock.advance(days=31)
    assert figures.figures().share_held is None


def test_what_was_taken_back_says_nothing_about_the_wait(app: Flask, clock: Any) -> None:
    since = clock.freeze()
    boss, topic = make.moderator(), make.topic(state="pending")
    clock.advance(hours=2)
    commands.approve(topic, boss)
    taken_back = db.session.scalars(select(Decision.id).order_by(Decision.id.desc()).limit(1)).one()
    undo.undo(taken_back, boss)
    assert openness.waits(since) == []
    clock.advance(hours=1)
    commands.approve(topic, boss)
    assert [seconds for _, seconds in openness.waits(since)] == [3 * 3600]


def test_a_removal_without_a_reason_of_the_list_is_told_as_another_reason(app: Flask) -> None:
    commands.remove(make.topic(), make.moderator(), "In my own words.", "")
    commands.remove(make.topic(), make.moderator(), "In my own words.", "other")
    assert figures.figures().removed_for == (("another reason", 2),)
