"""Riders, passengers and what they carry, in the metres of a stage."""

import math
import random

from portal.demo.brush import Colour, Point, darker, ink, lighter
from portal.demo.machines import SEATS, TYRE, WOOD, Stage

SKINS = [ink(code) for code in ("f1c9a5", "e0ac7e", "c68a5e", "9a6440", "6f452d", "f5d6bd")]
COATS = [ink(code) for code in ("d9573f", "2f6f8f", "e0a52e", "3d7a5a", "8d4b7a", "e8e2d4", "2f3e5c", "d97b93")]
TROUSERS = [ink(code) for code in ("2d3a52", "4c4a48", "6b5540", "3f5b52")]
HELMETS = [ink(code) for code in ("f2efe6", "d9573f", "2c2f3a", "e8b53a", "3f8f93")]
HAIR = [ink(code) for code in ("2a211d", "5b3a26", "a9743f", "8a8682", "d9b06a", "7a2e22")]


def rider(stage: Stage, model: str, dice: random.Random) -> None:
    """Somebody on the saddle, both feet on the pedals, both hands where they belong."""
    hip, pedal, grip = SEATS[model]
    coat, skin, legs = dice.choice(COATS), dice.choice(SKINS), dice.choice(TROUSERS)
    shoulder = (hip[0] + 0.20 + (0.14 if model == "punt" else 0), hip[1] + 0.50)
    _leg(stage, hip, (pedal[0] - 0.12, pedal[1] + 0.19), darker(legs, 0.25))
    stage.line([(hip[0] + 0.02, hip[1] + 0.02), shoulder], 0.25, coat)
    stage.disc(hip[0] + 0.02, hip[1], 0.13, legs)
    _leg(stage, hip, (pedal[0] + 0.10, pedal[1] - 0.09), legs)
    elbow = ((shoulder[0] + grip[0]) / 2 - 0.07, (shoulder[1] + grip[1]) / 2 - 0.07)
    stage.line([(shoulder[0], shoulder[1] - 0.03), elbow, grip], 0.085, darker(coat, 0.14))
    stage.disc(grip[0], grip[1], 0.045, skin)
    if dice.random() < 0.35:
        scarf = dice.choice(COATS)
        stage.line([(shoulder[0] + 0.06, shoulder[1] + 0.09), (shoulder[0] - 0.30, shoulder[1] + 0.02)], 0.06, scarf)
    head(stage, shoulder[0] + 0.07, shoulder[1] + 0.24, 0.115, skin, dice)


def _leg(stage: Stage, hip: Point, foot: Point, colour: Colour) -> None:
    """Thigh and shin of equal length with the knee in front."""
    length = 0.44
    dx, dy = foot[0] - hip[0], foot[1] - hip[1]
    reach = min(math.hypot(dx, dy), 2 * length - 0.01)
    bend = math.sqrt(length**2 - (reach / 2) ** 2)
    middle = ((hip[0] + foot[0]) / 2, (hip[1] + foot[1]) / 2)
    knee = (middle[0] - dy / reach * bend, middle[1] + dx / reach * bend)
    stage.line([hip, knee, foot], 0.115, colour)
    stage.line([(foot[0] - 0.03, foot[1] - 0.01), (foot[0] + 0.13, foot[1] - 0.01)], 0.07, TYRE)


def head(stage: Stage, x: float, y: float, radius: float, skin: Colour, dice: random.Random) -> None:
    """A head in profile: hair, perhaps a ponytail, a helmet."""
    hair = dice.choice(HAIR)
    stage.line([(x - 0.01, y - radius * 0.5), (x - radius * 0.4, y - radius * 1.5)], radius * 0.9, skin)
    if dice.random() < 0.5:
        stage.line([(x - radius * 0.8, y), (x - radius * 1.7, y - radius * 0.9)], radius * 0.6, hair)
    stage.disc(x - radius * 0.12, y, radius, hair)
    stage.disc(x + radius * 0.14, y - radius * 0.08, radius * 0.92, skin)
    stage.shape([(x + radius, y), (x + radius * 1.22, y - radius * 0.22), (x + radius * 0.95, y - radius * 0.3)], skin)
    helmet = dice.choice(HELMETS)
    dome = [(x + math.cos(a) * radius * 1.18, y + radius * 0.12 + math.sin(a) * radius * 1.1) for a in _half()]
    stage.shape(dome, helmet)
    stage.line(
        [(x - radius * 1.15, y + radius * 0.12), (x + radius * 1.3, y + radius * 0.12)],
        radius * 0.2,
        darker(helmet, 0.3),
    )


