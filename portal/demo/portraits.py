"""Faces for the members' profiles: head and shoulders in flat colours, each different, all a little alike."""

import io
import math
import random

from PIL import Image

from portal.demo.brush import Colour, Sheet, darker, finish, ink, lighter
from portal.demo.figures import COATS, HAIR, HELMETS, SKINS

SIZE = 512
GROUNDS = [ink(code) for code in ("f2c98a", "9cc7c4", "e8a48c", "b9c99a", "c9b4d6", "f0d9b8", "8fb3cf", "e3b7c2")]
STYLES = ("short", "long", "bun", "curls", "bald", "helmet", "cap", "scarf", "bob", "beard")


def draw_face(seed: int, style: str = "") -> Image.Image:
    """A portrait of 512 pixels; the same seed gives the same person."""
    sheet = Sheet(SIZE, SIZE, seed)
    dice = sheet.dice
    style = style or STYLES[seed % len(STYLES)]
    ground, coat = GROUNDS[seed % len(GROUNDS)], dice.choice(COATS)
    skin = dice.choice(SKINS)
    hair = dice.choice(HAIR if sum(skin) > 400 else [HAIR[0], HAIR[1], HAIR[3]])
    sheet.wash([lighter(ground, 0.25), ground, darker(ground, 0.12)], 0, SIZE)
    sheet.disc(256, 270, 205, lighter(ground, 0.28))
    _hair_behind(sheet, style, hair)
    sheet.rounded(206, 330, 306, 470, 40, darker(skin, 0.14))
    sheet.shape(_hill(256, 560, 210, 165), coat)
    sheet.shape(_hill(256, 440, 62, 26), darker(skin, 0.14))
    if dice.random() < 0.5:
        sheet.shape(
            [(206, 420), (256, 492), (306, 420), (330, 432), (262, 530), (250, 530), (182, 432)], lighter(coat, 0.4)
        )
    for side in (-1, 1):
        sheet.disc(256 + side * 104, 262, 20, darker(skin, 0.08), 1.3)
    sheet.disc(256, 248, 104, skin, 1.22)
    sheet.disc(214, 298, 20, _blush(skin), 0.8)
    sheet.disc(298, 298, 20, _blush(skin), 0.8)
    _features(sheet, style, skin, hair, dice)
    _hair_before(sheet, style, hair, coat, dice)
    return finish(sheet.reduced(), dice, grain=7, mottle=8)


def face_jpeg(seed: int, style: str = "") -> bytes:
    """The portrait as a JPEG file."""
    file = io.BytesIO()
    draw_face(seed, style).save(file, "JPEG", quality=88)
    return file.getvalue()


def _blush(skin: Colour) -> Colour:
    return (min(255, skin[0] + 8), max(0, skin[1] - skin[1] // 11), max(0, skin[2] - skin[2] // 11))


def _hill(x: float, base: float, half: float, high: float) -> list[tuple[float, float]]:
    return [(x + math.cos(math.pi * s / 24) * half, base - math.sin(math.pi * s / 24) * high) for s in range(25)]


def _features(sheet: Sheet, style: str, skin: Colour, hair: Colour, dice: random.Random) -> None:
    dark = darker(hair, 0.25)
    if style == "beard" or (style in ("bald", "short", "cap") and dice.random() < 0.45):
        sheet.shape([(x, 520 - y) for x, y in _hill(256, 242, 98, 116)], hair)
        sheet.disc(256, 276, 80, skin, 0.52)
        sheet.disc(256, 320, 30, darker(skin, 0.30), 0.42)
    else:
        sheet.arc(256, 296, 40, (24, 156), 6, darker(skin, 0.42))
    for side in (-1, 1):
        sheet.disc(256 + side * 40, 246, 9, (40, 32, 34), 1.15)
        sheet.disc(259 + side * 40, 242, 2.6, (250, 246, 240))
        sheet.stroke([(256 + side * 56, 218), (256 + side * 26, 214)], 7, dark)
    sheet.stroke([(258, 250), (264, 278), (252, 282)], 5, darker(skin, 0.2))
    if dice.random() < 0.4:
        rim = dice.choice([(40, 42, 50), (122, 62, 44), (40, 92, 96)])
        for side in (-1, 1):
            sheet.ring(256 + side * 41, 248, 33, 6, rim)
        sheet.stroke([(248, 244), (264, 244)], 6, rim)


def _hair_behind(sheet: Sheet, style: str, hair: Colour) -> None:
    if style in ("long", "scarf"):
        sheet.rounded(138, 170, 374, 450, 100, darker(hair, 0.12))
    elif style == "bob":
        sheet.rounded(136, 150, 376, 352, 96, darker(hair, 0.12))
    elif style == "bun":
        sheet.disc(256, 106, 46, hair)
        sheet.disc(256, 232, 116, darker(hair, 0.12))
    elif style == "curls":
        for number in range(20):
            angle = math.pi * (0.86 + 1.28 * number / 19)
            sheet.disc(256 + math.cos(angle) * 118, 226 + math.sin(angle) * 108, 40, darker(hair, 0.06 * (number % 3)))


def _hair_before(sheet: Sheet, style: str, hair: Colour, coat: Colour, dice: random.Random) -> None:
    cap = [(x, y) for x, y in _hill(256, 222, 110, 116)]
    if style in ("short", "beard", "bun", "long", "bob", "curls"):
        parting = dice.choice((0.25, 0.5, 0.75))
        fringe = [
            (146 + 220 * s / 10, 226 - 46 * math.sin(math.pi * min(1.0, abs(s / 10 - parting) * -1.6 + 1.0)))
            for s in range(11)
        ]
        sheet.shape([*cap, *fringe], hair)
        sheet.arc(256, 232, 96, (205, 262), 7, lighter(hair, 0.22))
    elif style == "helmet":
        tone = dice.choice(HELMETS)
        sheet.shape(_hill(256, 214, 128, 140), tone)
        for vent in (-54, 0, 54):
            sheet.stroke([(256 + vent, 118 + abs(vent) * 0.3), (256 + vent * 1.15, 176)], 13, darker(tone, 0.35))
        sheet.rounded(124, 202, 388, 224, 10, darker(tone, 0.25))
        for side in (-1, 1):
            sheet.stroke([(256 + side * 112, 222), (256 + side * 88, 330), (256, 372)], 6, (52, 52, 60))
    elif style == "cap":
        sheet.shape(_hill(256, 206, 114, 118), coat)
        sheet.rounded(150, 192, 396, 218, 13, darker(coat, 0.25))
    elif style == "scarf":
        tone = dice.choice(COATS)
        sheet.shape(
            [*_hill(256, 236, 124, 144), (146, 300), (152, 222), (206, 168), (306, 168), (360, 222), (366, 300)], tone
        )
        sheet.rounded(156, 384, 356, 452, 34, tone)
