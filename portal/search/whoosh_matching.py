"""One round over the postings of a Whoosh index: what matches, within a time, grouped by conversation."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from whoosh import query as q
from whoosh.matching import NullMatcher
from whoosh.reading import TermNotFound

from portal.search.query_language import Query

KIND_CODES = ("topic", "article", "story", "photo")
"""The kinds of conversations, by their number in the index; replies have the number of their root's plus four."""
RELAXED_WORDS = 6
"""When nothing has all the words: so many of the rarest, of which any may stand there."""

_LOOK_AT_THE_CLOCK_EVERY = 32
_ROOT_TITLE_WEIGHT = 0.1
"""What a word in the title of the conversation counts for a reply: it lets it match, the reply itself decides."""

_Forms = tuple[str, ...]


@dataclass
class Found:
    """root → (score, id of the best document, kind code, board)."""

    conversations: dict[int, tuple[float, int, int, int]] = field(default_factory=dict)
    complete: bool = True
    relaxed: bool = False


class Look:
    """One search: what is looked for, in the engine's forms, and until when."""

    def __init__(
        self, query: Query, form: Callable[[str], str], *, newest: bool, replies_only: bool, seconds: float
    ) -> None:
        self._query = query
        self._words = [form(word) for word in query.words]
        self._phrases = [tuple(form(word) for word in phrase) for phrase in query.phrases]
        self._without = [tuple(form(word) for word in phrase) for phrase in query.without]
        self._newest = newest
        self._replies_only = replies_only
        self._until = time.perf_counter() + seconds

    def evaluate(self, searcher: Any) -> Found:
        """Every document that has all the words; if there is none, those with any of the rarest."""
        found = self._round(searcher, [_anywhere(word) for word in self._words], self._phrases)
        if found.conversations or not found.complete or len(self._words) + len(self._phrases) < 2:
            return found
        reader = searcher.reader()
        every_word = [*self._words, *(word for phrase in self._phrases for word in phrase)]
        known = {word: n for word in every_word if (n := reader.doc_frequency("body", word))}
        rarest = sorted(known, key=lambda word: known[word])[:RELAXED_WORDS]
        if not rarest:
            return found
        found = self._round(searcher, [q.Or([q.Term("body", word) for word in rarest])], [])
        found.relaxed = True
        return found

    def _round(self, searcher: Any, required: list[Any], phrases: list[_Forms]) -> Found:
        found = Found()
        needed = [*required, *(q.Term("body", word) for phrase in phrases for word in phrase)]
        scored = bool(needed) and not self._newest
        needed += self._narrowing()
        whole = q.And(needed) if needed else q.Every()
        context = searcher.context() if scored else searcher.boolean_context()
        solved = None if self._query.solved is None else _solved(searcher)
        for leaf, _offset in searcher.leaf_searchers() if searcher.doc_count() else ():  # an empty index has no columns
            segment = _Segment(leaf.reader(), phrases, self._without)
            if not self._look_through(whole.matcher(leaf, context), segment, scored, solved, found.conversations):
                found.complete = False
                break
        return found

    def _narrowing(self) -> list[Any]:
        """Several authors are alternatives; several tags or products must all stand there."""
        query = self._query
        authors = [q.Term("author", name, boost=0.0) for name in query.authors]
        tags = [q.Term("tags", name, boost=0.0) for name in query.tags]
        products = [q.Term("product", name, boost=0.0) for name in query.products]
        return ([q.Or(authors)] if authors else []) + tags + products

    def _look_through(
        self, matcher: Any, segment: "_Segment", scored: bool, solved: set[int] | None,
        conversations: dict[int, tuple[float, int, int, int]],
    ) -> bool:  # fmt: skip
        """Add a segment's matches to `conversations`; False if time ran out."""
        query, seen = self._query, 0
        earliest = query.after.timestamp() if query.after else float("-inf")
        latest = query.before.timestamp() if query.before else float("inf")
        while matcher.is_active():
            seen += 1
            if seen % _LOOK_AT_THE_CLOCK_EVERY == 0 and time.perf_counter() > self._until:
                return False
            n = matcher.id()
            code, root = segment.kind[n], segment.root[n]
            is_reply, code = code >= len(KIND_CODES), code % len(KIND_CODES)
            right = (is_reply or not self._replies_only) and earliest <= segment.at[n] < latest
            if right and solved is not None:
                right = KIND_CODES[code] == "topic" and (root in solved) == query.solved
            if right and segment.phrases_fit(n):
                score = matcher.score() if scored else float(segment.at[n])
                best = conversations.get(root)
                if best is None or score > best[0]:
                    conversations[root] = (score, segment.number[n], code, segment.board[n])
            matcher.next()
        return True


def _anywhere(word: str) -> Any:
    return q.Or([q.Term("body", word), q.Term("about", word, boost=_ROOT_TITLE_WEIGHT)])


def _solved(searcher: Any) -> set[int]:
    """The conversations that were solved; only their roots say so."""
    found: set[int] = set()
    for leaf, _offset in searcher.leaf_searchers() if searcher.doc_count() else ():
        roots = leaf.reader().column_reader("root")
        matcher = q.Term("solved", "yes").matcher(leaf, searcher.boolean_context())
        found.update(roots[n] for n in matcher.all_ids())
    return found


class _Segment:
    """The columns of one segment, and whether phrases stand in its documents."""

    def __init__(self, reader: Any, phrases: list[_Forms], without: list[_Forms]) -> None:
        columns = (reader.column_reader(name) for name in ("number", "root", "kind", "board", "at"))
        self.number, self.root, self.kind, self.board, self.at = columns
        self._together = [_Phrase(reader, phrase) for phrase in phrases]
        self._barred = [_Phrase(reader, phrase) for phrase in without]

    def phrases_fit(self, number: int) -> bool:
        """Whether document `number` has every wanted phrase and no barred one; asked for rising numbers."""
        return all(phrase.stands_in(number) for phrase in self._together) and not any(
            phrase.stands_in(number) for phrase in self._barred
        )


class _Phrase:
    def __init__(self, reader: Any, words: _Forms) -> None:
        self._postings: list[Any] = []
        for word in words:
            try:
                self._postings.append(reader.postings("body", word))
            except TermNotFound:
                self._postings.append(NullMatcher())

    def stands_in(self, number: int) -> bool:
        for posting in self._postings:
            if posting.is_active() and posting.id() < number:
                posting.skip_to(number)
            if not posting.is_active() or posting.id() != number:
                return False
        starts: set[int] | None = None
        for step, posting in enumerate(self._postings):
            places = {place - step for place in posting.value_as("positions")}
            starts = places if starts is None else starts & places
            if not starts:
                return False
        return True
