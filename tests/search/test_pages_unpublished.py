"""What is pending, returned, hidden or removed is found by moderators, and by nobody else in any way."""

import pytest

from portal.contributions import lifecycle
from portal.profile.commands import erase_member
from tests import builders as b
from tests.queries import heard

STATES = ("pending", "returned", "hidden", "removed")


@pytest.fixture
def withheld(db, settled):
    """One topic and one reply in each state, and drafts."""
    author = b.member("author")
    open_topic = b.topic(title="Open to all", text="Nothing here.")
    made = {}
    for state in (*STATES, "draft"):
        made[state] = b.topic(author, f"Clandestine {state} matter", "The **whereabouts** of it.", state=state)
        b.reply(open_topic, author, f"A clandestine {state} remark.", state=state)
    settled()
    return made


def told(page: str) -> list[str]:
    """What a page tells of what is withheld; that it repeats the words of the search is none of it."""
    secrets = [words for state in (*STATES, "draft") for words in (f"{state} matter", f"{state} remark")]
    return [words for words in (*secrets, "whereabouts") if words in page.replace("text=whereabouts", "")]


@pytest.mark.parametrize("state", STATES)
def test_a_moderator_finds_it_by_its_words(as_member, withheld, state):
    for member in (b.moderator(), b.admin()):
        page = as_member(member).get(f"/search?q=clandestine&state={state}").text
        assert f"Clandestine {state} matter" in page
        assert f"A clandestine {state} remark." in page
        assert "2 contributions" in page
        for other in {*STATES, "draft"} - {state}:
            assert f"Clandestine {other} matter" not in page


def test_words_are_anded_and_narrowed_and_nothing_in_them_is_a_pattern(as_member, withheld):
    moderator = as_member(b.moderator())

    def total(query: str) -> int:
        page = moderator.get(f"/search?state=hidden&{query}")
        assert page.status_code == 200
        return page.text.count('class="row-title"')

    assert total("") == 2
    assert total("q=clandestine+whereabouts") == 1
    assert total("q=clandestine+zeppelin") == 0
    assert total("q=WHEREABOUTS") == 1
    assert total("q=clandestine&kind=reply") == 1
    assert total("q=clandestine+kind:topic") == 1
    assert total("q=clandestine&board=repairs") == 2
    assert total("q=clandestine&author=author") == 2
    assert total("q=clandestine+author:author") == 2
    assert total("q=clandestine&author=nobody") == 0
    for pattern in ("%25", "_", "cl%25ne", "cland_stine", "\\", "'%20OR%201=1"):
        assert total(f"q={pattern}") == 0, pattern


def test_nobody_reads_drafts_there(as_member, withheld):
    moderator = as_member(b.moderator())
    lifecycle.remove(b.topic(withheld["draft"].author, "Thrown away unread", state="draft"), withheld["draft"].author)
    assert "Thrown away" not in moderator.get("/search?state=removed").text
    for address in ("/search?q=clandestine&state=draft", "/search?q=clandestine&state=", "/search?q=clandestine"):
        assert "Clandestine draft" not in moderator.get(address).text


@pytest.mark.parametrize("role", ["prospect", "member", "author", "employee", "advocate", "suspended moderator"])
def test_nobody_else_reaches_it_in_any_way(client, as_member, db, withheld, role):
    visitor = {
        "prospect": lambda: client,
        "member": lambda: as_member(b.member()),
        "author": lambda: as_member(withheld["hidden"].author),
        "employee": lambda: as_member(b.member(is_employee=True)),
        "advocate": lambda: as_member(b.member(advocate_since=b.clock.now())),
        "suspended moderator": lambda: as_member(b.moderator(suspended_at=b.clock.now(), suspended_why="x")),
    }[role]()
    for state in STATES:
        answer = visitor.get(f"/search?q=clandestine&state={state}")
        assert answer.status_code == 404, state
        assert not told(answer.text), state
    found = db.session.query(b.Topic).filter_by(title="Open to all").one()
    open_topic = f"/topics/{found.id}/{found.slug}"
    surfaces = [
        "/search?q=matter", "/search?q=clandestine&kind=topic", "/search?q=author:author", "/search?author=author",
        "/search/suggest?q=clandestine", "/search/similar?title=clandestine+matter&text=whereabouts",
        "/feeds/all.atom", "/sitemap.xml", "/", "/forum/", "/forum/repairs/", open_topic, "/search?q=state:hidden",
        *(f"/search?in={topic.id}" for topic in withheld.values()),
    ]  # fmt: skip
    for address in surfaces:
        if role == "author" and address == open_topic:
            continue  # one's own replies that wait are shown to oneself
        assert not told(visitor.get(address).text), address


def test_it_is_not_in_the_index_either(as_member, withheld):
    from portal.search import the_engine

    inside = {number for number, _mark in the_engine().contents()}
    assert not inside & {topic.id for topic in withheld.values()}
    page = as_member(b.moderator()).get("/search?q=clandestine").text
    assert "Clandestine" not in page, "a moderator's ordinary search is everybody's"


def test_it_is_not_noted_and_costs_a_fixed_number_of_queries(as_member, db, withheld):
    from portal.search.models import SearchedWords

    moderator = as_member(b.moderator())
    address = "/search?q=clandestine&state=hidden"
    moderator.get(address)
    with heard(db.engine) as few:
        moderator.get(address)
    for n in range(30):
        b.topic(title=f"Clandestine thing {n}", state="hidden")
    db.session.commit()
    with heard(db.engine) as many:
        page = moderator.get(address).text
    assert len(few) == len(many) <= 12
    assert "page=2" in page
    assert db.session.query(SearchedWords).count() == 0


def test_what_a_member_who_left_never_published_is_gone_here_too(as_member, db, withheld):
    erase_member(withheld["hidden"].author, keep_contributions=True)
    moderator = as_member(b.moderator())
    for state in STATES:
        assert "landestine" not in moderator.get(f"/search?q=lande&state={state}").text
