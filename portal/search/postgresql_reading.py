"""Reading the PostgreSQL index: which one it is, and a connection on which a whole search has only so much time."""

import contextlib
import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, TextClause, text
from sqlalchemy.engine import NestedTransaction
from sqlalchemy.exc import DBAPIError, ProgrammingError

from portal.search.engine import SearchUnavailable
from portal.search.postgresql_tables import FORMAT, SCHEMA

log = logging.getLogger(__name__)

SECONDS = 0.3
"""What all statements of a search may take together; one that takes longer finds nothing, and says it is not all."""
STEP = 0.02
"""The time left is told to PostgreSQL again when so much of it has passed: a statement more each time."""
_CANCELED, _MISSING = "57014", ("42P01", "3F000", "42703")


class TimeIsUp(Exception):
    """The search has taken all its time."""


@dataclass(frozen=True)
class Built:
    """What the index says of itself."""

    language: str
    posts: int
    conversations: int
    words: int


def built(connection: Connection) -> Built:
    """Raises SearchUnavailable if there is no index that can be used; its transaction is then of no use either."""
    try:
        row = connection.execute(text(f"SELECT * FROM {SCHEMA}.build")).first()
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") not in _MISSING:
            raise damaged(error) from error
        row = None
    if row is None or row.format != FORMAT:
        raise SearchUnavailable("There is no search index yet.")
    return Built(row.language, row.posts, row.conversations, row.words)


class Reader:
    """A connection until the time is up, and what the index on it says of itself."""

    def __init__(self, connection: Connection, seconds: float | None = None) -> None:
        self._connection = connection
        self._until = time.perf_counter() + (SECONDS if seconds is None else seconds)
        self._told = 0.0
        self.built = built(connection)

    def execute(self, statement: TextClause, values: Mapping[str, Any] | None = None) -> CursorResult[*tuple[Any, ...]]:
        """Like that of a connection; raises TimeIsUp."""
        left = self._until - time.perf_counter()
        if left <= 0:
            raise TimeIsUp
        if not self._told or self._told - left > STEP:
            # Compiling a statement takes longer than any of these may.
            jit = "" if self._told else "; SET LOCAL jit = off"
            self._connection.execute(text(f"SET LOCAL statement_timeout = {max(1, int(left * 1000))}{jit}"))
            self._told = left
        try:
            return self._connection.execute(statement, values or {})
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") == _CANCELED:
                raise TimeIsUp from error
            raise

    def begin_nested(self) -> NestedTransaction:
        """A savepoint."""
        return self._connection.begin_nested()


@contextlib.contextmanager
def reading(connection: Connection) -> Iterator[Reader]:
    """Within a savepoint, whose end also lets go of the locks for which a swap would wait."""
    savepoint = connection.begin_nested()
    try:
        yield Reader(connection)
    except DBAPIError as error:
        raise damaged(error) from error
    finally:
        savepoint.rollback()


def damaged(error: Exception) -> SearchUnavailable:
    """What there is to say when a table of the index is not as it should be."""
    log.error("the search index can't be used: %s: %s", type(error).__name__, error)
    return SearchUnavailable("The search index is damaged and has to be rebuilt.")
