"""What the site asks of a search engine, whichever it is."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from portal.search.query_language import Query

Sort = Literal["relevance", "newest"]


class SearchUnavailable(Exception):
    """There is no index that can be read or written now; the site runs on without it."""


@dataclass(frozen=True)
class Document:
    """A published contribution as the index keeps it. The root is the conversation it belongs to, maybe itself."""

    id: int
    root_id: int
    kind: str
    root_kind: str
    board_id: int | None
    author: str
    tags: tuple[str, ...]
    product: str
    title: str
    """Its own title; empty for a reply."""
    root_title: str
    text: str
    published_at: datetime
    solved: bool
    """Of a root: whether a reply was accepted. Replies do not say, so that they need not follow."""

    @property
    def fingerprint(self) -> int:
        """A number that changes whenever anything in the document does."""
        parts = repr((*astuple(self)[:-2], self.published_at.timestamp(), self.solved))
        return int.from_bytes(
            hashlib.blake2b(parts.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True
        )


@dataclass(frozen=True)
class Hit:
    """A conversation that was found, and which contribution in it fits best."""

    root_id: int
    id: int


@dataclass(frozen=True)
class Results:
    """One page of conversations, best first, and what there is in all."""

    hits: Sequence[Hit]
    total: int
    kinds: Mapping[str, int] = field(default_factory=dict)
    """Conversations by kind, as if no kind had been chosen."""
    boards: Mapping[int, int] = field(default_factory=dict)
    """Conversations by board, as if no board had been chosen."""
    complete: bool = True
    """False if time ran out: this is what was found until then."""
    relaxed: bool = False
    """True if nothing has all the words, and these have some of them."""


class Writing(Protocol):
    """A change of the index that takes effect as a whole."""

    def put(self, documents: Iterable[Document]) -> None:
        """Add these, or replace them; each at most once in one change."""

    def remove(self, ids: Iterable[int]) -> None:
        """Take these out; those that are not in are passed over."""


class Engine(Protocol):
    """A search engine. Every method raises SearchUnavailable when there is no usable index."""

    def search(
        self,
        query: Query,
        *,
        kind: str = "",
        board_id: int | None = None,
        sort: Sort = "relevance",
        offset: int = 0,
        limit: int = 20,
    ) -> Results:
        """The conversations that `query` finds, narrowed to a kind and a board."""

    def form(self, word: str) -> str:
        """The form under which `word`, folded, is kept: words of one form find each other."""

    def writing(self) -> AbstractContextManager[Writing]:
        """A change, alone: another waits until this one is done. Undone if the block raises."""

    def rebuild(self, fill: Callable[[Writing], None], catch_up: Callable[[Writing], None]) -> None:
        """Build anew beside what is there: `fill` meanwhile, then, alone, `catch_up`; then swap."""

    def contents(self) -> Iterator[tuple[int, int]]:
        """(id, fingerprint) of every document."""

    def check(self) -> str:
        """One sentence on the state of the index; raises SearchUnavailable if it needs rebuilding."""
