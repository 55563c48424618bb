"""A Whoosh index open for reading, brought up to date without opening what has not changed.

Whoosh-Reloaded 2.7.5 cannot be asked for this: `Searcher.refresh()` takes the old segments along
(`FileIndex._reader` extends the new list by them), so that what was deleted or merged is found again.
"""

import contextlib
import time
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.filedb.filestore import FileStorage
from whoosh.index import _DEF_INDEX_NAME, TOC
from whoosh.reading import SegmentReader, TermNotFound

from portal.search.ranking import Facts, Norms
from portal.search.whoosh_files import map_segments
from portal.search.whoosh_writing import facts_from

map_segments()

POSTINGS_KEPT = 1_500_000
"""Postings of terms asked for lately that stay in memory, decoded: some 12 MB."""

ANSWERS_KEPT, ANSWERS_SECONDS = 64, 5.0
"""Answers of one view that are given again for so long: when many ask the same, and when the facets are clicked."""

T = TypeVar("T")

Postings = tuple["array[int]", "array[float]"]
"""Documents of a segment that have a term, and how often."""

NONE: Postings = (array("I"), array("f"))


class Segment:
    """One immutable segment: its columns as arrays, and its terms' postings as they are asked for."""

    def __init__(self, reader: Any, kept: "Kept") -> None:
        self.reader, self._kept, self.name = reader, kept, reader.segment().segment_id()
        self.size: int = reader.doc_count_all()
        columns = (self.column(name) for name in ("number", "root", "at", "length", "thanks"))
        self.number, self.root, self.at, self.length, self.thanks = columns
        self.facts: dict[int, Facts] = {}
        about = reader.column_reader("facts", translate=False) if self.size else ()
        for n, (number, root) in enumerate(zip(self.number, self.root, strict=True)):
            if number == root:
                self.facts[root] = facts_from(about[n], self.at[n])
        self._by_root = array("I", sorted(range(self.size), key=self.root.__getitem__))
        self.length_of = _sums(self.root, self.length)
        self.thanks_of = _sums(self.root, self.thanks)

    def close(self) -> None:
        """Let go of its files."""
        with contextlib.suppress(Exception):
            self.reader.close()

    def column(self, name: str) -> "array[int]":
        """A column at once: eight bytes a number, the last ones missing where they are 0."""
        found = array("q")
        if self.size:
            column = self.reader.column_reader(name, translate=False)
            if hasattr(column, "_basepos"):
                found.frombytes(bytes(column._dbfile.get(column._basepos, 8 * column._count)))
                found.byteswap()
        found.extend([0] * (self.size - len(found)))
        return found

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
        ids, weights = array("I"), array("f")
        if isinstance(matcher, W3LeafMatcher):  # by blocks: a third of the time that one after the other takes
            while True:
                matcher._read_ids()
                matcher._read_weights()
                ids.extend(matcher._ids)
                weights.extend(matcher._weights)
                if matcher._lastblock:
                    return ids, weights
                matcher._next_block()
        while matcher.is_active():
            ids.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
        return ids, weights

    def matcher(self, field_name: str, term: str) -> Any:
        """Whoosh's own reader of a term's postings, deleted ones too; raises TermNotFound."""
        format_ = self.reader.schema[field_name].format
        return self.reader._terms.matcher(field_name, term.encode(), format_)

    def frequency(self, field_name: str, term: str) -> int:
        """How many documents have the term, deleted ones too."""
        return int(self.reader.doc_frequency(field_name, term))


def _sums(roots: "array[int]", numbers: "array[int]") -> dict[int, int]:
    found: dict[int, int] = {}
    for root, number in zip(roots, numbers, strict=True):
        if number:
            found[root] = found.get(root, 0) + number
    return found


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


@dataclass
class Part:
    """A segment as it is at one commit: what was deleted from it belongs to no conversation."""

    segment: Segment
    root: "array[int]"
    """Of each document; 0 for deleted ones."""
    deleted: frozenset[int]
    facts: dict[int, Facts]
    length: dict[int, int]
    thanks: dict[int, int]
    """Words, and thanks, of what it has of each conversation."""


class Lately:
    """What was answered in the last seconds, by what was asked."""

    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()

    def answer(self, asked: Hashable, find: Callable[[], T]) -> T:
        """What `find` finds, or found a moment ago."""
        at, found = self._found.get(asked, (float("-inf"), None))
        if time.monotonic() - at > ANSWERS_SECONDS:
            found = find()
            self._found[asked] = time.monotonic(), found
            self._found.move_to_end(asked)
            if len(self._found) > ANSWERS_KEPT:
                self._found.popitem(last=False)
        return cast(T, found)


