"""The program in the cage: one untrusted picture in, clean ones out; it imports Pillow and nothing of the portal.

Run by `cage.py` as a file of its own (not as a module, which would load the whole portal), with the
picture on standard input. Standard output gets one line of JSON (facts, and the names and lengths
of what follows), then the bytes.
"""

import io
import json
import runpy
import sys
import warnings
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Everything needed is imported before the cage closes: after that no file can be opened any more.
from PIL import (
    AvifImagePlugin,
    ExifTags,
    Image,
    ImageCms,
    ImageFile,
    MpoImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from pillow_heif import register_heif_opener

# Two neighbours, loaded by their place: this program knows no package, and its folder is on no path.
first_widths = runpy.run_path(str(Path(__file__).with_name("ladder.py")))["first_widths"]
close_the_cage = runpy.run_path(str(Path(__file__).with_name("confine.py")))["close_the_cage"]

REGISTERED = (MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
MOVING = ("GIF", "WEBP", "PNG", "AVIF")
ANIMATION_EDGE, PLACEHOLDER_EDGE = 640, 20
PLACEHOLDER_CHARS = 300
MASTER, WHOLE, SMALLER = 95, {"WEBP": 93, "JPEG": 93}, {"WEBP": 75, "JPEG": 80}
LARGE, LARGE_WEBP = 1_500_000, 99
"""Qualities. Whole, a picture must look like what was sent: the structural similarity stays above 0.98. Above LARGE
pixels WebP is encoded faster and needs more for that. Smaller sizes are looked at beside others."""
MAX_FRAMES, MAX_ANIMATED_PIXELS = 150, 25_000_000
"""An animation beyond these (25 megapixels over all frames as kept, 4 times that as sent) is kept as a still."""


class Refused(Exception):
    """This picture is not taken; the argument is a word that `intake.py` turns into a sentence."""


def clean(data: bytes, options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The upright, sRGB picture without metadata, at most `max_edge` long, and the sizes that a page needs at once."""
    image = open_pinned(data, options)
    frames = getattr(image, "n_frames", 1)
    sent = image.size
    target = fit(sent, options["max_edge"])
    image.draft(None, target)  # a JPEG much too large is decoded at half or a quarter, which saves memory
    image.load()
    profile = image.info.get("icc_profile")
    turn = orientation(image)
    image = plain_mode(image)
    if image.size != target:
        image = image.resize(target, Image.Resampling.LANCZOS, reducing_gap=3.0)
    image = bare(to_srgb(turned(image, turn), profile))

    parts = {"master": encode_master(image)}
    parts |= sizes_of(parts["master"], "WEBP" if image.mode == "RGBA" else "JPEG", first_widths(image.width))
    if frames > 1 and options["format"] in MOVING:
        animation = animate(data, options, profile)
        if animation:
            parts["animation"] = animation
    facts = {
        "width": image.width,
        "height": image.height,
        "dhash": difference_hash(image),
        "placeholder": placeholder(image),
    }
    return facts, parts


def derive(data: bytes, options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """WebP and JPEG of a master in each of `widths`; named like `640.webp`."""
    open_pinned(data, options)
    return {}, sizes_of(data, options["format"], options["widths"])


def sizes_of(master: bytes, kind: str, widths: Iterable[int]) -> dict[str, bytes]:
    """Each size straight from the master as it is kept, so that it is the same whenever it is made."""
    parts = {}
    for width in widths:
        source = Image.open(io.BytesIO(master), formats=[kind])
        full = source.size
        size = width, max(1, round(source.height / source.width * width))
        source.draft(None, (2 * size[0], 2 * size[1]))  # of a JPEG no more is decoded than a good reduction needs
        image = bare(source if source.size == size else source.resize(size, Image.Resampling.LANCZOS))
        quality = WHOLE if image.size == full else SMALLER
        whole_and_large = image.size == full and image.width * image.height > LARGE
        parts[f"{width}.webp"] = encode(image, "WEBP", LARGE_WEBP if whole_and_large else quality["WEBP"])
        parts[f"{width}.jpg"] = encode(on_white(image), "JPEG", quality["JPEG"])
    return parts


def open_pinned(data: bytes, options: dict[str, Any]) -> Image.Image:
    """Open `data` as the one format its first bytes announce, and count its pixels before any is decoded."""
    image = Image.open(io.BytesIO(data), formats=[options["format"]])
    if image.width * image.height > options["max_pixels"]:
        raise Refused("pixels")
    return image


def fit(size: tuple[int, int], edge: int) -> tuple[int, int]:
    """`size` made to fit a square of `edge`, never larger than it was, never below one pixel."""
    scale = min(1.0, edge / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shrunk(image: Image.Image, edge: int) -> Image.Image:
    """`image` within a square of `edge`."""
    size = fit(image.size, edge)
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)


def orientation(image: Image.Image) -> int:
    """How the camera was held, 1 to 8, from EXIF; 1 when it is missing or makes no sense."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:
        return 1  # a damaged EXIF block costs the orientation, not the picture
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def turned(image: Image.Image, turn: int) -> Image.Image:
    """`image` as it was meant to be seen; the eight cases are those of EXIF tag 0x0112."""
    T = Image.Transpose
    method = {
        2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM, 5: T.TRANSPOSE,
        6: T.ROTATE_270, 7: T.TRANSVERSE, 8: T.ROTATE_90,
    }.get(turn)  # fmt: skip
    return image if method is None else image.transpose(method)


def plain_mode(image: Image.Image) -> Image.Image:
    """`image` in one of L, RGB, RGBA, CMYK, which resizing and colour conversion understand."""
    if image.mode.startswith(("I", "F")):  # 16 bits a pixel: Pillow would clip instead of scale
        return image.point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode in ("1", "LA") else "RGB")


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """`image` as RGB or RGBA in sRGB, read through its embedded colour profile if that is usable."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    base = image.convert("RGB") if alpha else image
    if profile:
        try:
            source = ImageCms.getOpenProfile(io.BytesIO(profile))
            mode = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}[source.profile.xcolor_space]
            if mode == base.mode or "CMYK" not in (mode, base.mode):
                base = ImageCms.profileToProfile(
                    base.convert(mode), source, ImageCms.createProfile("sRGB"), outputMode="RGB"
                ) or base
        except (ImageCms.PyCMSError, KeyError, OSError, ValueError):
            pass  # a broken profile costs the exact colours, not the picture
    base = base.convert("RGB")
    if alpha is not None and alpha.getextrema()[0] < 255:  # type: ignore[operator]
        base.putalpha(alpha)
    return base


def bare(image: Image.Image) -> Image.Image:
    """A new picture of the same pixels: nothing a file carried along can be written out again."""
    fresh = Image.new(image.mode, image.size)  # merging, copying or cropping would take `info` along
    fresh.paste(image)
    return fresh


def on_white(image: Image.Image) -> Image.Image:
    """`image` without transparency."""
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def encode(image: Image.Image, kind: str, quality: int) -> bytes:
    """`image` as a JPEG or WebP file that holds pixels only."""
    out = io.BytesIO()
    if kind == "JPEG":
        image.save(out, "JPEG", quality=quality, progressive=True)
    else:
        # Measured at 5 megapixels: method 2 takes 0.22 s where 4 takes 0.77, for 6 % more bytes.
        image.save(out, "WEBP", quality=quality, method=2 if image.width * image.height > LARGE else 4)
    return out.getvalue()


def encode_master(image: Image.Image) -> bytes:
    """What is kept: JPEG, or WebP where something shows through; later sizes are made from it."""
    if image.mode == "RGBA":
        return encode(image, "WEBP", MASTER)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=MASTER, subsampling="4:4:4", optimize=True)
    return out.getvalue()


def difference_hash(image: Image.Image) -> str:
    """64 bits, as 16 hexadecimal digits: is each of 8 × 8 fields brighter than its right neighbour?

    Near copies differ in few bits (N. Krawetz, "Kind of Like That", 2013).
    """
    grey = on_white(image).convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = (grey[row * 9 + i] > grey[row * 9 + i + 1] for row in range(8) for i in range(8))
    return f"{sum(bit << n for n, bit in enumerate(bits)):016x}"


def placeholder(image: Image.Image) -> str:
    """A blurred impression as a `data:` address of at most 300 characters; empty if it cannot be that small."""
    for edge, quality in ((PLACEHOLDER_EDGE, 40), (PLACEHOLDER_EDGE, 10), (12, 10), (8, 0)):
        small = encode(shrunk(on_white(image), edge), "WEBP", quality)
        address = "data:image/webp;base64," + b64encode(small).decode()
        if len(address) <= PLACEHOLDER_CHARS:
            return address
    return ""


def animate(data: bytes, options: dict[str, Any], profile: bytes | None) -> bytes | None:
    """The animation as WebP, at most 640 px, or None if it is too much or broken: the still remains."""
    try:
        image = open_pinned(data, options)
        count = getattr(image, "n_frames", 1)
        size = fit(image.size, ANIMATION_EDGE)
        spent = count * size[0] * size[1], count * image.width * image.height
        if not 1 < count <= MAX_FRAMES or spent[0] > MAX_ANIMATED_PIXELS or spent[1] > 4 * MAX_ANIMATED_PIXELS:
            return None
        frames, durations = [], []
        for number in range(count):
            image.seek(number)
            frames.append(bare(to_srgb(image.convert("RGBA").resize(size, Image.Resampling.LANCZOS), profile)))
            durations.append(max(20, int(image.info.get("duration") or 100)))
        out = io.BytesIO()
        frames[0].save(
            out, "WEBP", save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=70, method=2
        )
        return out.getvalue()
    except (Refused, OSError, ValueError, SyntaxError, EOFError):
        return None


def main() -> None:
    """Read the task and the picture, write the answer."""
    task, options = sys.argv[1], json.loads(sys.argv[2])
    prepare(options)
    data = sys.stdin.buffer.read()
    # The HEIC decoder starts a thread whatever it is told.
    lacking = close_the_cage(
        options["memory"], options["seconds"], options["output"], threads=options["format"] == "HEIF"
    )
    head, parts = answer(task, data, options)
    if lacking:
        head["lacking"] = lacking
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    for blob in parts.values():
        sys.stdout.buffer.write(blob)
    sys.stdout.buffer.flush()


def prepare(options: dict[str, Any]) -> None:
    """Set the library up while files can still be opened: formats, limits, one thread, no leniency."""
    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    Image.preinit()
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    Image.MAX_IMAGE_PIXELS = options["max_pixels"]
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def answer(task: str, data: bytes, options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What is said about a picture, and its files; whatever goes wrong is an answer too."""
    parts: dict[str, bytes] = {}
    try:
        facts, parts = {"clean": clean, "derive": derive}[task](data, options)
        head: dict[str, Any] = {"facts": facts, "parts": [(name, len(blob)) for name, blob in parts.items()]}
    except Refused as refused:
        head = {"refused": str(refused)}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        head = {"refused": "pixels"}
    except MemoryError:
        head = {"refused": "memory"}
    except Exception as error:  # damaged files raise nearly anything; each one is refused
        head = {"refused": "broken", "why": f"{type(error).__name__}: {error}"[:300]}
        parts = {}
    return head, parts


if __name__ == "__main__":
    main()
