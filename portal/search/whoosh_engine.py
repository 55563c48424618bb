"""The embedded engine: a Whoosh index in a folder. The only file that knows Whoosh.

The folder holds one index a build, and a file `current` that names the one in use. A Whoosh schema
is a pickle, so nobody but the site's own user may write there.
"""

import contextlib
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from whoosh import index, query
from whoosh.analysis import Token
from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, ID, KEYWORD, TEXT, Schema
from whoosh.lang.porter2 import stem

from portal.search.engine import Document, Hit, Results, SearchUnavailable, Sort
from portal.search.query_language import Query
from portal.search.whoosh_matching import KIND_CODES, Found, Look
from portal.search.whoosh_reading import OpenIndex
from portal.search.words import tokens
from portal.search.writers_lock import alone

log = logging.getLogger(__name__)

FORMAT = "1"
"""Goes up when the schema or the way words are cut changes; an index of another format counts as missing."""
SECONDS = 0.4
"""Time one search may take; what was found until then is shown."""
TURN_SECONDS = 5.0
"""Time a search waits for its turn in this process."""


@lru_cache(maxsize=50_000)
def form(word: str) -> str:
    """The stem of a folded word; codes and numbers stay as they are."""
    return str(stem(word)) if word.isalpha() else word


class Words:
    """Cuts texts into the forms that are indexed. Pickled into the index by its name: see FORMAT."""

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


def _schema() -> Schema:
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


