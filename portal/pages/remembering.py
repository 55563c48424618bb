"""What is counted over whole tables and what a page lists, remembered in each process until something of it changes.

Both rest on marks, as kept pages do: what is hidden is forgotten with the moderator's answer. Counts rest on that of
the whole site: what comes anew, a post, a picture, is counted within a minute at the latest. The rows of one
conversation rest on its own as well, and so are those of now.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from threading import Lock
from typing import Any, NamedTuple, TypeVar, cast
from weakref import ref

from flask import Flask, current_app
from markupsafe import Markup
from sqlalchemy.orm import Session

from portal import here, prepared
from portal.config import settings
from portal.db import db, will_write
from portal.fragments import Same, fragments, same
from portal.pages import forgetting
from portal.pages.marks import ALL, NEWS, Marks

T = TypeVar("T")

EXTENSION = "portal.pages.memory"
AT_MOST = 64
"""In one process; what was asked for longest ago goes first."""
LISTS_AT_MOST = 2000
"""Of lists of rows the places alone: the rows are there as long as a piece of a page is kept that shows them."""


class _List(NamedTuple):
    """Where rows are, under which marks they were found, and until when (by the clock that nobody sets)."""

    rows: ref[Same]
    marked: list[int]
    until: float


class Memory:
    """Answers by question, each with the marks under which it was found and when it is too old."""

    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, tuple[list[int], float, Any]] = OrderedDict()
        self._alone = Lock()
        self.lists: OrderedDict[Hashable, _List] = OrderedDict()

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

    def note(self, key: Hashable, rows: _List) -> None:
        """Remember where these rows are."""
        with self._alone:
            self.lists[key] = rows
            self.lists.move_to_end(key)
            while len(self.lists) > LISTS_AT_MOST:
                self.lists.popitem(last=False)


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


def remembered_rows(place: int | None, ask: Callable[..., Sequence[Any]], *values: Hashable) -> Same:
    """The rows of `ask(*values)`, as one object, and not asked for again while a kept piece was made of it.

    They are those of now: each change of the conversation `place`, or of what shows everywhere, is another mark. Where
    they are of no one `place`, what is taken from view is gone at once, and what is added may be a minute late, as are
    the numbers beside a name. In a request that writes, or that asked in a transaction, they are asked for each time.
    """
    marked = _marked(ALL) if place is None else _marked(ALL, forgetting.place(place))
    if marked is None:
        return same(tuple(ask(*values)))
    memory: Memory = here.app().extensions[EXTENSION]
    key, now = (ask, values), time.monotonic()
    found = memory.lists.get(key)
    if found is not None and found.marked == marked and now < found.until and (rows := found.rows()) is not None:
        return rows
    rows = same(tuple(ask(*values)))
    memory.note(key, _List(ref(rows), marked, now + settings().pages_seconds))
    return rows


def remembered_piece(template: str, macro: str, ask: Callable[..., Iterable[Any]], *values: Hashable) -> Markup:
    """What a template's macro says to what `ask(*values)` finds of what the site lists, for all readers alike.

    It is made again after each change that shows in a list, and each minute: of numbers beside what it lists some may
    be that old. As with rows, who writes has it made. What of it was read earlier in the request, before the marks
    were, `ask` has to read again.
    """
    marked = _marked(ALL, NEWS)
    mark = (*marked, time.monotonic() // settings().pages_seconds) if marked is not None else None
    pieces = fragments()

    def make() -> str:
        with _nobody_looking():
            return pieces.anew(template, macro)(*ask(*values))

    return pieces.under((ask, template, macro, values), mark, make)


@contextmanager
def _nobody_looking() -> Iterator[None]:
    """A part of a request that goes by nobody: what a picture's author and moderators see of it is not for all."""
    noted, place = here.g(), "_login_user"  # where Flask-Login has who it found
    reader = noted.pop(place, None)
    setattr(noted, place, here.app().login_manager.anonymous_user())  # type: ignore[attr-defined]
    try:
        yield
    finally:
        noted.pop(place)
        if reader is not None:
            setattr(noted, place, reader)


def _marked(*names: str) -> list[int] | None:
    """The marks as this request found them before it asked for what rests on them; None if nobody knows them, and if
    what it asks may not be what was committed last."""
    if EXTENSION not in here.app().extensions or (line := prepared.the_line()) is None:
        return None
    known = line.known
    if missing := [name for name in names if name not in known]:
        try:
            known.update(zip(missing, here.app().extensions[forgetting.EXTENSION].read(missing), strict=True))
        except OSError:
            known.update(dict.fromkeys(missing))
    found = [known[name] for name in names]
    return None if None in found else found
