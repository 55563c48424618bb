"""Nonsense into every address: it is not found, or taken for what it can mean; never an error of ours."""

import time
from urllib.parse import quote, quote_from_bytes

import pytest
from werkzeug.routing import IntegerConverter

from portal.db import db
from portal.search import followers as search
from tests import builders
from tests.nonsense import HOSTILE
from tests.roles import WHO
from tests.things import Things, visit, whom

QUERY = (
    "page", "q", "kind", "board", "sort", "order", "filter", "tag", "product", "trade", "goal", "waits", "state", "by",
    "quote", "unread", "next", "token", "key", "year", "solved", "author", "in", "title", "text", "days",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("what", ["a NUL", "not UTF-8", "no characters", "a number too large", "markup", "line ends"])
def test_nonsense_in_the_query_of_every_page(house, what):
    app, everyone, things = house
    search.rebuild()
    visitor, broken = visit(app, everyone["admin"]), {}
    raw = quote_from_bytes(HOSTILE[what]) if isinstance(HOSTILE[what], bytes) else quote(HOSTILE[what], safe="")
    for route in (r for r in WHO if r.startswith("GET")):
        address = things.address(route.split()[1])
        for query in ("&".join(f"{name}={raw}" for name in QUERY if name != "page"), f"page={raw}"):
            answer = visitor.get(f"{address}?{query}")
            answer.close()
            if answer.status_code >= 500:
                broken[route, query[:8]] = answer.status_code
    assert broken == {}


PAGED = (
    "/forum/repairs/", "/photos/", "/stories/", "/blog/", "/members/", "/moderation/", "/moderation/log", "/advocates/",
    "/notifications/", "/account/contributions", "/account/help", "/search?q=do&",
)  # fmt: skip


def test_a_page_that_cannot_be_is_not_found(house):
    app, everyone, _ = house
    builders.topic()
    search.rebuild()
    visitor = visit(app, everyone["admin"])
    for address in PAGED:
        for page in ("0", "-1", "1.5", "1e3", "%D9%A1", "x", "99999999999", "1%20", "%00", "+1", "", "9" * 5000):
            answer = visitor.get(f"{address}{'' if '?' in address else '?'}page={page}")
            assert answer.status_code == 404, (address, page)
        assert visitor.get(f"{address}{'' if '?' in address else '?'}page=1&page=2").status_code == 200


GONE_ALREADY = {"POST moderation.delete_view": 303, "POST moderation.unblock_picture": 303}
"""Whoever presses twice, or second, is told that it is done: what they wanted is so."""


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 2**64, 10**30, 10**4000])
def test_a_number_that_no_row_has_is_not_found(house, number):
    app, everyone, things = house
    found = {}
    for route in WHO:
        method, endpoint = route.split()
        rule = things.rule(endpoint, method)
        if not any(isinstance(c, IntegerConverter) for c in rule._converters.values()):
            continue
        arguments = {n: number if isinstance(c, IntegerConverter) else _any(c) for n, c in rule._converters.items()}
        address = app.url_map.bind("localhost").build(endpoint, arguments, method=method)
        address = address.replace(str(10**4000), "9" * 5000)  # more digits than Python reads
        visitor = visit(app, everyone[whom(route)])
        answer = visitor.submit(address) if method == "POST" else visitor.get(address)
        if answer.status_code not in (404, GONE_ALREADY.get(route)):
            found[route] = answer.status_code
    assert found == {}


def _any(converter) -> str:
    return "pin" if "pin" in getattr(converter, "items", ()) else "x"


NAMED = (
    "/forum/{}/", "/blog/{}", "/members/{}", "/media/{}", "/pictures/{}/320.webp", "/pictures/x/{}", "/feeds/{}.atom",
    "/dev/mail/{}", "/notifications/off/{}", "/static/{}", "/topics/{}", "/{}", "/static/css/{}", "/forum/{}/new",
)  # fmt: skip
NAMES = ("%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", "%2e%2e", "a" * 5000, "%F0%9F%9A%B2", "%e2%80%ae", "a%0d%0ab")


@pytest.mark.parametrize("address", NAMED)
def test_a_name_that_nothing_has_is_not_found(house, address):
    app, everyone, _ = house
    visitor = visit(app, everyone["admin"])
    found = {name[:20]: visitor.get(address.format(name)).status_code for name in NAMES}
    assert set(found.values()) <= {404, 301, 308}


PATHS = (
    "/static/../config.py", "/static/x/../../config.py", "/media/../private/x", "/static/../../config.py",
    "/static/{}/../../portal/config.py", "/static/{}/../config.py", "/static/{}//etc/passwd",
    "/static/{}/..\\config.py",
    "/static/{}/%2e%2e/config.py", "/static/{}/css/../../config.py", "/uploads/private/x", "/instance/secret_key",
    "/.git/config", "/static/x//etc/passwd", "//static/{}/css/../../config.py",
)  # fmt: skip


def test_no_file_is_served_that_is_not_meant_to_be(app, client):
    found = {}
    for path in PATHS:
        asked = path.format(app.extensions["portal.static"].version)
        answer = client.open(path="/", environ_overrides={"PATH_INFO": asked})
        answer.close()
        found[path] = answer.status_code
    assert set(found.values()) <= {404, 400}, found


def test_a_method_that_a_page_does_not_know_is_refused(house):
    app, everyone, _ = house
    visitor = visit(app, everyone["customer"])
    for method in ("TRACE", "PATCH", "PUT", "DELETE", "PROPFIND", "FOO", "X" * 500, "CONNECT"):
        for address in ("/", "/forum/", "/account/", "/search", "/nothing-here", "/healthz"):
            assert visitor.open(address, method=method).status_code in (400, 404, 405), (method, address)


SEARCHED = (
    "*", "[a to b]", "a" * 10_000, "a " * 5000, '"' * 99, "(((((((", "NOT", "AND OR", "title:*", "body:[* TO *]", "a~9",
    "kind:nonsense", "board:", "author:@", "-", "--", "-a -b", "a^1e9", "\\", "??", "{a TO", "id:1", "\0", "\ud7ff",
    "before:9999-99-99", "after:0000-00-00", "solved:maybe", "tag:" + "x" * 500, "👩🏽\u200d🚀", "日本語", "\u202e",
    "%", "_", " ".join(f"w{n}" for n in range(2000)), '"a b" ' * 500, "-" * 3000,
)  # fmt: skip


def test_whatever_is_searched_for_is_answered_at_once(house):
    app, everyone, _ = house
    builders.reply(builders.topic(title="A bell that rings"), text="Turn it *around*, then [a to b].")
    db.session.commit()
    search.rebuild()
    visitor = visit(app)
    for typed in SEARCHED:
        began = time.process_time()
        assert visitor.get("/search", query_string={"q": typed}).status_code == 200, typed[:40]
        assert time.process_time() - began < 3, typed[:40]


def test_things_can_be_made_for_every_address(house):
    app, everyone, _ = house
    things = Things(app, everyone["customer"])
    assert all(things.address(route.split()[1], route.split()[0]).startswith("/") for route in WHO)
