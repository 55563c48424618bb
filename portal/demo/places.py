"""More places: market, workshop, allotment, mountain pass, bridge over a river, and a portrait of a wheel."""

import math

from portal.demo import scenery
from portal.demo.brush import Sheet, closed, darker, lighter, mix, ridge
from portal.demo.moods import Mood
from portal.demo.scenes import LANDSCAPES, Scene, Spot, _grass, _metre, _paving, _road, _skyline


def market(sheet: Sheet, mood: Mood) -> Spot:
    """Stalls under striped cloth, bunting above."""
    ground = 0.75 * sheet.height
    scenery.sky(sheet, mood, ground, (0.15, 0.16))
    x = -4 * sheet.unit
    while x < sheet.width:
        wide = sheet.dice.uniform(16, 24) * sheet.unit
        scenery.house(sheet, x, ground, wide, sheet.dice.uniform(0.42, 0.52) * sheet.height, mood)
        x += wide
    _paving(sheet, mood, ground)
    stall = 40 * sheet.unit
    for number in range(round(sheet.width / stall) + 1):
        _stall(sheet, mood, number * stall - 8 * sheet.unit, ground + 2 * sheet.unit, stall * 0.84)
    for row in range(2):
        scenery.bunting(
            sheet,
            -5 * sheet.unit,
            sheet.width + 5 * sheet.unit,
            (0.13 + 0.09 * row) * sheet.height,
            (7 - 3 * row) * sheet.unit,
            mood,
        )
    return Spot(ground + 8 * sheet.unit, _metre(sheet), darker(mood.road, 0.4))


def _stall(sheet: Sheet, mood: Mood, left: float, base: float, wide: float) -> None:
    high = wide * 0.62
    post = mix((120, 84, 56), mood.tint, mood.dim)
    for x in (left + wide * 0.05, left + wide * 0.93):
        sheet.box(x, base - high, x + wide * 0.02, base, post)
    sheet.box(
        left + wide * 0.04,
        base - high * 0.40,
        left + wide * 0.96,
        base - wide * 0.02,
        mix((214, 178, 124), mood.tint, mood.dim),
    )
    fruits = [(214, 84, 62), (236, 168, 58), (112, 160, 78), (150, 70, 110), (240, 214, 110), (232, 122, 60)]
    for crate in range(5):
        x = left + wide * (0.07 + crate * 0.178)
        for _ in range(22):
            sheet.disc(
                x + sheet.dice.uniform(0.01, 0.15) * wide,
                base - high * 0.40 - sheet.dice.uniform(0, 0.055) * wide,
                wide * 0.021,
                mix(fruits[crate % 6], mood.tint, mood.dim + sheet.dice.random() * 0.15),
            )
        sheet.box(x, base - high * 0.42, x + wide * 0.165, base - high * 0.31, mix((176, 126, 76), mood.tint, mood.dim))
    scenery.awning(sheet, left, base - high * 1.18, wide, high * 0.34, mood)


