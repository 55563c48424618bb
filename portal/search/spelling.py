"""What a misspelt word was meant to be, chosen from the words there are."""

import string
from collections.abc import Iterable
from typing import NamedTuple

_LETTERS = string.ascii_lowercase
FARTHEST = 2
"""Slips of the finger that are forgiven, in a word of six letters or more; in a shorter one, one."""


class Candidate(NamedTuple):
    """A word of the index, and how many posts have it."""

    word: str
    posts: int


def variants(word: str) -> list[str]:
    """Every word one slip away: a letter left out, added, changed, or two exchanged."""
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    left_out = (a + b[1:] for a, b in cuts if b)
    exchanged = (a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1)
    changed = (a + letter + b[1:] for a, b in cuts if b for letter in _LETTERS)
    added = (a + letter + b for a, b in cuts for letter in _LETTERS)
    found = dict.fromkeys((*left_out, *exchanged, *changed, *added))
    found.pop(word, None)
    return list(found)


def likeliest(word: str, candidates: Iterable[Candidate]) -> str:
    """The nearest of them, among equals the most frequent; "" if none is near enough."""
    most = FARTHEST if len(word) >= 6 else 1
    best: tuple[int, int, str] | None = None
    for other, posts in candidates:
        if abs(len(other) - len(word)) > most or not other.isalpha():
            continue
        far = slips(word, other, most)
        if 0 < far <= most and (best is None or (far, -posts, other) < best):
            best = (far, -posts, other)
    return best[2] if best else ""


def slips(one: str, other: str, most: int) -> int:
    """How many slips lie between two words, neighbours exchanged counting as one; `most` + 1 if more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
