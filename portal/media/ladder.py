"""The ladder: in which widths a picture is served. Pure, so that the program in the cage can load it too."""

LADDER = (320, 640, 1280, 2560)
"""Widths in pixels: a thumbnail, a phone, a phone's sharp screen or a column, a large sharp screen."""
AT_ONCE = 640
"""What a page needs in the same minute: steps up to this one are made while the picture is taken in."""


def widths_for(width: int) -> tuple[int, ...]:
    """The widths made of a picture `width` pixels wide: steps of the ladder below it, and its own.

    Never larger than the picture; a step within a tenth of the picture's own width is left out.
    """
    own = min(width, LADDER[-1])
    return (*(step for step in LADDER if step < own * 0.9), own)


def first_widths(width: int) -> tuple[int, ...]:
    """Those of `widths_for` that are made at once: up to the first that fills a phone. Never none."""
    every = widths_for(width)
    enough = next((step for step in every if step >= AT_ONCE), every[-1])
    return tuple(step for step in every if step <= enough)