def workshop(sheet: Sheet, mood: Mood) -> Spot:
    """The works: tall windows, a wall of tools, wooden floor."""
    ground = 0.78 * sheet.height
    wall = mix(mood.walls[0], (236, 226, 206), 0.6)
    sheet.wash([wall, darker(wall, 0.10)], 0, ground)
    wide, gap = 26 * sheet.unit, 33 * sheet.unit
    for number in range(round(sheet.width / gap) + 1):
        if number % 2 == 0:
            _tall_window(sheet, mood, number * gap + 4 * sheet.unit, 0.10 * sheet.height, wide, 0.5 * sheet.height)
        else:
            _tool_wall(sheet, mood, number * gap + 3 * sheet.unit, 0.15 * sheet.height, wide, 0.42 * sheet.height)
    sheet.box(0, ground - 6 * sheet.unit, sheet.width, ground, darker(wall, 0.18))
    floor = mix((188, 146, 100), mood.tint, mood.dim)
    sheet.wash([darker(floor, 0.05), lighter(floor, 0.12)], ground, sheet.height)
    for board in range(5):
        y = ground + (board + 1) ** 1.4 * 2 * sheet.unit
        sheet.stroke([(0, y), (sheet.width, y)], 0.25 * sheet.unit, darker(floor, 0.25), caps=False)
    for number in range(0, round(sheet.width / gap) + 1, 2):
        x = number * gap
        sheet.shape(
            [
                (x, ground + sheet.unit),
                (x + wide, ground + sheet.unit),
                (x + wide * 1.6, sheet.height),
                (x + wide * 0.4, sheet.height),
            ],
            lighter(floor, 0.32),
        )
    lamps = []
    for share in (0.3, 0.72):
        x = share * sheet.width
        sheet.stroke([(x, 0), (x, 7 * sheet.unit)], 0.35 * sheet.unit, (60, 60, 64))
        sheet.shape(
            [
                (x - 5 * sheet.unit, 11 * sheet.unit),
                (x + 5 * sheet.unit, 11 * sheet.unit),
                (x + 1.6 * sheet.unit, 6.5 * sheet.unit),
                (x - 1.6 * sheet.unit, 6.5 * sheet.unit),
            ],
            mix((52, 116, 116), mood.tint, mood.dim),
        )
        lamps.append((x, 12 * sheet.unit))
    return Spot(ground + 5 * sheet.unit, _metre(sheet, 0.52), darker(floor, 0.45), lamps)


def _tall_window(sheet: Sheet, mood: Mood, left: float, top: float, wide: float, high: float) -> None:
    frame = darker(mix((74, 88, 92), mood.tint, mood.dim), 0.1)
    sheet.rounded(
        left - sheet.unit, top - sheet.unit, left + wide + sheet.unit, top + high + sheet.unit, 2 * sheet.unit, frame
    )
    sheet.wash_shape([(left, top), (left + wide, top), (left + wide, top + high), (left, top + high)], mood.sky)
    line = [
        (left + x * wide / sheet.width, y)
        for x, y in ridge(sheet.dice, sheet.width, top + high * 0.8, high * 0.3, 0.5, 30)
    ]
    sheet.shape(closed(line, top + high), mix(mood.far, mood.near, 0.5))
    for pane in range(1, 4):
        x = left + wide * pane / 4
        sheet.box(x - 0.35 * sheet.unit, top, x + 0.35 * sheet.unit, top + high, frame)
    for pane in range(1, 5):
        y = top + high * pane / 5
        sheet.box(left, y - 0.35 * sheet.unit, left + wide, y + 0.35 * sheet.unit, frame)


def _tool_wall(sheet: Sheet, mood: Mood, left: float, top: float, wide: float, high: float) -> None:
    board = mix((206, 168, 116), mood.tint, mood.dim)
    steel = mix((96, 104, 108), mood.tint, mood.dim)
    sheet.box(left, top, left + wide, top + high, board)
    sheet.ring(left + wide * 0.3, top + high * 0.34, wide * 0.22, 0.9 * sheet.unit, (48, 50, 56))
    sheet.ring(left + wide * 0.3, top + high * 0.34, wide * 0.19, 0.4 * sheet.unit, steel)
    for tool in range(6):
        x = left + wide * (0.60 + tool * 0.065)
        long = high * (0.42 - tool * 0.045)
        sheet.stroke([(x, top + high * 0.1), (x, top + high * 0.1 + long)], 0.8 * sheet.unit, steel)
        sheet.ring(x, top + high * 0.1 + long, 1.1 * sheet.unit, 0.6 * sheet.unit, steel)
    for tool in range(7):
        x = left + wide * (0.10 + tool * 0.125)
        handle = sheet.dice.choice([(206, 84, 68), (224, 160, 56), (52, 120, 122)])
        sheet.stroke(
            [(x, top + high * 0.68), (x, top + high * 0.78)], 1.3 * sheet.unit, mix(handle, mood.tint, mood.dim)
        )
        sheet.stroke([(x, top + high * 0.78), (x, top + high * 0.92)], 0.5 * sheet.unit, steel)


