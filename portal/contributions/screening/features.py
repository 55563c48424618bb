"""What the learned spam score sees of a text: hashed words, pairs of words, and pieces of words.

Praise and blame are not seen: nothing here may tell a happy customer from an angry one.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from math import sqrt
from zlib import crc32

from portal.contributions.screening.folding import fold

BITS = 16
SIZE = 1 << BITS
MOST_WORDS = 1500
"""Different words that are read of one text: the work is bounded whatever is sent."""
MOST_CHARS = 4000
"""Characters that are read of one text: beyond them a score changes little and costs milliseconds."""
_ADDRESS = re.compile(r"(?:https?://|www\.)([a-z0-9.-]{1,100})[^\s<>()\[\]]*")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_DIGIT = re.compile(r"\d")
_MONEY = re.compile(r"[$€£¥₹₽]|\b(?:usd|eur|gbp)\b")

UNHEARD = frozenset(
    [
        "amazing",
        "awesome",
        "awful",
        "bad",
        "best",
        "better",
        "brilliant",
        "cool",
        "crap",
        "delighted",
        "disappointed",
        "disappointing",
        "dreadful",
        "excellent",
        "fantastic",
        "fine",
        "glad",
        "good",
        "great",
        "happy",
        "hate",
        "hated",
        "horrible",
        "impressed",
        "incredible",
        "like",
        "liked",
        "lousy",
        "love",
        "loved",
        "lovely",
        "mediocre",
        "nice",
        "outstanding",
        "perfect",
        "perfectly",
        "pleased",
        "poor",
        "poorly",
        "rubbish",
        "sad",
        "satisfied",
        "super",
        "superb",
        "terrible",
        "thank",
        "thanks",
        "unhappy",
        "unsatisfied",
        "useless",
        "wonderful",
        "worse",
        "worst",
        "worthless",
        "gut",
        "toll",
        "prima",
        "schlecht",
        "furchtbar",
        "schrecklich",
        "wunderbar",
        "zufrieden",
        "unzufrieden",
        "super",
        "klasse",
        "mies",
        "danke",
    ]
)
"""Words of praise and blame."""


def read(text: str) -> tuple[list[str], list[str]]:
    """The words of a text in their order, with digits as 0 and addresses as their hosts; and what else stands out."""
    text = text[:MOST_CHARS]
    plain = fold(text)
    hosts = [m.group(1).strip(".").removeprefix("www.") for m in _ADDRESS.finditer(plain)]
    plain = _ADDRESS.sub(" ", plain)
    words = [_DIGIT.sub("0", w)[:30] for w in _WORD.findall(plain)]
    letters = sum(map(str.isalpha, text))
    traits = [f"links:{min(len(hosts), 4)}", f"length:{len(words).bit_length()}"]
    if _MONEY.search(plain):
        traits.append("money")
    if letters > 20 and sum(map(str.isupper, text)) * 3 > letters:
        traits.append("capitals")
    if any(w.startswith("00000") for w in words):
        traits.append("long number")
    return words, traits + [f"host {h}" for h in hosts[:20]]


@lru_cache(maxsize=30_000)
def pieces_of(word: str) -> tuple[int, ...]:
    """The places of a word and of its pieces of three to five letters."""
    if word in UNHEARD:
        return ()
    framed = f" {word} ".encode()
    found = {crc32(b"w" + framed) % SIZE}
    for n in (3, 4, 5):
        found |= {crc32(framed[i : i + n]) % SIZE for i in range(len(framed) - n + 1)}
    return tuple(found)


def parts(text: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each word, pair and trait of a text once, with its places in the table of weights."""
    words, traits = read(text)
    seen = list(dict.fromkeys(words))[:MOST_WORDS]
    for word in seen:
        if places := pieces_of(word):
            yield word, places
    heard = [w for w in words[: 2 * MOST_WORDS] if w not in UNHEARD]
    for pair in dict.fromkeys(zip(heard, heard[1:], strict=False)):
        yield f"{pair[0]} {pair[1]}", (crc32(f"b{pair[0]} {pair[1]}".encode()) % SIZE,)
    for trait in dict.fromkeys(traits):
        yield f"({trait})", (crc32(f"t{trait}".encode()) % SIZE,)


def vector(text: str) -> tuple[list[int], float]:
    """All places of a text, and what each counts: the longer the text, the less."""
    places = [p for _, of_part in parts(text) for p in of_part]
    return places, 1 / sqrt(len(places) or 1)
