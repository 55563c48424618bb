"""The words of a Whoosh index as they are written: how a word goes on, and what it may be meant to be."""

import time
from collections.abc import Iterator, Sequence

from portal.search.spelling import Candidate, likeliest, variants
from portal.search.whoosh_reading import View

SECONDS = 0.03
"""Time that looking through words may take: a first letter has thousands."""


def going_on(view: View, field_name: str, start: str, limit: int) -> list[str]:
    """Words of a field that begin with `start`, the most frequent first; of deleted documents none."""
    counts = _counts(view, field_name, start)
    found: list[str] = []
    for word in sorted(counts, key=lambda word: (-counts[word], word)):
        if alive(view, field_name, word):
            found.append(word)
            if len(found) == limit:
                break
    return found


def _counts(view: View, field_name: str, start: str) -> dict[str, int]:
    until = time.perf_counter() + SECONDS
    counts: dict[str, int] = {}
    for part in view.parts:
        reader = part.segment.reader
        for n, term in enumerate(reader.expand_prefix(field_name, start)):
            word = term.decode()
            counts[word] = counts.get(word, 0) + part.segment.frequency(field_name, word)
            if n % 32 == 31 and time.perf_counter() > until:
                break
    return counts


def in_titles(view: View, field_name: str, terms: Sequence[str]) -> set[int]:
    """Conversations that have one of these terms in that field of their title."""
    found: set[int] = set()
    for part in view.parts:
        for term in terms:
            found.update(part.root[n] for n in part.segment.postings(field_name, term)[0])
    return found & view.facts.keys()


def alive(view: View, field_name: str, word: str) -> bool:
    """Whether a document that still counts has the word."""
    for part in view.parts:
        documents = part.segment.postings(field_name, word)[0]
        if (documents and not part.deleted) or any(part.root[n] for n in documents):
            return True
    return False


def nearest(view: View, word: str) -> str:
    """The likeliest word of the index for one that is not in it."""
    if len(word) < 3 or not word.isalpha() or alive(view, "written", word):
        return ""
    near = _known(view, variants(word)) or _of_one_beginning(view, word)
    return likeliest(word, [one for one in near if alive(view, "written", one.word)])


def _known(view: View, words: Sequence[str]) -> list[Candidate]:
    found = []
    for word in words:
        number = sum(part.segment.frequency("written", word) for part in view.parts)
        if number:
            found.append(Candidate(word, number))
    return found


def _of_one_beginning(view: View, word: str) -> list[Candidate]:
    counts: dict[str, int] = {}
    for start in _beginnings(word):
        counts |= _counts(view, "written", start)
    return [Candidate(one, number) for one, number in counts.items()]


def _beginnings(word: str) -> Iterator[str]:
    yield word[:2]
    yield word[1] + word[0]
