"""One SQLite file as the house uses it: how it is opened, who writes next, and that it stays the file it was."""

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection as Transaction
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.exc import DisconnectionError

from portal.writers import Line

log = logging.getLogger(__name__)

BUSY_SECONDS = 10
"""How long SQLite itself waits for somebody who does not stand in line: another program, a long import."""
PRAGMAS = (
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=FULL",  # an acknowledged post survives a power cut
    # KiB for each connection: what a page of twenty replies reads, for a member too, with room; with less, each look
    # reads all of it again. The system keeps the file in memory for all of them.
    "cache_size=-800",
    "temp_store=MEMORY",
)
_more: list[str] = []
"""What this process wants beside them."""
AILING = ("SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_CORRUPT", "SQLITE_NOTADB")
"""What a connection may keep seeing after it was mended: it is opened anew."""


_nothing_is_made: ContextVar[bool] = ContextVar("portal_nothing_is_made", default=False)


@contextmanager
def nothing_is_made() -> Iterator[None]:
    """A block in which no empty database is made where one is missing: it would stand in the way of the right one."""
    token = _nothing_is_made.set(True)
    try:
        yield
    finally:
        _nothing_is_made.reset(token)


class NotTheFile(sqlite3.OperationalError):
    """The database's file is gone, or another one is in its place: what is written now would be lost."""


class Connection(sqlite3.Connection):
    """A connection that stands in line before it writes, and lets the next one in as soon as it is done."""

    file: "File | None" = None
    """Its file; None in memory, which nobody else writes to."""
    frozen = False
    """Opened on a disk that takes nothing: it can never write, and may not see what others write later."""
    _holds = False
    _since = 0.0

    def stand_in_line(self) -> None:
        """Wait for one's turn to write."""
        began = time.perf_counter()
        self._holds = self.file is not None and self.file.line.enter()
        self._since = time.perf_counter()
        self._tell_if_slow("waited for its turn to write", self._since - began)

    def let_go(self) -> None:
        """The next one may write."""
        if self._holds and self.file is not None:
            self._holds = False
            self.file.line.leave()
            self._tell_if_slow("kept others from writing", time.perf_counter() - self._since)

    def _tell_if_slow(self, what: str, seconds: float) -> None:
        if self.file is not None and self.file.slow and seconds >= self.file.slow:
            from portal import logs  # they know of what can go wrong with this file

            log.warning("%s %s for %.0f ms", logs.place(), what, seconds * 1000)

    def commit(self) -> None:
        """As ever; if it fails, the transaction stands, and so does our turn, until it is rolled back."""
        super().commit()
        self.let_go()

    def rollback(self) -> None:
        """As ever."""
        try:
            super().rollback()
        finally:
            self.let_go()

    def close(self) -> None:
        """As ever."""
        try:
            super().close()
        finally:
            self.let_go()


class File:
    """The file of a database: which one it is, since it was first opened here."""

    def __init__(self, path: Path, slow: float = 0) -> None:
        self.path = path
        self.slow = slow
        """Seconds of waiting for the file, or of having it, that are told; 0: none are."""
        self.line = Line(path)
        self._known: tuple[int, int] | None = None

    def check(self) -> None:
        """Raise NotTheFile if the file is gone or another one: connections to the old one would write into nothing,
        and a new one would take the old one's log for its own."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            if self._known is None and not _nothing_is_made.get():
                return  # of a site that is just being made
            raise NotTheFile(f"the database file {self.path} is gone") from None
        if self._known is None and found.st_size:
            self._known = found.st_dev, found.st_ino
        if self._known is not None and self._known != (found.st_dev, found.st_ino):
            raise NotTheFile(f"another file is in the place of the database file {self.path}")

    def open(self, **arguments: Any) -> Connection:
        """A connection to it. On a disk that takes nothing it can be read all the same."""
        self.check()
        arguments["factory"] = type("Connection", (Connection,), {"file": self})
        connection: Connection = sqlite3.connect(self.path, **arguments)
        try:
            _set_up(connection)
        except sqlite3.OperationalError:
            connection.close()
            if not self.takes_nothing():
                raise
            address = f"{self.path.absolute().as_uri()}?immutable=1"
            connection = sqlite3.connect(address, **arguments, uri=True)
            connection.isolation_level = None
        connection.frozen = self.takes_nothing()
        self.check()
        return connection

    def takes_nothing(self) -> bool:
        """Whether its disk is read-only."""
        try:
            return bool(os.statvfs(self.path).f_flag & os.ST_RDONLY)
        except OSError:
            return False


def promise_nothing() -> None:
    """This process answers nobody, and does again what is not done: its commits need not wait for the disk.

    For a worker. A power cut may take its last moments, never their order, and never what the web server
    acknowledged, whose commit brings all before it to the disk. Call it before anything is opened.
    """
    _more[:] = ["synchronous=NORMAL"]


def _set_up(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (*PRAGMAS, *_more):
        connection.execute(f"PRAGMA {pragma}").close()
    connection.execute("SELECT count(*) FROM sqlite_master").close()  # SQLite opens the file no sooner than it must


def make_strict(engine: Engine, path: Path | None, writing: Callable[[], bool], slow: float = 0) -> None:
    """Let the engine open its file (None: it is in memory) as above; a transaction writes if `writing()` at its start.
    Who waits for the file or has it for `slow` seconds is told in the log; 0: nobody is.

    Of 50 who post at once through two processes, beside the worker, with SQLite's own waiting (which sleeps longer
    each time) half had their answer after 0.7 s and the last after 4.1 to 4.8 s; in line, half after 1.4 s and
    the last after 1.8 s; the throughput is the same.
    """
    file = File(path, slow) if path is not None else None

    if file is None:

        @event.listens_for(engine, "connect")
        def _in_memory(connection: sqlite3.Connection, _record: Any) -> None:
            _set_up(connection)

    else:

        @event.listens_for(engine, "do_connect")
        def _open(_dialect: Any, _record: Any, _given: Any, arguments: dict[str, Any]) -> Connection:
            return file.open(**arguments)

        @event.listens_for(engine, "checkout")
        def _lend(connection: Connection, _record: Any, _fairy: Any) -> None:
            file.check()
            if connection.frozen and not file.takes_nothing():
                engine.pool.dispose()  # as long as one is open, SQLite shares with others that nothing can be written
                raise DisconnectionError("the disk takes what is written again")  # the pool opens another

        @event.listens_for(engine, "engine_disposed")
        def _close(_engine: Engine) -> None:
            file.line.close()

    @event.listens_for(engine, "begin")
    def _begin(transaction: Transaction) -> None:
        if not writing():
            # Touches no file yet, so it can't fail: the driver alone is told, which is ten times as fast.
            plain: Any = transaction.connection.dbapi_connection
            plain.execute("BEGIN").close()
            return
        connection: Any = transaction.connection.dbapi_connection
        if not isinstance(connection, Connection):
            transaction.exec_driver_sql("BEGIN IMMEDIATE")
            return
        connection.stand_in_line()
        try:
            transaction.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            connection.let_go()
            raise

    @event.listens_for(engine, "handle_error")
    def _ailing(context: ExceptionContext) -> None:
        name = getattr(context.original_exception, "sqlite_errorname", None) or ""
        if name.startswith(AILING):
            context.is_disconnect = True
            cursor = getattr(context.execution_context, "cursor", None)
            if cursor is not None:
                cursor.close()  # else SQLite keeps the file open for it, as it sees it now
