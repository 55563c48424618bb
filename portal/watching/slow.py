"""The log of slow statements: how long, which one, for which request; never what was bound to it.

SQLite hands out rows one by one, so of a long listing there the time to its first row is what counts.
"""

import logging
import re
import time
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext

from portal import logs
from portal.config import settings
from portal.db import db
from portal.watching.counting import count

log = logging.getLogger(__name__)

LONGEST = 1500
"""Letters of a statement that are shown."""
_TEXTS = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.DOTALL)


def init_app(app: Flask) -> None:
    """Listen to the database of `app`, unless PORTAL_SLOW_QUERY_MS is 0."""
    with app.app_context():
        limit = settings().slow_query_ms / 1000
        if not limit:
            return
        engine = db.engine

    def before(connection: Any, cursor: Any, sql: str, bound: Any, context: Any, many: bool) -> None:
        context.portal_since = time.perf_counter()

    def after(connection: Any, cursor: Any, sql: str, bound: Any, context: Any, many: bool) -> None:
        seconds = time.perf_counter() - context.portal_since
        if seconds >= limit:
            _tell(sql, seconds)

    def failed(context: ExceptionContext) -> None:
        since = getattr(context.execution_context, "portal_since", None)
        if since is not None and context.statement and time.perf_counter() - since >= limit:
            _tell(context.statement, time.perf_counter() - since, ", which failed")

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    event.listen(engine, "handle_error", failed)


def _tell(sql: str, seconds: float, how: str = "") -> None:
    count("slow_query", 1, seconds * 1000, seconds * 1000)
    log.warning("slow query, %.0f ms in %s%s: %s", seconds * 1000, logs.place(), how, without_values(sql))


def without_values(sql: str) -> str:
    """A statement on one line, without the texts that somebody may have written into it."""
    one_line = " ".join(_TEXTS.sub("'…'", sql).split())
    return one_line if len(one_line) <= LONGEST else one_line[:LONGEST] + " …"