def _half() -> list[float]:
    return [math.pi * step / 16 for step in range(17)]


def child(stage: Stage, x: float, y: float, dice: random.Random) -> None:
    coat = dice.choice(COATS)
    stage.line([(x, y), (x + 0.02, y + 0.26)], 0.24, coat)
    stage.line([(x + 0.04, y + 0.24), (x + 0.20, y + 0.10)], 0.075, darker(coat, 0.15))
    head(stage, x + 0.05, y + 0.47, 0.10, dice.choice(SKINS), dice)


def dog(stage: Stage, x: float, y: float, dice: random.Random) -> None:
    fur = dice.choice([ink("b88350"), ink("e9dcc2"), ink("3b342f"), ink("8f6a4a")])
    stage.line([(x - 0.02, y - 0.1), (x + 0.04, y + 0.16)], 0.24, fur)
    stage.disc(x + 0.09, y + 0.29, 0.125, fur)
    stage.line([(x + 0.14, y + 0.27), (x + 0.26, y + 0.24)], 0.10, lighter(fur, 0.15))
    stage.disc(x + 0.31, y + 0.26, 0.028, TYRE)
    stage.disc(x + 0.15, y + 0.34, 0.018, TYRE)
    stage.line([(x + 0.02, y + 0.37), (x - 0.06, y + 0.18)], 0.075, darker(fur, 0.3))
    stage.line([(x - 0.06, y + 0.10), (x + 0.12, y + 0.10)], 0.05, ink("d9573f"))


def load(stage: Stage, what: str, x: float, y: float, dice: random.Random) -> None:
    """Puts `what` on the bed around x, standing on y. Unknown loads are an empty bed."""
    draw = _LOADS.get(what)
    if draw:
        draw(stage, x, y, dice)


def _children(stage: Stage, x: float, y: float, dice: random.Random) -> None:
    child(stage, x - 0.24, y - 0.06, dice)
    child(stage, x + 0.18, y - 0.08, dice)


def _bread(stage: Stage, x: float, y: float, dice: random.Random) -> None:
    for row in range(3):
        top = y + row * 0.20
        for loaf in range(4):
            stage.disc(
                x - 0.33 + loaf * 0.22,
                top + 0.13,
                0.12,
                dice.choice([ink("c98a45"), ink("b3702f"), ink("dba55e")]),
                0.75,
            )
        stage.block(x - 0.48, top, x + 0.48, top + 0.13, WOOD)
        stage.line([(x - 0.46, top + 0.065), (x + 0.46, top + 0.065)], 0.012, darker(WOOD, 0.3))


def _plants(stage: Stage, x: float, y: float, dice: random.Random) -> None:
    for spot in range(4):
        middle = x - 0.36 + spot * 0.24
        high = dice.uniform(0.25, 0.62)
        stage.line([(middle, y), (middle, y + high)], 0.02, ink("5d6b3c"))
        for _ in range(9):
            leaf = dice.choice([ink("5f9a58"), ink("7fb56a"), ink("3f7a58"), ink("98bf6a")])
            stage.disc(
                middle + dice.uniform(-0.13, 0.13), y + high + dice.uniform(-0.16, 0.12), dice.uniform(0.05, 0.10), leaf
            )
        for _ in range(4):
            stage.disc(
                middle + dice.uniform(-0.14, 0.14),
                y + high + dice.uniform(-0.12, 0.14),
                0.04,
                dice.choice([ink("f2c14e"), ink("e86a5c"), ink("f4e9f0"), ink("c77dba")]),
            )
        stage.block(middle - 0.10, y - 0.02, middle + 0.10, y + 0.15, ink("b9633f"))


def _parcels(stage: Stage, x: float, y: float, dice: random.Random) -> None:
    for left, bottom, wide, high in (
        (-0.50, 0, 0.46, 0.36),
        (-0.02, 0, 0.52, 0.28),
        (-0.38, 0.37, 0.40, 0.26),
        (0.06, 0.29, 0.36, 0.40),
    ):
        paper = dice.choice([ink("c99b63"), ink("b98750"), ink("d8b27a"), ink("a9783f")])
        stage.block(x + left, y + bottom, x + left + wide, y + bottom + high, paper)
        stage.block(x + left + wide * 0.42, y + bottom, x + left + wide * 0.55, y + bottom + high, lighter(paper, 0.4))


