"""The results page: what it shows, what it can be narrowed to, and what it says when there is nothing."""

import re

import pytest

from portal.contributions.models import Product
from portal.media.models import Picture
from portal.search.asking import Asked
from portal.search.asking import read as asked_by
from tests import builders as b
from tests.bench.pages import MOST_QUERIES
from tests.queries import heard


@pytest.fixture
def shop(db, settled):
    """A question in each of two boards, an article and a story, all about brakes."""
    db.session.add(tug := Product(name="Tug", slug="tug"))
    db.session.flush()
    anna = b.member("anna", display_name="Anna Blum", verified=True)
    solved = b.topic(anna, "The brake squeals", "A loud brake.", tags=["brakes", "noise"], product_id=tug.id)
    b.reply(solved, b.member("ben"), "Clean the brake disc.")
    solved.accepted_count = 1
    other = b.topic(b.member("cem"), "Which brake for hills?", "Steep ones.", board=b.board("Gear"), tags=["brakes"])
    article = b.article(title="On brakes")
    story = b.story(title="Down the hill with one brake")
    settled()
    return solved, other, article, story


def links(page: str) -> dict[str, str]:
    """The words of each link → where it leads."""
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', page, re.S)
    return {" ".join(re.sub(r"<[^>]+>", " ", words).split()): href.replace("&amp;", "&") for href, words in found}


def titles(page: str) -> list[str]:
    return re.findall(r'row-title"><a [^>]+>([^<]+)<', page)


def test_each_facet_is_a_link_with_its_count_and_narrows(client, shop):
    page = client.get("/search?q=brake").text
    found = links(page)
    for words, address, number in (
        ("Topics 2", "/search?q=brake&kind=topic", 2),
        ("Repairs 1 conversation", "/search?q=brake&board=repairs", 1),
        ("Tug 1 conversation", "/search?q=brake&product=tug", 1),
        ("brakes 2 conversations", "/search?q=brake&tag=brakes", 2),
        ("Solved 1 conversation", "/search?q=brake&solved=yes", 1),
        ("Not solved yet 1 conversation", "/search?q=brake&solved=no", 1),
    ):
        assert found[words] == address
        assert len(titles(client.get(address).text)) == number, address
    year = b.clock.now().year
    assert len(titles(client.get(f"/search?q=brake&year={year}").text)) == 4
    assert titles(client.get(f"/search?q=brake&year={year - 1}").text) == []


def test_what_was_chosen_is_a_chip_that_takes_it_off(client, shop):
    solved, *_ = shop
    page = client.get(f"/search?q=brake&board=repairs&author=anna&tag=brakes&in={solved.id}&sort=newest").text
    found = links(page)
    assert found["Remove the filter Repairs"] == f"/search?q=brake&tag=brakes&author=anna&in={solved.id}&sort=newest"
    assert "Remove the filter By Anna Blum" in found
    assert "Remove the filter Tag: brakes" in found
    assert "Remove the filter In “The brake squeals”" in found
    assert found["Remove all"] == "/search?q=brake"
    assert titles(page) == ["The brake squeals"]
    # The form carries them along, so that a new word keeps the place.
    assert re.findall(r'name="(board|author|tag|in|sort)" value="([^"]+)"', page) == [
        ("board", "repairs"), ("tag", "brakes"), ("author", "anna"), ("in", str(solved.id)), ("sort", "newest"),
    ]  # fmt: skip


def test_a_filter_alone_is_a_search(client, shop):
    assert sorted(titles(client.get("/search?tag=brakes").text)) == ["The brake squeals", "Which brake for hills?"]
    assert titles(client.get("/search?product=tug").text) == ["The brake squeals"]
    assert len(titles(client.get("/search?author=ben").text)) == 1


@pytest.mark.parametrize("filters", ["board=nowhere", "product=none", "author=nobody", "in=999999", "tag=unheard-of"])
def test_a_filter_that_names_nothing_finds_nothing_and_says_how_to_go_on(client, shop, filters):
    answer = client.get(f"/search?q=brake&{filters}")
    assert answer.status_code == 200
    assert titles(answer.text) == []
    assert links(answer.text)["Search everywhere"] == "/search?q=brake"


def test_the_name_of_a_conversation_that_is_not_public_is_not_told(client, as_member, shop):
    hidden = b.topic(title="A secret brake", state="hidden")
    for visitor in (client, as_member(b.member()), as_member(b.moderator())):
        assert "A secret brake" not in visitor.get(f"/search?q=brake&in={hidden.id}").text


def test_nothing_found_helps_to_ask_with_the_same_words(client, as_member, shop):
    page = client.get("/search?q=%22zeppelin+mooring%22&board=repairs&kind=topic").text
    found = links(page)
    assert "Nothing found" in page
    assert found["Ask the community"] == "/forum/repairs/new?title=%22zeppelin+mooring%22"
    assert found["Leave the quotation marks out"] == "/search?q=zeppelin+mooring&kind=topic&board=repairs"
    form = as_member(b.member()).get(found["Ask the community"]).text
    assert 'value="&#34;zeppelin mooring&#34;"' in form
    article = as_member(b.member()).get("/blog/new?title=zeppelin").text
    assert 'value="zeppelin"' in article


def test_a_slip_of_the_finger_is_offered_mended(client, shop):
    page = client.get("/search?q=squeasl").text
    assert links(page).get("squeals") == "/search?q=squeals"
    assert "Did you mean" in page


