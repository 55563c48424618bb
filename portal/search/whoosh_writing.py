"""What goes into a Whoosh index and how: the schema, a change under way, which segments are merged."""

import contextlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from sys import intern
from typing import Any

from whoosh import query
from whoosh.analysis import IDAnalyzer
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import COLUMN, ID, FieldType, Schema
from whoosh.formats import Existence, Positions
from whoosh.index import TOC, clean_files
from whoosh.reading import SegmentReader

from portal.search.engine import Document
from portal.search.ranking import Facts
from portal.search.site_words import form
from portal.search.words import tokens

FIRST_PORTION, PORTION = 2_000, 20_000
"""Documents written at once when building anew; each portion is a segment, of which a dozen cost next to nothing. The
first is there within a second or two, for who has no other index to read."""
AT_ONCE = 1000
"""Documents a commit may merge in passing: half a second."""
MOST_PLACES = 65_535

_BETWEEN = "\x1f"


class Places(Positions):
    """Positions as plain numbers: written and read in a third of the time of pickled ones."""

    def encode(self, poslist: Sequence[int]) -> bytes:
        """Two bytes a position; what stands further behind counts as standing at the end."""
        if poslist[-1] > MOST_PLACES:
            poslist = [min(place, MOST_PLACES) for place in poslist]
        return array("H", poslist).tobytes()

    def decode_positions(self, valuestring: bytes) -> "array[int]":
        """What `encode` was given."""
        return array("H", valuestring)

    def decode_frequency(self, valuestring: bytes) -> int:
        """How many there are."""
        return len(valuestring) // 2


class Forms(FieldType):  # type: ignore[misc]
    """Words that were cut and brought into their forms before; with their places, or just whether they are there."""

    def __init__(self, places: bool) -> None:
        super().__init__(Places() if places else Existence(), IDAnalyzer())
        self.places = places

    def index(self, value: Sequence[str], **_options: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """(word, how often, weight, places), as Whoosh writes them."""
        if not self.places:
            return ((word.encode(), 1, 1.0, b"") for word in set(value))
        at: dict[str, list[int]] = {}
        for place, word in enumerate(value):
            at.setdefault(word, []).append(place)
        encode = self.format.encode
        return ((word.encode(), len(places), float(len(places)), encode(places)) for word, places in at.items())


def schema() -> Schema:
    """Fields to look in, and columns to read for every match. Pickled: changes to it want another `FORMAT`."""
    numbers = ("number", "root", "at", "length", "thanks", "mark")
    return Schema(
        id=ID(unique=True),
        body=Forms(places=True),
        title=Forms(places=True),
        written=Forms(places=False),
        heading=Forms(places=False),
        author=ID(),
        facts=COLUMN(VarBytesColumn()),
        **{name: COLUMN(NumericColumn("q")) for name in numbers},
    )


class Change:
    """A change under way: a Whoosh writer that speaks of documents.

    A fresh index, which has no document twice, is written in portions; `portion()` is told of each that can be read.
    """

    def __init__(
        self, opened: Any, language: str, fresh: bool = False, portion: Callable[[], None] | None = None
    ) -> None:
        self._opened, self._language, self._fresh = opened, language, fresh
        self._added, self._most, self._portion = 0, FIRST_PORTION, portion
        self._writer = self._begun()

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace."""
        documents = list(documents)
        if not self._fresh:
            self.remove(d.id for d in documents)
        for document in documents:
            self._writer.add_document(**_row(document, self._language))
        self._added += len(documents)
        if self._fresh and self._added >= self._most:
            self._writer.commit(merge=False)
            self._writer, self._added, self._most = self._begun(), 0, PORTION
            if self._portion is not None:
                self._portion()

    def remove(self, ids: Iterable[int]) -> None:
        """Take out."""
        if terms := [query.Term("id", str(number)) for number in ids]:
            self._writer.delete_by_query(query.Or(terms))

    def commit(self, most: int = AT_ONCE) -> None:
        """Let it take effect; small segments are merged in passing, so that few stay."""
        try:
            if self._fresh:
                self._writer.commit(merge=False)
            else:
                self._writer.commit(mergetype=lambda writer, segments: _merge(writer, segments, most))
        except BaseException:
            self.cancel()
            raise

    def cancel(self) -> None:
        """Undo it. What was half written goes: on a full disk it would take the room that trying again needs."""
        with contextlib.suppress(Exception):
            self._writer.cancel()
        with contextlib.suppress(Exception):
            self._writer._tempstorage.destroy()
        with contextlib.suppress(Exception):
            storage, name = self._opened.storage, self._opened.indexname
            toc = TOC.read(storage, name)
            clean_files(storage, name, toc.generation, toc.segments)

    def _begun(self) -> Any:
        # Without Whoosh's own lock: the caller holds ours, and Whoosh's would be kept by a writer that failed.
        return self._opened.writer(limitmb=128, _lk=False)


def to_merge(sizes: Sequence[int], most: int) -> int:
    """How many of the segments, which have these rising sizes, become one: at most `most` documents in all.

    Each takes in the next while it is not less than half of that, so a document is copied a dozen times at most.
    """
    total, count = 0, 0
    for n, size in enumerate(sizes):
        if total + size > most:
            break
        if n and size <= 2 * total:
            count = n + 1
        total += size
    return count


def _merge(writer: Any, segments: Sequence[Any], most: int) -> list[Any]:
    ordered = sorted(segments, key=lambda segment: segment.doc_count())
    count = to_merge([segment.doc_count() for segment in ordered], most)
    for segment in ordered[:count]:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return ordered[count:]


def _row(document: Document, language: str) -> dict[str, Any]:
    d = document
    body = tokens(d.text)
    title = tokens(d.title)
    row: dict[str, Any] = {
        "id": str(d.id),
        "body": [form(word, language) for word in body],
        "title": [form(word, language) for word in title],
        "written": body + title,
        "heading": title,
        "author": d.author,
        "number": d.id,
        "root": d.root_id,
        "at": int(d.published_at.timestamp()),
        "length": len(body) + len(title),
        "thanks": d.thanks,
        "mark": d.fingerprint,
    }
    if d.is_root:
        solved = "" if d.kind != "topic" else "yes" if d.solved else "no"
        row["facts"] = _BETWEEN.join((d.kind, str(d.board_id or 0), d.product, solved, *d.tags)).encode()
    return row


def facts_from(told: bytes, at: int) -> Facts:
    """What the column `facts` of a root says."""
    kind, board, product, solved, *tags = told.decode().split(_BETWEEN)
    return Facts.of(kind, int(board), product, at, None if not solved else solved == "yes", tuple(map(intern, tags)))
