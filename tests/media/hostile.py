"""A folder of hostile files, kept as what makes them: each is refused or comes out as pixels alone."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator

from PIL import Image
from pillow_heif import from_pillow

from tests.media import samples

PLANTED = (
    b"<script>planted()</script>", b"<?php planted(); ?>", b"planted.txt", b"planted:gps", b"javascript:planted",
)  # fmt: skip
"""What attackers put in; no byte of it may come out."""
SCRIPT, PHP = PLANTED[:2]


def zipped() -> bytes:
    """A ZIP archive with one file, which unpackers find at the end of any other file."""
    name, body = b"planted.txt", b"planted"
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 0, zlib.crc32(body), 7, 7, len(name), 0) + name + body
    central = struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 0, 0, 0, zlib.crc32(body), 7, 7, len(name), 0, 0, 0, 0, 0, 0
    ) + name
    return local + central + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)


def sound() -> dict[str, bytes]:
    """A small sound file of each kind that is taken."""
    image = samples.drawing((120, 80))
    heic = io.BytesIO()
    from_pillow(image).save(heic)
    kinds = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
    return {kind: samples.saved(image, kind) for kind in kinds} | {"HEIC": heic.getvalue()}


def truncated(whole: bytes) -> Iterator[tuple[int, bytes]]:
    """The first 1 %, 2 % … 99 % of a file."""
    for percent in range(1, 100):
        yield percent, whole[: len(whole) * percent // 100]


def bomb_of_pixels() -> bytes:
    """A PNG of a few kB that says, truthfully, that it is 900 megapixels."""
    packed = zlib.compressobj(9)
    rows = b"".join(packed.compress(bytes(3751) * 1000) for _ in range(30)) + packed.flush()
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + samples.chunk(b"IHDR", head) + samples.chunk(b"IDAT", rows) + samples.chunk(b"IEND", b"")
    )


def bomb_within_the_limit() -> bytes:
    """A PNG that stays below the megapixels allowed and unpacks to 320 MB of 16-bit samples."""
    return samples.png(8000, 5000, bytes((8000 * 8 + 1) * 5000), depth=16, colour=6)


def bomb_of_words() -> bytes:
    """A PNG with a hundred compressed comments of ten megabytes."""
    words = samples.chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10 << 20), 9))
    return samples.png(8, 8, b"\0" * 72, *[words] * 100)


def bomb_of_a_profile() -> bytes:
    """A PNG whose colour profile unpacks to 300 MB."""
    packed = zlib.compressobj(9)
    body = b"".join(packed.compress(bytes(1 << 20)) for _ in range(300)) + packed.flush()
    return samples.png(8, 8, b"\0" * 72, samples.chunk(b"iCCP", b"p\0\0" + body))


def lying(width: int, height: int) -> dict[str, bytes]:
    """Files whose header says `width` × `height` over the pixels of a small picture."""
    jpeg, gif, webp = (bytearray(sound()[kind]) for kind in ("JPEG", "GIF", "WEBP"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", min(height, 65535), min(width, 65535))
    gif[6:10] = struct.pack("<HH", min(width, 65535), min(height, 65535))
    webp[26:30] = struct.pack("<HH", min(width, 16383), min(height, 16383))
    return {"JPEG": bytes(jpeg), "PNG": samples.png(width, height, b"\0" * 500), "GIF": bytes(gif), "WEBP": bytes(webp)}


def polyglots() -> dict[str, bytes]:
    """Sound pictures that are something else too: by what follows them, and by what stands inside."""
    files = {}
    for kind, data in sound().items():
        for name, tail in (("HTML", SCRIPT), ("PHP", PHP), ("ZIP", zipped()), ("JS", b"/*" + SCRIPT + b"*/")):
            files[f"{kind} with {name} behind"] = data + tail
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = SCRIPT.decode(), PHP.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 12.0, 30.0), 29: "planted:gps"})
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + SCRIPT
    words = "".join(part.decode() for part in PLANTED)
    image = samples.drawing((120, 80))
    files["JPEG with a script in EXIF and comment"] = samples.saved(image, exif=exif, comment=words.encode())
    files["JPEG with a script before its end"] = sound()["JPEG"][:-2] + PHP + b"\xff\xd9"
    files["JPEG that begins as a script"] = b"\xff\xd8\xff\xfe" + struct.pack(">H", 2 + len(SCRIPT)) + SCRIPT + (
        sound()["JPEG"][2:]
    )
    for kind in ("WEBP", "AVIF", "PNG"):
        files[f"{kind} with a script in EXIF and XMP"] = samples.saved(image, kind, exif=exif, xmp=words.encode())
    files["GIF with a script as its comment"] = samples.saved(image, "GIF", comment=words.encode())
    files["GIF whose size is a script"] = b"GIF89a/*" + sound()["GIF"][8:] + b"*/=1;" + SCRIPT
    files["PNG with a script as a chunk"] = samples.png(
        8, 8, b"\0" * 72, samples.chunk(b"tEXt", b"Comment\0" + SCRIPT), samples.chunk(b"plNT", PHP)
    )
    files["PNG with a script in its palette"] = samples.png(
        8, 8, b"\0" * 72, samples.chunk(b"PLTE", (SCRIPT * 6)[: 3 * 40]), colour=3
    )
    return files


def not_pictures() -> dict[str, bytes]:
    """What is no picture at all, under the first bytes, names and types of those that are."""
    tiff = samples.saved(samples.drawing(), "TIFF")
    return {
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
        "SVG behind a mark of byte order": b'\xef\xbb\xbf<?xml version="1.0"?><svg>' + SCRIPT + b"</svg>",
        "HTML": b"<!doctype html>" + SCRIPT,
        "PHP": PHP,
        "PDF": b"%PDF-1.7\n" + SCRIPT,
        "ZIP": zipped(),
        "TIFF": tiff,
        "TIFF in a JPEG's clothes": b"\xff\xd8\xff" + tiff,
        "HTML in a JPEG's clothes": b"\xff\xd8\xff\xe0" + SCRIPT * 50,
        "SVG in a PNG's clothes": b"\x89PNG\r\n\x1a\n<svg>" + SCRIPT,
        "PHP in a GIF's clothes": b"GIF89a" + PHP * 20,
        "HTML in a WebP's clothes": b"RIFF\xff\0\0\0WEBPVP8 " + SCRIPT * 20,
        "HTML in a HEIC's clothes": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + SCRIPT * 20,
        "empty": b"",
        "one byte": b"\xff",
        "a million spaces": b" " * 1_000_000,
    }


COSTLY: dict[str, Callable[[], bytes]] = {
    "bomb of pixels": bomb_of_pixels,
    "bomb within the limit": bomb_within_the_limit,
    "bomb of words": bomb_of_words,
    "bomb of a profile": bomb_of_a_profile,
    "GIF of 10,000 frames": lambda: samples.animated_gif(10_000, (12, 8)),
    "GIF of 10,000 large frames": lambda: gif_of_one_frame_many_times(10_000, (2000, 2000)),
    "65,535 px wide": lambda: samples.saved(Image.new("L", (65_535, 40), 90), "PNG"),
    "65,535 px high": lambda: samples.saved(Image.new("L", (40, 65_535), 90), "PNG"),
    "65,500 px wide JPEG": lambda: samples.saved(Image.new("L", (65_500, 30), 90), "JPEG"),
}
"""What wants more than its share."""


def gif_of_one_frame_many_times(frames: int, size: tuple[int, int]) -> bytes:
    """A GIF whose one frame, of one colour, is repeated: small to send, large to unpack."""
    whole = samples.saved(Image.new("P", size, 0), "GIF")
    start = whole.index(b"\x2c" + bytes(4) + struct.pack("<HH", *size))
    frame = whole[start:-1]
    control = b"\x21\xf9\x04\0\x05\0\0\0"
    most = min(frames, (18 << 20) // (len(frame) + len(control)))
    return whole[:start] + (control + frame) * most + b";"
