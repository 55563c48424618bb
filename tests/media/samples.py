"""Pictures to try intake with: real ones, hostile ones made here, and a reader of files that knows no image library."""

import io
import os
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageCms, ImageDraw, ImageOps, PngImagePlugin

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "pictures"
"""Pictures by others, beside the project; where they are missing, equivalents are drawn here."""
INVERSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""What a camera held that way did to the picture."""


def drawing(size: tuple[int, int] = (360, 240), mode: str = "RGB") -> Image.Image:
    """A picture that looks different whichever way it is turned."""
    width, height = size
    image = Image.new("RGB", size, "#d9c9a3")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width // 2, height // 3), fill="#20507a")
    pen.ellipse((width // 2, height // 2, width - 10, height - 10), fill="#b23a2e")
    pen.polygon([(10, height - 10), (width // 3, height - 10), (10, height // 2)], fill="#2f6b3c")
    return image.convert(mode)


def saved(image: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    """`image` as a file of this kind."""
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    """The file decoded by this process."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def oriented(shape: str, number: int) -> bytes:
    """A JPEG in EXIF orientation `number` (0 to 8); `shape` is Landscape or Portrait."""
    path = SHARED / "orientation" / f"{shape}_{number}.jpg"
    if path.is_file():
        return path.read_bytes()
    image = drawing((360, 240) if shape == "Landscape" else (240, 360))
    if number in INVERSE:
        image = image.transpose(INVERSE[number])
    exif = Image.Exif()
    exif[0x0112] = number
    return saved(image, quality=95, exif=exif)


def with_place() -> bytes:
    """A camera's JPEG that says where it was taken, by what, and has a thumbnail."""
    path = SHARED / "gps" / "DSCN0010.jpg"
    return path.read_bytes() if path.is_file() else with_every_kind_of_metadata()


def heic() -> bytes:
    """A phone's HEIC."""
    path = SHARED / "heic" / "IMG_5195.HEIC"
    if path.is_file():
        return path.read_bytes()
    from pillow_heif import from_pillow

    out = io.BytesIO()
    from_pillow(drawing((1200, 1600))).save(out)
    return out.getvalue()


SECRETS = (b"GPS-SECRET", b"XMP-SECRET", b"IPTC-SECRET", b"COMMENT-SECRET", b"TRAILING-SECRET", b"MAKER-SECRET")


def with_every_kind_of_metadata(profile: bool = True) -> bytes:
    """A JPEG with one secret in each place a JPEG can carry one, with or without a colour profile."""
    exif = Image.Exif()
    exif[0x010F] = "MAKER-SECRET"
    exif[0x010E] = "<script>alert(1)</script>"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 12.0, 30.0), 3: "E", 4: (16.0, 22.0, 10.0), 29: "GPS-SECRET"})
    plain = saved(
        drawing(), exif=exif, comment=b"COMMENT-SECRET <?php system($_GET['c']); ?>",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() if profile else None,
    )  # fmt: skip
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>XMP-SECRET</x:xmpmeta>"
    iptc = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", 16) + b"\x1c\x02\x78\0\x0bIPTC-SECRET"
    extra = b"".join(
        bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body for marker, body in ((0xE1, xmp), (0xED, iptc))
    )
    return plain[:2] + extra + plain[2:] + b"PK\x03\x04 TRAILING-SECRET"


def talkative() -> dict[str, bytes]:
    """A file of each other kind with words in every place that kind has for them."""
    exif = Image.Exif()
    exif[0x010F] = "MAKER-SECRET"
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>XMP-SECRET</x:xmpmeta>"
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "COMMENT-SECRET")
    words.add_itxt("XML:com.adobe.xmp", xmp.decode())
    glass = drawing(mode="RGBA")
    glass.putalpha(128)
    return {
        "PNG": saved(drawing(), "PNG", pnginfo=words, exif=exif) + b"TRAILING-SECRET",
        "PNG with alpha": saved(glass, "PNG", pnginfo=words, exif=exif),
        "GIF": saved(drawing(mode="P"), "GIF", comment=b"COMMENT-SECRET") + b"TRAILING-SECRET",
        "WEBP": saved(drawing(), "WEBP", exif=exif, xmp=xmp) + b"TRAILING-SECRET",
        "AVIF": saved(drawing(), "AVIF", exif=exif, xmp=xmp),
    }


def chunk(name: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, pixels: bytes, *more: bytes, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG that says it is `width` × `height`, whatever its compressed `pixels` are."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", head) + b"".join(more) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def animated_gif(frames: int, size: tuple[int, int] = (60, 40)) -> bytes:
    """A GIF with a square that moves."""
    images = []
    for n in range(frames):
        image = Image.new("P", size, 0)
        image.putpalette([230, 220, 200, 30, 80, 120] + [0] * 750)
        ImageDraw.Draw(image).rectangle((n % size[0], 5, n % size[0] + 8, 13), fill=1)
        images.append(image)
    return saved(images[0], "GIF", save_all=True, append_images=images[1:], duration=80, loop=0)


