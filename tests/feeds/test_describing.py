"""What pages tell programs of themselves: schema.org data and sharing cards, true, harmless, of public pages alone."""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from flask import current_app

from portal.contributions.addresses import url_of
from portal.contributions.base import Contribution
from portal.forum.commands import accept_reply
from portal.media import commands
from tests import builders as b
from tests.media import samples

HOSTILE = '</script><script>alert(1)</script> "quoted" & <b>'


def path_of(contribution: Contribution) -> str:
    """The path of its page."""
    with current_app.test_request_context():
        return url_of(contribution)


def data_of(client, path: str) -> dict[str, Any]:
    """The one block of JSON-LD in a page."""
    page = client.get(path).text
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert len(blocks) == 1
    found: dict[str, Any] = json.loads(blocks[0])
    assert found["@context"] == "https://schema.org"
    return found


def card_of(client, path: str) -> dict[str, str]:
    """The page's sharing card."""
    pairs = re.findall(r'<meta property="([^"]+)" content="([^"]*)">', client.get(path).text)
    return {name: unescape(content) for name, content in pairs}


@pytest.fixture
def shown(app, settled):
    """A published photo submission with one picture, which everybody can load."""
    author = b.member(display_name="Anna & Bo", verified=True)
    picture = commands.receive_picture(author, samples.saved(samples.drawing((1400, 700))))
    photo = b.photo(author, title="At the lake", state="draft", taken_at_place="Utrecht")
    commands.attach(photo, [picture.token], {picture.token: 'A dog, "Rex", in a box'})
    b.bring(photo, "published")
    settled()
    return photo


def test_a_question_tells_its_answers_and_which_one_solved_it(client) -> None:
    asker = b.member()
    topic = b.topic(asker, title="Why does it squeak?")
    b.reply(topic, text="Perhaps it is wet.")
    solved = b.reply(topic, text="Clean the disc.")
    accept_reply(solved, asker)
    page = data_of(client, path_of(topic))
    assert page["@type"] == "QAPage"
    question = page["mainEntity"]
    assert (question["name"], question["answerCount"]) == ("Why does it squeak?", 2)
    assert [answer["text"] for answer in question["acceptedAnswer"]] == ["Clean the disc."]
    assert [answer["text"] for answer in question["suggestedAnswer"]] == ["Perhaps it is wet."]
    assert (
        client.get(urlsplit(question["acceptedAnswer"][0]["url"])._replace(scheme="", netloc="").geturl()).status_code
        < 400
    )


@pytest.mark.parametrize("kind", ["topic", "article", "story", "photo"])
def test_no_title_gets_out_of_its_block(client, kind: str) -> None:
    contribution = getattr(b, kind)(title=HOSTILE)
    data = data_of(client, path_of(contribution))
    assert (data.get("headline") or data["mainEntity"]["name"]).strip() == HOSTILE
    assert card_of(client, path_of(contribution))["og:title"] == HOSTILE
    assert "<script>alert" not in client.get(path_of(contribution)).text


@pytest.mark.parametrize("state", ["draft", "pending", "returned", "hidden"])
def test_what_is_not_public_describes_itself_to_nobody(client, as_member, state: str) -> None:
    author = b.member()
    story = b.story(author, state=state)
    page = as_member(author).get(path_of(story))
    assert page.status_code == 200
    assert "ld+json" not in page.text
    assert "og:title" not in page.text


def test_the_card_of_a_photo_shows_it_large(client, shown) -> None:
    card = card_of(client, path_of(shown))
    assert card["twitter:card"] == "summary_large_image"
    assert (card["og:image:width"], card["og:image:height"]) in (("1280", "640"), ("1400", "700"))
    assert card["og:image:alt"] == 'A dog, "Rex", in a box'
    assert client.get(urlsplit(card["og:image"]).path).mimetype == "image/jpeg"


def test_a_gallery_says_who_took_what_where(client, shown) -> None:
    data = data_of(client, path_of(shown))
    assert data["@type"] == "ImageGallery"
    (image,) = data["associatedMedia"]
    assert (image["caption"], image["creator"]["name"]) == ('A dog, "Rex", in a box', "Anna & Bo")
    assert data["contentLocation"]["name"] == "Utrecht"
    assert client.get(urlsplit(image["contentUrl"]).path).status_code == 200


def test_the_sitemap_names_pictures_and_the_feed_encloses_them(client, shown) -> None:
    part = ElementTree.fromstring(client.get("/sitemaps/0.xml").data)
    (listed,) = part.iter("{http://www.google.com/schemas/sitemap-image/1.1}loc")
    (entry,) = feedparser.parse(client.get("/feeds/photos.atom").data).entries
    (enclosed,) = entry.enclosures
    assert enclosed.type == "image/jpeg"
    for address in (listed.text or "", enclosed.href):
        assert client.get(urlsplit(address).path).status_code == 200


def test_a_hidden_photo_takes_its_picture_out_of_both(client, shown, settled) -> None:
    from portal.contributions import lifecycle

    lifecycle.hide(shown, b.moderator())
    settled()
    assert "image:loc" not in client.get("/sitemaps/0.xml").text
    assert feedparser.parse(client.get("/feeds/photos.atom").data).entries == []


def test_the_front_page_says_how_to_search_here(client) -> None:
    data = data_of(client, "/")
    assert data["@type"] == "WebSite"
    assert data["potentialAction"]["target"] == "http://127.0.0.1:8000/search?q={query}"
