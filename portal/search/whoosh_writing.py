"""What goes into a Whoosh index and how: the schema, the way texts are cut into words, a change under way."""

import contextlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from whoosh import query
from whoosh.analysis import Token
from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, ID, KEYWORD, TEXT, Schema
from whoosh.lang.porter2 import stem

from portal.search.engine import Document
from portal.search.whoosh_matching import KIND_CODES
from portal.search.words import tokens

PORTION = 10_000
"""Documents written at once when building anew; each portion is a segment, of which a dozen cost next to nothing."""


@lru_cache(maxsize=50_000)
def form(word: str) -> str:
    """The stem of a folded word; codes and numbers stay as they are."""
    return str(stem(word)) if word.isalpha() else word


class Words:
    """Cuts texts into the forms that are indexed. Pickled into the index by its name: see `whoosh_engine.FORMAT`."""

    def __call__(self, value: str, **options: Any) -> Iterator[Token]:
        """One token a word, as Whoosh wants them: the same object each time."""
        token = Token(positions=True)
        token.boost, token.stopped = 1.0, False
        for at, word in enumerate(tokens(value), options.get("start_pos", 0)):
            token.text, token.pos = form(word), at
            yield token

    def has_morph(self) -> bool:
        """Asked by Whoosh's field types."""
        return False


def schema() -> Schema:
    """Fields to look in, and columns to read for every match."""
    number = {name: COLUMN(NumericColumn("q")) for name in ("number", "root", "kind", "board", "at", "mark")}
    return Schema(
        id=ID(unique=True),
        body=TEXT(analyzer=Words(), phrase=True),
        about=TEXT(analyzer=Words(), phrase=False),
        author=ID(),
        tags=KEYWORD(),
        product=ID(),
        solved=ID(),
        **number,
    )


class Change:
    """A change under way: a Whoosh writer that speaks of documents.

    A fresh index, which nobody reads yet, is written in portions, so that its progress shows.
    """

    def __init__(self, opened: Any, fresh: bool = False) -> None:
        self._opened = opened
        self._fresh = fresh
        self._added = 0
        self._writer = opened.writer(limitmb=128)

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace."""
        documents = list(documents)
        if not self._fresh:
            self.remove(d.id for d in documents)
        for document in documents:
            self._writer.add_document(**_row(document))
        self._added += len(documents)
        if self._fresh and self._added >= PORTION:
            self._writer.commit(merge=False)
            self._writer, self._added = self._opened.writer(limitmb=128), 0

    def remove(self, ids: Iterable[int]) -> None:
        """Take out."""
        if terms := [query.Term("id", str(number)) for number in ids]:
            self._writer.delete_by_query(query.Or(terms))

    def commit(self) -> None:
        """Let it take effect; small segments are merged in passing, so that few stay."""
        self._writer.commit(merge=not self._fresh)

    def cancel(self) -> None:
        """Undo it."""
        with contextlib.suppress(Exception):
            self._writer.cancel()


def _row(document: Document) -> dict[str, Any]:
    d = document
    return {
        "id": str(d.id),
        "body": f"{d.title}\n{d.text}",
        "about": "" if d.id == d.root_id else d.root_title,
        "author": d.author,
        "tags": " ".join(d.tags),
        "product": d.product,
        "solved": "yes" if d.solved else "",
        "number": d.id,
        "root": d.root_id,
        "kind": KIND_CODES.index(d.root_kind) + len(KIND_CODES) * (d.kind == "reply"),
        "board": d.board_id or 0,
        "at": int(d.published_at.timestamp()),
        "mark": d.fingerprint,
    }