def animated_others(frames: int) -> dict[str, bytes]:
    """A moving picture of each other kind that can move."""
    images = [drawing((60, 40)).rotate(n * 7) for n in range(frames)]
    return {
        kind: saved(images[0], kind, save_all=True, append_images=images[1:], duration=80, loop=0)
        for kind in ("WEBP", "PNG", "AVIF")
    }


def red_seen_as_green() -> bytes:
    """A red PNG whose colour profile says that its first channel is green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"tmpX", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"tmpX", b"gXYZ", 1)
    return saved(Image.new("RGB", (64, 64), (255, 0, 0)), "PNG", icc_profile=swapped)


NOT_PICTURES = {
    "empty": (b"", "empty"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "format"),
    "svg with declaration": (b'<?xml version="1.0"?><!DOCTYPE svg><svg onload="alert(1)"/>', "format"),
    "html": (b"<!doctype html><script>alert(1)</script>", "format"),
    "php": (b"<?php system($_GET['c']); ?>", "format"),
    "zip": (b"PK\x03\x04" + b"\0" * 200, "format"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "format"),
    "windows program": (b"MZ" + b"\0" * 500, "format"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "format"),
    "bmp": (saved(drawing(), "BMP"), "format"),
    "tiff": (saved(drawing(), "TIFF"), "format"),
    "video": (b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0" * 300, "format"),
    "one byte": (b"\xff", "format"),
    "jpeg's first bytes only": (b"\xff\xd8\xff", "broken"),
    "gif that is a script": (b"GIF89a/*" + b" " * 40 + b"*/=1;alert(document.domain)//", "broken"),
    "webp of nothing": (b"RIFF\x10\0\0\0WEBPVP8 \0\0\0\0", "broken"),
    "png of 3.6 thousand megapixels": (png(60000, 60000, b"\0" * 100, depth=1), "pixels"),
    "png of 2^31 pixels a row": (png(2**31 - 1, 2**31 - 1, b"\0"), "pixels"),
    "png with a text bomb": (png(8, 8, b"\0" * 72, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(90 << 20), 9))), ""),
    "heic of nothing": (b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 400, "broken"),
    "avif of nothing": (b"\0\0\0\x18ftypavif\0\0\0\0avifmif1" + b"\0" * 400, "broken"),
}  # fmt: skip
"""What must be refused: bytes, and the reason (empty where several are right)."""


def holds_only_pixels(data: bytes) -> bool:
    """Whether a JPEG or WebP has no block that could say anything but pixels, and not a byte after its end.

    Reads the containers itself (ITU T.81 B.1; RFC 9649), since what removed the metadata must not vouch for it.
    """
    return _jpeg_is_bare(data) if data[:2] == b"\xff\xd8" else _webp_is_bare(data)


def _jpeg_is_bare(data: bytes) -> bool:
    at = 2
    while data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker == 0xD9:
            return at + 2 == len(data)
        tables = marker in (0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xDA)
        jfif = marker == 0xE0 and length == 16 and data[at + 4 : at + 9] == b"JFIF\0"
        if not (tables or jfif):
            return False
        at += 2 + length
        if marker == 0xDA:
            while data[at] != 0xFF or data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
                at += 1
    return False


def _webp_is_bare(data: bytes) -> bool:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or int.from_bytes(data[4:8], "little") + 8 != len(data):
        return False
    at = 12
    while at < len(data):
        if data[at : at + 4] not in (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"):
            return False
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return at == len(data)


def likeness(one: Image.Image, other: Image.Image) -> float:
    """Mean structural similarity of two pictures, in grey, over 8 × 8 fields of a 256 px copy (Wang et al., 2004)."""
    size = (256, round(256 * one.height / one.width) // 8 * 8)
    a, b = (image.convert("L").resize(size, Image.Resampling.LANCZOS) for image in (one, other))
    total, count = 0.0, 0
    for y in range(0, size[1], 8):
        for x in range(0, size[0], 8):
            p, q = (image.crop((x, y, x + 8, y + 8)).tobytes() for image in (a, b))
            mp, mq = sum(p) / 64, sum(q) / 64
            vp, vq = sum(v * v for v in p) / 64 - mp * mp, sum(v * v for v in q) / 64 - mq * mq
            cov = sum(v * w for v, w in zip(p, q, strict=True)) / 64 - mp * mq
            light = (2 * mp * mq + 6.5025) / (mp * mp + mq * mq + 6.5025)
            total += light * (2 * cov + 58.5225) / (vp + vq + 58.5225)
            count += 1
    return total / count


def upright(data: bytes) -> Image.Image:
    """The reference: decoded here and turned by Pillow's own function."""
    return ImageOps.exif_transpose(opened(data))
