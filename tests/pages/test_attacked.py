"""Whoever wants an old page to stay, hidden words to be shown or memory to fill does not succeed."""

import time

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from portal import activity, clock
from portal.contributions import gathering, lifecycle
from portal.contributions.models import ReadMarker
from portal.contributions.screening import wordlist
from portal.db import db, writing
from portal.forum.models import Board, Topic
from portal.media import commands
from portal.media.models import Picture
from portal.members.models import Member
from portal.pages import forgetting, serving, shelf
from portal.pages.marks import ALL
from portal.pages.shelf import Folder, Kept, Shelf
from portal.profile.commands import erase_member
from portal.stories.models import Photo
from tests import builders
from tests.finding import at
from tests.media.samples import drawing, saved
from tests.pages.test_forgetting import kept  # noqa: F401 (fixture)
from tests.pages.test_kept import asked, site  # noqa: F401 (fixtures)
from tests.pages.test_shelf import Application, pages  # noqa: F401 (fixture)


def test_head_requests_do_not_keep_an_old_page_alive(pages, monkeypatch):  # noqa: F811
    """Whoever comes first after its time makes it anew; one who asks for headers alone leaves nothing behind."""
    monkeypatch.setattr(serving, "WHILE_MADE_ANEW", 0.2)
    ask = pages(Application(), seconds=0.1)
    begun = time.monotonic()
    assert ask() == b"made 1"
    while time.monotonic() - begun < 0.8:
        ask(REQUEST_METHOD="HEAD")
        found = ask()
        time.sleep(0.02)
    assert found != b"made 1"


def test_an_old_page_does_not_live_on_while_the_application_fails(pages, monkeypatch):  # noqa: F811
    monkeypatch.setattr(serving, "WHILE_MADE_ANEW", 0.2)
    application = Application()

    def fail(environ, start_response):
        if not application.made:
            return application(environ, start_response)
        start_response("503 SERVICE UNAVAILABLE", [("Content-Type", "text/html")])
        return [b"away"]

    ask = pages(fail, seconds=0.1)
    begun = time.monotonic()
    while time.monotonic() - begun < 0.8:
        found = [ask(), ask()]
        time.sleep(0.02)
    assert found == [b"away"] * 2


def test_what_a_savepoint_undoes_leaves_the_rest_to_be_forgotten(site, kept):  # noqa: F811
    builders.board("Taken")
    old = builders.board("Old board")
    db.session.commit()
    kept("/forum/")
    with writing():
        db.session.get(Board, old.id).name = "New board"
        db.session.flush()
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.add(Board(name="Taken", slug="taken-too", place_in_list=9))
    assert "New board" in kept.text("/forum/")


def test_small_pages_under_long_addresses_fill_no_memory(tmp_path, monkeypatch):
    """`/robots.txt?page=1&page=1…` is a hundred bytes under thousands: all that is held counts."""
    monkeypatch.setattr(shelf, "IN_MEMORY", 1_000_000)
    found = Shelf(Folder(tmp_path))
    for number in range(3000):
        found.take(f"/robots.txt?page={number}" + "&page=1" * 500, Kept([("A", "b")], b"x" * 100, "", [], [], 0.0))
    assert sum(len(key) for key in found._pages) < 2_000_000


@pytest.fixture
def photo(site):  # noqa: F811
    """A published photo with one picture, whose author is `photo.author`; `viagra` is refused everywhere."""
    made = builders.photo(builders.member(), title="At the lake", state="draft")
    picture = commands.receive_picture(made.author, saved(drawing((340, 240))))
    commands.attach(made, [picture.token], {picture.token: "Old Mr Miller"})
    builders.bring(made, "published")
    facts = {"is_pattern": False, "whole_word": True}
    wordlist.add(wordlist.checked("viagra", "block", **facts), "", builders.moderator())
    db.session.commit()
    while activity.follow_up():
        pass
    return db.session.get(Photo, made.id, options=[joinedload(Photo.author)], populate_existing=True)


def edited(site, photo, caption, alt):  # noqa: F811
    token = db.session.query(Picture).one().token
    typed = {"title": "At the lake", "caption": caption, "pictures": token, f"alt-{token}": alt, "product": "0"}
    agreed = {"agrees_site": "y", "agrees_people": "y"}
    site.test_client().sign_in(photo.author).submit(f"/photos/{photo.id}/edit", typed | agreed)
    db.session.expire_all()


def test_words_beside_a_picture_change_at_once_though_the_text_is_refused(site, photo, kept):  # noqa: F811
    kept(at(photo))
    edited(site, photo, caption="Buy viagra", alt="A man")
    assert db.session.query(Picture).one().alt in kept.text(at(photo))


def test_words_beside_a_picture_that_are_refused_are_shown_to_nobody(site, photo, asked):  # noqa: F811
    edited(site, photo, caption="At noon", alt="Buy viagra")
    forgetting.forget(ALL)
    assert "viagra" not in asked(at(photo))[0].text


def test_words_beside_a_picture_do_not_change_by_a_form_that_has_a_mistake(site, photo, asked):  # noqa: F811
    token = db.session.query(Picture).one().token
    typed = {"title": "", "pictures": token, f"alt-{token}": "Buy viagra"}
    site.test_client().sign_in(photo.author).submit(f"/photos/{photo.id}/edit", typed)
    forgetting.forget(ALL)
    assert "viagra" not in asked(at(photo))[0].text


@pytest.mark.parametrize("address", ["/feeds/forum.atom", "/sitemap.xml"])
def test_who_asks_by_time_alone_hears_that_something_was_taken_away(site, asked, address):  # noqa: F811
    """When the newest entry goes, the newest that stays is older: by time alone nothing seems to have changed."""
    topic = builders.topic(title="Never again seen")
    db.session.commit()
    then = asked(address)[0].headers.get("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
    with writing():
        lifecycle.hide(db.session.get(Topic, topic.id), builders.moderator(), "It is spam.")
    answer, _ = asked(address, If_Modified_Since=then)
    assert answer.status_code == 200


def test_how_far_somebody_read_is_not_written_once_they_left(site):  # noqa: F811
    """What gathered waits for a database that is away; by then its reader may be nobody."""
    reader, topic = builders.member(), builders.topic()
    db.session.commit()
    with writing():
        erase_member(db.session.get(Member, reader.id), keep_contributions=True)
    gathering._write({}, {(reader.id, topic.id): (1, clock.now())})
    assert db.session.query(ReadMarker).count() == 0
