"""Hidden, removed, erased: shown nowhere from that moment on, and out of the index when the worker turned."""

import pytest

from portal.contributions import lifecycle
from portal.profile.commands import erase_member
from portal.search import the_engine
from tests import builders as b

TITLE = "Brake squeals on the ferry"


@pytest.fixture
def scene(settled):
    """A conversation like another, alone in its board, with a tag and a product of its own."""
    author = b.member("gone", display_name="Gone Soon")
    topic = b.topic(author, TITLE, "It squeals, the ferry shakes.", board=b.board("Ferry"), tags=["ferryboat"])
    reply = b.reply(topic, author, "It was the quay all along.")
    other = b.topic(title="Brake squeals on the train", text="It squeals, the train shakes.")
    settled()
    return author, topic, reply, other


def hide(author, topic):
    lifecycle.hide(topic, b.moderator(), "why")


def remove(author, topic):
    lifecycle.remove(topic, b.moderator(), "why")


def remove_by_author(author, topic):
    lifecycle.remove(topic, author)


def erase(author, topic):
    erase_member(author, keep_contributions=False)


def shown(client, other) -> dict[str, bool]:
    """Each surface of search → whether the conversation shows there."""
    pages = {
        "results": "/search?q=ferry", "by its reply": "/search?q=quay", "newest": "/search?q=ferry&sort=newest",
        "by its author": "/search?author=gone", "by its tag": "/search?tag=ferryboat",
        "by its board": "/search?board=ferry",
        "similar": "/search/similar?title=brake+squeals+ferry", "suggested": "/search/suggest?q=brake+squ",
        "related": f"/topics/{other.id}/{other.slug}",
    }  # fmt: skip
    return {name: TITLE in client.get(address).text for name, address in pages.items()}


def test_before_it_shows_everywhere(client, scene):
    _author, topic, _reply, other = scene
    assert set(shown(client, other).values()) == {True}
    assert [s["label"] for s in client.get("/search/suggest?q=ferryb").json] == ["ferryboat"]
    assert "Ferry <span" in client.get("/search?q=squeals").text.replace("</span> <span", " <span")


@pytest.mark.parametrize("take_away", [hide, remove, remove_by_author, erase])
def test_it_shows_nowhere_from_that_moment_on(client, scene, settled, take_away):
    author, topic, reply, other = scene
    client.get(f"/topics/{other.id}/{other.slug}")  # what is related is remembered
    take_away(author, topic)
    assert set(shown(client, other).values()) == {False}, "before the worker turned"
    assert client.get("/search/suggest?q=ferryb").json == [], "its tag neither"
    settled()
    assert set(shown(client, other).values()) == {False}
    inside = {number for number, _mark in the_engine().contents()}
    assert not inside & {topic.id, reply.id}
    page = client.get("/search?q=squeals").text
    assert "ferryboat" not in page, "out of the facets"
    assert "board=ferry" not in page
    assert "1 conversation." in page


def test_a_member_who_was_erased_is_not_offered_any_more(client, scene):
    author, *_ = scene
    assert [s["label"] for s in client.get("/search/suggest?q=gone").json] == ["Gone Soon"]
    erase_member(author, keep_contributions=True)
    assert client.get("/search/suggest?q=gone").json == []
    assert "Gone Soon" not in client.get("/search?q=ferry").text
    assert "Gone Soon" not in client.get("/search?q=ferry&author=gone").text


def test_what_is_shown_again_comes_back(client, scene, settled):
    _author, topic, _reply, other = scene
    moderator = b.moderator()
    lifecycle.hide(topic, moderator, "why")
    settled()
    lifecycle.restore(topic, moderator)
    settled()
    found = shown(client, other)
    assert found["results"]
    assert found["suggested"]
    assert found["related"]


def test_who_has_no_page_is_named_by_no_search(client, as_member):
    b.member("ghost", display_name="Greta Private", email_confirmed_at=None)
    unknown = client.get("/search?author=nobody").text.replace("nobody", "ghost")
    assert "Greta Private" not in client.get("/search?author=ghost").text
    assert client.get("/search?author=ghost").text.count("ghost") == unknown.count("ghost")
    assert "Greta Private" in as_member(b.admin()).get("/search?author=ghost").text
