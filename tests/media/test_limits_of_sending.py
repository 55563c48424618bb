"""Nobody keeps others from sending: large forms are for members, each one's pictures are counted and take turns."""

import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import request

from portal.media import forms, queries, turns
from portal.media.commands import prepare
from portal.media.intake import PictureRefused
from portal.media.models import Picture
from tests import builders
from tests.media import samples

SMALL = samples.saved(samples.drawing((700, 500)))


def upload(visitor: Any, data: bytes = SMALL) -> Any:
    form = {"csrf_token": visitor.csrf_token(), "file": (BytesIO(data), "photo.jpg")}
    return visitor.post("/pictures/", data=form, headers={"Accept": "application/json"})


class Watched(BytesIO):
    """A body that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:  # type: ignore[override]
        found = super().read(size)
        self.taken += len(found)
        return found

    def readline(self, size: int | None = -1) -> bytes:  # type: ignore[override]
        found = super().readline(size)
        self.taken += len(found)
        return found

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer)
        self.taken += size
        return size


def large_form(visitor: Any, path: str, length: int = 30 << 20, **headers: str) -> tuple[int, int]:
    """Status, and how many bytes of a large form with a file were read."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.jpg"\r\n\r\n'
    body = Watched(head + bytes(length) + b"\r\n--b--\r\n")
    answer = visitor.post(
        path, input_stream=body, content_type="multipart/form-data; boundary=b",
        headers={"Content-Length": str(len(body.getvalue())), **headers},
    )  # fmt: skip
    return answer.status_code, body.taken


@pytest.mark.parametrize("path", ["/pictures/", "/photos/new", "/account/sign-in", "/search", "/nowhere", "/"])
def test_a_large_form_of_a_stranger_is_not_read(client: Any, path: str) -> None:
    status, read = large_form(client, path)
    assert status == 413
    assert read < 1_000_000


def test_a_large_form_of_a_member_is_read_where_members_send(as_member: Callable[..., Any]) -> None:
    visitor = as_member(builders.member())
    assert large_form(visitor, "/account/sign-in") == (413, 0)
    assert large_form(visitor, "/nowhere") == (413, 0)
    status, read = large_form(visitor, "/photos/new")
    assert status == 400  # without a token it is not taken
    assert read > 30 << 20
    assert large_form(visitor, "/photos/new", 260 << 20)[0] == 413


def test_a_body_without_a_length_is_cut_off(client: Any) -> None:
    answer = client.post(
        "/pictures/", input_stream=BytesIO(bytes(3 << 20)), content_type="multipart/form-data; boundary=b",
        environ_overrides={"wsgi.input_terminated": True},
    )  # fmt: skip
    assert answer.status_code in (302, 303, 400, 413)


def test_who_has_no_room_is_told_before_anything_is_decoded(
    as_member: Callable[..., Any], db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = builders.member()
    facts = {"width": 5, "height": 5, "bytes": 5, "media_type": "image/jpeg", "sha256": "0"}
    db.session.add_all([Picture(owner_id=author.id, difference_hash="0" * 16, **facts) for _ in range(30)])
    db.session.commit()
    visitor = as_member(author)
    monkeypatch.setattr(forms, "prepare", lambda _stream: pytest.fail("it was decoded"))
    answer = upload(visitor)
    assert answer.status_code == 422
    assert "have not used" in answer.json["error"]


def test_pictures_are_counted_for_each_member(make_app: Callable[..., Any]) -> None:
    app = make_app(pictures_per_hour=2)
    with app.app_context():
        one, other = (app.test_client().sign_in(builders.member()) for _ in range(2))
        assert [upload(one).status_code for _ in range(3)] == [201, 201, 429]
        answer = upload(one)
        assert answer.json["reason"] == "often"
        assert "2 pictures within an hour" in answer.json["error"]
        assert 0 < int(answer.headers["Retry-After"]) <= 3600
        assert upload(other).status_code == 201


def test_who_writes_too_quickly_is_told_for_how_long_to_wait(make_app: Callable[..., Any]) -> None:
    app = make_app(posts_per_minute=1)
    with app.app_context():
        visitor = app.test_client().sign_in(builders.member())
        answer = [upload(visitor) for _ in range(2)][-1]
        assert answer.status_code == 429
        seconds = answer.headers["Retry-After"]
        assert answer.json["error"].endswith(f"Nothing is lost; try again in {seconds} seconds.")


def test_beyond_the_count_a_form_keeps_its_words(make_app: Callable[..., Any]) -> None:
    app = make_app(pictures_per_hour=1)
    with app.app_context():
        author = builders.member()
        form = {"files": [(BytesIO(SMALL), f"{n}.jpg") for n in range(2)], "alt-x": "kept"}
        with app.test_request_context(method="POST", data=form):
            sent = forms.sent_pictures(author)
            assert len(sent.pictures) == 1
            assert "within an hour" in sent.errors[0]
            assert request.form["alt-x"] == "kept"


def test_one_member_does_not_hold_all_that_decodes(
    app: Any, as_member: Callable[..., Any], db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.2)
    hasty, other = builders.member(), builders.member()
    db.session.commit()
    visitor, second = as_member(hasty), as_member(other)
    with turns.one_of(hasty.id):
        answer = upload(visitor)  # waits, and gives up
        assert (answer.status_code, answer.json["reason"]) == (503, "busy")
        assert int(answer.headers["Retry-After"]) > 0
        assert upload(second).status_code == 201
    assert upload(visitor).status_code == 201
    assert turns._lines == {}


def test_a_second_file_waits_its_turn_and_a_third_is_told_at_once(app: Any) -> None:
    inside, let_go, order = threading.Event(), threading.Event(), []

    def first() -> None:
        with turns.one_of(1):
            inside.set()
            let_go.wait(10)
            order.append("first")

    def second() -> None:
        with turns.one_of(1):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    inside.wait(10)
    threads[1].start()
    while turns._lines[1].members < 2:
        pass
    with pytest.raises(PictureRefused, match="in a minute"), turns.one_of(1):
        pytest.fail("three at once")
    let_go.set()
    for thread in threads:
        thread.join(10)
    assert order == ["first", "second"]
    assert turns._lines == {}


def test_what_fails_gives_its_turn_back(app: Any) -> None:
    with pytest.raises(ZeroDivisionError), turns.one_of(1):
        raise ZeroDivisionError
    assert turns._lines == {}
    assert queries.find_picture("x") is None
    assert prepare(SMALL).clean.width == 700