def test_an_answer_says_who_and_shows_marks_and_a_public_picture(client, db, shop):
    solved, _other, article, _story = shop
    facts = {
        "owner_id": article.author_id, "width": 640, "height": 480, "bytes": 4, "media_type": "image/jpeg",
        "sha256": "0" * 64, "difference_hash": "0" * 16, "made_sizes": "320,640",
    }  # fmt: skip
    db.session.add(Picture(contribution_id=article.id, alt="A disc", public_key="k" * 22, **facts))
    db.session.add(Picture(contribution_id=solved.id, alt="Nobody sees this", **facts))
    page = client.get("/search?q=brake+loud").text
    row = next(part for part in page.split("<article") if "The brake squeals" in part)
    assert "Solved" in row
    assert "<mark>" in row
    assert "Verified" in row
    assert "Nobody sees this" not in page
    assert 'alt="A disc"' in client.get("/search?q=brakes").text


def own(asked) -> int:
    """What the page asks the tables; what an engine asks its own is bounded by the engine's tests."""
    engine = ("portal_search", "SET LOCAL")
    return len([s for s in asked.statements if not any(name in s.sql for name in engine)])


def steady(asked) -> int:
    """All but what depends on the time: telling PostgreSQL how much is left, and reading words kept for seconds."""
    return len([s for s in asked.statements if "SET LOCAL" not in s.sql and "FROM search_words" not in s.sql])


def test_a_page_costs_the_same_whatever_it_shows(app, db, client, shop, settled):
    asked = {}
    for address in ("/search?q=brake", "/search?q=brake&board=repairs&product=tug&author=anna&tag=brakes"):
        client.get(address)
        with heard(db.engine) as few:
            client.get(address)
        for n in range(12):
            b.topic(title=f"A brake {n}", board=b.board(f"Board {n}"), tags=[f"tag{n}"])
        settled()
        client.get(address)
        with heard(db.engine) as many:
            client.get(address)
        asked[address] = (steady(few), steady(many))
        assert own(many) <= MOST_QUERIES
    for address, (few_, many_) in asked.items():
        assert few_ == many_, address


def test_pages_are_turned_with_the_filters_kept(client, settled):
    for n in range(23):
        b.topic(title=f"The brake of bicycle {n}")
    settled()
    first = client.get("/search?q=brake&board=repairs").text
    second = client.get("/search?q=brake&board=repairs&page=2").text
    assert len(titles(first)) == 20
    assert len(titles(second)) == 3
    assert not set(titles(first)) & set(titles(second))
    assert "/search?page=2&amp;q=brake&amp;board=repairs" in first
    assert client.get("/search?q=brake&board=repairs&page=3").status_code == 404


def test_what_the_address_says_is_read_as_far_as_it_makes_sense():
    nonsense = {
        "kind": "nonsense", "year": "٢٠٢٦", "solved": "maybe", "in": "9" * 30, "sort": "odd", "state": "pending",
        "author": "@Anna\x00", "tag": "x" * 500,
    }  # fmt: skip
    assert asked_by(nonsense, moderates=False) == Asked(author="anna", tag="x" * 40)
    assert asked_by({"state": "draft", "year": "2026", "in": "7"}, moderates=True) == Asked(year="2026", within="7")


def test_titles_and_tags_are_text_wherever_they_stand(client, settled, db):
    evil = "<img src=x onerror=alert(1)> brake"
    b.topic(title=evil, tags=["brakes"])
    db.session.add(Product(name="<b>brake</b>", slug="b"))
    settled()
    for address in ("/search?q=brake", "/search?q=%3Cimg+src%3Dx%3E+brake", "/search/similar?title=brake+img"):
        page = client.get(address).text
        assert "<img src=x" not in page, address
    offered = client.get("/search/suggest?q=brake")
    assert offered.mimetype == "application/json"
    assert evil in [s["label"] for s in offered.json]


def test_a_place_has_a_field_that_searches_it_alone(client, shop, db):
    solved, *_ = shop
    anna = b.member("dora")
    for n in range(6):
        b.topic(anna, f"Dora asks {n}")
    for _ in range(21):
        b.reply(solved)
    hidden = re.compile(r'name="(board|in|author)" value="([^"]+)"')
    assert hidden.findall(client.get("/forum/repairs/").text) == [("board", "repairs")]
    assert hidden.findall(client.get("/members/dora").text) == [("author", "dora")]
    assert hidden.findall(client.get(f"/topics/{solved.id}/{solved.slug}").text) == [("in", str(solved.id))]


def test_without_an_index_the_page_says_so_and_other_pages_do_without(client, shop, app, monkeypatch):
    from portal.search import SearchUnavailable, the_engine

    def gone(*args, **kwargs):
        raise SearchUnavailable("gone")

    engine = the_engine()
    for name in ("search", "titles", "similar", "nearest"):
        monkeypatch.setattr(engine, name, gone)
    solved, *_ = shop
    answer = client.get("/search?q=brake")
    assert answer.status_code == 503
    assert "Search is being put in order" in answer.text
    assert client.get("/search/similar?title=brake+squeals").status_code == 200
    assert client.get(f"/topics/{solved.id}/{solved.slug}").status_code == 200
    assert {s["what"] for s in client.get("/search/suggest?q=br").json} == {"Tag"}


def test_the_query_counts_of_other_pages_grow_by_one_at_most(client, shop, db):
    solved, *_ = shop
    address = f"/topics/{solved.id}/{solved.slug}"
    client.get(address)
    with heard(db.engine) as asked:
        page = client.get(address).text
    assert "Others wrote about this too" in page
    related = [sql for sql in asked.reading if "contribution.excerpt" in sql and "contribution.id IN" in sql]
    assert len(related) == 1
    assert own(asked) <= MOST_QUERIES
