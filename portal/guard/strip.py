"""When something was said, as a strip of moments: what came at once stands close together. A list says the same."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

WIDTH, HEIGHT = 640, 36
SPANS = (
    (timedelta(minutes=15), "a quarter of an hour"), (timedelta(hours=1), "an hour"), (timedelta(days=1), "a day"),
    (timedelta(days=7), "a week"), (timedelta(days=30), "a month"),
)  # fmt: skip


def strip(moments: Sequence[datetime]) -> Markup:
    """An SVG of these moments from the first to the last; nothing for fewer than two."""
    if len(moments) < 2:
        return Markup("")
    ordered = sorted(moments)
    span = max(1.0, (ordered[-1] - ordered[0]).total_seconds())
    marks = Markup("").join(
        Markup('<line class="moment" x1="{x}" y1="4" x2="{x}" y2="{y}"/>').format(
            x=f"{4 + (WIDTH - 8) * (at - ordered[0]).total_seconds() / span:.1f}", y=HEIGHT - 4
        )
        for at in ordered
    )
    return Markup(
        '<svg class="moments" viewBox="0 0 {w} {h}" preserveAspectRatio="none" direction="ltr" role="img">'
        "<title>{title}</title>{marks}</svg>"
    ).format(w=WIDTH, h=HEIGHT, title=in_words(ordered), marks=marks)


def in_words(moments: Sequence[datetime]) -> str:
    """How many came within which time at the most: "40 of 60 within an hour"."""
    ordered = sorted(moments)
    for span, name in SPANS:
        most, start = 0, 0
        for end, at in enumerate(ordered):
            while at - ordered[start] > span:
                start += 1
            most = max(most, end + 1 - start)
        if most * 2 > len(ordered):
            return f"{most} of {len(ordered)} within {name}"
    return f"{len(ordered)} spread over months"
