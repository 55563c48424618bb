"""Readers without an account get pages that were kept whole; members get their own; nothing private is ever kept."""

import gzip
import re

import brotli
import pytest

from portal.access import rule_of
from portal.db import db
from tests import builders
from tests.finding import at
from tests.queries import heard

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"}


@pytest.fixture
def site(make_app):
    """An application that keeps its pages, and is asked by its own name."""
    app = make_app(pages_seconds=60, base_url="http://localhost")
    with app.app_context():
        yield app


@pytest.fixture
def asked(site):
    """`asked(address, **headers)`: (the answer to somebody without cookies, how much it read)."""

    def ask(address, client=None, **headers):
        client = client or site.test_client()
        with heard(db.engine) as found:
            answer = client.get(address, headers=BROWSER | {k.replace("_", "-"): v for k, v in headers.items()})
        return answer, len(found.reading)

    return ask


def test_the_second_reader_costs_the_application_nothing(asked):
    builders.topic(title="The brake squeaks")
    first, cost = asked("/")
    second, cost_of_second = asked("/")
    assert cost > 0 == cost_of_second
    assert first.data == second.data
    assert "The brake squeaks" in second.text


UNPACKED = [("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)]
MADE_UP = ["/forum/?x=1", "/?page=1&utm_source=letter", "/members/?q=anna", "/?filter=" + "a" * 40]
NEVER_KEPT = ["/account/sign-in", "/account/sign-up", "/search?q=brake", "/healthz", "/readyz", "/dev/mail"]


@pytest.mark.parametrize(("packing", "unpack"), UNPACKED)
def test_pages_are_packed_as_the_browser_understands_them(asked, packing, unpack):
    plain, _ = asked("/forum/")
    for _ in range(2):
        packed, _ = asked("/forum/", Accept_Encoding=packing)
        assert unpack(packed.data) == plain.data
        assert int(packed.headers["Content-Length"]) == len(packed.data)
        assert packed.headers.get("Content-Encoding", "identity") == packing
        assert packed.headers["Vary"] == "Accept-Encoding, Cookie"


def test_who_refuses_a_packing_does_not_get_it(asked):
    assert asked("/", Accept_Encoding="br;q=0, gzip;q=0.5")[0].headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in asked("/", Accept_Encoding="br;q=0, *;q=0")[0].headers


def test_who_has_a_page_is_told_that_it_is_still_true(asked):
    etag = asked("/forum/")[0].headers["ETag"]
    for tag in (etag, f'"x", {etag}', f"W/{etag}"):
        again, cost = asked("/forum/", If_None_Match=tag)
        assert (again.status_code, again.data, again.headers["ETag"], cost) == (304, b"", etag, 0)
    builders.topic(title="Something new")
    db.session.commit()
    changed, _ = asked("/forum/", If_None_Match=etag)
    assert (changed.status_code, "Something new" in changed.text) == (200, True)


def test_caches_on_the_way_may_keep_a_page_but_have_to_ask(asked):
    for _ in range(2):
        assert asked("/")[0].headers["Cache-Control"] == "public, no-cache"


def test_the_headers_of_safety_stay_and_one_readers_request_id_goes(asked):
    first, second = asked("/")[0], asked("/")[0]
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
        assert first.headers[name] == second.headers[name]
    assert "X-Request-Id" not in second.headers


def test_a_head_request_gets_the_headers_alone(site, asked):
    asked("/forum/")
    answer = site.test_client().head("/forum/", headers=BROWSER)
    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 1000


# what is a member's own


@pytest.mark.parametrize("role", ["member", "moderator", "admin"])
def test_what_a_member_sees_is_never_anybody_elses(site, asked, role):
    reader = getattr(builders, role)("margarethe")
    builders.topic(reader, title="Mine alone", state="pending")
    topic = builders.topic(reader, title="Everybody's")
    own = site.test_client().sign_in(reader)
    for address in ("/", "/forum/", at(topic), "/members/", "/photos/", "/stories/", "/blog/"):
        for _ in range(2):
            page, cost = asked(address, client=own)
            assert cost > 0
            assert "public" not in page.headers["Cache-Control"]
            assert "csrf-token" in page.text
        everybodys = asked(address)[0].text
        assert "csrf" not in everybodys
        assert "Mine alone" not in everybodys
        # The other way round: a kept page never reaches who is signed in.
        assert "csrf-token" in asked(address, client=own)[0].text


@pytest.mark.parametrize("cookie", ["portal", "portal_keep", "portal_decided"])
def test_who_brings_a_cookie_of_the_site_is_answered_by_the_application(site, asked, cookie):
    asked("/")
    somebody = site.test_client()
    somebody.set_cookie(cookie, "x")
    assert asked("/", client=somebody)[1] > 0


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer x"}, {"Accept": "application/json"}])
def test_who_asks_for_something_of_their_own_is_answered_by_the_application(asked, headers):
    asked("/")
    assert asked("/", **headers)[1] > 0


def test_messages_to_one_reader_are_not_kept(site, asked):
    told = builders.story(title="Two cars less")
    somebody = site.test_client()
    assert somebody.post(f"/c/{told.id}/decided", headers=BROWSER).status_code == 303
    assert "Thank you" in asked(at(told), client=somebody)[0].text
    assert "The author sees that it helped" not in asked(at(told))[0].text


def test_only_views_that_everybody_may_call_say_that_they_are_kept(site):
    kept = {endpoint: view for endpoint, view in site.view_functions.items() if getattr(view, "kept", False)}
    assert len(kept) > 20
    assert {endpoint: rule_of(view) for endpoint, view in kept.items() if rule_of(view) != "public"} == {}


@pytest.mark.parametrize("address", NEVER_KEPT)
def test_forms_and_searches_are_never_kept(asked, address):
    for _ in range(2):
        answer, _ = asked(address)
        assert "public" not in answer.headers.get("Cache-Control", "")


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Host": "localhost:81"}])
def test_what_was_asked_under_another_name_is_not_kept(asked, headers):
    for _ in range(2):
        assert asked("/", **headers)[1] > 0
    assert "evil.example" not in asked("/")[0].text


def test_a_proxys_word_for_the_host_counts_only_where_proxies_are_trusted(make_app):
    app = make_app(pages_seconds=60, base_url="https://community.example", trusted_proxies=1)
    with app.app_context():
        through = BROWSER | {"X-Forwarded-Host": "community.example", "X-Forwarded-Proto": "https"}
        evil = through | {"X-Forwarded-Host": "evil.example"}
        client = app.test_client()
        client.get("/", headers=evil)
        costs = []
        for headers in (through, through, evil):
            with heard(db.engine) as found:
                page = client.get("/", headers=headers)
            costs.append(len(found.reading) > 0)
            assert ("evil.example" in page.text) == (headers is evil and "evil.example" in page.text)
        assert costs == [True, False, True]


@pytest.mark.parametrize("address", MADE_UP)
def test_addresses_that_anybody_can_make_up_fill_no_memory(asked, address):
    for _ in range(2):
        assert asked(address)[1] > 0


@pytest.mark.parametrize("address", ["/nothing-here", "/topics/4711/a", "/feeds/latest.atom", "/photos"])
def test_errors_and_redirects_are_not_kept(asked, address):
    for _ in range(2):
        answer, _ = asked(address)
        assert answer.status_code in (301, 308, 404)
        assert "ETag" not in answer.headers


# who looks is counted


def test_whoever_gets_a_kept_page_looks_at_it(asked):
    topic = builders.topic()
    for _ in range(3):
        asked(at(topic))
    db.session.expire_all()
    assert topic.view_count == 3


@pytest.mark.parametrize("headers", [{"User_Agent": "curl/8"}, {"User_Agent": ""}, {"Sec_Purpose": "prefetch"}])
def test_programs_and_pages_fetched_ahead_are_no_views(asked, headers):
    topic = builders.topic()
    asked(at(topic), **headers)
    asked(at(topic), **headers)
    asked(at(topic), **headers)
    db.session.expire_all()
    assert topic.view_count == 0


def test_a_page_says_nothing_of_who_asked_first(asked):
    asked("/forum/", Accept_Language="nl", Referer="https://elsewhere.example/?secret")
    assert not re.search("elsewhere|secret", asked("/forum/")[0].text)
