"""Photos for the demo, drawn by the program itself: a scene, a mood, a bicycle, its load and its rider."""

import io
import random
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw

from portal.demo import figures, machines
from portal.demo.brush import Sheet, finish, glow, ink
from portal.demo.moods import MOODS, Mood
from portal.demo.places import PLACES
from portal.demo.scenes import Spot

#: Most are as wide as the middle size that pages show, so that taking sixty of them in stays a matter of seconds.
FORMATS = {
    "landscape": (1280, 854),
    "wide": (1280, 720),
    "panorama": (1600, 640),
    "portrait": (960, 1344),
    "square": (1080, 1080),
    "grand": (1600, 1067),
}
FRAMES = [ink(code) for code in ("c8452f", "1f6f78", "e3a024", "2f4f8f", "4b7a47", "f0ead8", "7a3b69", "33383f")]
BOXES = [ink(code) for code in ("d8b07a", "2b2f38", "e9e0cc", "3f7a6b", "b5533c", "c9a24a")]


@dataclass(frozen=True)
class Drawing:
    """What a picture shows. The same drawing gives the same pixels, always."""

    scene: str
    mood: str
    seed: int
    model: str = "skiff"
    load: str = ""
    shape: str = "landscape"
    rider: bool = True
    trailer: bool = False
    flip: bool = False


def draw(drawing: Drawing) -> Image.Image:
    """The drawing as a picture of at most 1600 pixels. Raises KeyError for an unknown scene, mood or model."""
    width, height = FORMATS[drawing.shape]
    sheet, mood = Sheet(width, height, drawing.seed), MOODS[drawing.mood]
    spot = PLACES[drawing.scene](sheet, mood)
    lamps = _bicycle(sheet, mood, spot, drawing) if drawing.model else []
    picture = sheet.reduced()
    _light(picture, mood, spot, lamps, drawing.flip)
    if mood.weather:
        picture = _weather(picture, mood.weather, sheet.dice)
    return finish(picture, sheet.dice)


def jpeg(drawing: Drawing) -> bytes:
    """The drawing as a JPEG file, ready to be submitted like anybody's photo."""
    file = io.BytesIO()
    draw(drawing).save(file, "JPEG", quality=88)
    return file.getvalue()


def _bicycle(sheet: Sheet, mood: Mood, spot: Spot, drawing: Drawing) -> list[tuple[float, float]]:
    first, last = machines.SPANS[drawing.model]
    if drawing.trailer:
        first -= 1.6
    metre = min(spot.metre, sheet.width * 0.86 / (last - first))
    middle = sheet.width * sheet.dice.uniform(0.46, 0.54)
    side = -1 if drawing.flip else 1
    start = middle - side * (first + last) / 2 * metre
    stage = machines.Stage(sheet, start, spot.ground, metre, mood.tint, mood.dim * 0.8, drawing.flip)
    frame, box = sheet.dice.choice(FRAMES), sheet.dice.choice(BOXES)
    machines.shadow(stage, first, last, spot.shade)
    if drawing.trailer:
        machines.raft(stage, frame, sheet.dice.choice(BOXES))
    front = drawing.model != "punt"
    if not front:
        lamp, bed = machines.MODELS[drawing.model](stage, frame, box)
        figures.load(stage, drawing.load, *bed, sheet.dice)
        if drawing.rider:
            figures.rider(stage, drawing.model, sheet.dice)
        return [lamp]
    # Who sits in the box is partly hidden by it, so the load comes first and the bicycle over it.
    bed = {"skiff": (1.26, 0.78), "barge": (1.41, 0.86), "tug": (1.53, 0.47)}[drawing.model]
    figures.load(stage, drawing.load, *bed, sheet.dice)
    lamp, _ = machines.MODELS[drawing.model](stage, frame, box)
    if drawing.rider:
        figures.rider(stage, drawing.model, sheet.dice)
    return [lamp]


def _light(picture: Image.Image, mood: Mood, spot: Spot, lamps: list[tuple[float, float]], flip: bool) -> None:
    short = min(picture.size)
    for x, y in spot.lights:
        glow(picture, x, y, short * 0.30, (255, 214, 140), 0.55 if mood.dim > 0.25 else 0.3)
    if mood.dim < 0.15 or not lamps:
        return
    for x, y in lamps:
        side = -1 if flip else 1
        reach = short * 0.5
        if mood.dim > 0.25:
            cone = Image.new("L", (picture.width // 4, picture.height // 4))
            points = [(x, y), (x + side * reach, y + reach * 0.16), (x + side * reach, spot.ground + 12)]
            ImageDraw.Draw(cone).polygon([(a / 4, b / 4) for a, b in points], fill=60)
            cone = cone.reduce(2).resize(picture.size, Image.Resampling.BICUBIC)
            beam = Image.new("RGB", picture.size, (255, 236, 180))
            picture.paste(ImageChops.screen(picture, Image.composite(beam, Image.new("RGB", picture.size), cone)))
        glow(picture, x, y, short * 0.06, (255, 240, 200), 0.65)


def _weather(picture: Image.Image, weather: str, dice: random.Random) -> Image.Image:
    veil = Image.new("L", picture.size)
    pen = ImageDraw.Draw(veil)
    if weather == "rain":
        for _ in range(420):
            x, y, long = dice.uniform(-80, picture.width), dice.uniform(-60, picture.height), dice.uniform(18, 60)
            pen.line((x, y, x + long * 0.28, y + long), fill=dice.randint(26, 86), width=dice.choice((1, 1, 2)))
    else:
        for _ in range(520):
            x, y, size = dice.uniform(0, picture.width), dice.uniform(0, picture.height), dice.uniform(0.8, 4.2)
            pen.ellipse((x - size, y - size, x + size, y + size), fill=dice.randint(110, 235))
    white = Image.new("RGB", picture.size, (240, 246, 248))
    return Image.composite(white, picture, veil)
