"""The page of advocates: by what they know and who they are, with what each chose to show, and a way to ask."""

import re

import pytest
from sqlalchemy import insert

from portal import clock as house
from portal.advocacy.models import LedgerEntry
from portal.contributions import lifecycle
from portal.contributions.models import Product
from portal.db import db
from portal.helping.models import Willingness
from tests import builders as make
from tests.advocacy.helping import accept, recognised
from tests.queries import heard


def helped(helper, board="Repairs", times=1, tags=(), product=None, title=""):
    """So many verified customers, helped by `helper` in this board."""
    replies = []
    for n in range(times):
        asker = make.member(verified=True)
        topic = make.topic(
            asker, board=make.board(board), tags=tags, product_id=product.id if product else None,
            title=f"{title} {n}" if title else "",
        )  # fmt: skip
        reply = make.reply(topic, helper)
        accept(reply)
        replies.append(reply)
    return replies


@pytest.fixture
def three(app, settled):
    """Mara and Jonas, who repair, and Ines, who knows batteries and a bit of repairs."""
    product = Product(name="Tern GSD", slug="tern-gsd")
    db.session.add(product)
    db.session.flush()
    people = {
        "mara": make.member("mara", trade="Carpenter", place="Utrecht", owns="rides a Tern"),
        "jonas": make.member("jonas", trade="carpenter ", place="Ghent"),
        "ines": make.member("ines", trade="Midwife", place="Utrecht"),
    }
    helped(people["mara"], "Repairs", 3, tags=("brakes",), title="Squeaking brake")
    helped(people["jonas"], "Repairs", 2)
    helped(people["ines"], "Batteries", 2, product=product)
    helped(people["ines"], "Repairs", 1, tags=("brakes",))
    for one in people.values():
        recognised(one)
    settled()
    return people


def cards(page):
    """The names on the cards, in order."""
    return re.findall(r'<h3 class="person-name">.*?/members/(\w+)"', page.text, flags=re.DOTALL)


def test_nothing_chosen_shows_sections_by_what_they_know_each_advocate_once(client, three):
    page = client.get("/advocates/")
    assert re.findall(r"<h2[^>]*>(Repairs|Batteries)</h2>", page.text) == ["Repairs", "Batteries"]
    assert cards(page) == ["mara", "jonas", "ines"]
    assert "Also helps here:" in page.text
    assert "Customers who help" in page.text


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ("board=repairs", ["mara", "jonas", "ines"]), ("board=batteries", ["ines"]), ("tag=brakes", ["mara", "ines"]),
        ("product=tern-gsd", ["ines"]), ("trade=Carpenter", ["jonas", "mara"]), ("trade=CARPENTER", ["jonas", "mara"]),
        ("place=utrecht", ["ines", "mara"]), ("place=Utrecht&tag=brakes", ["mara", "ines"]),
        ("trade=carpenter&board=batteries", []), ("board=nowhere", []), ("all=1", ["ines", "jonas", "mara"]),
        ("board=repairs&tag=brakes&place=utrecht&trade=midwife", ["ines"]),
    ],
)  # fmt: skip
def test_filters_combine_and_an_address_can_be_shared(client, three, chosen, names):
    page = client.get(f"/advocates/?{chosen}")
    assert (page.status_code, cards(page)) == (200, names)
    if not names:
        assert "Nobody is all of that" in page.text or "No advocate for that yet" in page.text


def test_only_what_some_advocate_has_can_be_chosen_with_counts_that_heed_the_other_filters(client, three):
    make.member("other", trade="Baker", place="Basel")
    make.board("Silent board")

    def offered(address):
        return re.findall(r"<option[^>]*>([^<]+ \(\d+\))</option>", client.get(address).text)

    assert offered("/advocates/") == [
        "Batteries (1)", "Repairs (3)", "Tern GSD (1)", "brakes (2)", "Carpenter (2)", "Midwife (1)",
        "Ghent (1)", "Utrecht (2)",
    ]  # fmt: skip
    narrowed = offered("/advocates/?place=ghent")
    assert "Batteries (1)" not in narrowed
    assert {"Repairs (1)", "carpenter (1)", "Ghent (1)", "Utrecht (2)"} <= set(narrowed)


