"""A member's own pages: profile, portrait, mail, contributions."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from portal.contributions import lifecycle
from portal.contributions.drafts import keep
from portal.media.models import Picture
from tests import builders


def drawn(size=(640, 480)):
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, "JPEG")
    file.seek(0)
    return file


@pytest.fixture
def mara(app):
    """A member."""
    return builders.member("mara", display_name="Mara")


@pytest.fixture
def visitor(app, mara):
    """A browser signed in as that member."""
    return app.test_client().sign_in(mara)


def test_saying_who_one_is(visitor, mara, db):
    said = {
        "display_name": "Mara 🚲 Keller",
        "about": " Fixes\u200b  things\u202e ",
        "owns": "a Tern",
        "goals": "one\r\ntwo",
        "trade": "",
        "place": "دمشق",
    }
    assert visitor.submit("/account/profile", said).location == "/members/mara"
    assert (mara.display_name, mara.about, mara.goals, mara.place) == (
        "Mara 🚲 Keller",
        "Fixes things",
        "one\ntwo",
        "دمشق",
    )
    assert visitor.get("/members/mara").status_code == 200


def test_what_does_not_fit_gets_a_sentence_and_stays_typed(subtests, visitor, mara, db):
    for said in [
        {"display_name": ""},
        {"display_name": "Moderator"},
        {"display_name": "x" * 61},
        {"about": "x" * 201},
        {"owns": "x" * 121},
        {"goals": "x" * 1001},
        {"trade": "x" * 81},
        {"place": "x" * 81},
    ]:
        with subtests.test(repr(said)[:60]):
            answer = visitor.submit("/account/profile", {"display_name": "Mara", "place": "Kept place"} | said)
            assert answer.status_code == 422
            assert "place" in said or "Kept place" in answer.text
            db.session.expire_all()
            assert mara.place == ""


def test_nobody_renames_themselves_into_the_team(visitor, mara, db):
    builders.moderator("berger", display_name="Lena Berger")
    assert visitor.submit("/account/profile", {"display_name": "lena  berger"}).status_code == 422
    assert visitor.submit("/account/profile", {"display_name": "mara"}).status_code == 303


def test_a_portrait_shows_once_something_is_published(visitor, mara, db, settled, app):
    answer = visitor.submit(
        "/account/profile",
        {"display_name": "Mara", "portrait": (drawn(), "me.jpg")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    settled()
    assert mara.picture_id
    with app.test_request_context():
        where = mara.portrait_url
    assert where is not None  # ten are published
    assert app.test_client().get(where).status_code == 200
    visitor.submit("/account/profile", {"display_name": "Mara", "no_portrait": "y"})
    settled()
    assert mara.picture_id is None
    assert mara.face_key is None
    assert app.test_client().get(where).status_code == 404


def test_what_is_no_picture_gets_a_sentence(subtests, visitor, mara, db):
    for file in [
        (b"", "a.jpg"),
        (b"not a picture", "a.jpg"),
        (b"<svg onload=alert(1)>", "a.svg"),
        (b"\xff\xd8\xff" + b"x" * 99, "a.jpg"),
    ]:
        with subtests.test(repr(file)[:60]):
            answer = visitor.submit(
                "/account/profile",
                {"display_name": "Kept", "portrait": (io.BytesIO(file[0]), file[1])},
                content_type="multipart/form-data",
            )
            assert answer.status_code == 422
            assert 'value="Kept"' in answer.text
            db.session.expire_all()
            assert mara.display_name == "Mara"
            assert db.session.scalars(select(Picture)).all() == []


@pytest.mark.parametrize(
    "facts", [{"suspended_at": builders.clock.now(), "suspended_why": "Spam"}, {"email_confirmed_at": None}]
)
def test_who_may_not_write_does_not_write_here_either(app, facts):
    member = builders.member("quiet", **facts)
    answer = app.test_client().sign_in(member).submit("/account/profile", {"display_name": "Loud"})
    assert answer.status_code == 403


def test_choosing_mail(visitor, mara):
    visitor.submit("/account/mail", {"mail_thanks": "y"})
    assert (mara.mail_replies, mara.mail_thanks, mara.mail_digest) == (False, True, False)
    assert not mara.mail_recognition


def test_own_contributions_say_where_they_stand(app, visitor, mara, db):
    moderator = builders.moderator()
    builders.topic(title="Somebody else's", state="pending")
    waiting = builders.topic(mara, title="It waits", state="pending")
    returned = builders.topic(mara, title="It came back", state="pending")
    lifecycle.return_to_author(returned, moderator, "Which model is it?")
    builders.topic(mara, title="It is out")
    builders.topic(mara, title="A draft of mine", state="draft")
    builders.topic(mara, title="It is gone", state="removed")
    keep(mara, f"reply:{waiting.id}", {"source": "Half a thought"})
    page = visitor.get("/account/contributions").text
    for words in (
        "It waits",
        "Place 2 in the queue",
        "It came back",
        "Which model is it?",
        "It is out",
        "A draft of mine",
        "Half a thought",
    ):
        assert words in page
    assert "Somebody else" not in page
    assert "It is gone" not in page
    assert "It is gone" in visitor.get("/account/contributions?state=removed").text
    only = visitor.get("/account/contributions?state=returned").text
    assert "It came back" in only
    assert "It waits" not in only
    assert visitor.get("/account/contributions?state=nonsense").status_code == 200


def test_an_empty_page_says_what_to_do_first(visitor):
    assert "To the forum" in visitor.get("/account/contributions").text


def test_visitors_are_asked_to_sign_in(subtests, client):
    for path in [
        "/account/",
        "/account/profile",
        "/account/contributions",
        "/account/export",
        "/account/export/data.json",
        "/account/export/everything.zip",
        "/account/erase",
        "/account/password",
        "/account/e-mail",
    ]:
        with subtests.test(repr(path)[:60]):
            answer = client.get(path)
            assert answer.status_code == 303
            assert answer.location.startswith("/account/sign-in?next=")
