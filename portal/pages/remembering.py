"""What is counted over whole tables, remembered in each process as long as nothing was taken from view or changed.

It rests on the mark of the whole site, as kept pages do: what is hidden is forgotten with the moderator's answer. What
comes anew, a post, a picture, is counted within a minute at the latest.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextvars import copy_context
from threading import Lock
from typing import Any, TypeVar, cast

from flask import Flask, current_app
from sqlalchemy.orm import Session

from portal.config import settings
from portal.db import db, will_write
from portal.pages import forgetting
from portal.pages.marks import ALL, Marks

T = TypeVar("T")

EXTENSION = "portal.pages.memory"
AT_MOST = 64
"""In one process; what was asked for longest ago goes first."""


class Memory:
    """Answers by question, each with the marks under which it was found and when it is too old."""

    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, tuple[list[int], float, Any]] = OrderedDict()
        self._alone = Lock()

    def get(self, key: Hashable, marked: list[int]) -> list[Any]:
        """The answer as the only thing in a list, or nothing."""
        with self._alone:
            found = self._found.get(key)
            if found is None or found[0] != marked or found[1] < time.monotonic():
                return []
            self._found.move_to_end(key)
            return [found[2]]

    def put(self, key: Hashable, marked: list[int], seconds: int, answer: Any) -> None:
        """Keep it."""
        with self._alone:
            self._found[key] = marked, time.monotonic() + seconds, answer
            while len(self._found) > AT_MOST:
                self._found.popitem(last=False)


def init_app(app: Flask) -> None:
    """Give the application an empty memory."""
    app.extensions[EXTENSION] = Memory()


def remembered(ask: Callable[..., T], *values: Hashable) -> T:
    """What `ask(session, *values)` answers, now or up to a minute ago. It must depend on these values and on nothing
    of the reader's, and nobody may change what it answers."""
    marks: Marks | None = current_app.extensions.get(forgetting.EXTENSION)
    try:
        marked = marks.read([ALL]) if marks is not None else None
    except OSError:
        marked = None
    if marked is None:
        return ask(cast(Session, db.session), *values)
    memory: Memory = current_app.extensions[EXTENSION]
    for answer in memory.get((ask, values), marked):
        return cast(T, answer)
    found = copy_context().run(_asked, ask, values)
    memory.put((ask, values), marked, settings().pages_seconds, found)
    return found


def _asked(ask: Callable[..., T], values: tuple[Hashable, ...]) -> T:
    """In a transaction that begins after the marks were read: the request's own may see what was before them."""
    will_write(False)
    with Session(db.engine) as session:
        return ask(session, *values)
