"""Watched words: finding them in a text, whatever was done to hide them, in time that grows with the text alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

import re2

from portal.contributions.screening.folding import Folded, fold, folded

MATCHES_AT_MOST = 200
"""Places of one word that are looked for in one text, where it is enough to know that it stands there."""
MASKED_AT_MOST = 5000
"""Places that are masked one by one; behind the last, everything is."""
_MEMORY = 4 << 20


class NotAPattern(ValueError):
    """A pattern cannot be used; the message says why in a sentence."""


class Readable:
    """A text as watched words are looked for in it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def latin(self) -> Folded:
        """With look-alike letters read as the Latin ones."""
        return folded(self.text)

    @cached_property
    def own(self) -> Folded:
        """With every letter as it is, for patterns in other scripts."""
        return folded(self.text, lookalikes=False)


@dataclass(frozen=True)
class Watch:
    """A word or a pattern, and what is done where it is found."""

    words: str
    act: str
    is_pattern: bool = False
    whole_word: bool = True
    tag: str = ""
    id: int | None = None

    def places_in(self, readable: Readable, most: int = MATCHES_AT_MOST) -> list[tuple[int, int]]:
        """Where it stands in the original text, from first character to behind the last, in order, without overlap."""
        if self.is_pattern:
            found = self._found(compiled(self.words), readable.latin, most)
            if not readable.text.isascii():
                found += self._found(compiled(self.words), readable.own, most)
        else:
            found = self._found(_literal(fold(self.words)), readable.latin, most)
        return joined(found)

    def _found(self, pattern: Any, inside: Folded, most: int) -> list[tuple[int, int]]:
        text = inside.text
        found = (m.span() for m in pattern.finditer(text))
        if self.whole_word:  # before any limit: what stands inside words must not hide a word behind it
            found = ((a, b) for a, b in found if not (_inside_word(text, a) or _inside_word(text, b)))
        spans = list(islice(found, most))
        if len(spans) == most == MASKED_AT_MOST:
            spans.append((spans[-1][0], len(text)))
        return inside.spans(spans)


def joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in order; what overlaps is one."""
    out: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if out and a < out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out


def check_pattern(pattern: str) -> None:
    """Raises NotAPattern for what the engine does not take, or what finds something in every text."""
    try:
        made = compiled(pattern)
    except re2.error as wrong:
        said = str(wrong.args[0]) if wrong.args else "it is not one"
        raise NotAPattern(f"This is no pattern that can be used: {said[:120]}.") from None
    if made.search("") is not None:
        raise NotAPattern("This pattern finds something in every text, even an empty one.")


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """A pattern of RE2, which never looks twice at a character: no pattern and no text makes it slow."""
    return re2.compile(pattern, _options())


@lru_cache(maxsize=1024)
def _literal(words: str) -> Any:
    # Letters with spaces between: nothing to go back for, so the quicker engine does.
    return re.compile(r"\s+".join(map(re.escape, words.split())) or r"(?!)")


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MEMORY
    return options


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and _is_letter(text[at - 1]) and _is_letter(text[at])


def _is_letter(char: str) -> bool:
    return char.isalnum() or char == "_"
