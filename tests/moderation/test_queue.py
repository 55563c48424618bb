"""The queue shows what waits, whole, the oldest first, at a cost that does not grow."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal import clock as house
from portal.contributions import lifecycle
from portal.contributions.models import Decision, Report
from portal.contributions.reports import report
from portal.db import db
from portal.forum.models import Topic
from portal.media.models import Picture
from portal.moderation import openness, queries
from tests import builders as make
from tests.queries import heard

SignIn = Callable[..., Any]


def picture(contribution: Any, place: int = 0) -> Picture:
    made = Picture(
        owner_id=contribution.author_id, contribution_id=contribution.id, place=place, alt=f"Picture number {place}",
        width=640, height=480, bytes=1000, media_type="image/jpeg", sha256="0" * 64, difference_hash="0" * 16,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


@pytest.fixture
def visitor(as_member: SignIn) -> Any:
    return as_member(make.moderator("mara"))


def test_what_waits_is_shown_whole_with_its_author_pictures_and_reason(app: Flask, visitor: Any) -> None:
    author = make.member("nora", new=True, published_count=0)
    topic = make.topic(author, "How do I oil it?", "With **what**, please?", "draft")
    pending = picture(topic)
    lifecycle.submit(topic)
    page = visitor.get("/moderation/").text
    assert "How do I oil it?" in page
    assert "<strong>what</strong>" in page
    assert pending.token in page
    assert "Picture number 0" in page
    assert "A moderator reads the first contributions of every new member." in page
    assert "New member" in page
    assert "0 published, 0 sent back, 0 removed" in page


def test_the_oldest_stands_first_and_lateness_is_marked(app: Flask, visitor: Any, clock: Any) -> None:
    now = clock.freeze()
    titles = {"Overdue": 49, "Late": 25, "Fresh": 1}
    for title, hours in sorted(titles.items()):
        make.topic(title=f"{title} one", state="pending").submitted_at = now - house.timedelta(hours=hours)
    page = visitor.get("/moderation/").text
    assert page.index("Overdue one") < page.index("Late one") < page.index("Fresh one")
    assert page.count(">Overdue<") == 1
    assert page.count(">Late<") == 1


def test_reported_and_hidden_things_are_in_the_same_list_with_filters(app: Flask, visitor: Any) -> None:
    make.topic(title="Waits here", state="pending")
    reported = make.topic(title="Complained about")
    report(reported, make.member("rita"), "abuse", "Third line")
    make.topic(title="Taken away for now", state="hidden")
    make.topic(title="All is well")
    every = visitor.get("/moderation/").text
    assert all(title in every for title in ("Waits here", "Complained about", "Taken away for now"))
    assert "All is well" not in every
    assert "It insults or threatens somebody" in every
    assert "Third line" in every
    only = visitor.get("/moderation/?waits=reported").text
    assert "Complained about" in only
    assert "Waits here" not in only
    assert "Taken away for now" in visitor.get("/moderation/?waits=hidden").text


def test_filters_by_kind_and_board_include_replies(app: Flask, visitor: Any) -> None:
    there = make.topic(title="Elsewhere", board=make.board("Other matters"))
    make.reply(there, text="A reply that waits there", state="pending")
    make.topic(title="Here", state="pending")
    board = there.board_id
    page = visitor.get(f"/moderation/?board={board}").text
    assert "A reply that waits there" in page
    assert ">Here<" not in page
    assert "A reply that waits there" in visitor.get("/moderation/?kind=reply").text
    assert ">Here<" not in visitor.get("/moderation/?kind=reply").text


@pytest.mark.parametrize("query", ["waits=all", "kind=photograph", "board=x", "board=²", "page=0", "page=x"])
def test_nonsense_in_the_address_is_not_found(app: Flask, visitor: Any, query: str) -> None:
    assert visitor.get(f"/moderation/?{query}").status_code == 404


def test_a_page_that_emptied_leads_to_the_last_one(app: Flask, visitor: Any) -> None:
    make.topic(state="pending")
    response = visitor.get("/moderation/?page=3&kind=topic")
    assert (response.status_code, response.location) == (303, "/moderation/?kind=topic")


def test_the_number_of_queries_does_not_grow_with_the_queue(app: Flask, visitor: Any) -> None:
    def fill(n: int) -> None:
        for _ in range(n):
            picture(make.topic(make.member(), state="pending", tags=["oil", "chain"]))
            make.reply(make.topic(), make.member(), state="pending")
            report(make.reply(make.topic()), make.member(), "spam")
            make.topic(make.member(), state="hidden")

    fill(1)
    visitor.get("/moderation/")
    db.session.commit()
    with heard(db.engine) as few:
        visitor.get("/moderation/")
    fill(4)
    db.session.commit()
    with heard(db.engine) as many:
        page = visitor.get("/moderation/")
    assert page.text.count("queue-item") == 10
    assert len(few) == len(many) <= 12


def test_the_item_page_shows_the_history_and_leads_to_editing(app: Flask, visitor: Any) -> None:
    moderator = make.moderator("otto")
    topic = make.topic(title="Again and again", state="pending")
    lifecycle.return_to_author(topic, moderator, "Please say more.")
    lifecycle._move(topic, "pending", topic.author)
    page = visitor.get(f"/moderation/{topic.id}").text
    assert "Otto sent this back to its author" in page
    assert "Please say more." in page
    assert "Edit on its own form, without approving" in page


def test_a_removed_item_is_shown_to_moderators_and_a_draft_is_not(app: Flask, visitor: Any) -> None:
    assert visitor.get(f"/moderation/{make.topic(state='removed').id}").status_code == 200
    thrown_away = make.topic(state="draft")
    lifecycle.remove(thrown_away, thrown_away.author)
    for hidden_from_all in (make.topic(state="draft").id, thrown_away.id, 10**9):
        assert visitor.get(f"/moderation/{hidden_from_all}").status_code == 404
        assert visitor.submit(f"/moderation/{hidden_from_all}/approve").status_code in (303, 404)


def test_standing_tells_the_place_and_the_usual_wait(app: Flask, clock: Any) -> None:
    now, moderator = clock.freeze(), make.moderator()
    for hours in (1, 2, 30):
        clock.freeze(now - house.timedelta(hours=hours))
        topic = make.topic(state="pending")
        clock.freeze(now)
        lifecycle.approve(topic, moderator)
    waiting = [make.topic(state="pending") for _ in range(3)]
    assert [openness.standing(t) for t in waiting] == [(n, "about 2 hours") for n in (1, 2, 3)]
    assert openness.standing(make.topic()) is None
    db.session.execute(db.delete(Decision).where(Decision.as_moderator))
    assert openness.standing(waiting[0]) == (1, None)


def test_the_usual_wait_counts_from_the_last_submission_and_forgets_what_is_old(app: Flask, clock: Any) -> None:
    now, moderator = clock.freeze(), make.moderator()
    topic = make.topic(state="pending")
    clock.advance(hours=4)
    lifecycle.return_to_author(topic, moderator, "More, please.")
    clock.advance(days=3)
    lifecycle._move(topic, "pending", topic.author)
    clock.advance(hours=6)
    lifecycle.approve(topic, moderator)
    assert openness.usual_wait() == house.timedelta(hours=5)
    clock.freeze(now + house.timedelta(days=40))
    assert openness.usual_wait() is None


def test_durations_are_said_as_people_say_them() -> None:
    said = {30: "a minute or two", 1200: "about 20 minutes", 3 * 3600: "about 3 hours", 5 * 86400: "about 5 days"}
    for seconds, words in said.items():
        assert openness.in_words(house.timedelta(seconds=seconds)) == words


def test_every_contribution_is_in_the_queue_once(app: Flask) -> None:
    topic = make.topic()
    for name in ("a1", "b2", "c3"):
        report(topic, make.member(name), "spam")
    assert topic.state == "hidden"
    assert [(i.contribution.id, i.waits) for i in queries.page(1, 10)] == [(topic.id, "hidden")]
    assert len(queries.page(1, 10)[0].reports) == 3
    assert sum(queries.counts().values()) == 1
    assert db.session.query(Report).count() == 3
    assert db.session.query(Topic).count() == 1