@dataclass
class View:
    """The whole index at one commit."""

    parts: list[Part]
    facts: dict[int, Facts] = field(default_factory=dict)
    """Of every conversation."""
    length: dict[int, int] = field(default_factory=dict)
    """Words in each conversation."""
    thanks: dict[int, int] = field(default_factory=dict)
    documents: int = 0
    average: float = 1.0
    """Words in a conversation on average."""
    lately: Lately = field(default_factory=Lately)
    """Gone with the view: never true of another commit."""
    _norms: dict[tuple[float, float], Norms] = field(default_factory=dict)
    _kinds: dict[tuple[str, ...], frozenset[int]] = field(default_factory=dict)

    def norms(self, k1: float, b: float) -> Norms:
        """Of every conversation, for these weights."""
        if (k1, b) not in self._norms:
            self._norms[k1, b] = Norms(self.length, self.average, k1, b)
        return self._norms[k1, b]

    def of_kinds(self, kinds: tuple[str, ...]) -> frozenset[int]:
        """The conversations of these kinds."""
        if kinds not in self._kinds:
            self._kinds[kinds] = frozenset(root for root, facts in self.facts.items() if facts.profile.kind in kinds)
        return self._kinds[kinds]


def _part(segment: Segment, deleted: frozenset[int]) -> Part:
    if not deleted:
        return Part(segment, segment.root, deleted, segment.facts, segment.length_of, segment.thanks_of)
    root, facts = segment.root[:], dict(segment.facts)
    length, thanks = dict(segment.length_of), dict(segment.thanks_of)
    for n in deleted:
        conversation = root[n]
        root[n] = 0
        if segment.number[n] == conversation:
            facts.pop(conversation, None)
        if words := segment.length[n]:
            length[conversation] -= words
        if given := segment.thanks[n]:
            thanks[conversation] -= given
    return Part(segment, root, deleted, facts, length, thanks)


class OpenIndex:
    """One index; `view()` sees every commit made before it is called."""

    def __init__(self, folder: Path) -> None:
        self._storage = FileStorage(str(folder), readonly=True)
        self._parts: dict[tuple[str, frozenset[int]], Part] = {}
        self._kept = Kept()
        self._generation = -1
        self._view: View | None = None

    def view(self) -> View:
        """The latest commit; an earlier view must not be used any more."""
        generation = TOC._latest_generation(self._storage, _DEF_INDEX_NAME)
        if self._view is None or generation != self._generation:
            self._view = self._refreshed()
            self._generation = generation
        return self._view

    def _refreshed(self) -> View:
        toc = TOC.read(self._storage, _DEF_INDEX_NAME)
        before = {part.segment.name: part.segment for part in self._parts.values()}
        parts: dict[tuple[str, frozenset[int]], Part] = {}
        for described in toc.segments:
            key = (described.segment_id(), frozenset(described.deleted_docs()))
            if key in self._parts:
                parts[key] = self._parts[key]
            else:
                segment = before.get(key[0]) or Segment(
                    SegmentReader(self._storage, toc.schema, described, generation=toc.generation), self._kept
                )
                parts[key] = _part(segment, key[1])
        still = {name for name, _deleted in parts}
        for name, segment in before.items():
            if name not in still:
                segment.close()
        self._parts = parts
        return _joined(list(parts.values()))

    def close(self) -> None:
        """Let go of the files."""
        for part in self._parts.values():
            part.segment.close()
        self._parts, self._view = {}, None


def _joined(parts: list[Part]) -> View:
    """The largest segment's sums as they are, the others' added: a commit changes little."""
    view = View(sorted(parts, key=lambda part: -part.segment.size))
    for part in view.parts:
        if not view.length:
            view.facts, view.length, view.thanks = dict(part.facts), dict(part.length), dict(part.thanks)
        else:
            view.facts.update(part.facts)
            for sums, added in ((view.length, part.length), (view.thanks, part.thanks)):
                for root, number in added.items():
                    sums[root] = sums.get(root, 0) + number
        view.documents += part.segment.size - len(part.deleted)
    view.average = max(1.0, sum(view.length.values()) / max(1, len(view.facts)))
    return view
