"""Counting what a request asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event

from portal.db import db


@dataclass
class Asked:
    """The statements that were executed, without those that only begin a transaction."""

    statements: list[str] = field(default_factory=list)

    @property
    def reads(self) -> int:
        """How many of them were SELECTs."""
        return sum(s.lstrip().upper().startswith("SELECT") for s in self.statements)


@contextmanager
def counted() -> Iterator[Asked]:
    """`with counted() as asked: visitor.get(…)`; then `asked.reads` and `asked.statements`."""
    asked = Asked()

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            asked.statements.append(statement)

    db.session.commit()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
