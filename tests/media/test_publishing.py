"""A picture is private until what it belongs to is published, and private again when that is taken back."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from portal.activity import record
from portal.contributions import lifecycle
from portal.contributions.models import Contribution
from portal.contributions.writing import write
from portal.media import commands, files, followers, publishing, queries
from portal.media.models import Picture
from portal.media.storage import storage
from portal.members.models import Member
from portal.profile.commands import erase_member
from tests import builders
from tests.media import samples

SMALL = samples.saved(samples.drawing((700, 500)))


@pytest.fixture
def app(app_on_either: Any) -> Any:
    """All of this holds wherever the files lie."""
    return app_on_either


def post_with_picture(state: str = "pending", **facts: Any) -> tuple[Contribution, Picture]:
    author = facts.pop("author", None) or builders.member()
    picture = commands.receive_picture(author, SMALL)
    topic = builders.topic(author, state="draft", **facts)
    commands.attach(topic, [picture.token], {picture.token: "A drawing"})
    builders.bring(topic, state)
    return topic, picture


def keys(prefix: str) -> list[str]:
    return list(storage().list(prefix))


@pytest.fixture
def people(app: Any, as_member: Callable[..., Any]) -> dict[str, Any]:
    """The four who look at a picture, signed in or not; `author` has the topic to be made."""
    author, moderator, other = builders.member("author"), builders.moderator("judge"), builders.member("other")
    return {
        "author": as_member(author),
        "moderator": as_member(moderator),
        "member": as_member(other),
        "prospect": app.test_client(),
    }


def test_a_waiting_picture_is_seen_by_its_owner_and_moderators_alone(
    people: dict[str, Any], settled: Callable[[], int], db: Any
) -> None:
    author = db.session.query(Member).filter_by(username="author").one()
    _topic, picture = post_with_picture("pending", author=author)
    settled()
    assert not keys("public/")
    for who, expected in {"author": 200, "moderator": 200, "member": 404, "prospect": 404}.items():
        for size in ("640", "640.webp", "320.jpg", "preview", "2560"):
            answer = people[who].get(f"/pictures/{picture.token}/{size}")
            assert answer.status_code == expected, (who, size)
        assert people[who].get(f"/media/{picture.token}-640.webp").status_code == 404
        assert people[who].get(f"/media/{files.public_key_of(picture)}-640.webp").status_code == 404
    private = people["author"].get(f"/pictures/{picture.token}/640.jpg")
    assert private.mimetype == "image/jpeg"
    assert "private" in private.headers["Cache-Control"]
    assert "sandbox" in private.headers["Content-Security-Policy"]


def test_publication_makes_public_copies_and_hiding_takes_them_away(
    people: dict[str, Any], settled: Callable[[], int], db: Any
) -> None:
    author = db.session.query(Member).filter_by(username="author").one()
    judge = db.session.query(Member).filter_by(username="judge").one()
    topic, picture = post_with_picture("pending", author=author)
    settled()
    assert lifecycle.approve(topic, judge)
    settled()
    assert len(keys("public/")) == 2 * len(picture.widths)
    assert picture.public_key
    address = f"/media/{picture.public_key}-320.webp"
    shown = people["prospect"].get(address)
    assert shown.status_code == 200
    assert shown.mimetype == "image/webp"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == "private, max-age=86400"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert samples.holds_only_pixels(shown.data)
    stable = people["prospect"].get(f"/pictures/{picture.token}/320")
    assert stable.status_code == 302
    assert stable.headers["Location"] == address
    assert people["prospect"].get(address, headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304

    assert lifecycle.hide(topic, judge, "for the test")
    settled()
    assert not keys("public/")
    assert picture.public_key is None
    assert people["prospect"].get(address).status_code == 404
    assert people["prospect"].get(f"/pictures/{picture.token}/320").status_code == 404
    assert people["author"].get(f"/pictures/{picture.token}/320").status_code == 200

    assert lifecycle.restore(topic, judge)
    settled()
    assert people["prospect"].get(f"/media/{picture.public_key}-320.webp").status_code == 200
    assert lifecycle.remove(topic, author)
    settled()
    assert not keys("public/")


def test_a_replys_picture_goes_when_the_topic_does(app: Any, settled: Callable[[], int]) -> None:
    topic = builders.topic()
    reply = builders.reply(topic, state="draft")
    picture = commands.receive_picture(reply.author, SMALL)
    commands.attach(reply, [picture.token])
    builders.bring(reply, "published")
    settled()
    assert keys("public/")
    lifecycle.hide(topic, builders.moderator(), "for the test")
    settled()
    assert not keys("public/")


def test_publishing_and_taking_back_are_idempotent_and_say_whether_anything_changed(app: Any) -> None:
    topic, _picture = post_with_picture("published")
    assert publishing.publish_pictures(topic)
    assert not publishing.publish_pictures(topic)
    there = keys("public/")
    assert publishing.unpublish_pictures(topic)
    assert not publishing.unpublish_pictures(topic)
    assert there
    assert not keys("public/")


def test_what_a_crash_in_the_middle_of_publishing_left_is_taken_away(app: Any, settled: Callable[[], int]) -> None:
    topic, picture = post_with_picture("pending")
    settled()
    files.copy_to_public(picture)  # and then the process died: no row knows of it
    assert keys("public/")
    lifecycle.return_to_author(topic, builders.moderator(), "Please tell us more.")
    settled()
    assert not keys("public/")


def test_order_of_activities_does_not_matter(app: Any) -> None:
    topic, picture = post_with_picture("hidden")
    followers.settle_pictures([record("published", topic), record("hidden", topic)])
    followers.settle_pictures([record("hidden", topic), record("published", topic)])
    assert picture.public_key is None
    assert not keys("public/")


def test_the_addresses_in_a_page_depend_on_who_looks(
    app: Any, people: dict[str, Any], settled: Callable[[], int], db: Any
) -> None:
    from flask_login import login_user

    author = db.session.query(Member).filter_by(username="author").one()
    other = db.session.query(Member).filter_by(username="other").one()
    topic, picture = post_with_picture("pending", author=author)
    with app.test_request_context():
        login_user(author)
        assert picture.src == f"/pictures/{picture.token}/700.jpg"
        assert picture.srcset("webp").startswith(f"/pictures/{picture.token}/320.webp 320w, ")
        assert picture.srcset("avif") == ""
    with app.test_request_context():
        login_user(other)
        assert picture.src == picture.placeholder
        assert picture.srcset("jpeg") == ""
        assert picture.token not in picture.preview_url
    lifecycle.approve(topic, db.session.query(Member).filter_by(username="judge").one())
    settled()
    with app.test_request_context():
        key = picture.public_key
        assert picture.src == f"/media/{key}-700.jpg"
        assert picture.srcset("jpeg") == ", ".join(f"/media/{key}-{w}.jpg {w}w" for w in (320, 700))
        assert picture.placeholder.startswith("data:image/webp;base64,")


def test_pictures_in_the_text_are_attached_with_their_words(app: Any, settled: Callable[[], int]) -> None:
    author = builders.member()
    shown, inside = commands.receive_picture(author, SMALL), commands.receive_picture(author, SMALL)
    topic = builders.topic(author, state="draft")
    with app.test_request_context():
        write(topic, source=f"Look:\n\n![My *red* bike](picture:{inside.token})", title="A bike")
    assert commands.attach(topic, [shown.token], {shown.token: " The frame\u200b "}) == [shown, inside]
    assert (shown.alt, shown.in_text, shown.place) == ("The frame", False, 0)
    assert (inside.in_text, inside.place) == (True, 1)
    assert f"/pictures/{inside.token}/" in topic.html
    assert topic.pictures == [shown, inside]
    assert commands.attach(topic, []) == [inside]
    assert shown.contribution_id is None


def test_other_peoples_pictures_and_used_ones_are_not_taken(app: Any) -> None:
    author, other = builders.member(), builders.member()
    foreign = commands.receive_picture(other, SMALL)
    first, used = post_with_picture(author=author)
    second = builders.topic(author, state="draft")
    assert commands.attach(second, [foreign.token, used.token, "no-such-token"]) == []
    assert used.contribution_id == first.id
    assert foreign.contribution_id is None


def test_a_picture_taken_out_of_a_published_text_loses_its_public_copies(app: Any, settled: Callable[[], int]) -> None:
    topic, _picture = post_with_picture("published")
    settled()
    assert keys("public/")
    commands.attach(topic, [])
    record("edited", topic)
    settled()
    assert not keys("public/")


def test_pictures_nobody_used_are_swept_and_not_a_byte_is_left(app: Any, clock: Any, db: Any) -> None:
    clock.freeze()
    author = builders.member()
    face = commands.receive_picture(author, SMALL)
    assert commands.set_face(author, face)
    _topic, used = post_with_picture(author=author)
    orphan = commands.receive_picture(author, SMALL)
    clock.advance(hours=47)
    assert commands.sweep_orphans() == 0
    clock.advance(hours=2)
    assert commands.sweep_orphans() == 1
    assert not keys(files.private_folder(orphan.token))
    assert keys(files.private_folder(used.token))
    assert keys(files.private_folder(face.token))
    assert queries.find_picture(orphan.token) is None


def test_files_without_a_row_are_swept_once_they_are_old(app: Any, clock: Any) -> None:
    storage().write("private/ab/abandoned/master.jpg", b"x")
    storage().write("public/ab/" + "a" * 22 + "-640.webp", b"x")
    assert commands.sweep_stray_files() == 0
    clock.advance(hours=2)
    followers.sweep()
    assert not keys("")


def test_sweeping_leaves_what_is_in_use(app: Any, clock: Any, settled: Callable[[], int]) -> None:
    post_with_picture("published")
    post_with_picture("pending")
    settled()
    if (root := getattr(storage(), "root", None)) is not None:
        (root / "private" / ".gitkeep").touch()
    there = keys("")
    clock.advance(days=30)
    followers.sweep()
    assert keys("") == there


def test_erasing_a_member_leaves_no_byte_of_their_pictures(app: Any, settled: Callable[[], int]) -> None:
    author = builders.member()
    post_with_picture("published", author=author)
    commands.set_face(author, commands.receive_picture(author, SMALL))
    record("profile_changed", member=author)
    settled()
    assert author.face_key
    assert erase_member(author, keep_contributions=False)
    settled()
    assert not keys("")
    assert author.face_key is None


def test_a_face_is_public_once_something_by_the_member_was_published(
    app: Any, client: Any, settled: Callable[[], int]
) -> None:
    newcomer = builders.member(new=True)
    first = commands.receive_picture(newcomer, SMALL)
    assert commands.set_face(newcomer, first)
    assert not commands.set_face(newcomer, first)
    record("profile_changed", member=newcomer)
    settled()
    assert newcomer.face_key is None
    assert not keys("public/")
    builders.topic(newcomer)
    settled()
    face = newcomer.face_key
    assert len(keys("public/")) == 2
    assert client.get(f"/media/{face}-320.webp").status_code == 200
    assert client.get(f"/pictures/{first.token}/640").headers["Location"] == f"/media/{face}-320.webp"
    second = commands.receive_picture(newcomer, samples.saved(samples.drawing((90, 60)), "PNG"))
    commands.set_face(newcomer, second)
    record("profile_changed", member=newcomer)
    settled()
    assert newcomer.face_key not in (face, None)
    assert first.public_key is None
    assert client.get(f"/media/{face}-320.webp").status_code == 404
    assert client.get(f"/media/{newcomer.face_key}-320.webp").status_code == 200
    commands.set_face(newcomer, None)
    record("profile_changed", member=newcomer)
    settled()
    assert not keys("public/")


def test_somebody_elses_picture_is_no_face(app: Any) -> None:
    picture = commands.receive_picture(builders.member(), SMALL)
    with pytest.raises(ValueError, match="own"):
        commands.set_face(builders.member(), picture)


def test_a_lost_file_does_not_keep_the_rest_from_readers(app: Any, settled: Callable[[], int]) -> None:
    author = builders.member()
    topic, lost = post_with_picture("draft", author=author)
    other = commands.receive_picture(author, SMALL)
    commands.attach(topic, [lost.token, other.token])
    files.delete_private(lost.token)
    builders.bring(topic, "published")
    settled()
    assert lost.public_key is None
    assert other.public_key is not None


def test_derivatives_are_rebuilt_from_the_masters(app: Any, settled: Callable[[], int]) -> None:
    _topic, picture = post_with_picture("published")
    settled()
    before = {key: storage().read(key) for key in keys("")}
    for key in before:
        if "master" not in key:
            storage().delete(key)
    seen: list[tuple[int, int]] = []
    assert followers.rebuild(lambda done, total: seen.append((done, total))) == 1
    assert seen == [(1, 1)]
    assert {key: storage().read(key) for key in keys("")} == before


def test_who_hoards_unused_pictures_is_asked_to_use_them(app: Any, clock: Any, db: Any) -> None:
    author = builders.member()
    one = commands.receive_picture(author, SMALL)
    columns = ("owner_id", "width", "height", "bytes", "media_type", "sha256", "difference_hash")
    for _ in range(29):
        db.session.add(Picture(**{name: getattr(one, name) for name in columns}))
    db.session.flush()
    with pytest.raises(commands.PictureRefused, match="have not used"):
        commands.receive_picture(author, SMALL)


def test_a_moved_picture_is_published_moving(app: Any, client: Any, settled: Callable[[], int]) -> None:
    author = builders.member()
    topic = builders.topic(author, state="draft")
    picture = commands.receive_picture(author, samples.animated_gif(6))
    commands.attach(topic, [picture.token])
    builders.bring(topic, "published")
    settled()
    with app.test_request_context():
        address = picture.animation_url
    assert address == f"/media/{picture.public_key}-animation.webp"
    moving = samples.opened(client.get(address).data)
    assert moving.n_frames == 6  # type: ignore[attr-defined]


def test_the_age_of_an_orphan_can_be_given(app: Any, clock: Any) -> None:
    clock.freeze()
    commands.receive_picture(builders.member(), SMALL)
    clock.advance(minutes=90)
    assert commands.sweep_orphans(older_than=timedelta(hours=1)) == 1


def test_each_unguessable_name_differs_and_tells_nothing(app: Any) -> None:
    author = builders.member()
    one, two = commands.receive_picture(author, SMALL), commands.receive_picture(author, BytesIO(SMALL))
    names = {files.public_key_of(one), files.public_key_of(two), one.token, two.token}
    assert len(names) == 4
    assert all(len(name) == 22 for name in names)
