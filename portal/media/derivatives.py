"""Derivatives: the sizes a clean picture is served in."""

from collections.abc import Iterable

from portal.media.cage import CageLimits, run_in_cage
from portal.media.intake import sniff

LADDER = (320, 640, 1280, 2560)
"""Widths in pixels: a thumbnail, a phone, a phone's sharp screen or a column, a large sharp screen."""
TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


def widths_for(width: int) -> tuple[int, ...]:
    """The widths made of a picture `width` pixels wide: steps of the ladder below it, and its own.

    Never larger than the picture; a step within a tenth of the picture's own width is left out.
    """
    own = min(width, LADDER[-1])
    return (*(step for step in LADDER if step < own * 0.9), own)


def derive(master: bytes, width: int, widths: Iterable[int] | None = None) -> dict[str, bytes]:
    """WebP and JPEG files of a clean master `width` pixels wide, by name (`640.webp`, `640.jpg`).

    Works in the cage too, so that the worker's memory does not grow. Raises CageFailure if it fails.
    """
    wanted = sorted(widths_for(width) if widths is None else widths)
    _facts, files = run_in_cage(
        "derive", master, CageLimits(seconds=60), format=sniff(master), max_pixels=40_000_000, widths=wanted
    )
    return files
