"""Logs: one line an event on standard error, as text or JSON, each with the request that it belongs to.

A request has an id (`web._begin`), which the activities recorded in it keep; while the worker follows
an activity its lines carry that id too. A command and a chore have one of their own.
"""

import json
import logging
import re
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TypeVar

from flask import Flask, g, has_request_context, request

from portal import trouble
from portal.config import settings

GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
"""What a proxy may give as X-Request-Id: numbers in hexadecimal, UUIDs; nothing that could forge a line."""

SHOWN = 8
"""Ids on a line of work that is done for many requests at once."""

_work: ContextVar[tuple[tuple[str, ...], str]] = ContextVar("portal_work", default=((), ""))

T = TypeVar("T")


def new_id() -> str:
    """An id that nothing else has."""
    return secrets.token_hex(8)


def request_id() -> str | None:
    """The id of the request, the errand, the chore or the command at work; None for none of these, and for several."""
    ids = _at_work()
    return ids[0] if len(ids) == 1 else None


def _at_work() -> tuple[str, ...]:
    if has_request_context():
        return (g.request_id,) if "request_id" in g else ()
    return _work.get()[0]


def joined(ids: Iterable[str | None], most: int | None = None) -> str:
    """Ids for a line of the log, each once; of more than `most`, how many more there are."""
    found = list(dict.fromkeys(filter(None, ids)))
    more = len(found) - most if most and len(found) > most else 0
    return ",".join(found[: len(found) - more]) + (f",+{more}" if more else "")


def place() -> str:
    """What is at work, in a word: an endpoint, a reaction, a chore, a command; `-` if it is none of these."""
    if has_request_context():
        return request.endpoint or "-"
    return _work.get()[1] or "-"


@contextmanager
def working_for(ids: Iterable[str | None], what: str) -> Iterator[None]:
    """A block whose log lines carry these ids, several joined by commas, where there is no request."""
    token = _work.set((tuple(dict.fromkeys(filter(None, ids))), what))
    try:
        yield
    finally:
        _work.reset(token)


def carried(do: Callable[..., T]) -> Callable[..., T]:
    """The same function for a thread of its own: what it logs there carries the ids of here."""
    ids, what = _at_work(), place()

    def run(*given: object) -> T:
        with working_for(ids, what):
            return do(*given)

    return run


class OfRequest(logging.Filter):
    """Puts the id at work on each record that has none yet."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets everything pass."""
        if not getattr(record, "request_id", None):
            record.request_id = joined(_at_work(), SHOWN)
        return True


class JsonLines(logging.Formatter):
    """Each record as one JSON object, with the request's id where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := getattr(record, "request_id", None):
            line["request_id"] = request_id
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class TextLines(logging.Formatter):
    """Each record as a line for people, with the request's id at its end."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        """The line, without what may follow it (a traceback)."""
        request_id = getattr(record, "request_id", None)
        return super().formatMessage(record) + (f"  [{request_id}]" if request_id else "")


def init_app(app: Flask) -> None:
    """Send the house's logs to standard error, once."""
    with app.app_context():
        wanted = settings().log_format
    logger = logging.getLogger("portal")
    if settings_quiet := app.config["TESTING"]:
        logger.setLevel(logging.WARNING)
    if not logger.handlers and not settings_quiet:
        handler = logging.StreamHandler(sys.stderr)
        plain = TextLines("%(asctime)s %(levelname)-7s %(name)s  %(message)s", "%H:%M:%S")
        handler.setFormatter(JsonLines() if wanted == "json" else plain)
        handler.addFilter(OfRequest())
        handler.addFilter(trouble.InShort())
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        _gather_no_more_than_is_shown()


def _gather_no_more_than_is_shown() -> None:
    """Of who logs and where, which `logging` finds out for each record, our lines say nothing (logging's HOWTO,
    "Optimization"): half of what a line costs."""
    logging._srcfile = None  # type: ignore[attr-defined]
    logging.logThreads = logging.logMultiprocessing = logging.logProcesses = False
