"""A Whoosh index open for reading, brought up to date without opening what has not changed.

Whoosh-Reloaded 2.7.5 cannot be asked for this: `Searcher.refresh()` takes the old segments along
(`FileIndex._reader` extends the new list by them), so that what was deleted or merged is found again.
"""

import contextlib
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import _DEF_INDEX_NAME, TOC
from whoosh.reading import EmptyReader, MultiReader, SegmentReader
from whoosh.searching import Searcher


class OpenIndex:
    """One index; `searcher()` sees every commit made before it is called."""

    def __init__(self, folder: Path) -> None:
        self._storage = FileStorage(str(folder), readonly=True)
        self._readers: dict[tuple[str, frozenset[int]], SegmentReader] = {}
        self._generation = -1
        self._searcher: Searcher | None = None

    def searcher(self) -> Searcher:
        """A searcher over the latest commit; an earlier one must not be used any more."""
        generation = TOC._latest_generation(self._storage, _DEF_INDEX_NAME)
        if self._searcher is None or generation != self._generation:
            self._searcher = self._refreshed()
            self._generation = generation
        return self._searcher

    def _refreshed(self) -> Searcher:
        toc = TOC.read(self._storage, _DEF_INDEX_NAME)
        readers: dict[tuple[str, frozenset[int]], SegmentReader] = {}
        for segment in toc.segments:
            key = (segment.segment_id(), frozenset(segment.deleted_docs()))
            readers[key] = self._readers.pop(key, None) or SegmentReader(
                self._storage, toc.schema, segment, generation=toc.generation
            )
        self.close()
        self._readers = readers
        parts: list[Any] = list(readers.values())
        if not parts:
            return Searcher(EmptyReader(toc.schema))
        return Searcher(parts[0] if len(parts) == 1 else MultiReader(parts, generation=toc.generation))

    def close(self) -> None:
        """Let go of the files."""
        for reader in self._readers.values():
            with contextlib.suppress(Exception):
                reader.close()
        self._readers, self._searcher = {}, None