@pytest.mark.parametrize(
    "hostile",
    ["board=<script>alert(1)</script>", "tag='--", "trade=%00", "place=" + "x" * 5000, "board=repairs&board=x",
     "trade=%F0%9F%92%A9", "product=1 OR 1=1", "all=<b>"],
)  # fmt: skip
def test_whatever_an_address_says_the_page_answers(client, three, hostile):
    page = client.get(f"/advocates/?{hostile}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert len(page.data) < 80_000
    assert client.get(f"/advocates/?{hostile}&page=9").status_code == 404


def test_a_card_says_why_in_two_sentences_with_three_answers_and_the_level(client, three, db):
    page = client.get("/advocates/?board=repairs").text
    card = page[page.index("/members/mara") : page.index("/members/jonas")]
    said = re.sub(r"<[^>]+>", "", card)
    assert "In the last 180 days 3 people said that Mara helped them, all of them verified customers." in said
    assert "A moderator looked at it, and Mara has been an advocate since" in said
    assert len(re.findall(r"Squeaking brake \d", said)) == 3
    assert "carpenter" in said.lower()
    assert "/forum/repairs/new?ask=mara" in card


def test_each_shows_what_they_chose_to_show(client, three, settled):
    r = recognition_of(three["mara"])
    r.shows_numbers = r.shows_answers = r.shows_about = False
    page = client.get("/advocates/?board=repairs").text
    card = page[page.index("/members/mara") : page.index("/members/jonas")]
    for hidden in ("3 people", "Squeaking", "Utrecht", "rides a Tern", "verified customers"):
        assert hidden not in card
    assert "Other customers said that" in card
    assert cards(client.get("/advocates/?place=utrecht")) == ["ines"]
    assert "Utrecht (1)" in page
    own = client.get("/members/mara").text
    assert "3 people</strong> said" not in own
    assert "Answers that did it" not in own


def recognition_of(member):
    from portal.advocacy.models import Recognition

    return db.session.scalars(db.select(Recognition).where(Recognition.member_id == member.id)).one()


def test_an_answer_that_is_hidden_is_gone_at_once(client, three, settled):
    assert "Squeaking brake 0" in client.get("/advocates/?board=repairs").text
    topic = db.session.scalars(db.select(make.Topic).where(make.Topic.title == "Squeaking brake 0")).one()
    lifecycle.hide(topic, make.moderator(), "to look")
    db.session.commit()
    assert "Squeaking brake 0" not in client.get("/advocates/?board=repairs").text
    assert "Squeaking brake 0" not in client.get("/members/mara").text


@pytest.mark.parametrize("fact", ["suspended_at", "erased_at", "is_employee", "resting"])
def test_whose_recognition_is_not_in_force_is_not_on_it_from_that_instant(client, three, fact):
    assert "mara" in cards(client.get("/advocates/?all=1"))
    if fact == "resting":
        recognition_of(three["mara"]).state = "resting"
        three["mara"].advocate_since = None
    else:
        setattr(three["mara"], fact, True if fact == "is_employee" else house.now())
    for address in ("/advocates/", "/advocates/?all=1", "/advocates/?board=repairs"):
        assert "mara" not in cards(client.get(address))
    assert "Why Mara is" not in client.get("/members/mara").text


def test_the_button_to_ask_is_there_for_those_who_can_be_asked(client, as_member, three):
    db.session.add(Willingness(member_id=three["jonas"].id, takes_requests=False))
    for reader, asked in ((client, {"mara", "ines"}), (as_member(three["mara"]), {"ines"})):
        page = reader.get("/advocates/?all=1").text
        assert set(re.findall(r"ask=(\w+)", page)) == asked
    assert "/forum/batteries/new?ask=ines" in page
    assert "ask=mara" in client.get("/members/mara").text
    assert "ask=jonas" not in client.get("/members/jonas").text
    assert "ask=mara" not in as_member(three["mara"]).get("/members/mara").text


def test_the_members_page_says_why(client, three):
    said = re.sub(r"<[^>]+>", "", client.get("/members/mara").text)
    assert "Why Mara is an advocate" in said
    assert "3 people said that Mara helped them, all of them verified customers. A moderator looked at it" in said
    assert "Why" not in re.sub(r"<[^>]+>", "", client.get(f"/members/{make.member().username}").text)


def test_old_help_is_not_what_they_know(client, settled, clock):
    helper = make.member("oldie")
    with house.at(house.ago(days=200)):
        helped(helper, "Ancient")
    recognised(helper)
    settled()
    page = client.get("/advocates/").text
    assert "Ancient" not in page
    assert "Other customers said that" in page
    assert cards(client.get("/advocates/")) == ["oldie"]


def test_what_the_page_asks_does_not_grow_and_is_little(app, client, as_member, settled):
    def statements(visitor, address):
        with heard(db.engine) as found:
            assert visitor.get(address).status_code == 200
        return len(found)

    def add(n):
        for i in range(n):
            helper = make.member(place=f"Town {i % 3}")
            helped(helper, f"Board {i % 4}", 2, tags=("brakes",))
            helped(helper, f"Board {(i + 1) % 4}")
            recognised(helper)
        settled()

    add(3)
    reader = as_member(make.member())
    addresses = ("/advocates/", "/advocates/?all=1", "/advocates/?tag=brakes&place=town+1")
    reader.get("/advocates/")
    few = [statements(reader, address) for address in addresses]
    add(9)
    many = [statements(reader, address) for address in addresses]
    assert max(many) <= 12, "with nothing kept"
    again = [statements(reader, address) for address in addresses]
    assert max(again) <= 10
    assert [a - b for a, b in zip(again, few, strict=True)] == [0, 0, 0]


def test_thousands_of_lines_cost_no_more_time_while_they_are_remembered(app, client, three):
    import time

    asker, reply = make.member(), helped(three["mara"])[0]
    rows = [
        {"helper_id": three["mara"].id, "helped_id": asker.id, "contribution_id": reply.id, "sort": "thanks",
         "source_id": 10_000 + n, "at": house.now(), "written_at": house.now(), "why": ""}
        for n in range(20_000)
    ]  # fmt: skip
    db.session.execute(insert(LedgerEntry), rows)
    db.session.commit()
    client.get("/advocates/")
    began = time.thread_time()
    client.get("/advocates/")
    assert time.thread_time() - began < 0.15


def test_a_members_page_asks_little_more_for_an_advocate(as_member, three):
    make.story(three["mara"])
    reader = as_member(make.member())
    reader.get("/members/mara")
    with heard(db.engine) as found:
        assert "Why Mara is" in reader.get("/members/mara").text
    assert len(found.reading) <= 12
