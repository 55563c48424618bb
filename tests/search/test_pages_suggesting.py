"""What is offered while somebody types, and what is like a question that is being written."""

import pytest

from portal.contributions.models import Product
from portal.db import db
from portal.members.models import Member
from tests import builders as b
from tests.bench.pages import MOST_QUERIES
from tests.queries import heard
from tests.search.test_pages import own as of_the_page


def offered(client, typed: str) -> list[tuple[str, str]]:
    return [(s["label"], s["what"]) for s in client.get("/search/suggest", query_string={"q": typed}).json]


@pytest.fixture
def shop(db, settled):
    db.session.add(Product(name="Brake Booster", slug="brake-booster"))
    b.topic(b.member("bramley", display_name="Bramley Apple"), "The brake squeals in the rain", tags=["brakes"])
    b.topic(title="A quiet brake", tags=["branches"]).accepted_count = 1
    b.story(title="Branching out")
    settled()


def test_titles_products_tags_and_members_are_offered(client, shop):
    assert set(offered(client, "bra")) == {
        ("The brake squeals in the rain", "Topic"), ("A quiet brake", "Solved"), ("Branching out", "Story"),
        ("Brake Booster", "Product"), ("brakes", "Tag"), ("branches", "Tag"), ("Bramley Apple", "Member"),
    }  # fmt: skip
    assert offered(client, "the brake squ") == [("The brake squeals in the rain", "Topic")]
    assert offered(client, "BRÁKE boo") == offered(client, "zeppelin") == []


def test_each_leads_to_a_page(client, shop):
    for suggestion in client.get("/search/suggest?q=bra").json:
        assert suggestion["address"].startswith("/")
        assert client.get(suggestion["address"]).status_code == 200, suggestion


def test_there_are_eight_at_the_most_in_a_bounded_number_of_queries(client, db, settled, shop):
    for n in range(12):
        b.topic(b.member(f"bra{n}"), f"Bra number {n}", tags=[f"bra{n}"])
        db.session.add(Product(name=f"Bra {n}", slug=f"bra-{n}"))
    settled()
    client.get("/search/suggest?q=bra")
    with heard(db.engine) as asked:
        assert len(offered(client, "bra")) == 8
    assert of_the_page(asked) <= 6


@pytest.mark.parametrize("typed", ["", " ", "a", "\x00", "%", "_", "*", '"', "\u202e", "x" * 5000, "a\r\nX-Evil: 1"])
def test_what_begins_nothing_offers_nothing(client, shop, typed):
    answer = client.get("/search/suggest", query_string={"q": typed})
    assert (answer.status_code, answer.json) == (200, [])


@pytest.mark.parametrize("typed", ["bra%", "br_ke", "%ra", "b\\rake"])
def test_a_pattern_is_no_pattern(client, shop, typed):
    labels = [label for label, what in offered(client, typed) if what in ("Product", "Tag", "Member")]
    assert labels == []


def test_members_who_left_or_never_came_are_not_offered(client, db):
    b.member("lefty", display_name="Lefty", erased_at=b.clock.now())
    b.member("unconfirmed", display_name="Lefthand", email_confirmed_at=None)
    assert offered(client, "left") == []


def test_a_tag_of_nothing_public_is_not_offered(client, db, settled):
    b.topic(title="Sealed", tags=["sealed"], state="pending")
    settled()
    assert offered(client, "seal") == []


def test_who_asks_too_often_gets_nothing_and_no_error(make_app):
    app = make_app(suggestions_per_minute=3)
    with app.app_context():
        b.member("quickly", display_name="Quick")
        client = app.test_client()
        counts = [len(client.get("/search/suggest?q=qui").json) for _ in range(5)]
        assert counts == [1, 1, 1, 0, 0]
        assert client.get("/search/similar?title=quick+brown").status_code == 200
        assert client.get("/search").status_code == 200


def test_nothing_on_the_way_keeps_what_was_offered(client, shop):
    for address in ("/search/suggest?q=bra", "/search/similar?title=brake+squeals"):
        assert client.get(address).headers["Cache-Control"] == "private, no-store"


def test_like_questions_are_shown_solved_ones_first_and_open_in_a_new_tab(client, shop):
    page = client.get("/search/similar", query_string={"title": "My brake squeals", "text": "in the rain"}).text
    assert page.index("A quiet brake") < page.index("The brake squeals in the rain")
    assert page.count('target="_blank" rel="noopener"') == page.count("<li>") == 2
    assert page.count("Solved") == 1
    assert "Branching out" not in page, "a story is no question"
    assert "2 questions like yours" in page


@pytest.mark.parametrize("title", ["", "   ", "the of and", "is it", "?!*"])
def test_a_title_that_says_nothing_is_like_nothing(client, shop, title):
    assert client.get("/search/similar", query_string={"title": title, "text": "brake " * 50}).text.strip() == ""


def test_without_scripts_a_button_brings_the_form_back_with_the_list_and_all_that_was_typed(client, as_member, shop):
    member = b.member()
    visitor = as_member(member)
    form = visitor.get("/forum/new").text
    assert 'name="similar" value="1" formnovalidate' in form
    typed = {"title": "Brake squeals again", "source": "All *day* long.", "tags": "noise", "board": "repairs"}
    page = visitor.submit("/forum/new", typed | {"format": "discussion", "similar": "1"})
    assert page.status_code == 200
    assert "The brake squeals in the rain" in page.text
    assert 'value="Brake squeals again"' in page.text
    assert "All *day* long." in page.text
    assert 'value="noise"' in page.text
    assert db.session.query(Member).filter_by(id=member.id).one().published_count == 10, "nothing was posted"
    nothing = visitor.submit("/forum/new", {"title": "Zeppelin mooring", "similar": "1"}).text
    assert "Nobody has asked this here" in nothing


def test_a_conversation_ends_with_others_like_it_and_not_with_itself(client, db, shop, settled):
    own = b.topic(title="Why does my brake squeal in rain?")
    b.article(title="Brake squeals, explained")
    settled()
    address = f"/topics/{own.id}/{own.slug}"
    page = client.get(address).text
    related = page.partition("Others wrote about this too")[2]
    assert "The brake squeals in the rain" in related
    assert "Brake squeals, explained" in related
    assert "Why does my brake" not in related.partition("<footer")[0]
    with heard(db.engine) as asked:
        client.get(address)
    assert of_the_page(asked) <= MOST_QUERIES


def test_what_is_not_public_yet_has_nothing_related(as_member, db, shop, settled):
    author = b.member()
    own = b.topic(author, "The brake squeals and squeals", state="pending")
    settled()
    assert "Others wrote about" not in as_member(author).get(f"/topics/{own.id}/{own.slug}").text
