"""Sending pictures: one by one for scripts, with the form for browsers without; each failure is a sentence."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from portal.media import queries
from portal.media.commands import prepare
from portal.media.forms import sent_pictures
from portal.media.models import Picture
from tests import builders
from tests.media import samples

SMALL = samples.saved(samples.drawing((700, 500)))


def upload(visitor: Any, data: bytes, name: str = "photo.jpg", **headers: str) -> Any:
    form = {"csrf_token": visitor.csrf_token(), "file": (BytesIO(data), name)}
    return visitor.post("/pictures/", data=form, headers={"Accept": "application/json", **headers})


def test_a_script_gets_a_token_and_a_preview(as_member: Callable[..., Any], db: Any) -> None:
    author = builders.member()
    visitor = as_member(author)
    answer = upload(visitor, SMALL)
    assert answer.status_code == 201
    assert (answer.json["width"], answer.json["height"]) == (700, 500)
    assert visitor.get(answer.json["preview_url"]).mimetype == "image/webp"
    picture = queries.find_picture(answer.json["token"])
    assert picture is not None
    assert picture.owner_id == author.id
    assert picture.contribution_id is None


@pytest.mark.parametrize("name", ["empty", "svg", "html", "gif that is a script", "png of 3.6 thousand megapixels"])
def test_what_is_refused_gets_a_sentence_and_leaves_nothing(as_member: Callable[..., Any], db: Any, name: str) -> None:
    answer = upload(as_member(builders.member()), samples.NOT_PICTURES[name][0], "holiday.jpg")
    assert answer.status_code == 422
    assert answer.json["error"].endswith(".")
    assert db.session.query(Picture).count() == 0


def test_no_file_at_all_gets_a_sentence(as_member: Callable[..., Any]) -> None:
    visitor = as_member(builders.member())
    answer = visitor.submit("/pictures/", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert "choose a picture" in answer.json["error"]


def test_without_an_account_or_a_valid_form_nothing_is_taken(
    client: Any, as_member: Callable[..., Any], db: Any
) -> None:
    assert upload(client, SMALL).status_code in (302, 303, 401, 403)
    form = {"file": (BytesIO(SMALL), "photo.jpg")}
    assert as_member(builders.member()).post("/pictures/", data=form).status_code == 400
    assert db.session.query(Picture).count() == 0


def test_suspended_and_unconfirmed_members_send_nothing(as_member: Callable[..., Any], clock: Any) -> None:
    for facts in ({"suspended_at": clock.freeze()}, {"email_confirmed_at": None}):
        assert upload(as_member(builders.member(**facts)), SMALL).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/media/x", "/media/..%2f..%2fprivate", "/media/%2e%2e-640.webp", "/media/" + "a" * 22 + "-640.svg",
     "/media/" + "a" * 22 + "-640.webp%00", "/media/" + "a" * 22 + "-99999.webp", "/pictures/x/640", "/pictures/x/../x",
     "/pictures/" + "a" * 22 + "/master.jpg", "/pictures/" + "a" * 300 + "/640"],
)  # fmt: skip
def test_made_up_addresses_find_nothing(client: Any, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_master_is_never_served(as_member: Callable[..., Any], db: Any) -> None:
    visitor = as_member(builders.member())
    token = upload(visitor, SMALL).json["token"]
    for size in ("master", "master.jpg", "animation", "../640", "640.png", "640.webp.jpg", "-1", ""):
        assert visitor.get(f"/pictures/{token}/{size}").status_code == 404


def test_a_form_without_scripts_brings_files_and_tokens(app: Any, as_member: Callable[..., Any], db: Any) -> None:
    author = builders.member()
    token = upload(as_member(author), SMALL).json["token"]
    form = {
        "pictures": [token, "made-up"],
        f"alt-{token}": "  The red  bike ",
        "files": [
            (BytesIO(SMALL), "one.jpg"),
            (BytesIO(b"<svg/>"), "<b>two.svg"),
            (BytesIO(b""), ""),
        ],
    }
    with app.test_request_context(method="POST", data=form):
        sent = sent_pictures(author)
        assert len(sent.pictures) == 2
        assert sent.tokens[0] == token
        assert sent.alts == {token: "The red bike"}
        assert [picture.token for picture in sent.without_alt] == [sent.tokens[1]]
        assert len(sent.errors) == 1
        assert "not a picture we can read" in sent.errors[0]


def test_more_pictures_than_possible_are_cut_with_a_sentence(app: Any, db: Any) -> None:
    author = builders.member()
    form = {"files": [(BytesIO(SMALL), f"{n}.jpg") for n in range(3)]}
    with app.test_request_context(method="POST", data=form):
        sent = sent_pictures(author, at_most=2)
        assert len(sent.pictures) == 2
        assert sent.errors == ["2 pictures are possible here. Please choose which ones to show."]


def test_nobody_waits_for_the_database_while_a_picture_is_decoded(
    as_member: Callable[..., Any], db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, held = as_member(builders.member()), []

    def watched(stream: Any) -> Any:
        held.append(db.session.registry().in_transaction())
        return prepare(stream)

    monkeypatch.setattr("portal.media.forms.prepare", watched)
    assert upload(visitor, SMALL).status_code == 201
    assert held == [False]
