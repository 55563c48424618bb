"""The company's bicycles, seen from the side, drawn in metres: ground at 0, rear axle at 0, riding right."""

import math
from collections.abc import Sequence

from portal.demo.brush import Colour, Point, Sheet, darker, lighter, mix

TYRE: Colour = (38, 40, 48)
METAL: Colour = (168, 172, 172)
WOOD: Colour = (196, 150, 98)


class Stage:
    """Maps metres on a road to pixels of a sheet, and every colour to the hour of the day."""

    def __init__(
        self, sheet: Sheet, x: float, ground: float, metre: float, tint: Colour, dim: float, flip: bool = False
    ) -> None:
        self.sheet, self.x, self.ground, self.metre = sheet, x, ground, metre
        self._tint, self._dim, self._side = tint, dim, -1 if flip else 1

    def at(self, x: float, y: float) -> Point:
        return (self.x + self._side * x * self.metre, self.ground - y * self.metre)

    def toned(self, colour: Colour) -> Colour:
        return mix(colour, self._tint, self._dim)

    def line(self, points: Sequence[Point], thick: float, colour: Colour) -> None:
        self.sheet.stroke([self.at(*p) for p in points], thick * self.metre, self.toned(colour))

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        self.sheet.shape([self.at(*p) for p in points], self.toned(colour))

    def disc(self, x: float, y: float, radius: float, colour: Colour, squash: float = 1.0) -> None:
        px, py = self.at(x, y)
        self.sheet.disc(px, py, radius * self.metre, self.toned(colour), squash)

    def ring(self, x: float, y: float, radius: float, thick: float, colour: Colour) -> None:
        px, py = self.at(x, y)
        self.sheet.ring(px, py, radius * self.metre, thick * self.metre, self.toned(colour))

    def block(self, left: float, bottom: float, right: float, top: float, colour: Colour) -> None:
        self.shape([(left, bottom), (right, bottom), (right, top), (left, top)], colour)


def wheel(stage: Stage, x: float, radius: float, turn: float = 0.2, guard: Colour | None = None) -> None:
    stage.ring(x, radius, radius, 0.048, TYRE)
    stage.ring(x, radius, radius - 0.044, 0.018, METAL)
    spokes = 14 if stage.metre > 60 else 8
    for spoke in range(spokes):
        angle = turn + spoke * math.tau / spokes
        reach = radius - 0.055
        end = (x + math.cos(angle) * reach, radius + math.sin(angle) * reach)
        stage.line([(x, radius), end], 0.007, METAL)
    stage.disc(x, radius, 0.075, darker(METAL, 0.35))
    stage.disc(x, radius, 0.035, METAL)
    if guard:
        curve = []
        for step in range(13):
            angle = math.radians(20 + step * 12)
            curve.append((x - math.cos(angle) * (radius + 0.045), radius + math.sin(angle) * (radius + 0.045)))
        stage.line(curve, 0.032, guard)


def shadow(stage: Stage, left: float, right: float, colour: Colour) -> None:
    px, py = stage.at((left + right) / 2, -0.015)
    stage.sheet.disc(px, py, (right - left) / 2 * stage.metre, colour, 0.045)


def drive(stage: Stage, x: float, y: float, back: float, radius: float, frame: Colour) -> None:
    """Motor, cranks and belt between the bottom bracket and the rear hub."""
    stage.line([(x, y + 0.075), (back, radius + 0.04)], 0.014, TYRE)
    stage.line([(x, y - 0.075), (back, radius - 0.04)], 0.014, TYRE)
    stage.disc(x, y, 0.115, darker(frame, 0.55))
    stage.disc(x, y, 0.085, TYRE)
    stage.line([(x - 0.10, y + 0.13), (x + 0.10, y - 0.13)], 0.03, METAL)
    stage.line([(x + 0.06, y - 0.145), (x + 0.16, y - 0.145)], 0.035, TYRE)
    stage.line([(x - 0.16, y + 0.145), (x - 0.06, y + 0.145)], 0.035, TYRE)


def saddle(stage: Stage, x: float, y: float) -> None:
    stage.shape([(x - 0.15, y + 0.03), (x + 0.13, y), (x + 0.13, y - 0.025), (x - 0.13, y - 0.05)], TYRE)


