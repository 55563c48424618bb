"""Writing down what was counted, and forgetting it again: by the minute for a day, by the hour for a month."""

import logging
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from multiprocessing.util import Finalize
from threading import Event, Lock, Thread
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Table, delete, func, select

from portal import clock
from portal.db import db, insert_into, writing
from portal.watching.counting import EVER, HERE, Counts, Row
from portal.watching.models import Measured

log = logging.getLogger(__name__)

EVERY = 10.0
"""Seconds between two writings: a short transaction, and what `kill -9` can take away."""
MINUTES_KEPT = timedelta(hours=26)
"""After that the minutes of an hour become one row: a day's plot needs them, and a day is not cut short."""
KEPT = timedelta(days=30)

_MEASURED: Table = Measured.__table__  # type: ignore[assignment]
_away = Event()
"""Whether the last writing failed: an outage is one line in the log, not one every ten seconds."""


def flush(app: Flask | None = None, counts: Counts = HERE) -> bool:
    """Write down what gathered in this process, in a transaction and a session of its own.

    False if the database does not take it: it is kept, and goes with the next.
    """
    app = app or current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        with counts.handing_over() as rows:
            if rows:
                with app.app_context(), writing():
                    add(rows)
    except Exception:
        log.log(logging.DEBUG if _away.is_set() else logging.WARNING, "what was counted is kept for now", exc_info=True)
        _away.set()
        return False
    _away.clear()
    return True


def add(rows: Sequence[Row]) -> None:
    """Add these to what the table has, in the caller's transaction."""
    new = insert_into(_MEASURED)
    columns, given = _MEASURED.c, new.excluded
    higher = func.greatest if db.engine.dialect.name == "postgresql" else func.max  # of two values; named differently
    upsert = new.on_conflict_do_update(
        index_elements=[columns.minute, columns.name],
        set_={
            "number": columns.number + given.number,
            "total": columns.total + given.total,
            "highest": higher(columns.highest, given.highest),
        },
    )
    db.session.execute(upsert, list(rows))


def init_app(app: Flask) -> None:
    """Let each process that serves requests write down what it counts, from its first request on. Comes last.

    Not from the start: the process that was started may be one that others are copies of.
    """
    inner, beginning, begun = app.wsgi_app, Lock(), Event()

    def first(environ: Any, start_response: Any) -> Any:
        with beginning:
            if not begun.is_set():
                begun.set()
                _keep_on(app)
        if app.wsgi_app is first:
            app.wsgi_app = inner  # type: ignore[method-assign]  # the next request need not ask
        return inner(environ, start_response)

    if not app.testing:
        app.wsgi_app = first  # type: ignore[method-assign]


def _keep_on(app: Flask) -> None:
    """Every ten seconds, in a thread, and the rest when the process ends in order."""

    def go_on() -> None:
        while True:
            time.sleep(EVERY)
            flush(app)

    # Not atexit: a process that the web server started ends without it.
    Finalize(None, flush, args=(app,), exitpriority=10)
    Thread(target=go_on, name="counts", daemon=True).start()


def tidy() -> None:
    """The chore: minutes of long ago become hours, and hours of very long ago are forgotten."""
    with writing():
        old = (_MEASURED.c.minute > EVER) & (_MEASURED.c.minute < clock.now() - KEPT)
        db.session.execute(delete(_MEASURED).where(old))
    until = _hour(clock.now() - MINUTES_KEPT)
    minutes = select(_MEASURED.c.minute).where(_MEASURED.c.minute > EVER, _MEASURED.c.minute < until).distinct()
    for hour in sorted({_hour(minute) for minute in db.session.scalars(minutes) if minute.minute}):
        with writing():
            _roll_up(hour)


def _roll_up(hour: datetime) -> None:
    """Whoever takes the rows away puts in their sum, so that two workers at it count nothing twice."""
    its = (_MEASURED.c.minute >= hour) & (_MEASURED.c.minute < hour + timedelta(hours=1))
    columns = (_MEASURED.c.name, _MEASURED.c.number, _MEASURED.c.total, _MEASURED.c.highest)
    add(_summed(hour, db.session.execute(delete(_MEASURED).where(its).returning(*columns))))


def _summed(hour: datetime, taken: Iterable[Any]) -> list[Row]:
    rows: dict[str, Row] = {}
    for name, number, total, highest in taken:
        row = rows.setdefault(name, {"minute": hour, "name": name, "number": 0, "total": 0.0, "highest": highest})
        row["number"] += number
        row["total"] += total
        row["highest"] = max(row["highest"], highest)
    return [rows[name] for name in sorted(rows)]


def _hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)
