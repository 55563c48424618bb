"""Plots over time as SVG: bars or lines, drawn here, with nothing in them that a table beside them does not say.

The drawing is stretched to the width there is; words stand around it, in the size of words.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from markupsafe import Markup, escape

WIDTH, HEIGHT = 640, 160
When = date | str
"""A day, or a moment in words."""


def bars(days: Sequence[When], values: Sequence[float], title: str, unit: str = "") -> Markup:
    """One bar a day. The title is what a screen reader says first."""
    top = max([*values, 1])
    step = WIDTH / max(1, len(values))
    width, of = _n(step * 0.8), escape(unit)
    shapes = [
        f'<rect class="plot-bar" x="{_n(i * step + step * 0.1)}" y="{_n(_y(value, top))}" width="{width}" '
        f'height="{_n(HEIGHT - _y(value, top))}"><title>{escape(_words(day))}: {_n(value)}{of}</title></rect>'
        for i, (day, value) in enumerate(zip(days, values, strict=True))
        if value
    ]
    return _frame(Markup("".join(shapes)), days, top, title, unit)  # noqa: S704 (numbers, and what is escaped above)


def line(days: Sequence[When], values: Sequence[float], title: str, unit: str = "") -> Markup:
    """A line through the days."""
    top = max([*values, 1])
    step = WIDTH / max(1, len(values) - 1)
    points = " ".join(f"{_n(i * step)},{_n(_y(value, top))}" for i, value in enumerate(values))
    return _frame(Markup('<polyline class="plot-line" points="{}"/>').format(points), days, top, title, unit)


def lines(
    days: Sequence[When], series: Mapping[str, Sequence[float | None]], title: str, unit: str = "", top: float = 0
) -> Markup:
    """One or two lines, by name, the second one dashed; None is a gap. `top` is the height if no value is above it."""
    top = max([top or 1, *(value for values in series.values() for value in values if value is not None)])
    step = WIDTH / max(1, len(days) - 1)
    drawn = [
        Markup('<polyline class="plot-line{}" points="{}"/>').format(" plot-second" if nth else "", points)
        for nth, values in enumerate(series.values())
        for points in _pieces(values, step, top)
    ]
    names = zip(("solid", "dashed"), series, strict=False) if len(series) > 1 else ()
    key = Markup("").join(Markup("<span>{}: {}</span>").format(how, name) for how, name in names)
    below = Markup('<p class="plot-words" aria-hidden="true">{}</p>').format(key) if key else Markup("")
    return _frame(Markup("").join(drawn), days, top, title, unit) + below


def _pieces(values: Sequence[float | None], step: float, top: float) -> list[str]:
    """The points of each stretch without a gap; a single one is a line to itself, which round ends make a dot."""
    found = []
    for known, stretch in groupby(enumerate(values), key=lambda pair: pair[1] is not None):
        if known:
            points = [f"{_n(i * step)},{_n(_y(value, top))}" for i, value in stretch if value is not None]
            found.append(" ".join(points * 2 if len(points) == 1 else points))
    return found


def _words(when: When) -> str:
    return when if isinstance(when, str) else f"{when.day} {when:%B}"


def _frame(inside: Markup, days: Sequence[When], top: float, title: str, unit: str) -> Markup:
    first, last = (_words(day) for day in (days[0], days[-1])) if days else ("", "")
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
