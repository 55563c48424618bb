"""What the site asks of a search engine, whichever it is."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from portal.search.query_language import Query

Sort = Literal["relevance", "newest"]


class SearchUnavailable(Exception):
    """There is no index that can be read or written now; the site runs on without it."""


@dataclass(frozen=True)
class Document:
    """A published contribution as the index keeps it. The root is the conversation it belongs to, maybe itself.

    What is true of the conversation (title, board, product, tags, solved) stands in the root's document
    alone, so that its replies need not be written anew when it changes.
    """

    id: int
    root_id: int
    kind: str
    author: str
    text: str
    published_at: datetime
    thanks: int = 0
    title: str = ""
    board_id: int | None = None
    product: str = ""
    tags: tuple[str, ...] = ()
    solved: bool = False

    @property
    def is_root(self) -> bool:
        """Whether it begins its conversation."""
        return self.id == self.root_id

    @property
    def fingerprint(self) -> int:
        """A number that changes whenever anything in the document does."""
        told = (
            self.id, self.root_id, self.kind, self.author, self.text, self.published_at.timestamp(), self.thanks,
            self.title, self.board_id, self.product, self.tags, self.solved,
        )  # fmt: skip
        digest = hashlib.blake2b(repr(told).encode("utf-8", "replace"), digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)


@dataclass(frozen=True)
class Filters:
    """What a visitor narrows a search to, beside what the query itself says; empty and None narrow nothing."""

    kind: str = ""
    """One of the five; `reply` finds replies in conversations of any kind."""
    board_id: int | None = None
    product: str = ""
    """A slug."""
    tag: str = ""
    year: int | None = None
    """In which the conversation began, in UTC."""
    solved: bool | None = None
    """Of questions and discussions only."""
    author: str = ""
    """A username: what this member wrote."""
    root_id: int | None = None
    """Within one conversation."""


EVERYTHING = Filters()


@dataclass(frozen=True)
class Facets:
    """Conversations counted by what they can be narrowed to, each as if its own filter were not set."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    boards: Mapping[int, int] = field(default_factory=dict)
    products: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    years: Mapping[int, int] = field(default_factory=dict)
    solved: Mapping[bool, int] = field(default_factory=dict)
    """Among topics."""


@dataclass(frozen=True)
class Hit:
    """A conversation that was found, and which contribution in it fits best."""

    root_id: int
    id: int
    score: float = 0.0


@dataclass(frozen=True)
class Results:
    """One page of conversations, best first, and what there is in all."""

    hits: Sequence[Hit]
    total: int
    facets: Facets = field(default_factory=Facets)
    complete: bool = True
    """False if time ran out or there was too much: this is what was found until then."""
    relaxed: bool = False
    """True if nothing has all the words, and these have some of them."""
    growing: bool = False
    """True if the index is being built, and this was found in what is there of it: the newest conversations."""


class Writing(Protocol):
    """A change of the index that takes effect as a whole."""

    def put(self, documents: Iterable[Document]) -> None:
        """Add these, or replace them; each at most once in one change."""

    def remove(self, ids: Iterable[int]) -> None:
        """Take these out; those that are not in are passed over."""


class Engine(Protocol):
    """A search engine. Every method raises SearchUnavailable when there is no usable index."""

    def search(
        self, query: Query, *, filters: Filters = EVERYTHING, sort: Sort = "relevance", offset: int = 0, limit: int = 20
    ) -> Results:  # fmt: skip
        """The conversations that `query` finds, narrowed by `filters`."""

    def similar(
        self, text: str, *, limit: int = 5, kinds: Sequence[str] = ("topic",), leave_out: int | None = None
    ) -> Sequence[Hit]:
        """Conversations like this text, the likest first, each by its beginning.

        The title is its first line; `leave_out` is a root.
        """

    def complete(self, start: str, *, limit: int = 8) -> Sequence[str]:
        """Words of the index that begin with `start`, folded, as they are written, the most frequent first."""

    def titles(self, words: Sequence[str], last: str, *, limit: int = 8) -> Sequence[Hit]:
        """Conversations whose title has these words and one that begins with `last`."""

    def nearest(self, word: str) -> str:
        """The likeliest word of the index for one that is not in it; "" if there is none, or if it is in it."""

    def form(self, word: str) -> str:
        """The form under which `word`, folded, is kept: words of one form find each other."""

    def told(self, query: Query) -> frozenset[str]:
        """The words to mark in what `query` found: its own and their synonyms, folded."""

    def writing(self) -> AbstractContextManager[Writing]:
        """A change, alone: another waits until this one is done. Undone if the block raises."""

    def rebuild(self, fill: Callable[[Writing], None], catch_up: Callable[[Writing], None]) -> None:
        """Build anew beside what is there: `fill` meanwhile, then, alone, `catch_up`; then swap.

        `fill` puts the newest conversations in first: they may be found while others are still missing.
        """

    def contents(self) -> Iterator[tuple[int, int]]:
        """(id, fingerprint) of every document."""

    def check(self) -> str:
        """One sentence on the state of the index; raises SearchUnavailable if it needs rebuilding."""

    def outdated(self) -> bool:
        """Whether the index still works but wants rebuilding: for the site's language, or for what can't be read."""

    def missed(self) -> bool:
        """Whether somebody found no index, or one that can't be read somewhere. Costs next to nothing."""

    def tidy(self) -> None:
        """Put the index in good shape in a quiet moment; a change meanwhile waits."""
