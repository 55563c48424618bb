"""The list of members, a member's public page, and suggestions for mentions."""

import pytest
from sqlalchemy import event

from portal import clock
from portal.members import queries
from tests import builders


@pytest.fixture
def count_queries(db):
    """How many statements a request makes."""

    def count(do):
        seen = []

        def note(conn, cursor, statement, parameters, context, many):
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert do().status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    return count


def test_the_list_finds_by_name_trade_place_and_belongings(app, client):
    builders.member("mara", display_name="Mara Keller", trade="carpenter", place="Émile-Zola-Straße", owns="a Tern GSD")
    builders.member("jonas", display_name="Jonas Berg", trade="nurse", place="Ulm", owns="a Tern HSD")
    with app.test_request_context():
        found = {
            q: sorted(m.username for m in queries.search(q).rows)
            for q in ("keller", "TERN", "tern nurse", "émile", "%", "_", "zzz")
        }
    assert found == {
        "keller": ["mara"],
        "TERN": ["jonas", "mara"],
        "tern nurse": ["jonas"],
        "émile": ["mara"],
        "%": [],
        "_": [],
        "zzz": [],
    }
    page = client.get("/members/?q=tern&by=owns").text
    assert "Mara Keller" in page
    assert "Jonas Berg" in page
    assert "Nobody found" in client.get("/members/?q=tern&by=place").text


def test_a_strange_search_finds_nobody_and_breaks_nothing(subtests, client):
    builders.member("mara")
    for q in ["\0", "a\0b", "x" * 10_000, "%25' OR 1=1", "\u202e", "\\", "مرحبا"]:
        with subtests.test(repr(q)[:60]):
            assert client.get("/members/", query_string={"q": q}).status_code == 200
            assert client.get("/members/", query_string={"by": q}).status_code == 200


def test_pages_that_are_not_there(subtests, client):
    for page in ["0", "-1", "x", "99", "1e3", "²"]:
        with subtests.test(repr(page)[:60]):
            assert client.get("/members/", query_string={"page": page}).status_code == 404


def test_who_has_not_proven_an_address_is_found_by_nobody(app, client):
    hidden = builders.member("hidden", email_confirmed_at=None)
    assert "Hidden" not in client.get("/members/").text
    assert client.get("/members/hidden").status_code == 404
    assert app.test_client().sign_in(hidden).get("/members/hidden").status_code == 200
    assert app.test_client().sign_in(builders.admin()).get("/members/hidden").status_code == 200


def test_imported_members_have_a_page(client):
    builders.member("imported", email=None, email_confirmed_at=None, imported_from="se:1")
    assert client.get("/members/imported").status_code == 200


def test_names_that_are_nobody(subtests, client):
    for name in ["nobody", "\0", "a" * 400, "..", "%2e%2e", "' OR 1=1", "\u202emara"]:
        with subtests.test(repr(name)[:60]):
            from urllib.parse import quote

            assert client.get(f"/members/{quote(name)}").status_code in (301, 404)


def test_a_page_has_one_address(client):
    builders.member("mara")
    assert client.get("/members/MARA").location == "/members/mara"
    assert client.get("/members/@mara").location == "/members/mara"


def test_what_is_said_of_a_member(client):
    builders.member(
        "mara",
        display_name="Mara <b>Keller",
        verified=True,
        about="Fixes & rides",
        owns="rides a Tern since 2022",
        goals="No car",
        trade="Carpenter",
        place="Ulm",
        helped_count=37,
        advocate_since=clock.now(),
        is_employee=True,
    )
    page = client.get("/members/mara").text
    for words in (
        "Mara &lt;b&gt;Keller",
        "Fixes &amp; rides",
        "rides a Tern since 2022 · helped 37 people",
        "No car",
        "Carpenter",
        "Ulm",
        "on the company&#39;s customer list",
        "Advocate",
        "Team",
    ):
        assert words in page
    assert "mara@example.org" not in page


def test_only_what_is_public_stands_on_a_page(app, client):
    mara = builders.member("mara")
    for state in ("draft", "pending", "returned", "hidden", "removed"):
        builders.topic(mara, title=f"A {state} topic", state=state)
    hidden = builders.topic(title="Hidden parent", state="hidden")
    builders.reply(hidden, mara, text="A reply below something hidden")
    builders.topic(mara, title="The public one")
    for visitor in (client, app.test_client().sign_in(mara), app.test_client().sign_in(builders.moderator())):
        page = visitor.get("/members/mara").text
        assert "The public one" in page
        assert "topic</a>" not in page
        assert "below something hidden" not in page


def test_contributions_by_kind(client):
    mara = builders.member("mara")
    topic = builders.topic(mara, title="Squeaky brake")
    builders.reply(topic, mara, text="Grease it.")
    builders.reply(builders.topic(title="Loose chain"), mara, text="Tighten it.")
    replies = client.get("/members/mara?kind=reply").text
    assert "Tighten it." in replies
    assert "Grease it." in replies
    assert "Loose chain" in replies
    topics = client.get("/members/mara?kind=topic").text
    assert "Squeaky brake" in topics
    assert "Tighten it." not in topics
    assert client.get("/members/mara?kind=nonsense").status_code == 200


def test_the_number_of_queries_does_not_grow(client, count_queries, db):
    mara = builders.member("mara")
    board = builders.board()
    for n in range(2):
        builders.reply(builders.topic(mara, title=f"Question {n}", board=board, tags=["a", "b"]), mara)
    db.session.commit()
    few = [count_queries(lambda: client.get("/members/mara")), count_queries(lambda: client.get("/members/"))]
    for n in range(12):
        builders.member(f"more{n}")
        builders.reply(builders.topic(mara, title=f"Further {n}", board=board, tags=["a", "c"]), mara)
    db.session.commit()
    many = [count_queries(lambda: client.get("/members/mara")), count_queries(lambda: client.get("/members/"))]
    assert many == few
    assert max(many) <= 12


def test_suggestions_are_for_members(app, client):
    mara = builders.member("mara", display_name="Mara Keller")
    builders.member("marius", display_name="Émile Marius")
    builders.member("gone", display_name="Mara Gone", erased_at=clock.now())
    builders.member("maybe", email_confirmed_at=None)
    assert client.get("/members/suggest?q=ma").status_code == 303
    visitor = app.test_client().sign_in(mara)
    found = visitor.get("/members/suggest?q=ma").json
    assert sorted(m["username"] for m in found) == ["mara", "marius"]
    assert set(found[0]) == {"username", "display_name", "portrait_url"}
    assert [m["username"] for m in visitor.get("/members/suggest?q=kell").json] == ["mara"]
    assert [m["username"] for m in visitor.get("/members/suggest", query_string={"q": "émi"}).json] == ["marius"]
    for q in ("", "%", "\0", "x" * 999):
        assert visitor.get("/members/suggest", query_string={"q": q}).json == []


def test_suggestions_are_few(app):
    for n in range(20):
        builders.member(f"mara{n}")
    assert len(app.test_client().sign_in(builders.member()).get("/members/suggest?q=mara").json) == 8
