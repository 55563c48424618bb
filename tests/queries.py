"""Listening to what the portal asks its database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@dataclass(frozen=True)
class Statement:
    """One statement: its SQL, what was bound to it, how long it took in seconds."""

    sql: str
    bound: Any
    seconds: float

    @property
    def reads(self) -> bool:
        """Whether it only reads."""
        return self.sql.lstrip().upper().startswith(("SELECT", "WITH"))


@dataclass
class Heard:
    """What was heard, in order."""

    statements: list[Statement] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)

    @property
    def reading(self) -> list[str]:
        """The SQL of those that read."""
        return [s.sql for s in self.statements if s.reads]

    def __str__(self) -> str:
        return "\n".join(f"{n}. {' '.join(s.sql.split())}" for n, s in enumerate(self.statements, 1))


@contextmanager
def heard(engine: Engine) -> Iterator[Heard]:
    """A block in which every statement that this thread sends to the database is noted; transactions and savepoints are
    not, nor what is written meanwhile of what has gathered."""
    found, here = Heard(), get_ident()

    def before(connection: Any, cursor: Any, sql: str, bound: Any, context: Any, many: bool) -> None:
        connection.info["asked_at"] = time.perf_counter()

    def after(connection: Any, cursor: Any, sql: str, bound: Any, context: Any, many: bool) -> None:
        if get_ident() == here and not sql.upper().startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            found.statements.append(Statement(sql, bound, time.perf_counter() - connection.info["asked_at"]))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)
