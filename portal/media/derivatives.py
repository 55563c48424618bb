"""Derivatives: the sizes a clean picture is served in, made of its master in the cage."""

from collections.abc import Iterable
from threading import BoundedSemaphore

from portal.media.cage import CageFailure, CageLimits, run_in_cage
from portal.media.intake import all_are_pictures, names_of, sniff
from portal.media.ladder import widths_for

TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}
BEHIND = BoundedSemaphore(2)
"""Cages open at once for sizes that can wait: their own, so that nobody who is sending a picture waits for them."""
LIMITS = CageLimits(memory=768 << 20, seconds=60)
PATIENCE = 300.0


def is_whole(data: bytes) -> bool:
    """Whether a file of ours goes on to its end, by what its kind says of that: a damaged disk may cut it short."""
    if data[:4] == b"RIFF":
        return len(data) >= int.from_bytes(data[4:8], "little") + 8
    return data.endswith(b"\xff\xd9")


def derive(master: bytes, width: int, widths: Iterable[int] | None = None) -> dict[str, bytes]:
    """WebP and JPEG files of a clean master `width` pixels wide, by name (`640.webp`, `640.jpg`).

    Works in the cage too, so that the worker's memory does not grow. Raises CageFailure if it fails.
    """
    wanted = sorted(widths_for(width) if widths is None else widths)
    _facts, files = run_in_cage(
        "derive", master, LIMITS, BEHIND, PATIENCE, format=sniff(master), max_pixels=40_000_000, widths=wanted
    )
    if set(files) != names_of(wanted) or not all_are_pictures(files):
        raise CageFailure("broken")
    return files
