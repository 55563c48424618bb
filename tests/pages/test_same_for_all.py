"""What the site shows all readers alike is made once for all of them, and again as soon as any of it changed."""

import pytest
from jinja2.exceptions import UndefinedError
from sqlalchemy import event, update

from portal.contributions import lifecycle
from portal.contributions.models import Contribution
from portal.db import db, writing
from portal.fragments import fragments
from portal.media.commands import attach
from portal.members.models import Member
from portal.pages import remembering
from portal.pages.forgetting import forget
from portal.pages.marks import ALL
from portal.site import Site
from tests import builders
from tests.finding import at
from tests.pages.test_kept import site  # noqa: F401 (fixture)
from tests.queries import heard
from tests.stories.test_wall import picture_of


def _of(model, number):
    return db.session.get_one(model, number)


@pytest.fixture
def looked(site):  # noqa: F811
    """A story, and `looked(who="reader")`: the front page as that member gets it, and how many lists were asked for."""
    told = builders.story(title="Across the Alps")
    moderator = builders.moderator("mod")
    signed_in = {name: site.test_client().sign_in(builders.member(name)) for name in ("reader", "another")}
    db.session.commit()

    def look(who="reader"):
        with heard(db.engine) as found:
            page = signed_in[who].get("/").text
        return page, sum("published_at DESC" in sql for sql in found.reading)

    look.story, look.moderator = told.id, moderator.id
    look()
    return look


def test_a_list_is_asked_for_once_for_all_members(looked):
    assert looked("another")[1] == 0
    assert "Across the Alps" in looked("another")[0]


def test_each_member_has_a_frame_of_their_own_around_it(looked):
    for who, other in (("reader", "another"), ("another", "reader")):
        page = looked(who)[0]
        assert f"/members/{who}" in page
        assert f"/members/{other}" not in page


def test_whoever_is_not_signed_in_is_asked_to_join_and_members_are_not(site, looked):  # noqa: F811
    stranger = site.test_client().get("/", headers={"Cookie": "portal_visited=1"}).text
    assert "hero-join" in stranger
    assert "hero-join" not in looked()[0]


def test_what_comes_anew_and_what_is_hidden_shows_in_a_members_list_at_once(looked):
    with writing():
        builders.story(title="Along the coast")
    assert "Along the coast" in looked()[0]
    with writing():
        lifecycle.hide(_of(Contribution, looked.story), _of(Member, looked.moderator), "It is not true.")
    assert "Across the Alps" not in looked()[0]


def test_it_is_made_again_each_minute(looked, monkeypatch):
    now = remembering.time.monotonic()
    monkeypatch.setattr(remembering.time, "monotonic", lambda: now + 61)
    assert looked()[1] > 0


def test_what_was_made_before_takes_no_room_any_more(looked):
    pieces = fragments()
    before = len(pieces._kept), pieces._characters
    for _ in range(3):
        forget(ALL)
        assert looked()[1] > 0
    assert (len(pieces._kept), pieces._characters) == before


def test_what_is_kept_for_all_knows_nothing_of_who_looks(site):  # noqa: F811
    with site.app_context(), pytest.raises(UndefinedError):
        fragments().under("place", "mark", lambda: fragments().anew("contributions/_thread.html", "place")(builders))


@pytest.mark.parametrize("first", ["its author", "a moderator", "a reader"])
def test_a_picture_that_is_not_public_yet_shows_the_same_whoever_looks_first(site, first):  # noqa: F811
    photo = builders.photo(builders.member("author"), title="At the lake")
    picture = picture_of(photo)
    attach(photo, [picture.token])
    members = {"its author": photo.author, "a moderator": builders.moderator(), "a reader": builders.member()}
    signed_in = {who: site.test_client().sign_in(member) for who, member in members.items()}
    db.session.commit()
    pages = [signed_in[who].get("/").text for who in (first, *members)]
    assert all("At the lake" in page for page in pages)
    assert not any(picture.token in page for page in pages)


def test_what_changes_after_it_is_known_who_looks_is_in_the_next_page(site):  # noqa: F811
    reader = site.test_client().sign_in(builders.member("reader"))
    db.session.add(Site(id=1, tagline="As it was"))
    db.session.commit()
    changes = iter([update(Site.__table__).values(tagline="As it is")])

    def change(_c, _cursor, sql, *_rest):
        if "tagline" in sql and (statement := next(changes, None)) is not None:
            with site.app_context(), writing():
                db.session.execute(statement)

    event.listen(db.engine, "after_cursor_execute", change)
    try:
        reader.get("/")
    finally:
        event.remove(db.engine, "after_cursor_execute", change)
    assert "As it was" not in reader.get("/").text


def test_nothing_that_a_request_says_of_the_host_stays_in_it(site):  # noqa: F811
    asker, reader = builders.member("asker"), builders.member("reader")
    question = builders.topic(asker, title="How do I true a wheel?", format="question")
    builders.reply(question, text="Turn the nipple.")
    builders.story(title="Across the Alps")
    db.session.commit()
    for address in ("/", at(question)):
        site.test_client().sign_in(reader).get(address, base_url="https://elsewhere.example")
        page = site.test_client().sign_in(asker).get(address).text
        assert "elsewhere.example" not in page
