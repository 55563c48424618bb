"""The wall: its filters, their counts, what it costs; links to one picture; order without scripts."""

import re

import pytest

from portal import clock as clocks
from portal.contributions.models import Product
from portal.contributions.writing import set_tags
from portal.db import db
from portal.media.commands import attach, receive_picture
from portal.media.models import Picture
from portal.stories import photo_queries
from portal.stories.photo_queries import Filters
from tests.bench.pages import MOST_QUERIES
from tests.builders import challenge, member, photo
from tests.finding import at, author_of
from tests.queries import heard
from tests.stories.test_photos import SMALL, TYPED


@pytest.fixture
def tern(db):
    product = Product(name="Tern", slug="tern")
    db.session.add(product)
    db.session.flush()
    return product


@pytest.fixture
def shown(db, tern):
    """Five on the wall, in every combination that matters, and one hidden that has it all."""
    c = challenge("First ride")
    facts = (
        ("A", tern, "Bergen", ("snow",), c), ("B", tern, "Bergen", ("sun",), None), ("C", tern, "Graz", ("snow",), c),
        ("D", None, "Bergen", ("snow", "sun"), None), ("E", None, "", (), None), ("Z", tern, "Bergen", ("snow",), c),
    )  # fmt: skip
    for title, product, place, tags, entered in facts:
        p = photo(
            title=f"Photo {title}", product=product, taken_at_place=place, challenge_id=entered and entered.id,
            state="hidden" if title == "Z" else "published",
        )  # fmt: skip
        set_tags(p, tags)
        attach(p, [picture_of(p).token])
    return c


def picture_of(p):
    from portal.db import db

    made = Picture(
        owner_id=p.author_id, width=400, height=300, bytes=1, media_type="image/jpeg", sha256="0" * 64,
        difference_hash="0" * 16,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def titles(page):
    return re.findall(r'wall-title" dir="auto">Photo (\w)<', page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "EDCBA"),
        ("product=tern", "CBA"),
        ("place=Bergen", "DBA"),
        ("tag=snow", "DCA"),
        ("challenge=first-ride", "CA"),
        ("product=tern&place=Bergen&tag=snow", "A"),
        ("product=tern&tag=sun&challenge=first-ride", ""),
        ("product=%27--", ""),
        ("tag=%00snow", "DCA"),
        ("nonsense=1", "EDCBA"),
    ],
)
def test_filters_combine(client, shown, query, found):
    assert "".join(titles(client.get(f"/photos/?{query}").text)) == found


def test_counts_heed_the_other_filters_and_nothing_hidden(shown):
    def counts(**chosen):
        offers = photo_queries.offers(db.session, Filters(**chosen))
        return {name: {o.value: o.number for o in found} for name, found in offers.items()}

    assert counts() == {
        "product": {"tern": 3},
        "place": {"Bergen": 3, "Graz": 1},
        "tag": {"snow": 3, "sun": 2},
        "challenge": {"first-ride": 2},
    }
    assert counts(place="Bergen", tag="snow") == {
        "product": {"tern": 1},
        "place": {"Bergen": 2, "Graz": 1},
        "tag": {"snow": 2, "sun": 2},
        "challenge": {"first-ride": 1},
    }


def test_each_filter_is_taken_off_by_a_chip_and_the_others_stay(client, shown):
    page = client.get("/photos/?product=tern&tag=snow").text
    chips = re.findall(r'chosen-chip" href="([^"]+)"', page)
    assert chips == ["/photos/?tag=snow", "/photos/?product=tern"]
    assert "snow (2)" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("product=kite", "Nobody has shown Kite yet"),
        ("place=%3Cb%3E", "No photos from &lt;b&gt; yet"),
        ("tag=rain", "No photos tagged “rain” yet"),
        ("challenge=none", "No entries yet"),
        ("tag=rain&place=Graz", "Nothing shows all of that together"),
    ],
)
def test_what_nobody_has_shown_is_said_in_its_own_words(client, db, query, sentence):
    db.session.add(Product(name="Kite", slug="kite"))
    assert sentence in client.get(f"/photos/?{query}").text


def test_pages_keep_the_filters(client, db, tern):
    for _ in range(25):
        photo(product=tern)
    page = client.get("/photos/?product=tern").text
    assert "/photos/?product=tern&amp;page=2" in page or "/photos/?page=2&amp;product=tern" in page
    assert client.get("/photos/?product=tern&page=3").status_code == 404