def garden(sheet: Sheet, mood: Mood) -> Spot:
    """An allotment: beds in rows, a shed, bean poles."""
    ground = 0.78 * sheet.height
    scenery.sky(sheet, mood, 0.62 * sheet.height, (0.8, 0.2))
    scenery.hills(sheet, mood, 0.44 * sheet.height, 0.62 * sheet.height, 2, 0.08)
    for spot in range(6):
        scenery.tree(
            sheet,
            sheet.width * (spot + sheet.dice.random()) / 6,
            0.62 * sheet.height,
            sheet.dice.uniform(16, 28) * sheet.unit,
            mood,
        )
    sheet.wash([mood.ground, darker(mood.ground, 0.1)], 0.61 * sheet.height, sheet.height)
    _shed(sheet, mood, 0.06 * sheet.width, 0.70 * sheet.height)
    earth = mix((122, 86, 62), mood.tint, mood.dim)
    for row in range(4):
        y = (0.66 + 0.045 * row) * sheet.height
        sheet.box(0.40 * sheet.width, y, sheet.width, y + (0.8 + 0.3 * row) * sheet.unit, earth)
        step = (2.6 + row * 0.7) * sheet.unit
        for number in range(round(0.6 * sheet.width / step) + 1):
            x = 0.40 * sheet.width + number * step
            tone = darker(sheet.dice.choice(mood.leaves[:4]), 0.1)
            if row == 1 and number % 3 == 0:
                sheet.stroke([(x, y), (x + step * 0.4, y - 13 * sheet.unit)], 0.35 * sheet.unit, (140, 104, 70))
                sheet.stroke(
                    [(x + step * 0.8, y), (x + step * 0.4, y - 13 * sheet.unit)], 0.35 * sheet.unit, (140, 104, 70)
                )
            sheet.disc(x, y - 0.6 * sheet.unit, step * 0.42, tone)
            sheet.disc(x - step * 0.1, y - 1.1 * sheet.unit, step * 0.22, lighter(tone, 0.25))
    _road(sheet, mood, ground + sheet.unit)
    _grass(sheet, mood, ground + 10 * sheet.unit)
    return Spot(ground + 4 * sheet.unit, _metre(sheet, 0.44), darker(mood.road, 0.4))


def _shed(sheet: Sheet, mood: Mood, left: float, base: float) -> None:
    wide, high = 30 * sheet.unit, 20 * sheet.unit
    wood = mix(sheet.dice.choice([(70, 120, 128), (168, 92, 72), (118, 138, 96)]), mood.tint, mood.dim)
    sheet.box(left, base - high, left + wide, base, wood)
    for plank in range(10):
        x = left + wide * plank / 10
        sheet.box(x, base - high, x + 0.2 * sheet.unit, base, darker(wood, 0.2))
    sheet.shape(
        [
            (left - 3 * sheet.unit, base - high),
            (left + wide / 2, base - high * 1.55),
            (left + wide + 3 * sheet.unit, base - high),
        ],
        mood.roofs[0],
    )
    sheet.box(left + wide * 0.6, base - high * 0.75, left + wide * 0.86, base, darker(wood, 0.3))
    sheet.box(left + wide * 0.14, base - high * 0.70, left + wide * 0.44, base - high * 0.35, lighter(wood, 0.6))
    sheet.box(left + wide * 0.16, base - high * 0.67, left + wide * 0.42, base - high * 0.38, mood.window)