def lamp(stage: Stage, x: float, y: float) -> Point:
    stage.disc(x, y, 0.045, TYRE)
    stage.disc(x + 0.025, y, 0.032, (255, 246, 214))
    return stage.at(x + 0.03, y)


def skiff(stage: Stage, frame: Colour, box: Colour) -> tuple[Point, Point]:
    """The two-wheeled family bike with the box in front. Returns where the lamp is and where the load goes."""
    wheel(stage, 0, 0.34, 0.1, guard=darker(frame, 0.25))
    wheel(stage, 2.02, 0.26, 0.5, guard=darker(frame, 0.25))
    stage.line([(0, 0.34), (0.5, 0.32)], 0.045, frame)
    stage.line([(0, 0.34), (0.34, 0.72)], 0.035, frame)
    stage.line([(0.5, 0.32), (0.30, 0.88)], 0.055, frame)
    stage.line([(0.5, 0.32), (0.74, 0.26), (1.62, 0.26), (1.82, 0.62)], 0.075, frame)
    stage.line([(0.36, 0.70), (0.74, 0.40)], 0.055, frame)
    stage.line([(0.72, 0.30), (0.64, 1.06)], 0.05, frame)
    stage.line([(1.80, 0.66), (2.02, 0.26)], 0.05, darker(frame, 0.2))
    stage.line([(0.64, 1.06), (0.62, 1.13), (0.46, 1.16)], 0.032, TYRE)
    drive(stage, 0.5, 0.32, 0, 0.34, frame)
    saddle(stage, 0.27, 0.92)
    stage.shape([(0.86, 0.30), (1.62, 0.30), (1.80, 0.86), (0.76, 0.86)], box)
    stage.shape([(0.86, 0.30), (1.62, 0.30), (1.66, 0.42), (0.84, 0.42)], darker(box, 0.18))
    stage.line([(0.75, 0.86), (1.81, 0.86)], 0.035, lighter(box, 0.35))
    return lamp(stage, 1.90, 0.74), (1.26, 0.86)


def punt(stage: Stage, frame: Colour, box: Colour) -> tuple[Point, Point]:
    """The long-tail: a bench for two behind the rider, a basket in front."""
    wheel(stage, 0, 0.27, 0.3, guard=darker(frame, 0.25))
    wheel(stage, 1.52, 0.30, 0.7, guard=darker(frame, 0.25))
    stage.line([(0, 0.27), (0.64, 0.30)], 0.045, frame)
    stage.line([(0, 0.27), (-0.28, 0.62)], 0.035, frame)
    stage.line([(-0.42, 0.64), (0.48, 0.64)], 0.05, frame)
    stage.line([(0.64, 0.30), (0.44, 0.92)], 0.055, frame)
    stage.line([(0.64, 0.32), (1.28, 0.80)], 0.085, frame)
    stage.line([(0.50, 0.68), (1.26, 0.90)], 0.05, frame)
    stage.line([(1.22, 1.04), (1.52, 0.30)], 0.055, darker(frame, 0.2))
    stage.line([(1.22, 1.02), (1.19, 1.14), (1.03, 1.17)], 0.032, TYRE)
    drive(stage, 0.64, 0.30, 0, 0.27, frame)
    saddle(stage, 0.42, 0.97)
    stage.block(-0.44, 0.66, 0.34, 0.71, WOOD)
    stage.line([(-0.42, 0.71), (-0.45, 0.98), (0.28, 0.98), (0.32, 0.71)], 0.025, METAL)
    stage.line([(-0.30, 0.24), (0.40, 0.24)], 0.03, METAL)
    stage.shape([(1.34, 0.72), (1.70, 0.72), (1.74, 0.98), (1.30, 0.98)], box)
    return lamp(stage, 1.56, 0.66), (-0.08, 0.71)


