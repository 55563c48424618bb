"""Pieces of landscape and town that the scenes are put together from; measures in pixels of the sheet."""

import math

from portal.demo.brush import Colour, Sheet, closed, darker, lighter, mix, ridge
from portal.demo.moods import Mood


def sky(sheet: Sheet, mood: Mood, horizon: float, sun: tuple[float, float]) -> None:
    """Sky down to the horizon, the sun or moon, clouds; stars at night."""
    sheet.wash(mood.sky, 0, horizon + 2)
    dice, unit = sheet.dice, sheet.unit
    if mood.stars:
        for _ in range(90):
            x, y = dice.uniform(0, sheet.width), dice.uniform(0, horizon * 0.8)
            sheet.disc(x, y, dice.uniform(0.1, 0.3) * unit, lighter(mood.sky[-1], dice.uniform(0.3, 0.9)))
    x, y = sun[0] * sheet.width, sun[1] * sheet.height
    if not mood.weather:
        sheet.disc(x, y, 6.2 * unit, mood.sun)
        if mood.stars:
            sheet.disc(x + 2.4 * unit, y - 1.4 * unit, 5.4 * unit, mood.sky[0])
    for _ in range(0 if mood.stars else dice.randint(2, 4)):
        cloud(sheet, dice.uniform(0, sheet.width), dice.uniform(0.06, 0.6) * horizon, dice.uniform(9, 20) * unit, mood)


def cloud(sheet: Sheet, x: float, y: float, wide: float, mood: Mood) -> None:
    tone = lighter(mix(mood.sky[1], mood.sky[-1], 0.5), 0.35)
    for _ in range(3):
        left, drop, long = sheet.dice.uniform(-0.6, 0.3) * wide, sheet.dice.uniform(-1, 1), sheet.dice.uniform(0.6, 1.2)
        thick = wide * 0.075
        sheet.stroke(
            [(x + left, y + drop * thick * 1.6), (x + left + long * wide, y + drop * thick * 1.6)], thick, tone
        )


def hills(sheet: Sheet, mood: Mood, top: float, bottom: float, layers: int = 4, rise: float = 0.12) -> None:
    """Hills one behind the other, paler the farther, each fading downwards into its own haze."""
    for layer in range(layers):
        share = layer / max(1, layers - 1)
        base = top + (bottom - top) * share * 0.8
        tone = mix(mood.far, mood.near, share**1.3)
        line = ridge(
            sheet.dice, sheet.width, base + rise * sheet.height * 0.4, rise * sheet.height * (1.1 - 0.4 * share)
        )
        sheet.wash_shape(closed(line, sheet.height), [tone, tone, mix(tone, mood.sky[-1], 0.55)])
        if 0 < share < 1 and sheet.dice.random() < 0.8:
            _copses(sheet, line, darker(tone, 0.10))


def _copses(sheet: Sheet, line: list[tuple[float, float]], tone: Colour) -> None:
    for _ in range(5):
        x, y = sheet.dice.choice(line)
        for _ in range(sheet.dice.randint(3, 7)):
            size = sheet.dice.uniform(0.5, 1.2) * sheet.unit
            sheet.disc(x + sheet.dice.uniform(-3, 3) * sheet.unit, y + size * 0.2, size, tone, 1.2)


def peaks(sheet: Sheet, mood: Mood, base: float, high: float) -> None:
    """A jagged range with snow on the sides that face the light."""
    dice, width = sheet.dice, sheet.width
    x = -0.1 * width
    rock = mix(mood.far, mood.near, 0.35)
    while x < width * 1.1:
        wide, tall = dice.uniform(0.28, 0.46) * width, dice.uniform(0.6, 1.0) * high
        tip = (x + wide * dice.uniform(0.4, 0.6), base - tall)
        sheet.wash_shape([(x, base), tip, (x + wide, base)], [rock, mix(rock, mood.sky[-1], 0.4)])
        shade = [
            (tip[0], tip[1]),
            (x + wide, base),
            (tip[0] + wide * 0.08, base),
            (tip[0] - wide * 0.03, base - tall * 0.5),
        ]
        sheet.shape(shade, darker(rock, 0.16))
        low = 0.34
        left, right = tip[0] + (x - tip[0]) * low, tip[0] + (x + wide - tip[0]) * low
        snow = [tip]
        for step in range(7):
            across = right + (left - right) * step / 6
            snow.append((across, tip[1] + tall * low * (1 if step % 2 == 0 else 0.72)))
        sheet.shape(snow, lighter(mood.far, 0.75))
        x += wide * dice.uniform(0.5, 0.75)


