"""The brush: colours, a sheet drawn at twice its size for smooth edges, and the finish every picture gets."""

import math
import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]

#: Shapes are drawn this many times larger and then reduced; two is enough for edges without steps.
OVERSAMPLE = 2


def ink(code: str) -> Colour:
    """`"f4e3c1"` as a colour."""
    return (int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16))


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`first` moved towards `second` by `share` (0 leaves it, 1 replaces it)."""
    share = min(1.0, max(0.0, share))
    return (
        round(first[0] + (second[0] - first[0]) * share),
        round(first[1] + (second[1] - first[1]) * share),
        round(first[2] + (second[2] - first[2]) * share),
    )


def lighter(colour: Colour, share: float) -> Colour:
    return mix(colour, (255, 250, 238), share)


def darker(colour: Colour, share: float) -> Colour:
    return mix(colour, (18, 20, 34), share)


class Sheet:
    """A picture in the making; all measures are pixels of the finished picture."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self.width, self.height = width, height
        self.dice = random.Random(seed)
        size = (width * OVERSAMPLE, height * OVERSAMPLE)
        self.image = Image.new("RGB", size)
        self.pen = ImageDraw.Draw(self.image)

    @property
    def unit(self) -> float:
        """One hundredth of the shorter side, so that scenes fit every format."""
        return min(self.width, self.height) / 100

    def _scaled(self, points: Sequence[Point]) -> list[Point]:
        return [(x * OVERSAMPLE, y * OVERSAMPLE) for x, y in points]

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        self.pen.polygon(self._scaled(points), fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        if right > left and bottom > top:
            self.pen.rectangle(self._scaled([(left, top), (right, bottom)]), fill=colour)

    def rounded(self, left: float, top: float, right: float, bottom: float, radius: float, colour: Colour) -> None:
        if right > left and bottom > top:
            self.pen.rounded_rectangle(self._scaled([(left, top), (right, bottom)]), radius * OVERSAMPLE, fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour, squash: float = 1.0) -> None:
        across, up = radius * OVERSAMPLE, radius * squash * OVERSAMPLE
        x, y = x * OVERSAMPLE, y * OVERSAMPLE
        self.pen.ellipse((x - across, y - up, x + across, y + up), fill=colour)

    def ring(self, x: float, y: float, radius: float, thick: float, colour: Colour) -> None:
        x, y, reach = x * OVERSAMPLE, y * OVERSAMPLE, radius * OVERSAMPLE
        box = (x - reach, y - reach, x + reach, y + reach)
        self.pen.ellipse(box, outline=colour, width=max(1, round(thick * OVERSAMPLE)))

    def arc(self, x: float, y: float, radius: float, span: tuple[float, float], thick: float, colour: Colour) -> None:
        x, y, reach = x * OVERSAMPLE, y * OVERSAMPLE, radius * OVERSAMPLE
        box = (x - reach, y - reach, x + reach, y + reach)
        self.pen.arc(box, span[0], span[1], fill=colour, width=max(1, round(thick * OVERSAMPLE)))

    def stroke(self, points: Sequence[Point], thick: float, colour: Colour, caps: bool = True) -> None:
        wide = max(1, round(thick * OVERSAMPLE))
        scaled = self._scaled(points)
        self.pen.line(scaled, fill=colour, width=wide, joint="curve")
        if caps and wide > 2:
            for x, y in (scaled[0], scaled[-1]):
                reach = wide / 2
                self.pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)

    def wash(self, stops: Sequence[Colour], top: float, bottom: float) -> None:
        """A vertical run of colours from `top` to `bottom`, evenly spaced."""
        first, last = round(top * OVERSAMPLE), round(bottom * OVERSAMPLE)
        if last <= first:
            return
        column = blend_column(stops, min(256, last - first))
        run = column.resize((self.image.width, last - first), Image.Resampling.BICUBIC)
        self.image.paste(run, (0, first))

    def wash_shape(self, points: Sequence[Point], stops: Sequence[Colour]) -> None:
        """A shape filled with a vertical run of colours over its own height."""
        scaled = self._scaled(points)
        left = max(0, math.floor(min(x for x, _ in scaled)))
        right = min(self.image.width, math.ceil(max(x for x, _ in scaled)))
        top = max(0, math.floor(min(y for _, y in scaled)))
        bottom = min(self.image.height, math.ceil(max(y for _, y in scaled)))
        if right <= left or bottom <= top:
            return
        mask = Image.new("1", (right - left, bottom - top))
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in scaled], fill=1)
        column = blend_column(stops, min(256, bottom - top))
        run = column.resize((right - left, bottom - top), Image.Resampling.BICUBIC)
        self.image.paste(run, (left, top), mask)

    def reduced(self) -> Image.Image:
        return self.image.reduce(OVERSAMPLE)


