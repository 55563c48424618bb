"""The places where the pictures are set; each paints itself and says where a bicycle would stand."""

from collections.abc import Callable
from dataclasses import dataclass, field

from portal.demo import scenery
from portal.demo.brush import Colour, Point, Sheet, closed, darker, lighter, mix, ridge
from portal.demo.moods import Mood


@dataclass
class Spot:
    """Where the wheels touch (`ground`, in pixels), how long a metre is there, what shines, what mirrors."""

    ground: float
    metre: float
    shade: Colour
    lights: list[Point] = field(default_factory=list)
    mirror: float | None = None


def _metre(sheet: Sheet, share: float = 0.46) -> float:
    """So long that a bicycle of 2.7 m and its rider of 1.8 m fill about `share` of the sheet."""
    return min(sheet.width * share / 2.7, sheet.height * share * 1.15 / 1.8)


def hills(sheet: Sheet, mood: Mood) -> Spot:
    """A road over the hills."""
    sun = (sheet.dice.uniform(0.6, 0.84), 0.25)
    scenery.sky(sheet, mood, 0.6 * sheet.height, sun)
    scenery.hills(sheet, mood, 0.40 * sheet.height, 0.80 * sheet.height, 4)
    ground = 0.79 * sheet.height
    meadow = ridge(sheet.dice, sheet.width, ground, 0.05 * sheet.height, 0.3)
    sheet.wash_shape(closed(meadow, sheet.height), [mood.ground, darker(mood.ground, 0.12)])
    for _ in range(3):
        x = sheet.dice.choice((sheet.dice.uniform(0.02, 0.25), sheet.dice.uniform(0.78, 0.98))) * sheet.width
        scenery.tree(
            sheet,
            x,
            ground - sheet.unit,
            sheet.dice.uniform(20, 36) * sheet.unit,
            mood,
            sheet.dice.choice(("round", "poplar", "round")),
        )
    _road(sheet, mood, ground)
    _grass(sheet, mood, ground + 8 * sheet.unit)
    return Spot(ground + 2.5 * sheet.unit, _metre(sheet), darker(mood.road, 0.4))


def _road(sheet: Sheet, mood: Mood, top: float) -> None:
    depth = 8 * sheet.unit
    line = ridge(sheet.dice, sheet.width, top + 1.2 * sheet.unit, 1.2 * sheet.unit, 0.2)
    low = [(x, y + depth) for x, y in reversed(line)]
    sheet.wash_shape([*line, *low], [lighter(mood.road, 0.15), mood.road])
    sheet.stroke(line, 0.5 * sheet.unit, darker(mood.ground, 0.15), caps=False)


def _grass(sheet: Sheet, mood: Mood, top: float) -> None:
    line = ridge(sheet.dice, sheet.width, top + 2 * sheet.unit, 2 * sheet.unit, 0.6)
    near = darker(mood.ground, 0.2)
    sheet.wash_shape(closed(line, sheet.height + 1), [near, darker(near, 0.15)])
    flowers = [
        lighter(mood.ground, 0.6),
        mix((236, 110, 90), mood.tint, mood.dim),
        mix((246, 206, 96), mood.tint, mood.dim),
    ]
    for _ in range(round(sheet.width / sheet.unit * 1.3)):
        x, y = sheet.dice.choice(line)
        x += sheet.dice.uniform(-1, 1) * sheet.unit
        tall = sheet.dice.uniform(1.2, 4.5) * sheet.unit
        lean = sheet.dice.uniform(-1, 1) * sheet.unit
        sheet.stroke(
            [(x, y + 2 * sheet.unit), (x + lean, y - tall * 0.5)],
            0.3 * sheet.unit,
            mix(near, mood.near, sheet.dice.random() * 0.7),
            caps=False,
        )
        if sheet.dice.random() < 0.25 and not mood.bare:
            sheet.disc(x + lean, y - tall * 0.5, 0.55 * sheet.unit, sheet.dice.choice(flowers))