def tree(sheet: Sheet, x: float, y: float, high: float, mood: Mood, kind: str = "round") -> None:
    """One tree of a given height standing on (x, y): round, poplar, fir or bare."""
    dice = sheet.dice
    trunk = mix(darker(mood.near, 0.35), (90, 60, 42), 0.5)
    if kind == "fir":
        green = dice.choice(mood.leaves)
        sheet.box(x - high * 0.03, y - high * 0.15, x + high * 0.03, y, trunk)
        for tier in range(4):
            low, half = y - high * (0.10 + tier * 0.20), high * (0.24 - tier * 0.05)
            sheet.shape([(x - half, low), (x + half, low), (x, low - high * 0.34)], mix(green, mood.near, 0.2))
            if mood.weather == "snow":
                sheet.shape(
                    [(x - half * 0.9, low - high * 0.02), (x, low - high * 0.34), (x - half * 0.1, low - high * 0.1)],
                    lighter(mood.ground, 0.5),
                )
        return
    if mood.bare or kind == "bare":
        _branch(sheet, x, y, high * 0.34, -math.pi / 2, high * 0.05, trunk, 5)
        return
    green = dice.choice(mood.leaves)
    if kind == "poplar":
        sheet.box(x - high * 0.02, y - high * 0.2, x + high * 0.02, y, trunk)
        for part in range(9):
            share = part / 8
            sheet.disc(
                x + dice.uniform(-0.02, 0.02) * high,
                y - high * (0.16 + 0.78 * share),
                high * (0.10 * math.sin(math.pi * (0.15 + 0.75 * share)) + 0.02),
                mix(green, mood.near, 0.35 - 0.2 * share),
                1.7,
            )
        return
    sheet.shape(
        [
            (x - high * 0.04, y),
            (x + high * 0.04, y),
            (x + high * 0.02, y - high * 0.5),
            (x - high * 0.02, y - high * 0.5),
        ],
        trunk,
    )
    blobs = [(dice.uniform(-0.26, 0.26), dice.uniform(0.42, 0.82), dice.uniform(0.14, 0.22)) for _ in range(9)]
    for tone, shift, shrink in (
        (darker(green, 0.18), 0.0, 1.0),
        (green, 0.03, 0.84),
        (lighter(green, 0.22), 0.07, 0.42),
    ):
        for across, up, size in blobs:
            sheet.disc(x + (across - shift) * high, y - (up + shift * 0.7) * high, size * shrink * high, tone)


def _branch(sheet: Sheet, x: float, y: float, long: float, angle: float, thick: float, tone: Colour, left: int) -> None:
    end = (x + math.cos(angle) * long, y + math.sin(angle) * long)
    sheet.stroke([(x, y), end], thick, tone)
    if left:
        for side in (-1, 1):
            turn = angle + side * sheet.dice.uniform(0.25, 0.6)
            _branch(sheet, end[0], end[1], long * sheet.dice.uniform(0.62, 0.8), turn, thick * 0.62, tone, left - 1)


