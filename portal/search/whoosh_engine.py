"""The embedded engine: a Whoosh index in a folder. With its `whoosh_` neighbours the only file that knows Whoosh.

The folder holds one index a build, and a file `current` that names the one in use. A Whoosh schema
is a pickle, so nobody but the site's own user may write there.
"""

import contextlib
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from whoosh import index
from whoosh.index import LockError

from portal.search.engine import Hit, Results, SearchUnavailable, Sort
from portal.search.query_language import Query
from portal.search.whoosh_matching import KIND_CODES, Found, Look
from portal.search.whoosh_reading import OpenIndex
from portal.search.whoosh_writing import Change, form, schema
from portal.search.writers_lock import alone

log = logging.getLogger(__name__)

FORMAT = "2"
"""Goes up when the schema or the way words are cut changes; an index of another format counts as missing."""
SECONDS = 0.4
"""Time one search may take; what was found until then is shown."""
TURN_SECONDS = 5.0
"""Time a search waits for its turn in this process."""


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
    def writing(self) -> Iterator[Change]:
        """One commit. An index that can't be written any more is given up, so that it is rebuilt."""
        with alone(self._folder, "writing"), self._change(self._current()) as change:
            yield change

    def rebuild(self, fill: Callable[[Any], None], catch_up: Callable[[Any], None]) -> None:
        """Into a folder of its own; `current` is replaced in one step, so a reader sees the old or the new."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(self._folder, "rebuilding", wait=0.0):
            name = f"{FORMAT}-{secrets.token_hex(4)}"
            (self._folder / name).mkdir(mode=0o700)
            try:
                index.create_in(str(self._folder / name), schema()).close()
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
    def _change(self, name: str, fresh: bool = False) -> Iterator[Change]:
        with self._given_up_if_damaged(name):
            opened = index.open_dir(str(self._folder / name))
            change = Change(opened, fresh)
        try:
            yield change
        except BaseException:
            change.cancel()
            raise
        with self._given_up_if_damaged(name):
            change.commit()
            opened.close()

    @contextlib.contextmanager
    def _given_up_if_damaged(self, name: str) -> Iterator[None]:
        """A full disk or a lock passes; what Whoosh itself can't make sense of does not."""
        try:
            yield
        except (OSError, LockError) as error:
            raise SearchUnavailable(f"The search index can't be written: {error}.") from error
        except Exception as error:
            current = self._folder / "current"
            with contextlib.suppress(OSError):
                if current.read_text() == name:
                    current.unlink()
            raise self._damaged(error) from error

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