def barge(stage: Stage, frame: Colour, box: Colour) -> tuple[Point, Point]:
    """The three-wheeler: a deep box between two front wheels."""
    wheel(stage, 0, 0.33, 0.1, guard=darker(frame, 0.25))
    stage.line([(0, 0.33), (0.48, 0.31)], 0.045, frame)
    stage.line([(0, 0.33), (0.32, 0.74)], 0.035, frame)
    stage.line([(0.48, 0.31), (0.28, 0.90)], 0.055, frame)
    stage.line([(0.50, 0.31), (1.00, 0.46)], 0.085, frame)
    stage.line([(0.34, 0.74), (0.92, 0.52)], 0.05, frame)
    stage.line([(0.86, 0.94), (0.74, 1.10), (0.55, 1.12)], 0.035, TYRE)
    drive(stage, 0.48, 0.31, 0, 0.33, frame)
    saddle(stage, 0.25, 0.94)
    wheel(stage, 1.52, 0.26, 0.9)
    stage.shape([(0.92, 0.32), (1.86, 0.32), (1.98, 0.95), (0.84, 0.95)], box)
    stage.shape([(0.92, 0.32), (1.86, 0.32), (1.89, 0.48), (0.90, 0.48)], darker(box, 0.18))
    stage.line([(0.83, 0.95), (1.99, 0.95)], 0.04, lighter(box, 0.35))
    wheel(stage, 1.44, 0.26, 0.4, guard=darker(frame, 0.25))
    return lamp(stage, 1.97, 0.80), (1.41, 0.95)


def tug(stage: Stage, frame: Colour, box: Colour) -> tuple[Point, Point]:
    """The workhorse: a long low deck for heavy things."""
    wheel(stage, 0, 0.34, 0.1, guard=darker(frame, 0.25))
    wheel(stage, 2.52, 0.26, 0.5, guard=darker(frame, 0.25))
    stage.line([(0, 0.34), (0.5, 0.32)], 0.05, frame)
    stage.line([(0, 0.34), (0.34, 0.72)], 0.04, frame)
    stage.line([(0.5, 0.32), (0.30, 0.88)], 0.06, frame)
    stage.line([(0.5, 0.32), (0.76, 0.27), (2.06, 0.27), (2.32, 0.64)], 0.09, frame)
    stage.line([(0.36, 0.70), (0.76, 0.42)], 0.06, frame)
    stage.line([(0.72, 0.30), (0.64, 1.06)], 0.05, frame)
    stage.line([(2.30, 0.68), (2.52, 0.26)], 0.055, darker(frame, 0.2))
    stage.line([(0.64, 1.06), (0.62, 1.13), (0.46, 1.16)], 0.032, TYRE)
    drive(stage, 0.5, 0.32, 0, 0.34, frame)
    saddle(stage, 0.27, 0.92)
    stage.block(0.84, 0.40, 2.22, 0.47, WOOD)
    stage.block(0.84, 0.36, 2.18, 0.40, darker(frame, 0.3))
    stage.line([(0.86, 0.46), (0.84, 0.92)], 0.03, box)
    stage.line([(2.20, 0.46), (2.24, 0.72)], 0.03, box)
    return lamp(stage, 2.40, 0.76), (1.53, 0.47)


def raft(stage: Stage, frame: Colour, box: Colour, hitch: float = -0.15) -> None:
    """The trailer, behind the rear axle of whatever pulls it."""
    stage.line([(hitch, 0.34), (-0.62, 0.30), (-1.70, 0.30)], 0.035, frame)
    stage.shape([(-1.74, 0.34), (-0.70, 0.34), (-0.66, 0.74), (-1.78, 0.74)], box)
    stage.line([(-1.78, 0.74), (-0.66, 0.74)], 0.03, lighter(box, 0.35))
    wheel(stage, -1.22, 0.24, 0.6)
    stage.line([(-1.74, 0.72), (-1.80, 1.45)], 0.012, METAL)
    stage.shape([(-1.80, 1.45), (-2.02, 1.38), (-1.79, 1.28)], (232, 120, 60))


MODELS = {"skiff": skiff, "punt": punt, "barge": barge, "tug": tug}
#: How long each is, tail to nose, and where its rider sits (hip, pedal, grip).
SPANS = {"skiff": (-0.4, 2.3), "punt": (-0.5, 1.85), "barge": (-0.4, 2.05), "tug": (-0.4, 2.85)}
SEATS: dict[str, tuple[Point, Point, Point]] = {
    "skiff": ((0.26, 0.98), (0.5, 0.32), (0.52, 1.16)),
    "punt": ((0.41, 1.03), (0.64, 0.30), (1.08, 1.17)),
    "barge": ((0.24, 1.00), (0.48, 0.31), (0.60, 1.12)),
    "tug": ((0.26, 0.98), (0.5, 0.32), (0.52, 1.16)),
}
