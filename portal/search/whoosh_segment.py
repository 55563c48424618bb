"""One immutable segment of a Whoosh index, held small: numbers in as few bytes as hold them, and read when asked for.

Every process that searches has its own; a worker, which only writes, needs hardly any of it.
"""

import contextlib
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.reading import TermNotFound

from portal.search.ranking import Facts
from portal.search.whoosh_writing import facts_from

POSTINGS_KEPT = 1_500_000
"""Postings of terms asked for lately that stay in memory, decoded: some 5 MB."""

Postings = tuple["array[int]", "array[int]"]
"""Documents of a segment that have a term, and how often."""

NONE: Postings = (array("B"), array("B"))


_BITS = {kind: 8 * array(kind).itemsize for kind in "BHI"}


def tight(numbers: Sequence[int]) -> "array[int]":
    """Whole numbers in as few bytes each as hold the highest of them."""
    least, highest = min(numbers, default=0), max(numbers, default=0)
    fitting = (kind for kind, bits in _BITS.items() if least >= 0 and highest < 1 << bits)
    return array(next(fitting, "q"), numbers)


class Segment:
    """What its columns say of its documents, deleted ones too, and its terms' postings as they are asked for."""

    def __init__(self, reader: Any, kept: "Kept") -> None:
        self.reader, self._kept, self.name = reader, kept, reader.segment().segment_id()
        self.size: int = reader.doc_count_all()
        self.number, self.root = self.column("number"), self.column("root")

    @cached_property
    def at(self) -> "array[int]":
        """When each was written, in seconds since 1970."""
        return self.column("at")

    @cached_property
    def length(self) -> "array[int]":
        """Words in each."""
        return self.column("length")

    @cached_property
    def thanks(self) -> "array[int]":
        """Given for each."""
        return self.column("thanks")

    @cached_property
    def length_of(self) -> "Sums":
        """Words in what it has of each conversation."""
        return _sums(self.root, self.length)

    @cached_property
    def thanks_of(self) -> "Sums":
        """Thanks for what it has of each conversation."""
        return _sums(self.root, self.thanks)

    @cached_property
    def beginnings(self) -> tuple["array[int]", list[Facts]]:
        """The conversations whose first post it has, and what is known of each."""
        about = self.reader.column_reader("facts", translate=False) if self.size else ()
        first = [n for n, (number, root) in enumerate(zip(self.number, self.root, strict=True)) if number == root]
        once: dict[Facts, Facts] = {}
        facts = (facts_from(about[n], self.at[n]) for n in first)
        return tight([self.root[n] for n in first]), [once.setdefault(said, said) for said in facts]

    @cached_property
    def _by_root(self) -> "array[int]":
        return tight(sorted(range(self.size), key=self.root.__getitem__))

    def close(self) -> None:
        """Let go of its files."""
        with contextlib.suppress(Exception):
            self.reader.close()

    def column(self, name: str) -> "array[int]":
        """A column at once; the last numbers are missing in the file where they are 0."""
        found = array("q")
        if self.size:
            column = self.reader.column_reader(name, translate=False)
            if hasattr(column, "_basepos"):
                found.frombytes(bytes(column._dbfile.get(column._basepos, 8 * column._count)))
                found.byteswap()
        found.extend([0] * (self.size - len(found)))
        return tight(found)

    def documents_of(self, root: int) -> "array[int]":
        """Of one conversation, deleted ones too."""
        documents, root_of = self._by_root, self.root.__getitem__
        start = bisect_left(documents, root, key=root_of)
        return documents[start : bisect_right(documents, root, start, key=root_of)]

    def postings(self, field_name: str, term: str) -> Postings:
        """Deleted documents among them."""
        key = (self.name, field_name, term)
        found = self._kept.get(key)
        if found is None:
            found = self._kept.put(key, self._read(field_name, term))
        return found

    def _read(self, field_name: str, term: str) -> Postings:
        try:
            matcher = self.matcher(field_name, term)
        except TermNotFound:
            return NONE
        ids: list[int] = []
        times: list[int] = []
        if isinstance(matcher, W3LeafMatcher):  # by blocks: a third of the time that one after the other takes
            while True:
                matcher._read_ids()
                matcher._read_weights()
                ids.extend(matcher._ids)
                times.extend(map(int, matcher._weights))
                if matcher._lastblock:
                    return tight(ids), tight(times)
                matcher._next_block()
        while matcher.is_active():
            ids.append(matcher.id())
            times.append(int(matcher.weight()))
            matcher.next()
        return tight(ids), tight(times)

    def matcher(self, field_name: str, term: str) -> Any:
        """Whoosh's own reader of a term's postings, deleted ones too; raises TermNotFound."""
        format_ = self.reader.schema[field_name].format
        return self.reader._terms.matcher(field_name, term.encode(), format_)

    def frequency(self, field_name: str, term: str) -> int:
        """How many documents have the term, deleted ones too."""
        return int(self.reader.doc_frequency(field_name, term))


Sums = tuple["array[int]", "array[int]"]
"""Conversations, and a number for each."""


def _sums(roots: "array[int]", numbers: "array[int]") -> Sums:
    found: dict[int, int] = {}
    for root, number in zip(roots, numbers, strict=True):
        if number:
            found[root] = found.get(root, 0) + number
    return tight(list(found)), tight(list(found.values()))


class Kept:
    """Decoded postings, the last used of them."""

    def __init__(self) -> None:
        self._by_key: OrderedDict[tuple[str, str, str], Postings] = OrderedDict()
        self._size = 0

    def get(self, key: tuple[str, str, str]) -> Postings | None:
        """What is kept under `key`."""
        found = self._by_key.get(key)
        if found is not None:
            self._by_key.move_to_end(key)
        return found

    def put(self, key: tuple[str, str, str], postings: Postings) -> Postings:
        """Keep it, and let go of what was not used for longest."""
        self._by_key[key] = postings
        self._size += len(postings[0]) + 8
        while self._size > POSTINGS_KEPT and len(self._by_key) > 1:
            _key, gone = self._by_key.popitem(last=False)
            self._size -= len(gone[0]) + 8
        return postings