class _Change:
    """A change under way: a Whoosh writer that speaks of documents."""

    def __init__(self, writer: Any, fresh: bool = False) -> None:
        self._writer = writer
        self._fresh = fresh

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace."""
        documents = list(documents)
        if not self._fresh:
            self.remove(d.id for d in documents)
        for document in documents:
            self._writer.add_document(**_row(document))

    def remove(self, ids: Iterable[int]) -> None:
        """Take out."""
        if terms := [query.Term("id", str(number)) for number in ids]:
            self._writer.delete_by_query(query.Or(terms))


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


class WhooshEngine:
    """See `engine.Engine`. Holds one searcher a process, which is refreshed and never opened anew without need."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = Lock()
        self._open: OpenIndex | None = None
        self._open_name = ""

    def form(self, word: str) -> str:
        """Stemmed."""
        return form(word)

    def search(
        self, query: Query, *, kind: str = "", board_id: int | None = None, sort: Sort = "relevance",
        offset: int = 0, limit: int = 20,
    ) -> Results:  # fmt: skip
        """Every match within the time is looked at once; conversations and counts come out of the same round."""

        def look(searcher: Any) -> Results:
            wanted = kind or query.kind
            look_at = Look(query, form, newest=sort == "newest", replies_only=wanted == "reply", seconds=SECONDS)
            return _page(look_at.evaluate(searcher), "" if wanted == "reply" else wanted, board_id, offset, limit)

        return self._with_searcher(look)

    def contents(self) -> Iterator[tuple[int, int]]:
        """Read from the columns of every segment."""

        def read(searcher: Any) -> list[tuple[int, int]]:
            pairs = []
            for leaf, _offset in searcher.leaf_searchers() if searcher.doc_count() else ():  # empty: no columns
                reader = leaf.reader()
                numbers, marks = reader.column_reader("number"), reader.column_reader("mark")
                pairs += [(numbers[n], marks[n]) for n in reader.all_doc_ids()]
            return pairs

        return iter(self._with_searcher(read))

    def check(self) -> str:
        """Opens the index and reads from it."""
        documents, segments = self._with_searcher(lambda s: (s.doc_count(), len(s.leaf_searchers())))
        return f"{documents:,} documents in {segments} {'segment' if segments == 1 else 'segments'}"

    @contextlib.contextmanager
    def writing(self) -> Iterator[_Change]:
        """One commit; small segments are merged in passing, so that few stay."""
        with alone(self._folder, "writing"), self._change(self._current()) as change:
            yield change

    def rebuild(self, fill: Callable[[Any], None], catch_up: Callable[[Any], None]) -> None:
        """Into a folder of its own; `current` is replaced in one step, so a reader sees the old or the new."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(self._folder, "rebuilding", wait=0.0):
            name = f"{FORMAT}-{secrets.token_hex(4)}"
            (self._folder / name).mkdir(mode=0o700)
            try:
                index.create_in(str(self._folder / name), _schema()).close()
                with self._change(name, fresh=True) as change:
                    fill(change)
                with alone(self._folder, "writing"):
                    with self._change(name) as change:
                        catch_up(change)
                    pointer = self._folder / f"{name}.new"
                    pointer.write_text(name)
                    os.replace(pointer, self._folder / "current")
            except BaseException:
                shutil.rmtree(self._folder / name, ignore_errors=True)
                raise
            for entry in self._folder.iterdir():
                if entry.name != name and entry.is_dir():
                    shutil.rmtree(entry, ignore_errors=True)

    def _current(self) -> str:
        try:
            name = (self._folder / "current").read_text().strip()
        except (OSError, UnicodeDecodeError):
            name = ""
        if not name.startswith(f"{FORMAT}-") or not name.removeprefix(f"{FORMAT}-").isalnum():
            raise SearchUnavailable("There is no search index yet.")
        return name

    @contextlib.contextmanager
    def _change(self, name: str, fresh: bool = False) -> Iterator[_Change]:
        try:
            opened = index.open_dir(str(self._folder / name))
            writer = opened.writer(limitmb=256 if fresh else 64)
        except Exception as error:
            raise self._damaged(error) from error
        try:
            yield _Change(writer, fresh)
        except BaseException:
            with contextlib.suppress(Exception):
                writer.cancel()
            raise
        try:
            writer.commit()
        except Exception as error:
            raise self._damaged(error) from error
        finally:
            opened.close()

    def _with_searcher(self, use: Callable[[Any], Any]) -> Any:
        """Call `use` with the refreshed searcher; opened anew once if the files it had are gone."""
        if not self._turn.acquire(timeout=TURN_SECONDS):
            raise SearchUnavailable("Too many searches at once.")
        try:
            for tries_left in (3, 2, 1, 0):
                name = self._current()
                try:
                    return use(self._refreshed(name))
                except Exception as error:  # a merge may have taken a file away while it was being opened
                    self._close()
                    if not tries_left:
                        raise self._damaged(error) from error
        finally:
            self._turn.release()

    def _refreshed(self, name: str) -> Any:
        if self._open is None or self._open_name != name:
            self._close()
            self._open, self._open_name = OpenIndex(self._folder / name), name
        return self._open.searcher()

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None

    def _damaged(self, error: Exception) -> SearchUnavailable:
        log.error("the search index can't be used: %s: %s", type(error).__name__, error)
        return SearchUnavailable("The search index is damaged and has to be rebuilt.")


def _page(found: Found, kind: str, board_id: int | None, offset: int, limit: int) -> Results:
    """Count and narrow what was found: each count as if its own filter had not been set."""
    kinds: dict[str, int] = {}
    boards: dict[int, int] = {}
    fitting: list[tuple[float, int, int]] = []
    for root, (score, number, code, board) in found.conversations.items():
        name = KIND_CODES[code]
        right_kind = not kind or kind == name
        right_board = board_id is None or board == board_id
        if right_board:
            kinds[name] = kinds.get(name, 0) + 1
        if right_kind and board:
            boards[board] = boards.get(board, 0) + 1
        if right_kind and right_board:
            fitting.append((score, root, number))
    fitting.sort(reverse=True)
    hits = [Hit(root, number) for _score, root, number in fitting[offset : offset + limit]]
    return Results(hits, len(fitting), kinds, boards, found.complete, found.relaxed)