def street(sheet: Sheet, mood: Mood) -> Spot:
    """A row of town houses with shops."""
    ground = 0.79 * sheet.height
    scenery.sky(sheet, mood, ground, (0.8, 0.14))
    for layer in range(2):
        _skyline(sheet, mood, ground, (0.62 - 0.12 * layer), mix(mood.far, mood.near, 0.15 + 0.3 * layer))
    metre = _metre(sheet)
    x = -sheet.dice.uniform(0, 2) * metre
    lights: list[Point] = []
    while x < sheet.width:
        wide = sheet.dice.uniform(1.7, 2.6) * metre
        scenery.house(
            sheet,
            x,
            ground - 1.5 * sheet.unit,
            wide,
            sheet.dice.uniform(0.40, 0.56) * sheet.height,
            mood,
            sheet.dice.random() < 0.5,
        )
        x += wide + sheet.dice.choice((0, 0, 0.12)) * metre
    _paving(sheet, mood, ground)
    for share in (0.12, 0.9):
        lights.append(scenery.lamp_post(sheet, share * sheet.width, ground, 2.6 * metre, mood))
    if not mood.lit > 0.3:
        scenery.tree(sheet, sheet.width * 0.86, ground, 2.6 * metre, mood)
        lights = []
    return Spot(
        ground + 5 * sheet.unit,
        metre,
        darker(mood.road, 0.45),
        lights,
        ground + 9 * sheet.unit if mood.weather == "rain" else None,
    )


def _skyline(sheet: Sheet, mood: Mood, base: float, share: float, tone: Colour) -> None:
    x = 0.0
    while x < sheet.width:
        wide = sheet.dice.uniform(5, 12) * sheet.unit
        top = base - share * sheet.height * sheet.dice.uniform(0.75, 1.08)
        sheet.box(x, top, x + wide, base, tone)
        if sheet.dice.random() < 0.22:
            sheet.shape([(x + wide * 0.3, top), (x + wide * 0.5, top - 14 * sheet.unit), (x + wide * 0.7, top)], tone)
        else:
            sheet.shape([(x, top), (x + wide / 2, top - wide * 0.35), (x + wide, top)], tone)
        x += wide


def _paving(sheet: Sheet, mood: Mood, ground: float) -> None:
    sheet.box(0, ground - 1.5 * sheet.unit, sheet.width, ground, lighter(mood.road, 0.22))
    sheet.wash([darker(mood.road, 0.10), mood.road, darker(mood.road, 0.08)], ground, sheet.height)
    joint = darker(mood.road, 0.16)
    row, y = 0, ground + 1.2 * sheet.unit
    while y < sheet.height:
        gap = (2.2 + row * 0.55) * sheet.unit
        for column in range(-1, round(sheet.width / (gap * 4)) + 2):
            x = (column + 0.5 * (row % 2)) * gap * 4
            sheet.stroke([(x, y), (x + gap * 2.6, y)], 0.22 * sheet.unit, joint, caps=False)
        y, row = y + gap, row + 1


def canal(sheet: Sheet, mood: Mood) -> Spot:
    """Houses that stand in their own reflection, a quay in front."""
    water = 0.54 * sheet.height
    scenery.sky(sheet, mood, water, (0.72, 0.16))
    _skyline(sheet, mood, water, 0.30, mix(mood.far, mood.near, 0.15))
    x = -3 * sheet.unit
    while x < sheet.width:
        wide = sheet.dice.uniform(11, 17) * sheet.unit
        scenery.house(sheet, x, water, wide, sheet.dice.uniform(0.20, 0.32) * sheet.height, mood)
        if sheet.dice.random() < 0.3:
            scenery.tree(sheet, x + wide, water, sheet.dice.uniform(14, 20) * sheet.unit, mood)
        x += wide
    quay = 0.78 * sheet.height
    _mirrored(sheet, water, quay, mix(mood.sky[0], mood.near, 0.35))
    sheet.box(0, water - 0.6 * sheet.unit, sheet.width, water + 0.8 * sheet.unit, darker(mood.road, 0.3))
    sheet.box(0, quay - 1.2 * sheet.unit, sheet.width, quay + sheet.unit, lighter(mood.road, 0.2))
    sheet.wash([darker(mood.road, 0.05), darker(mood.road, 0.18)], quay + sheet.unit, sheet.height)
    for post in range(7):
        x = sheet.width * (post + 0.5) / 7
        sheet.box(x - 0.5 * sheet.unit, quay - 6 * sheet.unit, x + 0.5 * sheet.unit, quay, darker(mood.near, 0.3))
    sheet.stroke(
        [(0, quay - 5.5 * sheet.unit), (sheet.width, quay - 5.5 * sheet.unit)], 0.5 * sheet.unit, darker(mood.near, 0.3)
    )
    lights = [scenery.lamp_post(sheet, 0.9 * sheet.width, quay + sheet.unit, 1.9 * _metre(sheet), mood)]
    return Spot(quay + 6 * sheet.unit, _metre(sheet, 0.42), darker(mood.road, 0.5), lights if mood.lit > 0.3 else [])


