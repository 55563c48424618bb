"""How a text is read by rules: lower case, without what nobody sees, look-alike letters as the Latin ones they play."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_UNSEEN = frozenset(("Cf", "Cc", "Mn", "Me"))
"""Categories of characters that take no room of their own: joiners, controls, marks stacked on letters."""
_SEPARATING = frozenset("\t\n\r\x0b\x0c\x1c\x1d\x1e\x85")


@dataclass(frozen=True)
class Folded:
    """A folded text and, for each of its characters, where in the original it came from."""

    text: str
    origin: "range | list[int]"

    def spans(self, found: "list[tuple[int, int]]") -> list[tuple[int, int]]:
        """Places in the folded text as places in the original, what is unseen inside them included."""
        return [(self.origin[a], self.origin[b - 1] + 1) for a, b in found if b > a]


def folded(text: str, *, lookalikes: bool = True) -> Folded:
    """A text as rules read it. Without `lookalikes`, letters of other scripts stay what they are."""
    if text.isascii() and "\x00" not in text:
        return Folded(text.lower(), range(len(text)))
    out: list[str] = []
    origin: list[int] = []
    turn = _as_latin if lookalikes else _plain
    for at, char in enumerate(text):
        for c in turn(char):
            out.append(c)
            origin.append(at)
    return Folded("".join(out), origin)


def fold(text: str) -> str:
    """The folded text alone."""
    return folded(text).text


@lru_cache(maxsize=8192)
def _plain(char: str) -> str:
    if char in _SEPARATING:
        return char
    if unicodedata.category(char) in _UNSEEN or char in "\u115f\u1160\u3164\uffa0\u2800":
        return ""
    whole = unicodedata.normalize("NFKC", char).casefold()
    return "".join(c for c in whole if unicodedata.category(c) not in _UNSEEN) or ""


@lru_cache(maxsize=8192)
def _as_latin(char: str) -> str:
    plain = _plain(char)
    return "".join(c if c.isascii() or _keeps_its_own(c) else latin_twin(c) for c in plain)


def _keeps_its_own(char: str) -> bool:
    # é and ß are Latin letters already; what a reader tells apart stays apart.
    return unicodedata.name(char, "").startswith("LATIN SMALL LETTER") and char not in "ıɑɡɩʋ"


@lru_cache(maxsize=8192)
def latin_twin(char: str) -> str:
    """The Latin letter that looks like this one (by Unicode's table of confusables), else the letter itself."""
    from confusable_homoglyphs import confusables  # 6 MB that only the first such letter needs

    twins = {t["c"].lower() for t in confusables.confusables_data.get(char, ()) if len(t["c"]) == 1}
    if not twins & set(_LATIN):
        # А is no twin of a in the table of small letters: capitals are looked up as such.
        upper = char.upper()
        twins = {t["c"].lower() for t in confusables.confusables_data.get(upper, ()) if len(t["c"]) == 1}
    latin = sorted(twins & set(_LATIN))
    return latin[0] if latin else char