def _fir(stage: Stage, x: float, y: float, dice: random.Random) -> None:
    stage.line([(x - 0.75, y + 0.10), (x + 0.1, y + 0.14)], 0.06, ink("6b4a32"))
    for part in range(5):
        left = x - 0.62 + part * 0.28
        half = 0.34 - part * 0.05
        green = [ink("2f5d4a"), ink("3c6f55")][part % 2]
        stage.shape([(left, y + 0.16 + half), (left, y + 0.12 - half * 0.4), (left + 0.46, y + 0.14)], green)
    stage.line([(x - 0.3, y + 0.42), (x - 0.3, y)], 0.02, ink("e8e2d4"))


def _dog(stage: Stage, x: float, y: float, dice: random.Random) -> None:
    dog(stage, x + 0.05, y, dice)


def _chair(stage: Stage, x: float, y: float, dice: random.Random) -> None:
    cloth = dice.choice([ink("c4574a"), ink("3f7f86"), ink("d9a43a")])
    stage.block(x - 0.42, y + 0.08, x + 0.32, y + 0.42, cloth)
    stage.shape(
        [(x - 0.46, y + 0.36), (x - 0.22, y + 0.36), (x - 0.30, y + 0.98), (x - 0.56, y + 0.98)], darker(cloth, 0.12)
    )
    stage.line([(x - 0.30, y + 0.56), (x + 0.30, y + 0.56)], 0.13, lighter(cloth, 0.12))
    stage.line([(x + 0.50, y), (x + 0.50, y + 1.05)], 0.025, METAL_DARK)
    stage.shape([(x + 0.34, y + 1.0), (x + 0.66, y + 1.0), (x + 0.58, y + 1.26), (x + 0.42, y + 1.26)], ink("f2dfae"))


def _tools(stage: Stage, x: float, y: float, dice: random.Random) -> None:
    stage.line([(x - 0.95, y + 0.66), (x + 1.0, y + 0.66)], 0.03, ink("c9b27a"))
    stage.line([(x - 0.95, y + 0.80), (x + 1.0, y + 0.80)], 0.03, ink("c9b27a"))
    for rung in range(8):
        stage.line([(x - 0.85 + rung * 0.25, y + 0.66), (x - 0.85 + rung * 0.25, y + 0.80)], 0.022, ink("b39a60"))
    for left, colour in ((-0.55, "d9573f"), (-0.06, "2f6f8f"), (0.34, "e0a52e")):
        stage.block(x + left, y, x + left + 0.40, y + 0.30, ink(colour))
        stage.line([(x + left + 0.12, y + 0.34), (x + left + 0.28, y + 0.34)], 0.03, TYRE)
    stage.line([(x - 0.5, y + 0.3), (x - 0.5, y + 0.8)], 0.03, METAL_DARK)
    stage.line([(x + 0.62, y + 0.3), (x + 0.62, y + 0.8)], 0.03, METAL_DARK)


def _balloons(stage: Stage, x: float, y: float, dice: random.Random) -> None:
    child(stage, x + 0.06, y - 0.06, dice)
    for number in range(6):
        bx, by = x - 0.5 + dice.uniform(-0.42, 0.42), y + 1.15 + dice.uniform(-0.22, 0.45)
        stage.line([(x - 0.30, y), (bx, by)], 0.008, ink("f2efe6"))
        stage.disc(bx, by, 0.15, COATS[number % 5], 1.18)
        stage.disc(bx + 0.05, by + 0.07, 0.03, lighter(COATS[number % 5], 0.6))


def _cello(stage: Stage, x: float, y: float, dice: random.Random) -> None:
    case = dice.choice([ink("8d2f3a"), ink("2f3e5c"), ink("e8e2d4")])
    stage.disc(x - 0.12, y + 0.16, 0.28, case)
    stage.disc(x + 0.06, y + 0.48, 0.21, case)
    stage.line([(x + 0.05, y + 0.45), (x + 0.30, y + 1.02)], 0.17, case)
    stage.line([(x - 0.20, y + 0.06), (x + 0.10, y + 0.52)], 0.02, lighter(case, 0.3))


METAL_DARK: Colour = ink("6f7472")
_LOADS = {
    "children": _children,
    "bread": _bread,
    "plants": _plants,
    "parcels": _parcels,
    "fir": _fir,
    "dog": _dog,
    "chair": _chair,
    "tools": _tools,
    "balloons": _balloons,
    "cello": _cello,
}