def house(sheet: Sheet, left: float, base: float, wide: float, high: float, mood: Mood, shop: bool = False) -> None:
    """A town house with gable, cornice or mansard, windows that may be lit, and perhaps a shop below."""
    dice = sheet.dice
    wall, roof = dice.choice(mood.walls), dice.choice(mood.roofs)
    top, right = base - high, left + wide
    style = dice.choice(("gable", "steps", "flat", "mansard"))
    rise = wide * 0.42
    if style == "gable":
        sheet.shape([(left, top), (left + wide / 2, top - rise), (right, top)], wall)
        sheet.stroke(
            [(left - wide * 0.02, top), (left + wide / 2, top - rise), (right + wide * 0.02, top)], wide * 0.05, roof
        )
    elif style == "steps":
        for step in range(4):
            inset = wide * 0.12 * step
            sheet.box(left + inset, top - rise * 0.27 * (step + 1), right - inset, top, wall)
            sheet.box(
                left + inset,
                top - rise * 0.27 * (step + 1),
                right - inset,
                top - rise * 0.27 * (step + 1) + wide * 0.03,
                roof,
            )
    elif style == "mansard":
        sheet.shape(
            [(left, top), (left + wide * 0.1, top - rise * 0.7), (right - wide * 0.1, top - rise * 0.7), (right, top)],
            roof,
        )
        for share in (0.3, 0.7):
            _window(sheet, left + wide * share, top - rise * 0.32, wide * 0.13, rise * 0.4, mood, wall)
    else:
        sheet.box(left - wide * 0.02, top - wide * 0.05, right + wide * 0.02, top + wide * 0.02, lighter(wall, 0.3))
    sheet.box(left, top, right, base, wall)
    sheet.box(right - wide * 0.06, top, right, base, darker(wall, 0.08))
    columns = 2 if wide < 14 * sheet.unit else 3
    ground = min(high * 0.42, wide * 0.55)
    floors = max(1, round((high - ground) / (wide * 0.42)))
    for floor in range(floors):
        for column in range(columns):
            x = left + wide * (column + 0.5) / columns
            y = top + (high - ground) * (floor + 0.55) / floors
            _window(sheet, x, y, wide * 0.42 / columns, min(wide * 0.30, (high - ground) / floors * 0.68), mood, wall)
    if style in ("gable", "steps"):
        _window(sheet, left + wide / 2, top - rise * 0.32, wide * 0.14, rise * 0.3, mood, wall)
    _ground_floor(sheet, left, base, wide, ground, mood, wall, shop)


def _window(sheet: Sheet, x: float, y: float, wide: float, high: float, mood: Mood, wall: Colour) -> None:
    lit = sheet.dice.random() < mood.lit
    frame = lighter(wall, 0.45 if mood.dim < 0.25 else 0.12)
    glass = (
        mix(mood.window, (255, 236, 190), sheet.dice.uniform(0, 0.4))
        if lit
        else darker(mix(wall, mood.sky[0], 0.55), 0.42)
    )
    rim = max(0.6, wide * 0.12)
    sheet.box(x - wide / 2 - rim, y - high / 2 - rim, x + wide / 2 + rim, y + high / 2 + rim, frame)
    sheet.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2, glass)
    sheet.box(x - rim * 0.25, y - high / 2, x + rim * 0.25, y + high / 2, frame)
    sheet.box(x - wide / 2, y - high * 0.12 - rim * 0.25, x + wide / 2, y - high * 0.12 + rim * 0.25, frame)
    if not lit and mood.dim < 0.2 and not mood.bare and sheet.dice.random() < 0.22:
        for spot in range(5):
            colour = sheet.dice.choice(mood.leaves[:3] + ((226, 96, 84), (240, 190, 80)))
            sheet.disc(x - wide / 2 + wide * spot / 4, y + high / 2 + rim, wide * 0.15, colour)


