"""A drawing of who thanks whom: people on a circle, arrows from who was helped to who helped.

It stands beside a table that says the same. Colours come from classes (static/css/advocacy.css); what is
marked by a colour is marked by its stroke too.
"""

import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from math import cos, hypot, pi, sin
from typing import NamedTuple

from markupsafe import Markup

from portal.advocacy.circles import strongly_connected

Pair = tuple[int, int, int]
"""Who was helped, who helped, and how many lines say so."""
MOST = 40
"""So many people have room on the circle with their names beside them."""
SIDE, RADIUS = 420, 112
ROOM = 11.5
"""How wide a shown name is at most, in letters."""
EMPHATIC = 4
"""So many lines make an arrow of the full width; where there are arrows of more, they do."""
NOBODY = "ex-member"


class Point(NamedTuple):
    """A place in the drawing."""

    x: float
    y: float


def thanks_drawing(
    pairs: Sequence[Pair], names: Mapping[int, str], centre: int | None = None, marked: Collection[int] = ()
) -> Markup:
    """An SVG of these pairs. `centre` stands at the top, and with `marked` in bold; both are kept.

    Closed circles of three and more, and thanks that go both ways, stand out. Names are escaped and shortened.
    """
    counted = Counter[tuple[int, int]]()
    for helped, helper, lines in pairs:
        if helped != helper and lines > 0:
            counted[helped, helper] += lines
    shown = _strongest(counted, centre, marked)
    left_out = len({p for pair in counted for p in pair}) - len(shown)
    arrows = {pair: n for pair, n in counted.items() if shown.issuperset(pair)}
    circles = [c for c in strongly_connected(arrows) if len(c) > 2]
    order = _around(shown, circles, centre, arrows)
    places = {who: _place(2 * pi * i / max(1, len(order)) - pi / 2) for i, who in enumerate(order)}
    circle_of = {who: n for n, circle in enumerate(circles) for who in circle}
    inside = Markup("").join(
        _arrow(pair, n, places, names, _class_of(pair, arrows, circle_of), max(arrows.values()))
        for pair, n in sorted(arrows.items(), key=lambda one: (one[0][0] in circle_of, one[1], one[0]))
    )
    bold = {centre, *marked}
    people = Markup("").join(
        _person(names.get(who, NOBODY), 2 * pi * i / len(order) - pi / 2, who in bold, who in circle_of)
        for i, who in enumerate(order)
    )
    more = f"{left_out} more {'person' if left_out == 1 else 'people'} not drawn" if left_out else ""
    return Markup(
        '<svg class="who-thanks" viewBox="0 0 {side} {height}" direction="ltr" role="img"><title>{title}</title>'
        "<desc>{desc}</desc>{inside}{people}{more}</svg>"
    ).format(
        side=SIDE, height=SIDE + (22 if more else 0), title="Who thanks whom", inside=inside, people=people,
        desc=_in_words(order, arrows, circles, names, more),
        more=Markup('<text class="who-more" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            SIDE // 2, SIDE + 10, more
        ) if more else "",
    )  # fmt: skip


def short(name: str) -> str:
    """A name that has room beside its place, in an isolate of its own so that it turns nothing else around.

    Signs that control writing, and letters piled on letters, are left out.
    """
    plain, width = "", 0.0
    for sign in " ".join(unicodedata.normalize("NFC", name).split()):
        kind = unicodedata.category(sign)
        if kind in ("Cc", "Cf", "Cs", "Co", "Cn") or (kind in ("Mn", "Me") and plain[-2:] and _piled(plain)):
            continue
        width += 0 if kind in ("Mn", "Me") else _width(sign)
        if width > ROOM:
            plain = plain.rstrip() + "…"
            break
        plain += sign
    return f"\u2068{plain.strip() or '?'}\u2069"


def _piled(plain: str) -> bool:
    return all(unicodedata.category(sign) in ("Mn", "Me") for sign in plain[-2:])


