"""Hostile files: each is refused with a sentence or comes out as pixels alone, and nobody else notices."""

import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from portal.media.derivatives import derive
from portal.media.intake import CleanPicture, PictureRefused, receive, sniff
from portal.media.models import Picture
from tests import builders
from tests.media import fuzz, hostile, samples

NOT_PICTURES = hostile.not_pictures()
POLYGLOTS = hostile.polyglots()
LONGEST = 45.0
"""Seconds: the cage's limit of 20 of processor is 40 by the wall."""


def taken(data: bytes) -> CleanPicture | None:
    """The clean picture; None if it was refused with a sentence. Anything else fails."""
    started = time.monotonic()
    try:
        clean = receive(data)
    except PictureRefused as refused:
        clean = None
        said = str(refused)
    assert time.monotonic() - started < LONGEST
    if clean is None:
        assert said.endswith(".")
        assert "{" not in said
        return None
    files = [clean.master, *clean.first_sizes.values(), *([clean.animation] if clean.animation else [])]
    for file in files:
        assert samples.holds_only_pixels(file)
        assert not [word for word in hostile.PLANTED if word in file]
    return clean


@pytest.mark.parametrize("name", NOT_PICTURES)
def test_what_is_no_picture_is_refused(name: str) -> None:
    assert taken(NOT_PICTURES[name]) is None


@pytest.mark.parametrize("name", POLYGLOTS)
def test_what_is_something_else_too_comes_out_as_pixels_alone(name: str) -> None:
    assert any(word in POLYGLOTS[name] for word in (*hostile.PLANTED, b"PK\3\4", b"<script>", b"<?php"))
    clean = taken(POLYGLOTS[name])
    if clean is not None and clean.width == 120:
        for file in derive(clean.master, clean.width).values():
            assert samples.holds_only_pixels(file)
    if "behind" in name and not name.startswith(("AVIF", "HEIC")):
        assert clean is not None, "a sound picture is not refused for what follows it"


@pytest.mark.parametrize("kind", hostile.sound())
def test_cut_off_at_every_percent(kind: str) -> None:
    whole = hostile.sound()[kind]
    cut = {percent: data for percent, data in hostile.truncated(whole) if sniff(data) is not None}
    ends = list(fuzz.several([whole, *cut.values()], threads=kind == "HEIC"))
    assert ends[0] == "taken"
    assert len(ends) == len(cut) + 1 > 95
    # The last bytes of some kinds say nothing about pixels; a picture without its lower rows must not pass.
    assert {percent for percent, end in zip(cut, ends[1:], strict=True) if end == "taken" and percent < 97} == set()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (119, 81), (4000, 3000), (16383, 16383), (65535, 65535), (0, 0)])
def test_a_header_that_lies(width: int, height: int) -> None:
    for kind, data in hostile.lying(width, height).items():
        clean = taken(data)
        assert clean is None or max(clean.width, clean.height) <= 2560, kind


@pytest.mark.parametrize("name", hostile.COSTLY)
def test_what_wants_more_than_its_share(name: str) -> None:
    data = hostile.COSTLY[name]()
    assert len(data) <= 20 << 20
    clean = taken(data)
    if name == "bomb of pixels":
        assert clean is None
    assert clean is None or clean.animation is None


def test_a_name_or_a_type_is_not_believed(as_member: Callable[..., Any], db: Any) -> None:
    visitor = as_member(builders.member())
    tries = [
        (NOT_PICTURES["HTML"], "holiday.jpg", "image/jpeg", 422),
        (NOT_PICTURES["SVG"], "holiday.png", "image/png", 422),
        (NOT_PICTURES["empty"], "holiday.heic", "image/heic", 422),
        (hostile.sound()["PNG"], "../../evil.php", "text/html", 201),
        (hostile.sound()["JPEG"], "x.svg", "image/svg+xml", 201),
        (POLYGLOTS["GIF with HTML behind"], "<script>.html", "text/html", 201),
    ]
    for data, name, media_type, expected in tries:
        form = {"csrf_token": visitor.csrf_token(), "file": (BytesIO(data), name, media_type)}
        answer = visitor.post("/pictures/", data=form, headers={"Accept": "application/json"})
        assert answer.status_code == expected, name
        if expected == 201:
            shown = visitor.get(answer.json["preview_url"])
            assert shown.mimetype == "image/webp"
            assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert db.session.query(Picture).count() == 3


def test_the_service_goes_on_after_all_of_them(as_member: Callable[..., Any], db: Any) -> None:
    visitor = as_member(builders.member())
    for data in (hostile.bomb_of_pixels(), NOT_PICTURES["PHP in a GIF's clothes"], hostile.lying(65535, 65535)["GIF"]):
        form = {"csrf_token": visitor.csrf_token(), "file": (BytesIO(data), "x.jpg")}
        assert visitor.post("/pictures/", data=form, headers={"Accept": "application/json"}).status_code == 422
    form = {"csrf_token": visitor.csrf_token(), "file": (BytesIO(hostile.sound()["HEIC"]), "x.heic")}
    assert visitor.post("/pictures/", data=form, headers={"Accept": "application/json"}).status_code == 201


def test_a_hundred_mutated_files() -> None:
    ends = fuzz.run(100, 20261122)
    assert sum(number for end, number in ends.items() if not end.startswith("(")) == 100
    assert ends["taken"] > 5
    assert ends["broken"] > 30