def mountains(sheet: Sheet, mood: Mood) -> Spot:
    """A pass road under snowy peaks."""
    scenery.sky(sheet, mood, 0.7 * sheet.height, (0.2, 0.18))
    scenery.peaks(sheet, mood, 0.66 * sheet.height, 0.46 * sheet.height)
    scenery.hills(sheet, mood, 0.58 * sheet.height, 0.84 * sheet.height, 3, 0.1)
    ground = 0.80 * sheet.height
    for _ in range(12):
        scenery.tree(
            sheet,
            sheet.dice.choice((sheet.dice.uniform(0, 0.24), sheet.dice.uniform(0.76, 1))) * sheet.width,
            ground,
            sheet.dice.uniform(14, 30) * sheet.unit,
            mood,
            "fir",
        )
    _road(sheet, mood, ground)
    _grass(sheet, mood, ground + 8 * sheet.unit)
    return Spot(ground + 2.5 * sheet.unit, _metre(sheet, 0.44), darker(mood.road, 0.4))


def bridge(sheet: Sheet, mood: Mood) -> Spot:
    """A stone bridge over a wide river, the town behind it."""
    water = 0.74 * sheet.height
    sun = (0.68, 0.34)
    scenery.sky(sheet, mood, water, sun)
    scenery.hills(sheet, mood, 0.46 * sheet.height, 0.66 * sheet.height, 2, 0.08)
    _skyline(sheet, mood, water, 0.20, mix(mood.far, mood.near, 0.55))
    river = mix(mood.sky[1], mood.near, 0.35)
    sheet.wash([mix(river, mood.sky[-1], 0.5), darker(river, 0.2)], water - 3 * sheet.unit, sheet.height)
    for _ in range(120):
        y = water + (sheet.height - water) * sheet.dice.random()
        x = sheet.dice.uniform(0, sheet.width)
        sheet.stroke(
            [(x, y), (x + sheet.dice.uniform(2, 9) * sheet.unit, y)],
            0.25 * sheet.unit,
            mix(river, mood.sun, sheet.dice.uniform(0.1, 0.6)),
        )
    deck, stone = 0.60 * sheet.height, darker(mix(mood.walls[0], mood.near, 0.45), 0.1)
    span = 46 * sheet.unit
    outline = [(0.0, deck)]
    outline.append((sheet.width, deck))
    count = round(sheet.width / span) + 1
    for arch in range(count, -1, -1):
        middle = arch * span
        for step in range(13):
            angle = math.pi * step / 12
            outline.append(
                (
                    middle + math.cos(angle) * span * 0.40,
                    water + 4 * sheet.unit - math.sin(angle) * (water - deck - 2 * sheet.unit),
                )
            )
    sheet.wash_shape(outline, [lighter(stone, 0.12), darker(stone, 0.15)])
    sheet.box(0, deck - 1.2 * sheet.unit, sheet.width, deck + 1.2 * sheet.unit, lighter(stone, 0.2))
    return Spot(deck - sheet.unit, _metre(sheet, 0.42), darker(stone, 0.3))


def poster(sheet: Sheet, mood: Mood) -> Spot:
    """Nothing but a sun with flat rays and a hill, as on old travel posters."""
    ground = 0.80 * sheet.height
    x, y = 0.5 * sheet.width, 0.46 * sheet.height
    sheet.wash([mood.sky[1], mood.sky[-1]], 0, sheet.height)
    scenery.rays(sheet, mood, x, y)
    sheet.disc(x, y, 24 * sheet.unit, mood.sun)
    for layer in range(3):
        line = ridge(sheet.dice, sheet.width, ground + (layer - 1.6) * 6 * sheet.unit, 9 * sheet.unit, 0.3)
        sheet.shape(closed(line, sheet.height), mix(mood.far, mood.near, 0.35 + 0.3 * layer))
    sheet.wash([mood.ground, darker(mood.ground, 0.2)], ground, sheet.height)
    return Spot(ground + 3 * sheet.unit, _metre(sheet, 0.6), darker(mood.ground, 0.35))


PLACES: dict[str, Scene] = {
    **LANDSCAPES,
    "market": market,
    "workshop": workshop,
    "garden": garden,
    "mountains": mountains,
    "bridge": bridge,
    "poster": poster,
}
