"""A page has what it needs at once; the worker makes the rest, shows it where it may be shown, and leaves no trace."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from portal.activity import Errand, follow_up
from portal.contributions import lifecycle
from portal.contributions.models import Contribution
from portal.db import db as database
from portal.media import commands, derivatives, files, followers, making, queries
from portal.media.cage import CageFailure
from portal.media.models import Picture
from portal.media.storage import storage
from tests import builders
from tests.media import samples

LARGE = samples.saved(samples.drawing((1500, 1000)))


def published_before_it_was_finished(db: Any) -> tuple[Contribution, Picture]:
    """A public picture of which the worker has not yet made the large sizes."""
    author = builders.member()
    picture = commands.receive_picture(author, LARGE)
    topic = builders.topic(author, state="draft")
    commands.attach(topic, [picture.token])
    builders.bring(topic, "published")
    db.session.commit()
    followers.settle_pictures(lines_of(db, topic))
    db.session.commit()
    assert picture.public_widths == "320,640"
    return topic, picture


def lines_of(db: Any, topic: Contribution) -> list[Any]:
    from portal.activity import Activity

    return list(db.session.query(Activity).filter_by(contribution_id=topic.id))


def public_sizes() -> set[str]:
    return {key.rpartition("-")[2] for key in storage().list("public/")}


def test_what_a_page_needs_is_there_at_once_and_the_rest_after_the_worker(
    app: Any, settled: Callable[[], int]
) -> None:
    picture = commands.receive_picture(builders.member(), LARGE)
    assert picture.made_sizes == "320,640"
    assert picture.widths == (320, 640)
    before = picture.bytes
    assert before == sum(len(storage().read(key)) for key in storage().list("private/"))
    settled()
    assert picture.made_sizes == "320,640,1280,1500"
    assert picture.bytes == sum(len(storage().read(key)) for key in storage().list("private/"))
    assert picture.bytes > before
    for width in picture.widths:
        assert samples.opened(storage().read(files.private_key(picture, f"{width}.jpg"))).width == width


@pytest.mark.parametrize("width", [1, 60, 319, 352, 600, 640, 700, 711])
def test_a_small_picture_has_all_at_once(app: Any, width: int) -> None:
    picture = commands.receive_picture(builders.member(), samples.saved(samples.drawing((max(width, 20), 30))))
    assert picture.missing_widths == ()
    assert not database.session.query(Errand).count()


def test_what_was_made_at_once_and_what_is_made_again_are_the_same_bytes(app: Any, settled: Callable[[], int]) -> None:
    picture = commands.receive_picture(builders.member(), LARGE)
    settled()
    before = {key: storage().read(key) for key in storage().list("")}
    assert making.remake(picture)
    assert {key: storage().read(key) for key in storage().list("")} == before
    assert queries.find_picture(picture.token).bytes == sum(map(len, before.values()))  # type: ignore[union-attr]


def test_new_sizes_of_a_public_picture_become_public(app: Any, db: Any, settled: Callable[[], int]) -> None:
    _topic, picture = published_before_it_was_finished(db)
    assert public_sizes() == {"320.webp", "320.jpg", "640.webp", "640.jpg"}
    settled()
    assert picture.public_widths == "320,640,1280,1500"
    assert public_sizes() == {f"{width}.{e}" for width in (320, 640, 1280, 1500) for e in ("webp", "jpg")}
    with app.test_request_context():
        assert "1500.webp 1500w" in picture.srcset("webp")


@pytest.mark.parametrize("followed", [True, False])
def test_what_was_hidden_while_it_was_made_does_not_become_public(
    app: Any, db: Any, settled: Callable[[], int], monkeypatch: pytest.MonkeyPatch, followed: bool
) -> None:
    topic, picture = published_before_it_was_finished(db)
    judge = builders.moderator()
    db.session.commit()
    make = making._make

    def meanwhile(*given: Any) -> Any:
        made = make(*given)

        def hide() -> None:
            with app.app_context():
                held = database.session.get(Contribution, topic.id)
                lifecycle.hide(held, database.session.get(type(judge), judge.id), "for the test")  # type: ignore[arg-type]
                database.session.commit()
                if followed:  # by another worker, or in the request itself
                    followers.settle_pictures(lines_of(database, topic))
                    database.session.commit()

        other = threading.Thread(target=hide)
        other.start()
        other.join()
        return made

    monkeypatch.setattr(making, "_make", meanwhile)
    assert making.make_rest([picture.id]) == 1
    expected = set() if followed else {"320.webp", "320.jpg", "640.webp", "640.jpg"}
    assert public_sizes() == expected  # at no time was there one more than before
    monkeypatch.undo()
    settled()
    assert public_sizes() == set()
    db.session.expire_all()
    assert db.session.get(Picture, picture.id).made_sizes == "320,640,1280,1500"


def test_of_a_picture_deleted_while_it_was_made_not_a_byte_is_left(
    app: Any, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = commands.receive_picture(builders.member(), LARGE)
    db.session.commit()
    number, make = picture.id, making._make

    def meanwhile(*given: Any) -> Any:
        made = make(*given)

        def delete() -> None:
            with app.app_context():
                commands.delete_picture(database.session.get(Picture, number))  # type: ignore[arg-type]
                database.session.commit()

        other = threading.Thread(target=delete)
        other.start()
        other.join()
        return made

    monkeypatch.setattr(making, "_make", meanwhile)
    assert making.make_rest([number]) == 0
    assert list(storage().list("")) == []


def test_nobody_waits_for_the_database_while_sizes_are_made(
    app: Any, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        commands.receive_picture(builders.member(), LARGE)
    db.session.commit()
    wrote: list[bool] = []

    def watched(*given: Any, **more: Any) -> Any:
        with app.app_context():  # another process that writes at this moment
            builders.member()
            database.session.commit()
            wrote.append(True)
        return {}

    monkeypatch.setattr(making, "derive", watched)
    follow_up()
    assert len(wrote) == 3


def test_pictures_are_made_two_at_a_time(app: Any, db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        commands.receive_picture(builders.member(), LARGE)
    db.session.commit()
    meeting = threading.Barrier(2, timeout=20)

    def both_are_here(*_given: Any, **_more: Any) -> dict[str, bytes]:
        meeting.wait()
        return {}

    monkeypatch.setattr(making, "derive", both_are_here)
    follow_up()
    assert not db.session.query(Errand).count()


def test_a_damaged_picture_keeps_what_it_has_and_is_not_tried_for_ever(
    app: Any, db: Any, settled: Callable[[], int], caplog: pytest.LogCaptureFixture
) -> None:
    damaged, sound = (commands.receive_picture(builders.member(), LARGE) for _ in range(2))
    storage().write(files.master_key(damaged), b"\xff\xd8\xff damaged on the disk")
    settled()
    assert (damaged.made_sizes, sound.made_sizes) == ("320,640", "320,640,1280,1500")
    assert [line for line in caplog.messages if damaged.token in line and "rebuild pictures" in line]
    assert damaged.widths == (320, 640)


def test_what_failed_for_a_moment_is_tried_again(
    app: Any, db: Any, clock: Any, settled: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.freeze()
    picture = commands.receive_picture(builders.member(), LARGE)
    db.session.commit()

    def busy(*_given: Any, **_more: Any) -> dict[str, bytes]:
        raise CageFailure("busy")

    monkeypatch.setattr(making, "derive", busy)
    assert follow_up() == 0
    assert db.session.query(Errand).one().last_error == "CageFailure: busy"
    monkeypatch.setattr(making, "derive", derivatives.derive)
    clock.advance(hours=1)
    follow_up()
    db.session.expire_all()
    assert db.session.get(Picture, picture.id).missing_widths == ()
    assert not db.session.query(Errand).count()


def test_making_twice_changes_nothing(app: Any, db: Any, settled: Callable[[], int]) -> None:
    _topic, picture = published_before_it_was_finished(db)
    settled()
    there = {key: storage().written_at(key) for key in storage().list("")}
    assert making.make_rest([picture.id, 999_999]) == 0
    assert {key: storage().written_at(key) for key in storage().list("")} == there


def test_everything_else_comes_before_sizes_that_can_wait(
    app: Any, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.receive_picture(builders.member(), LARGE)
    builders.topic()
    db.session.commit()
    seen: list[str] = []

    def noted(batch: Any) -> int:
        seen.append(batch[0].reaction)
        db.session.query(Errand).filter(Errand.id.in_([errand.id for errand in batch])).delete()
        db.session.commit()
        return len(batch)

    monkeypatch.setattr("portal.activity._carry_out", noted)
    follow_up()
    assert len(seen) > 1
    assert seen[-1] == "finish_pictures"


def test_a_moving_picture_is_listed_with_its_movement(app: Any, db: Any) -> None:
    for kind, moving in {"GIF": samples.animated_gif(5), **samples.animated_others(5)}.items():
        picture = commands.receive_picture(builders.member(), moving)
        assert picture.made_sizes.endswith(",animation") or picture.made_sizes == "60,animation", kind
        with app.test_request_context():
            assert picture.animation_url is None  # for somebody who may not see it yet
        kept = samples.opened(storage().read(files.private_key(picture, "animation.webp")))
        assert kept.n_frames == 5, kind  # type: ignore[attr-defined]
    still = commands.receive_picture(builders.member(), samples.saved(samples.drawing(), "GIF"))
    assert still.made_sizes == "320,360"


def test_a_page_moves_only_for_those_who_do_not_mind(app: Any, db: Any, settled: Callable[[], int]) -> None:
    from flask import render_template_string

    author = builders.member()
    topic = builders.topic(author, state="draft")
    picture = commands.receive_picture(author, samples.animated_gif(3))
    commands.attach(topic, [picture.token])
    builders.bring(topic, "published")
    settled()
    page = '{% from "shared/pictures.html" import picture %}{{ picture(p) }}'
    with app.test_request_context():
        html = render_template_string(page, p=picture)
    first = html.index('<source media="(prefers-reduced-motion: no-preference)" type="image/webp"')
    assert html.index(f"/media/{picture.public_key}-animation.webp") > first
    assert first < html.index("-60.webp 60w")
    assert "animation" not in html.partition("<img src=")[2]
