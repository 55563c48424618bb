"""What is typed is kept, within limits, for its writer alone."""

import pytest

from portal.contributions import drafts
from portal.contributions.models import ComposerDraft
from tests.builders import member, topic


def put(visitor, key="topic:new", fields=None, token=True):
    headers = {"X-CSRFToken": visitor.csrf_token()} if token else {}
    return visitor.put("/drafts", json={"key": key, "fields": fields}, headers=headers)


def test_a_draft_is_kept_and_replaced(db, as_member):
    who = member()
    visitor = as_member(who)
    assert put(visitor, fields={"title": "One", "source": "a\r\nb\x00"}).json == {"kept": True}
    assert drafts.typed(who, "topic:new") == {"title": "One", "source": "a\nb"}
    put(visitor, fields={"title": "Two"})
    assert drafts.typed(who, "topic:new") == {"title": "Two"}
    assert drafts.typed(member(), "topic:new") == {}


def test_empty_fields_drop_it(db, as_member):
    visitor = as_member(member())
    put(visitor, fields={"title": "One"})
    assert put(visitor, fields={}).json == {"kept": False}
    assert db.session.query(ComposerDraft).count() == 0
    put(visitor, fields={"title": "One"})
    headers = {"X-CSRFToken": visitor.csrf_token()}
    assert visitor.delete("/drafts", json={"key": "topic:new"}, headers=headers).json == {"dropped": True}
    assert visitor.delete("/drafts", json=["nonsense"], headers=headers).json == {"dropped": False}


@pytest.mark.parametrize(
    ("key", "fields", "status"),
    [
        ("", {"a": "b"}, 422),
        ("x" * 200, {"a": "b"}, 422),
        ("reply:12\n", {"a": "b"}, 422),
        ("reply:1:2", {"a": "b"}, 422),
        (7, {"a": "b"}, 400),
        ("topic:new", ["a"], 400),
        ("topic:new", None, 400),
        ("topic:new", {"source": "x" * 100_001}, 422),
    ],
)
def test_what_is_not_kept(db, as_member, key, fields, status):
    answer = put(as_member(member()), key=key, fields=fields)
    assert answer.status_code == status
    assert answer.json["error"]
    assert db.session.query(ComposerDraft).count() == 0


def test_tokens_and_what_is_not_text_are_not_kept(db, as_member):
    who = member()
    put(as_member(who), fields={"csrf_token": "secret", "password": "secret", "n": 7, "source": "text"})
    assert drafts.typed(who, "topic:new") == {"source": "text"}


def test_the_oldest_goes_when_there_are_too_many(db, clock):
    who = member()
    clock.freeze()
    for n in range(drafts.DRAFTS_AT_MOST + 3):
        clock.advance(seconds=1)
        drafts.keep(who, f"reply:{n}", {"source": "text"})
    assert db.session.query(ComposerDraft).count() == drafts.DRAFTS_AT_MOST
    assert drafts.typed(who, "reply:0") == {}
    assert drafts.typed(who, "reply:5")


def test_strangers_and_forgers_keep_nothing(client, db, as_member):
    assert put(client, fields={"a": "b"}).status_code == 401
    assert put(as_member(member()), fields={"a": "b"}, token=False).status_code == 400
    assert db.session.query(ComposerDraft).count() == 0


def test_the_preview_is_what_will_be_shown(client, db, as_member):
    visitor, friend = as_member(member()), member("mara")
    assert friend.username in visitor.submit("/preview", {"source": "@mara **yes**"}).text
    assert "<script" not in visitor.submit("/preview", {"source": "<script>alert(1)</script>"}).text
    assert "Nothing to show" in visitor.submit("/preview", {"source": " "}).text
    assert visitor.submit("/preview", {"source": "x" * 50_001}).status_code == 422
    assert client.submit("/preview", {"source": "hi"}).status_code != 200
    assert visitor.get("/preview").status_code == 405


def test_a_draft_puts_nothing_into_a_form_that_it_does_not_offer(db, as_member):
    visitor = as_member(member())
    topic()
    put(visitor, fields={"title": "Kept", "board": "nowhere", "format": "discussion", "product": "x", "evil": "y"})
    page = visitor.get("/forum/new")
    assert page.status_code == 200
    assert 'value="Kept"' in page.text
    assert "nowhere" not in page.text
