"""Two transactions that meet at one place: the first stops before a statement, the second comes as far as it can."""

import re
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event, text

from portal.db import db, writing

LONGEST = 30.0
"""Seconds that anybody waits for the other: PostgreSQL looks for a deadlock after one."""
WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def meet(app: Flask, first: Callable[[], Any], second: Callable[[], Any], *, before: str) -> list[Exception | None]:
    """What went wrong for each of the two, on PostgreSQL.

    `first` stops before its first statement that begins with the regular expression `before`. Then `second` goes on
    until it is done, or waits for a row that the first one keeps; then the first one goes on.
    """
    wrong: list[Exception | None] = [None, None]
    stopped, go_on = threading.Event(), threading.Event()
    db.session.commit()

    def run(place: int, do: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                with writing():
                    do()
            except Exception as error:  # told by the assertion of the test
                wrong[place] = error
            finally:
                db.session.remove()

    def stop(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if threading.current_thread() is one and not stopped.is_set() and re.match(before, statement):
            stopped.set()
            go_on.wait(LONGEST)

    one, other = (threading.Thread(target=run, args=pair) for pair in enumerate((first, second)))
    event.listen(db.engine, "before_cursor_execute", stop)
    try:
        one.start()
        while one.is_alive() and not stopped.wait(0.01):
            pass
        assert stopped.is_set(), f"there is no statement like {before}: {wrong[0]!r}"
        other.start()
        _until_done_or_waiting(other)
    finally:
        go_on.set()
        one.join(LONGEST)
        event.remove(db.engine, "before_cursor_execute", stop)
    other.join(LONGEST)
    db.session.expire_all()
    return wrong


def _until_done_or_waiting(thread: threading.Thread) -> None:
    end = time.monotonic() + LONGEST
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
        while thread.is_alive() and not looking.scalar(WAITS):
            assert time.monotonic() < end, "the second is neither done nor does it wait for a row"
            time.sleep(0.01)
