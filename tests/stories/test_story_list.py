"""The list of stories: narrowed by product, trade, goal and company size, which combine and come off again."""

import pytest

from portal.contributions.models import Product
from tests.builders import story
from tests.queries import heard


@pytest.fixture
def told(db):
    product = Product(name="Tern", slug="tern")
    db.session.add(product)
    db.session.flush()
    story(title="With a Tern", product_id=product.id, trade="Baker", goal="Deliver before seven", company_size="2-9")
    story(title="With another", trade="Vet", goal="One car less", company_size="1")


@pytest.mark.parametrize(
    "query",
    ["product=tern", "trade=Baker", "goal=Deliver+before+seven", "size=2-9", "product=tern&trade=Baker&size=2-9"],
)
def test_stories_are_found_by_product_trade_goal_and_size(client, told, query):
    page = client.get(f"/stories/?{query}").text
    assert "With a Tern" in page
    assert "With another" not in page
    assert "1 story" in page


def test_each_filter_comes_off_alone(client, told):
    page = client.get("/stories/?trade=Baker&size=2-9").text
    assert 'href="/stories/?size=2-9"' in page
    assert 'href="/stories/?trade=Baker"' in page
    assert "Show all stories" in page


def test_counts_heed_the_other_filters(client, told):
    assert "Vet (1)" in client.get("/stories/").text
    assert "just me (1)" in client.get("/stories/").text
    page = client.get("/stories/?product=tern").text
    assert "Baker (1)" in page
    assert "Vet" not in page.partition("<form class=\"filters\"")[2].partition("</form>")[0]


def test_the_first_story_opens_large(client, told):
    page = client.get("/stories/").text
    assert page.count("card-lead") == 1
    assert page.index("card-lead") < page.index("With another") < page.index("With a Tern")


def test_nothing_found_says_what_to_do(client, told):
    one = client.get("/stories/?trade=Astronaut")
    assert one.status_code == 200
    assert "Nobody has told that story yet" in one.text
    assert "Take one of the filters off" in client.get("/stories/?trade=Baker&size=1").text


@pytest.mark.parametrize(
    "query", ["product=%00", "trade=%F0%9F%9A%B2", "goal=" + "x" * 5000, "size='--", "page=2", "page=x", "size=<b>"]
)
def test_strange_filters_break_nothing(client, query):
    answer = client.get(f"/stories/?{query}")
    assert answer.status_code in (200, 404)
    assert "<b>" not in answer.text.partition("<main")[2]


def test_only_published_stories_name_trades_for_others_to_choose(client):
    story(trade="Baker")
    story(trade="Spy", state="pending")
    page = client.get("/stories/").text
    assert "Baker (1)" in page
    assert "Spy" not in page


def test_the_list_asks_as_much_whatever_it_shows(client, db):
    asked = []
    for number in (1, 11):
        for _ in range(number):
            story(trade="Baker", company_size="1", tags=("winter",))
        client.get("/stories/")
        with heard(db.engine) as found:
            assert client.get("/stories/?trade=Baker").status_code == 200
        asked.append(len(found.reading))
    assert asked[0] == asked[1] <= 12