def blend_column(stops: Sequence[Colour], height: int) -> Image.Image:
    """One pixel wide, `height` high, running through the stops."""
    column = Image.new("RGB", (1, height))
    spans = len(stops) - 1
    for row in range(height):
        place = row / max(1, height - 1) * spans
        at = min(spans - 1, int(place)) if spans else 0
        colour = mix(stops[at], stops[min(at + 1, spans)], place - at) if spans else stops[0]
        column.putpixel((0, row), colour)
    return column


def ridge(
    dice: random.Random, width: float, base: float, height: float, rough: float = 0.5, steps: int = 90
) -> list[Point]:
    """A line of hills from left to right around `base`, at most `height` high."""
    waves = [(dice.uniform(0.6, 1.6) * 2**octave, dice.uniform(0, math.tau), rough**octave) for octave in range(5)]
    total = sum(weight for _, _, weight in waves)
    line: list[Point] = []
    for step in range(steps + 1):
        share = step / steps
        lift = sum(math.sin(share * often * math.pi + start) * weight for often, start, weight in waves)
        line.append((share * width, base - height * (0.5 + 0.5 * lift / total)))
    return line


def closed(line: Sequence[Point], bottom: float) -> list[Point]:
    """The land below a line."""
    return [*line, (line[-1][0], bottom), (line[0][0], bottom)]


def glow(image: Image.Image, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
    """Light that adds itself to the picture around a point."""
    left, top, reach = round(x - radius), round(y - radius), round(2 * radius)
    if reach < 2:
        return
    halo = ImageChops.invert(Image.radial_gradient("L")).point(
        [round(max(0, value - 75) / 180 * 255 * strength) for value in range(256)]
    )
    halo = halo.resize((reach, reach), Image.Resampling.BILINEAR)
    box = (max(0, left), max(0, top), min(image.width, left + reach), min(image.height, top + reach))
    if box[2] <= box[0] or box[3] <= box[1]:
        return
    halo = halo.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top))
    patch = image.crop(box)
    light = Image.composite(Image.new("RGB", patch.size, colour), Image.new("RGB", patch.size), halo)
    image.paste(ImageChops.screen(patch, light), box)


def finish(image: Image.Image, dice: random.Random, grain: int = 9, mottle: int = 12) -> Image.Image:
    """Paper: fine grain, slow unevenness as of a hand-pulled print, and slightly darker corners."""
    size = image.size
    fine = Image.frombytes("L", size, dice.randbytes(size[0] * size[1]))
    fine = fine.point([128 + round((value - 127.5) / 127.5 * grain) for value in range(256)])
    slow = Image.frombytes("L", (24, 24), dice.randbytes(576)).filter(ImageFilter.GaussianBlur(1))
    slow = slow.point([128 + round((value - 127.5) / 127.5 * mottle) for value in range(256)])
    slow = slow.resize(size, Image.Resampling.BICUBIC)
    # The halfway blend of the two keeps grey at 128, which an overlay leaves as it was.
    paper = ImageChops.add(fine, slow, 2.0)
    paper = paper.point([min(255, max(0, 2 * value - 128)) for value in range(256)])
    corners = Image.radial_gradient("L").resize(size, Image.Resampling.BILINEAR)
    corners = corners.point([round(255 - 34 * max(0.0, value / 255 - 0.45) ** 1.5) for value in range(256)])
    image = ImageChops.overlay(image, Image.merge("RGB", (paper, paper, paper)))
    return ImageChops.multiply(image, Image.merge("RGB", (corners, corners, corners)))
