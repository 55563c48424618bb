"""The light a picture stands in: a mood is a season, an hour and its colours."""

from dataclasses import dataclass

from portal.demo.brush import Colour, ink


@dataclass(frozen=True)
class Mood:
    """Colours from far to near; `tint` and `dim` pull everything that is drawn towards the hour."""

    sky: tuple[Colour, ...]
    sun: Colour
    far: Colour
    near: Colour
    ground: Colour
    road: Colour
    leaves: tuple[Colour, ...]
    walls: tuple[Colour, ...]
    roofs: tuple[Colour, ...]
    window: Colour
    lit: float
    tint: Colour
    dim: float
    weather: str = ""
    bare: bool = False
    stars: bool = False


def _colours(codes: str) -> tuple[Colour, ...]:
    return tuple(ink(code) for code in codes.split())


_WALLS = _colours("e8c9a0 d98f6c c9d2c0 e6b8a2 f0dfc0 a9b8b3 d4a373 b76e5b")
_ROOFS = _colours("a5533f 8c4a3c 6d4b4b 7a5c55 94614a")

MOODS: dict[str, Mood] = {
    "spring": Mood(
        sky=_colours("8fc4d8 c5e0dc f7ecd4"),
        sun=ink("fff3c9"),
        far=ink("b4d2cf"),
        near=ink("6fa576"),
        ground=ink("8db86a"),
        road=ink("e3d5b8"),
        leaves=_colours("a4cc74 7fb56a f2b8c6 f6d0d8 c3d982"),
        walls=_WALLS,
        roofs=_ROOFS,
        window=ink("5d7c8a"),
        lit=0.0,
        tint=ink("fff2d8"),
        dim=0.04,
    ),
    "summer": Mood(
        sky=_colours("4fa3c7 93cbd8 f4e6c2"),
        sun=ink("fff6d6"),
        far=ink("9fc6cc"),
        near=ink("4d8a63"),
        ground=ink("d9bf6b"),
        road=ink("efe0c0"),
        leaves=_colours("4f8f5a 6ba35c 3f7a58 86b262"),
        walls=_WALLS,
        roofs=_ROOFS,
        window=ink("4f7486"),
        lit=0.0,
        tint=ink("fff0cc"),
        dim=0.04,
    ),
    "golden": Mood(
        sky=_colours("f0a35e f7c67d fde8b5"),
        sun=ink("fff4cf"),
        far=ink("e3b184"),
        near=ink("8a5b4b"),
        ground=ink("b5813f"),
        road=ink("edc78d"),
        leaves=_colours("c8752f d99a3c a85a32 e0b04c"),
        walls=_colours("e9b97f d98a5b c9a57c e3a07a f2d19b b58f70"),
        roofs=_colours("8a4534 744038 5e3d3c"),
        window=ink("fbe3a0"),
        lit=0.35,
        tint=ink("f2a65a"),
        dim=0.14,
    ),
    "autumn": Mood(
        sky=_colours("9fb6bd cfd3c4 f2e0bd"),
        sun=ink("fff0cf"),
        far=ink("b9b9a6"),
        near=ink("7d6a45"),
        ground=ink("a98b4c"),
        road=ink("d8c6a0"),
        leaves=_colours("cc6b2c e0a03a b4472d dcb84f 8f8a45"),
        walls=_WALLS,
        roofs=_ROOFS,
        window=ink("586d75"),
        lit=0.12,
        tint=ink("f0d9ac"),
        dim=0.06,
    ),
    "mist": Mood(
        sky=_colours("c9d5d2 dbe2da eee9dc"),
        sun=ink("fffdf0"),
        far=ink("ccd7d3"),
        near=ink("5f7f7b"),
        ground=ink("92a894"),
        road=ink("d5d6c8"),
        leaves=_colours("6f9486 88a792 557c75"),
        walls=_colours("d5d2c4 c2c8c0 cdbfae b8c2bd"),
        roofs=_colours("8b8985 7a7f7d"),
        window=ink("7d9093"),
        lit=0.15,
        tint=ink("dfe6e0"),
        dim=0.16,
    ),
    "rain": Mood(
        sky=_colours("6d8591 93a5a8 bcc4bd"),
        sun=ink("dde2da"),
        far=ink("8fa2a6"),
        near=ink("41595c"),
        ground=ink("5f7a6c"),
        road=ink("7d8c90"),
        leaves=_colours("4d7565 5f8670 3f6660"),
        walls=_colours("a98d78 8f9a98 b57f68 9fa59a c2a98a"),
        roofs=_colours("5e4a4a 4f4a50 6b504a"),
        window=ink("f3cf86"),
        lit=0.5,
        tint=ink("6f8791"),
        dim=0.20,
        weather="rain",
    ),
    "dusk": Mood(
        sky=_colours("3b4a78 8a6a93 e58f7b f8c78c"),
        sun=ink("ffe0a3"),
        far=ink("8f7395"),
        near=ink("39375c"),
        ground=ink("4a4468"),
        road=ink("8c7390"),
        leaves=_colours("47456e 5a4c74 3b3e63"),
        walls=_colours("7d6383 6a5d85 946a7d 5c5a80 a0757c"),
        roofs=_colours("443d62 3a3758 523f5d"),
        window=ink("ffd27a"),
        lit=0.55,
        tint=ink("5a4a7a"),
        dim=0.32,
    ),
    "night": Mood(
        sky=_colours("0e1730 1c2b4e 3a4a72"),
        sun=ink("f3efd8"),
        far=ink("2a3a60"),
        near=ink("131c38"),
        ground=ink("1b2744"),
        road=ink("34415f"),
        leaves=_colours("1d3048 243a4e 18293f"),
        walls=_colours("2f3d63 37446a 2a3759 3f4a6d 31405c"),
        roofs=_colours("1a2440 202a48"),
        window=ink("ffcf70"),
        lit=0.5,
        tint=ink("22305a"),
        dim=0.42,
        stars=True,
    ),
    "snow": Mood(
        sky=_colours("a9c3d6 d3dfe4 f6ece0"),
        sun=ink("fff7e3"),
        far=ink("c3d3dc"),
        near=ink("7b97a8"),
        ground=ink("f1f3f1"),
        road=ink("d6dfe4"),
        leaves=_colours("5b7d7c 6d8f89 4a6d72"),
        walls=_colours("d98f6c c9b79c b76e5b dcc7a2 a9b3b8 c98b72"),
        roofs=_colours("eef2f3 e4ebee"),
        window=ink("ffd98c"),
        lit=0.4,
        tint=ink("cfdde6"),
        dim=0.10,
        weather="snow",
        bare=True,
    ),
    "dawn": Mood(
        sky=_colours("7fa3c4 e7b9b4 fbdcae fff0cf"),
        sun=ink("fff6dc"),
        far=ink("c9b2bd"),
        near=ink("5d7284"),
        ground=ink("87987e"),
        road=ink("e2cbb8"),
        leaves=_colours("6c8a77 7f9a7c 587a74"),
        walls=_colours("e5bfa4 d69d8a c5b9b5 edd2b4 b3a7b0"),
        roofs=_colours("8a5a58 74545d 9a6a5c"),
        window=ink("ffe0a0"),
        lit=0.2,
        tint=ink("f0c0a8"),
        dim=0.12,
    ),
}
