"""A Whoosh index open for reading, brought up to date without opening what has not changed.

Whoosh-Reloaded 2.7.5 cannot be asked for this: `Searcher.refresh()` takes the old segments along
(`FileIndex._reader` extends the new list by them), so that what was deleted or merged is found again.
"""

import time
from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from whoosh.filedb.filestore import FileStorage
from whoosh.index import _DEF_INDEX_NAME, TOC
from whoosh.reading import SegmentReader

from portal.search.ranking import Facts, Norms
from portal.search.whoosh_files import map_segments
from portal.search.whoosh_segment import Kept, Segment, Sums

map_segments()

ANSWERS_KEPT, ANSWERS_SECONDS = 64, 5.0
"""Answers of one view that are given again for so long: when many ask the same, and when the facets are clicked."""

T = TypeVar("T")


@dataclass
class Part:
    """A segment as it is at one commit: what was deleted from it belongs to no conversation."""

    segment: Segment
    root: "array[int]"
    """Of each document; 0 for deleted ones."""
    deleted: frozenset[int]


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
    """The whole index at one commit; what a search needs of it is put together for the first that asks."""

    parts: list[Part]
    """The largest first."""
    lately: Lately = field(default_factory=Lately)
    """Gone with the view: never true of another commit."""
    _norms: dict[tuple[float, float], Norms] = field(default_factory=dict)
    _kinds: dict[tuple[str, ...], frozenset[int]] = field(default_factory=dict)

    @property
    def documents(self) -> int:
        """In all of it."""
        return sum(part.segment.size - len(part.deleted) for part in self.parts)

    @cached_property
    def facts(self) -> dict[int, Facts]:
        """Of every conversation."""
        found: dict[int, Facts] = {}
        for part in self.parts:
            segment = part.segment
            gone = {segment.root[n] for n in part.deleted if segment.number[n] == segment.root[n]}
            told = zip(*segment.beginnings, strict=True)
            found.update(((root, facts) for root, facts in told if root not in gone) if gone else told)
        return found

    @cached_property
    def began(self) -> dict[int, int]:
        """When each conversation did, in seconds since 1970."""
        posts = (
            (number, at)
            for part in self.parts
            for root, number, at in zip(part.root, part.segment.number, part.segment.at, strict=True)
            if root == number
        )
        return dict(posts)

    @cached_property
    def thanks(self) -> dict[int, int]:
        """Given in each conversation."""
        return _added(self.parts, lambda segment: segment.thanks_of, lambda segment: segment.thanks)

    def norms(self, k1: float, b: float) -> Norms:
        """Of every conversation, for these weights."""
        if (k1, b) not in self._norms:
            words = _added(self.parts, lambda segment: segment.length_of, lambda segment: segment.length)
            average = max(1.0, sum(words.values()) / max(1, len(self.facts)))
            self._norms[k1, b] = Norms(words, average, k1, b).of_these(self.facts)
        return self._norms[k1, b]

    def of_kinds(self, kinds: tuple[str, ...]) -> frozenset[int]:
        """The conversations of these kinds."""
        if kinds not in self._kinds:
            self._kinds[kinds] = frozenset(root for root, facts in self.facts.items() if facts.profile.kind in kinds)
        return self._kinds[kinds]


def _added(
    parts: list[Part], sums: Callable[[Segment], Sums], numbers: Callable[[Segment], "array[int]"]
) -> dict[int, int]:
    """The sums of all parts, without what was deleted."""
    found: dict[int, int] = {}
    for part in parts:
        told = zip(*sums(part.segment), strict=True)
        if found:
            for root, number in told:
                found[root] = found.get(root, 0) + number
        else:
            found = dict(told)
        of = numbers(part.segment) if part.deleted else ()
        for n in part.deleted:
            if of[n]:
                found[part.segment.root[n]] -= of[n]
    return found


def _part(segment: Segment, deleted: frozenset[int]) -> Part:
    root = segment.root[:] if deleted else segment.root
    for n in deleted:
        root[n] = 0
    return Part(segment, root, deleted)


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
        return View(sorted(parts.values(), key=lambda part: -part.segment.size))

    def close(self) -> None:
        """Let go of the files."""
        for part in self._parts.values():
            part.segment.close()
        self._parts, self._view = {}, None
