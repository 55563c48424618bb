"""What is not public is found by nobody but its author and moderators: in a folder and in a bucket, at any address."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from portal.contributions import lifecycle
from portal.media import commands, files, followers
from portal.media.models import Picture
from portal.media.storage import storage
from tests import builders
from tests.media import samples
from tests.media.bucket import Server

LARGE = samples.saved(samples.drawing((1500, 1000)))
MOVING = samples.animated_gif(4)


@pytest.fixture
def app(app_on_either: Any) -> Any:
    return app_on_either


@pytest.fixture
def world(app: Any, as_member: Callable[..., Any], settled: Callable[[], int]) -> Any:
    """A waiting topic with a large and a moving picture, and everybody who may want to see them."""
    author, judge = builders.member("author"), builders.moderator("judge")
    pictures = [commands.receive_picture(author, data) for data in (LARGE, MOVING)]
    topic = builders.topic(author, state="draft")
    commands.attach(topic, [picture.token for picture in pictures])
    builders.bring(topic, "pending")
    settled()
    visitors = {
        "prospect": app.test_client(),
        "member": as_member(builders.member("other")),
        "author": as_member(author),
        "moderator": as_member(judge),
    }
    return topic, judge, pictures, visitors


def private_addresses(picture: Picture) -> set[str]:
    sizes = {*(f"{w}.{e}" for w in (320, 640, 1280, 1500, 60) for e in ("webp", "jpg")), "640", "preview", "320"}
    return {f"/pictures/{picture.token}/{size}" for size in sizes}


def public_addresses(picture: Picture) -> set[str]:
    """All that the files of a picture could be called in public, remembered or guessed."""
    names = {files.public_key_of(picture), picture.token, picture.public_key or "", picture.sha256[:22]}
    sizes = [f"{w}.{e}" for w in (*picture.made_widths, "animation") for e in ("webp", "jpg")]
    return {f"/media/{name}-{size}" for name, size in itertools.product(names, sizes)}


def nobody_finds(world: Any, remembered: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    _topic, _judge, pictures, visitors = world
    assert not list(storage().list("public/"))
    for picture in pictures:
        for who, visitor in visitors.items():
            for address in public_addresses(picture) | remembered:
                assert visitor.get(address).status_code == 404, (who, address)
            expected = 200 if who in ("author", "moderator") else 404
            for address in private_addresses(picture):
                answer = visitor.get(address)
                assert answer.status_code == expected, (who, address)
                assert expected == 404 or samples.holds_only_pixels(answer.data)
                assert expected == 404 or answer.headers["Cache-Control"] == "private, no-cache"


def test_waiting_shown_hidden_shown_and_removed(world: Any, settled: Callable[[], int]) -> None:
    topic, judge, pictures, visitors = world
    nobody_finds(world)
    lifecycle.approve(topic, judge)
    settled()
    shown = {f"/media/{key.rpartition('/')[2]}" for key in storage().list("public/")}
    assert len(shown) == 2 * 4 + 2 + 1
    for address in shown:
        for who, visitor in visitors.items():
            assert visitor.get(address).status_code == 200, (who, address)
    moved = visitors["prospect"].get(f"/pictures/{pictures[0].token}/1280.jpg")
    assert moved.headers["Location"] in shown  # on this site: no bucket has to be public
    lifecycle.hide(topic, judge, "for the test")
    settled()
    nobody_finds(world, shown)
    lifecycle.restore(topic, judge)
    settled()
    assert {f"/media/{key.rpartition('/')[2]}" for key in storage().list("public/")} == shown
    lifecycle.remove(topic, judge, "for the test")
    settled()
    nobody_finds(world, shown)


def test_a_returned_and_a_withdrawn_one_too(world: Any, settled: Callable[[], int]) -> None:
    topic, judge, _pictures, _visitors = world
    lifecycle.return_to_author(topic, judge, "Please tell us more.")
    settled()
    nobody_finds(world)


def test_what_moves_is_served_privately_to_those_who_may(world: Any) -> None:
    _topic, _judge, (still, moving), visitors = world
    for who, visitor in visitors.items():
        expected = 200 if who in ("author", "moderator") else 404
        answer = visitor.get(f"/pictures/{moving.token}/animation.webp")
        assert answer.status_code == expected
        assert visitor.get(f"/pictures/{still.token}/animation.webp").status_code == 404
    assert samples.opened(visitors["author"].get(f"/pictures/{moving.token}/animation.webp").data).n_frames == 4  # type: ignore[attr-defined]


def test_a_bucket_that_goes_away_is_an_honest_answer_and_nothing_is_lost(
    make_app: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    server = Server()
    app = make_app(storage_url=server.bucket())
    with app.app_context():
        from portal.activity import Errand, follow_up
        from portal.db import db

        author = builders.member("author")
        picture = commands.receive_picture(author, LARGE)
        topic = builders.topic(author, state="draft")
        commands.attach(topic, [picture.token])
        builders.bring(topic, "published")
        db.session.commit()
        server.stop()
        visitor = app.test_client().sign_in(author)
        for address in (f"/pictures/{picture.token}/640", f"/media/{files.public_key_of(picture)}-640.webp"):
            answer = visitor.get(address)
            assert answer.status_code == 503
            assert answer.headers["Retry-After"]
            assert b"Traceback" not in answer.data
        from io import BytesIO

        form = {"csrf_token": visitor.csrf_token(), "file": (BytesIO(LARGE), "photo.jpg")}
        answer = visitor.post("/pictures/", data=form, headers={"Accept": "application/json"})
        assert answer.status_code == 503
        assert answer.json["error"]
        assert db.session.query(Picture).count() == 1
        follow_up()
        waiting = {errand.reaction for errand in db.session.query(Errand)}
        assert waiting == {"show_pictures", "finish_pictures"}
        with pytest.raises(OSError, match="Error"):
            followers.sweep()
    assert not [record for record in caplog.records if record.name == "portal.errors" and record.exc_info]