def _width(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in ("W", "F"):
        return 1.9
    return 1.7 if sign in "MW@%mw" else 1.3 if sign.isupper() else 1.0


def _strongest(counted: Mapping[tuple[int, int], int], centre: int | None, marked: Collection[int]) -> set[int]:
    """Whom to draw: whoever is asked for, then those with most lines to or from these, then with most lines."""
    lines: Counter[int] = Counter()
    near: Counter[int] = Counter()
    for (helped, helper), n in counted.items():
        lines.update({helped: n, helper: n})
        if centre in (helped, helper):
            near.update({helped: n, helper: n})
    kept = set(marked)
    ranked = sorted(lines, key=lambda who: (who != centre, who not in kept, -near[who], -lines[who], who))
    return set(ranked[:MOST])


def _around(
    shown: Collection[int], circles: Sequence[frozenset[int]], centre: int | None, arrows: Mapping[tuple[int, int], int]
) -> list[int]:
    """People in the order of the circle: the centre first, closed circles together and along their own arrows."""
    order: list[int] = [centre] if centre in shown and centre is not None else []
    for circle in circles:
        here: int | None = min(circle)
        left = set(circle)
        while left:
            here = here if here in left else min(left)
            left.discard(here)
            if here not in order:
                order.append(here)
            onward = [(n, -head) for (tail, head), n in arrows.items() if tail == here and head in left]
            here = -max(onward)[1] if onward else None
    return order + sorted(set(shown) - set(order))


def _place(angle: float, distance: float = RADIUS) -> Point:
    return Point(SIDE / 2 + distance * cos(angle), SIDE / 2 + distance * sin(angle))


def _class_of(pair: tuple[int, int], arrows: Mapping[tuple[int, int], int], circle_of: Mapping[int, int]) -> str:
    in_circle = circle_of.get(pair[0], -1) == circle_of.get(pair[1], -2)
    both = (pair[1], pair[0]) in arrows
    return "who-arrow" + (" who-circle" if in_circle else "") + (" who-mutual" if both else "")


def _arrow(
    pair: tuple[int, int], lines: int, places: Mapping[int, Point], names: Mapping[int, str], name: str, most: int
) -> Markup:
    tail, head = places[pair[0]], places[pair[1]]
    length = hypot(head.x - tail.x, head.y - tail.y) or 1.0
    # Bent to its own left, so that two that go both ways lie beside each other; all towards the middle a little.
    middle = Point((tail.x + head.x) / 2, (tail.y + head.y) / 2)
    bend = min(24.0, length * 0.16)
    pull = 0.25
    bent = Point(
        middle.x + (SIDE / 2 - middle.x) * pull + (head.y - tail.y) / length * bend,
        middle.y + (SIDE / 2 - middle.y) * pull - (head.x - tail.x) / length * bend,
    )
    along = hypot(head.x - bent.x, head.y - bent.y) or 1.0
    to = Point((head.x - bent.x) / along, (head.y - bent.y) / along)
    width = 1.0 + 3.0 * lines / max(most, EMPHATIC)
    tip = Point(head.x - to.x * 6, head.y - to.y * 6)
    size = 5.5 + width
    base = Point(tip.x - to.x * size, tip.y - to.y * size)
    wing = size * 0.5
    return Markup(
        '<g class="{}"><title>{} → {}: {}</title><path class="who-line" d="M{} Q{} {}" stroke-width="{}"/>'
        '<path class="who-tip" d="M{} L{} L{} Z"/></g>'
    ).format(
        name, short(names.get(pair[0], NOBODY)), short(names.get(pair[1], NOBODY)), lines,
        _at(tail), _at(bent), _at(base), _n(width), _at(tip),
        _at(Point(base.x - to.y * wing, base.y + to.x * wing)), _at(Point(base.x + to.y * wing, base.y - to.x * wing)),
    )  # fmt: skip


def _person(name: str, angle: float, bold: bool, in_circle: bool) -> Markup:
    dot, label = _place(angle), _place(angle, RADIUS + 11)
    turn = angle * 180 / pi
    left = cos(angle) < -1e-9
    return Markup(
        '<g class="who{}"><circle cx="{}" cy="{}" r="{}"/><text x="{}" y="{}" dy="0.35em" text-anchor="{}" '
        'transform="rotate({} {})">{}</text></g>'
    ).format(
        (" who-bold" if bold else "") + (" who-in-circle" if in_circle else ""), _n(dot.x), _n(dot.y),
        7 if bold else 5, _n(label.x), _n(label.y), "end" if left else "start", _n(turn + 180 if left else turn),
        _at(label), short(name),
    )  # fmt: skip


def _in_words(
    order: Sequence[int],
    arrows: Mapping[tuple[int, int], int],
    circles: Sequence[frozenset[int]],
    names: Mapping[int, str],
    more: str,
) -> str:
    said = [f"{len(order)} people and {sum(arrows.values())} thanks and acceptances; arrows lead to who helped."]
    mutual = sum(1 for tail, head in arrows if tail < head and (head, tail) in arrows)
    if mutual:
        said.append(f"{mutual} {'pair' if mutual == 1 else 'pairs'} thanked each other.")
    for circle in circles:
        who = ", ".join(short(names.get(one, NOBODY)) for one in order if one in circle)
        said.append(f"A closed circle of {len(circle)}: {who}.")
    return " ".join([*said, f"{more}." if more else ""]).strip()


def _at(point: Point) -> str:
    return f"{_n(point.x)} {_n(point.y)}"


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
