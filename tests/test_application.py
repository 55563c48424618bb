"""Addresses are built late, answers go out with less ado; both are the same as ever."""

from contextvars import copy_context
from datetime import UTC, datetime

import pytest
from flask import Response
from werkzeug.routing import Map, Rule

from portal.application import Address, Answer
from tests.builders import topic

SHOWN = "/<slug>/topics/<int:number>"


def built(rule: type[Rule], **values: object) -> str:
    addresses = Map([rule(SHOWN, endpoint="topic"), rule("/photos/", endpoint="photos", defaults={"page": 1})])
    return addresses.bind("site.example").build("topic", values)


def test_an_address_built_late_is_the_one_that_werkzeug_builds():
    for values in (
        {"slug": "a b/ü", "number": 7}, {"slug": "x", "number": 7, "page": 2, "tag": ["a", "b"]},
        {"slug": "x", "number": 0, "since": datetime(2026, 1, 1, tzinfo=UTC)},
    ):  # fmt: skip
        assert built(Address, **values) == built(Rule, **values)


def test_no_builder_is_made_before_the_first_address_is_built(monkeypatch, app):
    made: list[str] = []
    real = Rule._compile_builder

    def compile_builder(rule, append_unknown=True):
        made.append(rule.rule)
        return real(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", compile_builder)
    app.add_url_rule("/a-new-one/<int:number>", "a_new_one")
    assert not made
    with app.test_request_context():
        assert app.url_for("a_new_one", number=3) == app.url_for("a_new_one", number=3) == "/a-new-one/3"
    assert made == ["/a-new-one/<int:number>"]


ANSWERS = [
    ("GET", "/"), ("HEAD", "/"), ("GET", "/healthz"), ("GET", "/forum"), ("GET", "/no-such-page"), ("GET", "/account/"),
    ("GET", "/robots.txt"), ("GET", "/sitemap.xml"), ("GET", "/sitemaps/1.xml"), ("GET", "/feeds/all.atom"),
    ("POST", "/account/sign-in"), ("OPTIONS", "/"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "address"), ANSWERS)
def test_the_headers_of_an_answer_are_those_that_werkzeug_makes_of_it(app, method, address):
    topic()
    with app.test_request_context(address, method=method) as asked:
        answer = copy_context().run(app.full_dispatch_request)
        ours = answer.get_wsgi_headers(asked.request.environ)
        assert isinstance(answer, Answer)
        assert list(ours) == list(Response.get_wsgi_headers(answer, asked.request.environ))


@pytest.mark.parametrize("status", [204, 304, 201])
def test_an_answer_that_is_no_whole_page_is_werkzeugs(app, status):
    answer = Answer("words", status=status, headers={"Location": "/ü"})
    ours = answer.get_wsgi_headers({})
    assert list(ours) == list(Response.get_wsgi_headers(answer, {}))
    assert "ü" not in ours["Location"]