def _mirrored(sheet: Sheet, water: float, bottom: float, tone: Colour) -> None:
    from PIL import Image, ImageOps

    from portal.demo.brush import OVERSAMPLE

    top, low = round(water * OVERSAMPLE), round(bottom * OVERSAMPLE)
    strip = sheet.image.crop((0, top - (low - top), sheet.image.width, top))
    strip = ImageOps.flip(strip).resize((strip.width // 12, max(1, strip.height // 4))).resize(strip.size)
    strip = Image.blend(strip, Image.new("RGB", strip.size, tone), 0.42)
    sheet.image.paste(strip, (0, top))
    for _ in range(70):
        y = water + (bottom - water) * sheet.dice.random() ** 0.8
        x, long = sheet.dice.uniform(0, sheet.width), sheet.dice.uniform(3, 14) * sheet.unit
        sheet.stroke([(x, y), (x + long, y)], 0.22 * sheet.unit, mix(tone, lighter(tone, 0.5), sheet.dice.random()))


def forest(sheet: Sheet, mood: Mood) -> Spot:
    """Trunks in layers of mist, a path between them."""
    ground = 0.78 * sheet.height
    sheet.wash([mix(mood.sky[0], mood.near, 0.2), mood.sky[-1], mood.far], 0, ground)
    if not mood.weather:
        sheet.disc(0.7 * sheet.width, 0.3 * sheet.height, 8 * sheet.unit, mood.sun)
    for layer in range(4):
        share = (layer + 1) / 4.6
        tone = mix(mood.far, darker(mood.near, 0.2), share)
        for _ in range(round(sheet.width / sheet.unit / (9 + 3 * layer))):
            x = sheet.dice.uniform(0, sheet.width)
            if 0.25 < share < 0.9 and sheet.dice.random() < 0.5:
                scenery.tree(
                    sheet,
                    x,
                    ground - (4 - layer) * sheet.unit,
                    sheet.dice.uniform(30, 62) * sheet.unit,
                    mood,
                    "fir" if mood.bare or sheet.dice.random() < 0.4 else "round",
                )
                continue
            thick = sheet.dice.uniform(0.7, 1.6) * (0.5 + share) * sheet.unit
            lean = sheet.dice.uniform(-3, 3) * sheet.unit
            sheet.shape(
                [(x - thick, ground), (x + thick, ground), (x + thick * 0.7 + lean, 0), (x - thick * 0.7 + lean, 0)],
                tone,
            )
        floor = ridge(sheet.dice, sheet.width, ground - (3 - layer) * 2 * sheet.unit, 3 * sheet.unit, 0.4)
        sheet.wash_shape(closed(floor, sheet.height), [mix(tone, mood.ground, 0.4), mix(tone, mood.sky[-1], 0.35)])
    meadow = ridge(sheet.dice, sheet.width, ground, 2 * sheet.unit, 0.3)
    sheet.wash_shape(closed(meadow, sheet.height), [darker(mood.ground, 0.08), darker(mood.ground, 0.3)])
    _road(sheet, mood, ground + sheet.unit)
    _grass(sheet, mood, ground + 10 * sheet.unit)
    for _ in range(26 if not mood.bare else 0):
        x, y = sheet.dice.uniform(0, sheet.width), sheet.dice.uniform(ground + 2 * sheet.unit, sheet.height)
        sheet.disc(x, y, sheet.dice.uniform(0.3, 0.7) * sheet.unit, sheet.dice.choice(mood.leaves), 0.5)
    return Spot(ground + 4 * sheet.unit, _metre(sheet), darker(mood.road, 0.45))


def coast(sheet: Sheet, mood: Mood) -> Spot:
    """Sea, a lighthouse, dunes and a path along them."""
    horizon = 0.54 * sheet.height
    sun = (sheet.dice.uniform(0.22, 0.42), 0.36)
    scenery.sky(sheet, mood, horizon, sun)
    sea = mix(mood.sky[0], mood.near, 0.25)
    sheet.wash([mix(sea, mood.sky[-1], 0.5), sea, darker(sea, 0.12)], horizon, 0.8 * sheet.height)
    for _ in range(90):
        y = horizon + (0.24 * sheet.height) * sheet.dice.random() ** 1.4
        spread = (y - horizon) * 0.9 + 5 * sheet.unit
        x = sun[0] * sheet.width + sheet.dice.uniform(-1, 1) * spread
        sheet.stroke(
            [(x, y), (x + sheet.dice.uniform(1, 6) * sheet.unit, y)],
            0.3 * sheet.unit,
            mix(sea, mood.sun, sheet.dice.uniform(0.3, 0.8)),
        )
    for _ in range(3):
        _sail(sheet, mood, sheet.dice.uniform(0.05, 0.9) * sheet.width, horizon + sheet.unit)
    cape = [
        (0.66 * sheet.width, horizon + 2 * sheet.unit),
        (0.78 * sheet.width, horizon - 5 * sheet.unit),
        (sheet.width, horizon - 8 * sheet.unit),
        (sheet.width, horizon + 4 * sheet.unit),
    ]
    sheet.shape(cape, mix(mood.far, mood.near, 0.6))
    _lighthouse(sheet, mood, 0.86 * sheet.width, horizon - 5 * sheet.unit)
    for layer in range(3):
        base = (0.72 + 0.06 * layer) * sheet.height
        dune = mix(mood.road, mood.ground, 0.2 + 0.3 * layer)
        sheet.wash_shape(
            closed(ridge(sheet.dice, sheet.width, base, 0.07 * sheet.height, 0.45), sheet.height),
            [lighter(dune, 0.1), darker(dune, 0.12)],
        )
    ground = 0.80 * sheet.height
    _road(sheet, mood, ground)
    _grass(sheet, mood, ground + 8 * sheet.unit)
    return Spot(ground + 2.5 * sheet.unit, _metre(sheet), darker(mood.road, 0.4))


def _sail(sheet: Sheet, mood: Mood, x: float, y: float) -> None:
    size = sheet.dice.uniform(1.4, 3) * sheet.unit
    sheet.shape([(x, y - size * 3), (x, y - size * 0.4), (x + size * 1.5, y - size * 0.4)], lighter(mood.sky[-1], 0.6))
    sheet.shape(
        [(x - size, y - size * 0.3), (x + size * 1.5, y - size * 0.3), (x + size, y), (x - size * 0.6, y)],
        darker(mood.near, 0.2),
    )


def _lighthouse(sheet: Sheet, mood: Mood, x: float, base: float) -> None:
    high, unit = 22 * sheet.unit, sheet.unit
    for band in range(5):
        low, top = base - high * band / 5, base - high * (band + 1) / 5
        half0, half1 = (2.6 - 0.28 * band) * unit, (2.6 - 0.28 * (band + 1)) * unit
        tone = mix((204, 78, 64) if band % 2 == 0 else (246, 238, 224), mood.tint, mood.dim)
        sheet.shape([(x - half0, low), (x + half0, low), (x + half1, top), (x - half1, top)], tone)
    sheet.box(x - 2 * unit, base - high - 0.6 * unit, x + 2 * unit, base - high, darker(mood.near, 0.3))
    sheet.box(x - 0.9 * unit, base - high - 3 * unit, x + 0.9 * unit, base - high - 0.6 * unit, (255, 232, 160))
    sheet.shape(
        [
            (x - 1.5 * unit, base - high - 3 * unit),
            (x + 1.5 * unit, base - high - 3 * unit),
            (x, base - high - 5 * unit),
        ],
        mix((204, 78, 64), mood.tint, mood.dim),
    )


Scene = Callable[[Sheet, Mood], Spot]
LANDSCAPES: dict[str, Scene] = {"hills": hills, "street": street, "canal": canal, "forest": forest, "coast": coast}
