"""What comes out is upright, looks the same, and says nothing: judged by other tools than those that made it."""

import io
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import pyvips
from PIL import Image, ImageFilter
from pillow_heif import from_pillow, open_heif

from portal.media.derivatives import derive
from portal.media.intake import receive
from tests.media import samples
from tests.media.likeness import structural_similarity

LEAST = 0.98
SILENT = {"File", "ExifTool", "SourceFile", "Composite", "RIFF", "JFIF"}
"""What ExifTool says of a file that has nothing but pixels: its form."""


def photo(size: tuple[int, int]) -> Image.Image:
    """A drawing with detail as fine as that of a photo."""
    grain = Image.effect_noise(size, 40).filter(ImageFilter.GaussianBlur(1))
    return Image.blend(samples.drawing(size), Image.merge("RGB", [grain] * 3), 0.2)


def drawn(shape: str, number: int) -> bytes:
    """A JPEG in one of the EXIF orientations, 0 for a value that makes no sense, and with a place."""
    image = photo((360, 240) if shape == "Landscape" else (240, 360))
    if number in samples.INVERSE:
        image = image.transpose(samples.INVERSE[number])
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = number, "MAKER-SECRET"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 12.0, 30.0), 29: "GPS-SECRET"})
    return samples.saved(image, quality=95, subsampling="4:4:4", exif=exif)


def drawn_heic() -> bytes:
    out = io.BytesIO()
    from_pillow(photo((300, 400))).save(out, quality=95)
    return out.getvalue()


DRAWN = {f"drawn {shape} {n}": drawn(shape, n) for shape in ("Landscape", "Portrait") for n in range(9)}
DRAWN["drawn HEIC"] = drawn_heic()
REAL = {path.name: path for path in sorted(samples.SHARED.rglob("*")) if path.suffix.lower() in (".jpg", ".heic")}
ALL = [*DRAWN, *REAL]


TALKATIVE = {
    **samples.talkative(),
    "everything": samples.with_every_kind_of_metadata(),
    "moving": samples.animated_gif(3),
}


def sent(name: str) -> bytes:
    return REAL[name].read_bytes() if name in REAL else (DRAWN | TALKATIVE)[name]


@cache
def come_out(name: str) -> dict[str, bytes]:
    """Every file that is kept of it."""
    clean = receive(sent(name))
    animation = {"animation.webp": clean.animation} if clean.animation else {}
    return {"master": clean.master, **animation, **derive(clean.master, clean.width)}


def upright_by_other_means(data: bytes, size: tuple[int, int]) -> Image.Image:
    """The picture as libvips decodes, turns and shrinks it; HEIC, which that build can't read, by the HEIC library."""
    if data[4:8] == b"ftyp":
        heic = open_heif(data)
        whole = Image.frombytes(heic.mode, heic.size, bytes(heic.data), "raw", heic.mode, heic.stride).convert("RGB")
        return whole if whole.size == size else whole.resize(size, Image.Resampling.LANCZOS)
    image = pyvips.Image.new_from_buffer(data, "").autorot()
    if (image.width, image.height) != size:
        image = image.resize(size[0] / image.width, vscale=size[1] / image.height)
    return Image.fromarray(image.colourspace("srgb").numpy()[:, :, :3])


@pytest.mark.parametrize("name", ALL)
def test_it_is_upright_and_looks_the_same(name: str) -> None:
    files = come_out(name)
    own = max((file for file in files if file.endswith(".jpg")), key=lambda file: samples.opened(files[file]).width)
    size = samples.opened(files[own]).size
    reference = upright_by_other_means(sent(name), size)
    for file in ("master", own, own.replace("jpg", "webp")):
        shown = samples.opened(files[file]).convert("RGB")
        assert shown.size == size
        assert structural_similarity(reference, shown) >= LEAST, file
    if "Portrait" in name or "Landscape" in name:
        assert (size[0] > size[1]) == ("Landscape" in name)


def test_the_likeness_sees_what_people_see() -> None:
    image = photo((360, 240))
    assert structural_similarity(image, image) == pytest.approx(1)
    assert structural_similarity(image, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) < 0.9
    assert structural_similarity(image, samples.opened(samples.saved(image, quality=5))) < LEAST


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="no ExifTool: apt-get install libimage-exiftool-perl")
def test_another_tool_finds_nothing_in_any_of_them(tmp_path: Path) -> None:
    """All at once, since starting that tool takes longer than reading."""
    given, folder = tmp_path / "sent", tmp_path / "clean"
    given.mkdir()
    folder.mkdir()
    for number, name in enumerate([*ALL, *TALKATIVE]):
        (given / f"{number}").write_bytes(sent(name))
        for file, blob in come_out(name).items():
            (folder / f"{number}-{file}").write_bytes(blob)
    assert "GPSLatitude" in json.dumps(said_about(given))  # the tool does see it where it is
    for groups in said_about(folder):
        extra = {group: tags for group, tags in groups.items() if group not in SILENT}
        assert not extra, (groups["SourceFile"], extra)
        words = json.dumps(groups)
        assert "SECRET" not in words
        assert "Warning" not in words  # nothing behind the end, nothing it does not understand
        assert "Comment" not in words




def said_about(folder: Path) -> list[dict[str, object]]:
    """What ExifTool finds in each file of a folder, by group."""
    # Named one by one: of a folder it reads only files whose names end as it knows them.
    files = [str(path) for path in sorted(folder.iterdir())]
    command = ["exiftool", "-json", "-g", "-a", "-u", "-U", "-ee", "-validate", "-warning", "-all:all", *files]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    found: list[dict[str, object]] = json.loads(said.stdout)
    assert found
    return found
