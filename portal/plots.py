"""Plots of days as SVG: bars or a line, drawn here, with nothing in them that a table beside them does not say.

The drawing is stretched to the width there is; words stand around it, in the size of words.
"""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup, escape

WIDTH, HEIGHT = 640, 160
_STYLE = {"bars": "plot-bar", "line": "plot-line"}


def bars(days: Sequence[date], values: Sequence[float], title: str, unit: str = "") -> Markup:
    """One bar a day. The title is what a screen reader says first."""
    top = max([*values, 1])
    step = WIDTH / max(1, len(values))
    width, of = _n(step * 0.8), escape(unit)
    shapes = [
        f'<rect class="plot-bar" x="{_n(i * step + step * 0.1)}" y="{_n(_y(value, top))}" width="{width}" '
        f'height="{_n(HEIGHT - _y(value, top))}"><title>{day.day} {day:%B}: {_n(value)}{of}</title></rect>'
        for i, (day, value) in enumerate(zip(days, values, strict=True))
        if value
    ]
    return _frame(Markup("".join(shapes)), days, top, title, unit)  # noqa: S704 (numbers, and what is escaped above)


def line(days: Sequence[date], values: Sequence[float], title: str, unit: str = "") -> Markup:
    """A line through the days."""
    top = max([*values, 1])
    step = WIDTH / max(1, len(values) - 1)
    points = " ".join(f"{_n(i * step)},{_n(_y(value, top))}" for i, value in enumerate(values))
    return _frame(Markup('<polyline class="plot-line" points="{}"/>').format(points), days, top, title, unit)


def _frame(inside: Markup, days: Sequence[date], top: float, title: str, unit: str) -> Markup:
    first, last = (f"{d.day} {d:%B}" for d in (days[0], days[-1])) if days else ("", "")
    return Markup(
        '<p class="plot-words" aria-hidden="true">{top}{unit}</p>'
        '<svg class="plot" viewBox="0 0 {w} {h}" preserveAspectRatio="none" role="img" aria-label="{title}">{inside}'
        '<line class="plot-ground" x1="0" y1="{h}" x2="{w}" y2="{h}"/></svg>'
        '<p class="plot-words" aria-hidden="true"><span>{first}</span><span>{last}</span></p>'
    ).format(w=WIDTH, h=HEIGHT, title=title, top=_n(top), unit=unit, inside=inside, first=first, last=last)


def _y(value: float, top: float) -> float:
    return HEIGHT - HEIGHT * 0.95 * value / top


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
