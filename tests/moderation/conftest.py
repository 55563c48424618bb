"""How many queries a page took."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event


@pytest.fixture
def counting(app: Flask, db: Any) -> Callable[[], Any]:
    """`with counting() as queries: …` – the statements sent in between."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        sent: list[str] = []
        db.session.commit()

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
                sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return count
