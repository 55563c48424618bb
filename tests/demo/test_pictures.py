"""The demo's pictures: any place in any light, the same every time."""

import io

import pytest
from PIL import Image

from portal.demo.figures import _LOADS
from portal.demo.machines import MODELS
from portal.demo.moods import MOODS
from portal.demo.pictures import FORMATS, Drawing, draw, jpeg
from portal.demo.places import PLACES
from portal.demo.portraits import STYLES, draw_face


@pytest.mark.parametrize("scene", PLACES)
def test_every_place_can_be_drawn(scene):
    mood = list(MOODS)[len(scene) % len(MOODS)]
    picture = draw(Drawing(scene, mood, 7, list(MODELS)[len(scene) % 4], list(_LOADS)[len(scene) % 10], "square"))
    assert picture.size == FORMATS["square"]
    assert len(picture.resize((64, 64)).getcolors(64 * 64) or []) > 200, "it is not an empty sheet"


@pytest.mark.parametrize("shape", FORMATS)
def test_every_format_has_the_size_it_says(shape):
    drawing = Drawing("poster", "night", 3, "punt", "children", shape, trailer=True, flip=True)
    assert draw(drawing).size == FORMATS[shape]


def test_the_same_drawing_gives_the_same_file_and_another_seed_another():
    first = Drawing("hills", "golden", 5, "tug", "parcels", "wide")
    assert jpeg(first) == jpeg(first)
    assert jpeg(first) != jpeg(Drawing("hills", "golden", 6, "tug", "parcels", "wide"))


def test_a_drawing_is_a_photo_file_without_metadata():
    with Image.open(io.BytesIO(jpeg(Drawing("coast", "dawn", 4, shape="panorama")))) as file:
        assert file.format == "JPEG"
        assert max(file.size) <= 1600
        assert not file.getexif()


@pytest.mark.parametrize("style", STYLES)
def test_every_face_can_be_drawn(style):
    assert draw_face(11, style).size == (512, 512)
