"""Intake: what a member sends becomes a clean picture, or a sentence that says what to do instead."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from portal.media.cage import CageFailure, CageLimits, run_in_cage
from portal.media.ladder import first_widths

ACCEPTED = "JPEG, PNG, WebP, AVIF, HEIC or GIF"
ACCEPT_ATTRIBUTE = "image/jpeg,image/png,image/webp,image/avif,image/heic,image/heif,image/gif,.heic,.heif"
"""For `<input type="file" accept="…">`; the names are there since some systems do not know HEIC's type."""

EXTENSIONS = {"webp": "WEBP", "jpg": "JPEG"}
PLACEHOLDER = re.compile(r"|data:image/webp;base64,[A-Za-z0-9+/=]{1,280}")

SENTENCES = {
    "empty": "This file is empty. Please choose it again; perhaps it was still being saved.",
    "bytes": "This picture is larger than {max_megabytes} MB. Please send a smaller version of it.",
    "format": f"This is not a picture we can read. Please send it as {ACCEPTED}.",
    "pixels": "This picture has more than {max_megapixels} megapixels. Please send a smaller version of it.",
    "memory": "This picture is too large to open here. Please send a smaller version of it.",
    "slow": "This picture took too long to open. Please save it again as JPEG and send that.",
    "busy": "Many pictures are arriving at this moment. Please send this one again in a minute.",
    "broken": "This picture is damaged or arrived incomplete. Please try again, or save it anew as JPEG.",
}


class PictureRefused(Exception):
    """A picture was not taken; `str()` is the sentence for the member, `reason` one word for programs.

    `retry_after`: after so many seconds the same picture may be taken; None where trying again is no use.
    """

    def __init__(self, reason: str, sentence: str, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True)
class Limits:
    """What is taken (bytes and pixels as uploaded), how large it is kept, and what decoding may cost."""

    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 40_000_000
    max_edge: int = 2560
    cage: CageLimits = field(default_factory=CageLimits)


@dataclass(frozen=True)
class CleanPicture:
    """Upright, in sRGB, freshly encoded, without metadata. `animation` is a WebP, for pictures that move.

    `first_sizes` are the files that a page needs at once, by name (`640.webp`).
    """

    master: bytes
    media_type: str
    width: int
    height: int
    sha256: str
    original_sha256: str
    original_format: str
    original_bytes: int
    dhash: str
    placeholder: str
    animation: bytes | None
    first_sizes: Mapping[str, bytes]


def receive(source: IO[bytes] | bytes, limits: Limits = Limits()) -> CleanPicture:
    """Turn an upload into a clean picture.

    Takes bytes or a stream open for reading. Raises PictureRefused when the file is empty, too
    large (bytes or pixels), none of the accepted formats, damaged, or too costly to decode.
    """
    data = source if isinstance(source, bytes) else source.read(limits.max_bytes + 1)
    if not data:
        raise refusal("empty", limits)
    if len(data) > limits.max_bytes:
        raise refusal("bytes", limits)
    kind = sniff(data)
    if kind is None:
        raise refusal("format", limits)
    try:
        facts, parts = run_in_cage(
            "clean", data, limits.cage, format=kind, max_pixels=limits.max_pixels, max_edge=limits.max_edge
        )
        return _checked(facts, parts, data, kind, limits)
    except CageFailure as failure:
        raise refusal(failure.reason, limits) from None


def sniff(data: bytes) -> str | None:
    """Pillow's name of the accepted format that the first bytes announce, or None. File names are not believed."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        # ISO/IEC 14496-12: size, "ftyp", major brand, version, compatible brands of four bytes each.
        size = min(int.from_bytes(data[:4]), 256)
        brands = {data[8:12], *(data[i : i + 4] for i in range(16, size - 3, 4))}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}:
            return "HEIF"
    return None


def _checked(facts: dict[str, Any], parts: dict[str, bytes], data: bytes, kind: str, limits: Limits) -> CleanPicture:
    """The answer of the cage, with everything verified that can be without decoding."""
    master, animation = parts.get("master", b""), parts.get("animation")
    media_type = {"JPEG": "image/jpeg", "WEBP": "image/webp"}.get(sniff(master) or "")
    try:
        width, height, dhash = int(facts["width"]), int(facts["height"]), int(facts["dhash"], 16)
        placeholder = facts["placeholder"]
        sound = media_type and min(width, height) > 0 and max(width, height) <= limits.max_edge
        first = {name: parts[name] for name in names_of(first_widths(width))} if sound else {}
        if not sound or not PLACEHOLDER.fullmatch(placeholder):
            raise ValueError("not what was asked for")
        if not all_are_pictures(first | ({"animation.webp": animation} if animation else {})):
            raise ValueError("not what was asked for")
    except (KeyError, TypeError, ValueError):
        raise CageFailure("broken") from None
    return CleanPicture(
        master=master,
        media_type=str(media_type),
        width=width,
        height=height,
        sha256=hashlib.sha256(master).hexdigest(),
        original_sha256=hashlib.sha256(data).hexdigest(),
        original_format=kind,
        original_bytes=len(data),
        dhash=f"{dhash:016x}",
        placeholder=placeholder,
        animation=animation,
        first_sizes=first,
    )


def names_of(widths: Iterable[int]) -> set[str]:
    """The files there are of a picture in these widths."""
    return {f"{width}.{extension}" for width in widths for extension in EXTENSIONS}


def all_are_pictures(files: Mapping[str, bytes]) -> bool:
    """Whether each of these named files is of the kind that its name says; what came out of a cage may lie."""
    return all(sniff(data) == EXTENSIONS[name.rpartition(".")[2]] for name, data in files.items())


def refusal(reason: str, limits: Limits) -> PictureRefused:
    """The refusal for a reason, with the limits in its sentence."""
    sentence = SENTENCES.get(reason, SENTENCES["broken"])
    values = {"max_megabytes": limits.max_bytes // (1 << 20), "max_megapixels": limits.max_pixels // 1_000_000}
    return PictureRefused(reason, sentence.format(**values), 10 if reason == "busy" else None)
