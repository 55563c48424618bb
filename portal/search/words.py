"""Words as search sees them: where they stand in a text, folded so that accents and case do not matter."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 64
"""Characters of a word that count; what is longer is no word people search for."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['’](?:s|t|d|m|re|ve|ll)\b)?", re.IGNORECASE)

STOP_WORDS = frozenset(
    ["a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "did", "do", "does", "for", "from", "had", "has"]
    + ["have", "how", "i", "if", "in", "into", "is", "it", "its", "me", "my", "no", "not", "of", "on", "or", "our"]
    + ["so", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "to", "too", "was"]
    + ["we", "were", "what", "when", "where", "which", "who", "why", "will", "with", "would", "you", "your"]
)
"""English words that say nothing on their own; they are in the index, so that phrases are found as they stand."""


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, folded word) of every word of `text`, in order; of CJK, every character."""
    for match in _WORD.finditer(text):
        yield match.start(), match.end(), fold(match.group())


def tokens(text: str) -> list[str]:
    """The folded words of `text`, in order."""
    return [fold(word) for word in _WORD.findall(text)]


def fold(word: str) -> str:
    """`word` without case, accents and apostrophes."""
    return word.lower()[:LONGEST] if word.isascii() and word.isalnum() else _fold(word)


@lru_cache(maxsize=20_000)
def _fold(word: str) -> str:
    kept: list[str] = []
    for char in unicodedata.normalize("NFKD", word.casefold()):
        accent = unicodedata.category(char) == "Mn" and kept and ord(kept[-1]) < 0x530  # Latin, Greek, Cyrillic
        if not accent and char not in "'’":
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))[:LONGEST]