def _ground_floor(
    sheet: Sheet, left: float, base: float, wide: float, high: float, mood: Mood, wall: Colour, shop: bool
) -> None:
    right, top = left + wide, base - high
    if not shop:
        door = sheet.dice.choice([(64, 92, 96), (122, 58, 50), (56, 72, 104), (92, 84, 58)])
        door = mix(door, mood.tint, mood.dim)
        x = left + wide * sheet.dice.choice((0.25, 0.75))
        sheet.box(x - wide * 0.11, base - high * 0.80, x + wide * 0.11, base, lighter(wall, 0.3))
        sheet.box(x - wide * 0.085, base - high * 0.76, x + wide * 0.085, base, door)
        _window(sheet, left + right - x, base - high * 0.46, wide * 0.24, high * 0.42, mood, wall)
        return
    glass = mood.window if mood.lit > 0.25 else darker(mix(wall, mood.sky[0], 0.5), 0.35)
    sheet.box(left + wide * 0.06, top + high * 0.30, right - wide * 0.06, base - high * 0.12, lighter(wall, 0.35))
    sheet.box(left + wide * 0.09, top + high * 0.34, right - wide * 0.34, base - high * 0.16, glass)
    sheet.box(right - wide * 0.30, top + high * 0.34, right - wide * 0.09, base, darker(glass, 0.15))
    awning(sheet, left + wide * 0.03, top + high * 0.14, wide * 0.94, high * 0.28, mood)


def awning(sheet: Sheet, left: float, top: float, wide: float, high: float, mood: Mood) -> None:
    """Striped cloth with a scalloped edge."""
    cloth = sheet.dice.choice([(206, 84, 68), (52, 120, 122), (224, 160, 56), (64, 92, 140), (94, 130, 78)])
    pair = (mix(cloth, mood.tint, mood.dim), mix((250, 242, 226), mood.tint, mood.dim))
    stripes = 8
    for stripe in range(stripes):
        x0, x1 = left + wide * stripe / stripes, left + wide * (stripe + 1) / stripes
        inset0, inset1 = wide * 0.04 * (1 - 2 * stripe / stripes), wide * 0.04 * (1 - 2 * (stripe + 1) / stripes)
        sheet.shape([(x0 + inset0, top), (x1 + inset1, top), (x1, top + high), (x0, top + high)], pair[stripe % 2])
        sheet.disc((x0 + x1) / 2, top + high, wide / stripes / 2, pair[stripe % 2], 0.7)


def lamp_post(sheet: Sheet, x: float, base: float, high: float, mood: Mood) -> tuple[float, float]:
    """A street lamp; returns where its light is."""
    iron = darker(mix((60, 66, 72), mood.tint, mood.dim), 0.25)
    sheet.box(x - high * 0.012, base - high, x + high * 0.012, base, iron)
    sheet.box(x - high * 0.03, base - high * 0.08, x + high * 0.03, base, iron)
    sheet.shape(
        [
            (x - high * 0.055, base - high),
            (x + high * 0.055, base - high),
            (x + high * 0.035, base - high * 1.0 + high * 0.12),
            (x - high * 0.035, base - high * 1.0 + high * 0.12),
        ],
        (255, 226, 150) if mood.lit > 0.3 else lighter(iron, 0.5),
    )
    sheet.shape([(x - high * 0.07, base - high), (x + high * 0.07, base - high), (x, base - high * 1.06)], iron)
    return (x, base - high * 0.95)


def bunting(sheet: Sheet, left: float, right: float, y: float, sag: float, mood: Mood) -> None:
    flags = [(214, 90, 70), (240, 186, 72), (72, 140, 138), (242, 234, 214), (92, 110, 160)]
    points = [(left + (right - left) * s / 24, y + sag * 4 * (s / 24) * (1 - s / 24)) for s in range(25)]
    sheet.stroke(points, 0.25 * sheet.unit, darker(mood.near, 0.3))
    for number, (x, top) in enumerate(points[1:-1]):
        size = (right - left) / 60
        sheet.shape(
            [(x - size, top), (x + size, top), (x, top + size * 2.1)], mix(flags[number % 5], mood.tint, mood.dim)
        )


def rays(sheet: Sheet, mood: Mood, x: float, y: float) -> None:
    """Flat rays around a sun, as on old posters."""
    for number in range(18):
        first, second = number * math.tau / 18, (number + 0.5) * math.tau / 18
        far = sheet.width + sheet.height
        sheet.shape(
            [
                (x, y),
                (x + math.cos(first) * far, y + math.sin(first) * far),
                (x + math.cos(second) * far, y + math.sin(second) * far),
            ],
            mix(mood.sky[1], mood.sky[-1], 0.35),
        )
