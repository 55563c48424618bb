"""Feeds, the sitemap and robots.txt: valid, complete, and silent about what is not public."""

import re
from xml.etree import ElementTree

import feedparser
import pytest

from portal.contributions import lifecycle
from portal.feeds import queries
from tests import builders as b

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def entries(client, name: str) -> list[str]:
    parsed = feedparser.parse(client.get(f"/feeds/{name}.atom").data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return [entry.title for entry in parsed.entries]


def addresses(client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    return [loc.text or "" for loc in ElementTree.fromstring(response.data).iter(f"{SITEMAP}loc")]


def test_a_feed_says_who_wrote_what_when(client) -> None:
    anna = b.member("anna", display_name="Anna <3 & co")
    topic = b.topic(anna, 'A "title" <b> & more', "**bold** [in](/forum/) \x0b & 1 < 2", tags=["brakes"])
    response = client.get("/feeds/all.atom")
    assert response.mimetype == "application/atom+xml"
    parsed = feedparser.parse(response.data)
    assert not parsed.bozo
    assert parsed.version == "atom10"
    (entry,) = parsed.entries
    assert re.sub("&amp;", "&", entry.title) == 'A "title" <b> & more' or entry.title_detail.type == "text/plain"
    assert entry.author == "Anna <3 & co"
    assert entry.id == f"tag:127.0.0.1,2026:contribution/{topic.id}"
    assert entry.link.startswith("http://127.0.0.1:8000/topics/")
    assert entry.updated_parsed
    assert [tag.term for tag in entry.tags] == ["brakes"]
    assert "<strong>bold</strong>" in entry.content[0].value
    assert 'href="http://127.0.0.1:8000/forum/"' in entry.content[0].value


def test_each_feed_has_its_own(client) -> None:
    b.topic(title="in repairs")
    b.topic(title="in gear", board=b.board("Gear"))
    b.article(title="an article")
    b.story(title="a story")
    b.photo(title="a photo")
    assert set(entries(client, "all")) == {"in repairs", "in gear", "an article", "a story", "a photo"}
    assert set(entries(client, "forum")) == {"in repairs", "in gear"}
    assert entries(client, "gear") == ["in gear"]
    assert entries(client, "blog") == ["an article"]
    assert entries(client, "stories") == ["a story"]
    assert entries(client, "photos") == ["a photo"]
    assert client.get("/feeds/nowhere.atom").status_code == 404
    assert client.get("/feeds/latest.atom").location.endswith("/feeds/all.atom")
    assert client.get("/feeds/topics.atom").location.endswith("/feeds/forum.atom")


def test_an_empty_feed_is_valid_and_stays_the_same(client) -> None:
    assert entries(client, "blog") == []
    assert client.get("/feeds/blog.atom").headers["ETag"] == client.get("/feeds/blog.atom").headers["ETag"]


@pytest.mark.parametrize("state", ["draft", "pending", "returned", "hidden", "removed"])
def test_only_what_is_published_is_in_feeds_and_sitemaps(client, state: str) -> None:
    topic = b.topic(title="Secret", state=state)
    assert entries(client, "all") == []
    assert addresses(client, "/sitemap.xml") == ["http://127.0.0.1:8000/sitemaps/places.xml"]
    assert client.get(f"/sitemaps/{topic.id // queries.PART}.xml").status_code == 404


def test_programs_that_have_it_are_told_so(client) -> None:
    topic = b.topic()
    for path in ("/feeds/all.atom", "/sitemap.xml", "/sitemaps/0.xml", "/robots.txt", "/sitemaps/places.xml"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
    seen = client.get("/feeds/all.atom")
    lifecycle.hide(topic, b.moderator(), "why")
    changed = client.get("/feeds/all.atom", headers={"If-None-Match": seen.headers["ETag"]})
    assert changed.status_code == 200
    assert b"<entry>" not in changed.data


def test_the_sitemap_leads_to_every_page(client, monkeypatch) -> None:
    monkeypatch.setattr(queries, "PART", 4)
    topics = [b.topic() for _ in range(6)]
    b.reply(topics[0])
    files = addresses(client, "/sitemap.xml")
    assert len(files) == 3
    found = [page for file in files for page in addresses(client, file.removeprefix("http://127.0.0.1:8000"))]
    assert len(found) == len(set(found))
    for topic in topics:
        assert f"http://127.0.0.1:8000/topics/{topic.id}/{topic.slug}" in found
    for page in found:
        assert client.get(page.removeprefix("http://127.0.0.1:8000")).status_code == 200, page


def test_robots_are_told_what_to_leave_alone(client) -> None:
    text = client.get("/robots.txt").text
    assert "Disallow: /account/" in text
    assert "Disallow: /search" in text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text


@pytest.mark.parametrize("kept", ["ETag", "Last-Modified"])
def test_what_was_hidden_leaves_the_sitemap_of_who_has_a_copy(client, kept: str) -> None:
    early, _late = b.topic(title="Early one"), b.topic(title="Later one")
    seen = client.get("/sitemaps/0.xml").headers.get(kept, "")
    lifecycle.hide(early, b.moderator(), "Checking.")
    asked = {"If-None-Match": seen} if kept == "ETag" else {"If-Modified-Since": seen}
    again = client.get("/sitemaps/0.xml", headers=asked)
    assert again.status_code == 200
    assert "early-one" not in again.text