def test_a_verified_customer_is_marked_on_the_wall(client, db):
    for verified in (True, False):
        p = photo(author=member(verified=verified))
        attach(p, [picture_of(p).token])
    assert client.get("/photos/").text.count("(verified customer)") == 1


@pytest.mark.parametrize("query", ["", "?product=kite&place=Bergen&tag=t1&challenge=none"])
def test_the_wall_costs_the_same_however_much_there_is(as_member, db, tern, query):
    visitor, costs = as_member(member()), []
    visitor.get("/photos/")  # the day's first visit is noted
    for number in (1, 23):
        for n in range(number):
            p = photo(product=tern, taken_at_place=f"P{n}", challenge_id=challenge().id)
            set_tags(p, [f"t{n}"])
            attach(p, [picture_of(p).token for _ in range(2)])
        db.session.commit()
        with heard(db.engine) as statements:
            assert visitor.get(f"/photos/{query}").status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1] <= MOST_QUERIES


def test_a_photo_page_costs_the_same_and_little(client, db, tern):
    costs = []
    client.get(at(photo()))  # what a process reads once
    for number in (1, 10):
        p = photo(product=tern, taken_at_place="P", challenge_id=challenge().id)
        attach(p, [picture_of(p).token for _ in range(number)])
        path = at(p)
        db.session.commit()
        with heard(db.engine) as statements:
            assert client.get(path).status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1] <= MOST_QUERIES, str(statements)


def test_neighbours_published_in_the_same_instant_are_all_passed(clock, db):
    clock.freeze(clocks.now())
    same = [photo(title=f"Photo {n}") for n in range(3)]
    newer, older = photo_queries.neighbours(same[1])
    assert (newer.id, older.id) == (same[2].id, same[0].id)
    assert photo_queries.neighbours(same[0])[1] is None


@pytest.mark.parametrize(("wanted", "leads"), [("2", True), ("0", False), ("9", False), ("x", False), ("²", False)])
def test_a_link_to_one_picture_leads_to_it_if_it_is_there(client, db, wanted, leads):
    p = photo()
    attach(p, [picture_of(p).token for _ in range(3)])
    answer = client.get(f"{at(p)}?picture={wanted}")
    assert answer.status_code == (302 if leads else 200)
    assert not leads or answer.location == f"{at(p)}#picture-2"
    assert 'id="picture-2"' in client.get(at(p)).text


def test_without_scripts_buttons_put_pictures_in_order_and_take_one_out(as_member, db):
    visitor = as_member(who := member())
    tokens = [receive_picture(who, SMALL).token for _ in range(3)]
    form = {**TYPED, "pictures": tokens, **{f"alt-{t}": f"Says {t[:4]}" for t in tokens}}

    def order(page):
        return re.findall(r'name="pictures" value="([^"]+)"', page)

    page = visitor.submit("/photos/new", {**form, "move": f"later {tokens[0]}"})
    assert page.status_code == 200
    assert order(page.text) == [tokens[1], tokens[0], tokens[2]]
    assert f"Says {tokens[0][:4]}" in page.text
    assert "Seven in the morning" in page.text
    assert "Nothing is lost" not in page.text
    assert order(visitor.submit("/photos/new", {**form, "take_out": tokens[1]}).text) == [tokens[0], tokens[2]]
    for nonsense in (f"earlier {tokens[0]}", f"later {tokens[2]}", "earlier", "up x", "\0", "later " + "x" * 999):
        assert order(visitor.submit("/photos/new", {**form, "move": nonsense}).text) == tokens, nonsense


def test_files_sent_along_when_an_order_is_asked_for_are_kept(as_member, db):
    from io import BytesIO

    visitor = as_member(member())
    page = visitor.submit("/photos/new", {**TYPED, "files": (BytesIO(SMALL), "a.jpg"), "move": "later x"})
    assert db.session.query(Picture).one().token in page.text


def test_the_browser_is_told_what_is_too_large_in_the_servers_words(as_member):
    page = as_member(member()).get("/photos/new").text
    assert f'data-upload-bytes="{20 * 1024 * 1024}"' in page
    assert "This picture is larger than 20 MB." in page


def test_a_moderator_mends_words_and_is_not_offered_pictures(as_member, db):
    from tests.builders import moderator

    p = photo()
    page = as_member(moderator()).get(f"/photos/{p.id}/edit").text
    assert author_of(p).display_name in page
    assert "upload-drop" not in page
