"""Searching: what is found, what is not, and what the page says."""

import pytest
from flask import Flask

from portal import activity
from portal.contributions import lifecycle
from portal.contributions.models import Acceptance
from portal.contributions.writing import edit
from portal.members.models import Member
from portal.search import followers
from portal.search.engine import Filters
from portal.search.queries import find
from portal.search.query_language import parse
from tests import builders as b


def found(typed: str, **narrowed: object) -> list[int]:
    return [answer.best.id for answer in find(parse(typed), Filters(**narrowed)).answers]  # type: ignore[arg-type]


@pytest.fixture
def two(app: Flask, settled):
    anna, ben = b.member("anna"), b.member("ben")
    first = b.topic(anna, "My chain slips on hills", "The **derailleur** FD7 shows E-1042.", tags=["chain"])
    answer = b.reply(first, ben, "Tighten the cable, then the slipping stops.")
    second = b.topic(ben, "Which lights for winter?", "Dark mornings.", board=b.board("Gear"))
    settled()
    return first, answer, second


def test_words_phrases_and_names_find(two) -> None:
    first, answer, second = two
    assert found("chain") == [first.id]
    assert found("CHAINS slipped") == [first.id]
    assert found("cable") == [answer.id]
    assert found("chain cable") == [answer.id], "a word of the title and a word of the reply"
    assert found('"slips on hills"') == [first.id]
    assert found('"hills on slips"') != [first.id] or find(parse('"hills on slips"')).results.relaxed
    assert found("E-1042") == [first.id]
    assert found("fd7") == [first.id]
    assert found("author:ben") == [second.id, answer.id]
    assert found("tag:chain") in ([first.id], [answer.id])
    assert found("board:gear") == [second.id]
    assert found("lights", board_id=first.board_id) == []
    assert found("board:nowhere lights") == []
    assert found("kind:reply slipping") == [answer.id]
    assert found("kind:article chain") == []
    assert found("chain -hills") == [answer.id], "the reply itself does not say hills"
    assert found("before:2001 chain") == []


def test_if_nothing_has_all_words_some_have_some(two) -> None:
    first, *_ = two
    results = find(parse("chain zeppelin"))
    assert results.results.relaxed
    assert [a.root.id for a in results.answers] == [first.id]
    assert not find(parse("zeppelin")).answers


def test_counts_are_by_conversation(two) -> None:
    first, _answer, second = two
    results = find(parse("the dark chain"), Filters(kind="topic")).results
    assert results.relaxed
    assert results.facets.kinds == {"topic": 2}
    assert results.facets.boards == {first.board_id: 1, second.board_id: 1}


def test_solved_follows_acceptance(two, db, settled) -> None:
    first, answer, second = two
    assert found("solved:yes") == []
    first.accepted_count = answer.accepted_count = 1
    db.session.add(Acceptance(reply_id=answer.id, by_id=first.author_id))
    activity.record("accepted", answer)
    settled()
    assert {a.root.id for a in find(parse("solved:yes")).answers} == {first.id}
    assert {a.root.id for a in find(parse("solved:no")).answers} == {second.id}


@pytest.mark.parametrize("state", ["draft", "pending", "returned", "hidden", "removed"])
def test_only_what_is_published_is_found(app, settled, state: str) -> None:
    b.topic(text="unmistakable", state=state)
    open_topic = b.topic()
    b.reply(open_topic, text="unmistakable", state=state)
    settled()
    assert found("unmistakable") == []


def test_hiding_takes_a_conversation_out_with_its_replies_and_restoring_brings_it_back(two, settled) -> None:
    first, answer, _second = two
    moderator = b.moderator()
    lifecycle.hide(first, moderator, "why")
    assert found("cable") == [], "gone at once, before the worker turned"
    settled()
    assert found("cable") == found("chain") == []
    assert followers.compare().equal
    lifecycle.restore(first, moderator)
    settled()
    assert found("cable") == [answer.id]
    lifecycle.remove(answer, moderator, "no")
    settled()
    assert found("cable") == []
    assert followers.compare().equal


def test_an_edited_title_is_found_from_its_replies(two, db, settled) -> None:
    first, answer, _second = two
    edit(first, db.session.get(Member, first.author_id), source=first.source, title="My sprocket slips")
    settled()
    assert found("sprocket cable") == [answer.id]
    assert find(parse("chain cable")).results.relaxed or found("chain cable") == [answer.id]
    assert followers.compare().equal


def test_following_twice_changes_nothing(two, settled) -> None:
    first, *_ = two
    before = dict(followers.the_engine().contents())
    followers.index([first.id])
    followers.index([first.id])
    assert dict(followers.the_engine().contents()) == before


def test_the_page_says_what_was_found(client, two) -> None:
    first, answer, _second = two
    page = client.get("/search?q=cable").text
    assert f'#reply-{answer.id}"' in page
    assert "<mark>cable</mark>" in page
    assert 'value="cable"' in page
    assert "1 conversation" in page
    assert "What are you looking for?" in client.get("/search").text
    nothing = client.get("/search?q=zeppelin&kind=story").text
    assert "Nothing found" in nothing
    assert "Search everywhere" in nothing
    assert client.get("/search?q=cable&page=2").status_code == 404
    assert client.get("/search?q=cable&page=999").status_code == 404


ODD = [
    *["*", "???", "[How to] Send", "a" * 10_000, "\x00", '"' * 99, "(((", "../../etc", "'; DROP TABLE", "<script>"],
    *["\u202e", "%", "author:", "kind:", "-", "--", "NOT", "a OR", "{1 TO", "x^", "~", "🙂", "ا ب", "\ud800", "-chain"],
    *[
        "before:9999-99-99",
        "before:0001",
        "after:9999-12-31 chain",
        "solved:maybe",
        "tag:-",
        "product:***",
        "board:\x00",
    ],
]


def test_any_text_gets_an_answer(client, two) -> None:
    for typed in ODD:
        response = client.get("/search", query_string={"q": typed.encode("utf-8", "surrogatepass")})
        assert response.status_code == 200, typed
        assert "<script>" not in response.text


def test_pages_are_turned(client, app, settled) -> None:
    for _ in range(25):
        b.topic(text="unmistakable")
    settled()
    first, second = client.get("/search?q=unmistakable").text, client.get("/search?q=unmistakable&page=2").text
    assert first.count('<article class="row') == 20
    assert second.count('<article class="row') == 5
    assert "page=2" in first
    assert client.get("/search?q=unmistakable&page=3").status_code == 404


def test_a_site_that_has_just_opened_is_searched_in_vain(app: Flask, client) -> None:
    followers.rebuild()
    for typed in ("anything", "solved:yes", '"two words" -three', "author:anna"):
        assert client.get("/search", query_string={"q": typed}).status_code == 200
    assert followers.compare().equal
