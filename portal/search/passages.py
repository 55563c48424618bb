"""The passage of a text that shows why it was found, with the words marked."""

from bisect import bisect_right
from collections.abc import Callable, Collection

from markupsafe import Markup, escape

from portal.search.words import spans

_LOOKED_THROUGH = 20_000


def passage(text: str, words: Collection[str], form: Callable[[str], str], length: int = 240) -> Markup:
    """About `length` characters of the plain `text` where most of `words` stand, safe, each marked.

    `form` brings a folded word into the form the engine compares. Without a match: the beginning.
    """
    text = " ".join(text[:_LOOKED_THROUGH].split())
    wanted = {form(word) for word in words}
    marks = [(start, end, form(word)) for start, end, word in spans(text) if wanted and form(word) in wanted]
    start = _best_start(marks, length)
    if start:
        start = max(0, start - length // 4)
        start = text.rfind(" ", 0, start) + 1 if start else 0
    end = len(text) if start + length >= len(text) else text.rfind(" ", start + length // 2, start + length)
    if end < 0:
        end = start + length
    return _marked(text, marks, start, end)


def _best_start(marks: list[tuple[int, int, str]], length: int) -> int:
    """Where a window of `length` begins that holds most different words, and then most words."""
    starts = [start for start, _end, _word in marks]
    best, best_start = (0, 0), 0
    for at, (start, _end, _word) in enumerate(marks[:500]):
        within = marks[at : bisect_right(starts, start + length * 3 // 4)]
        worth = (len({word for _s, _e, word in within}), len(within))
        if worth > best:
            best, best_start = worth, start
    return best_start


def _marked(text: str, marks: list[tuple[int, int, str]], start: int, end: int) -> Markup:
    pieces: list[Markup | str] = ["… "] if start else []
    done = start
    for mark_start, mark_end, _word in marks:
        if mark_start < done or mark_end > end:
            continue
        pieces += [escape(text[done:mark_start]), Markup("<mark>{}</mark>").format(text[mark_start:mark_end])]
        done = mark_end
    pieces.append(escape(text[done:end]))
    if end < len(text):
        pieces.append(" …")
    return Markup("").join(pieces)
