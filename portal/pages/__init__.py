"""Pages kept whole for readers without an account, and given out before the application does any work.

A kept page is true as long as the marks it was made under stand (`marks.py`). Whatever writes into a table
that such pages are made of changes marks right after its commit (`forgetting.py`), so that what was hidden is
gone with the moderator's answer; nothing lives longer than a minute in any case, because times are in words.
"""

import logging
from collections.abc import Callable

from flask import Flask

from portal.pages import forgetting, judging, remembering
from portal.pages.marks import ALL, FolderMarks, Marks, RedisMarks
from portal.pages.serving import KeptPages
from portal.pages.shelf import Beside, Folder, InRedis, Shelf
from portal.redis_client import redis_of
from portal.watching.counting import count

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Let views say what may be kept, and forget what is changed, whether or not anything is kept here.

    A process that keeps nothing (a worker, a command) forgets all the same.
    """
    s = app.extensions["portal.settings"]
    judging.init_app(app)
    if not s.pages_seconds:
        return
    try:
        marks: Marks = RedisMarks(app) if redis_of(app) else FolderMarks(s.data_dir / "pages")
    except OSError as error:
        log.warning("no pages are kept, since %s cannot be written: %s", s.data_dir, error)
        return
    forgetting.init_app(app, marks)
    remembering.init_app(app)


def keep(app: Flask, seen: Callable[[int], None]) -> None:
    """Put the kept pages in front of everything else, at last; `seen(contribution_id)` is told of each view."""
    s, marks = app.extensions["portal.settings"], app.extensions.get(forgetting.EXTENSION)
    if marks is None:
        return
    beside: Beside = InRedis(app, s.pages_seconds) if redis_of(app) else Folder(s.data_dir / "pages")
    app.wsgi_app = KeptPages(app.wsgi_app, Shelf(beside), marks, s.pages_seconds, seen, count)  # type: ignore[method-assign]


def begin(app: Flask) -> None:
    """A web server starts: what was kept before is forgotten, since the program or its settings may be others."""
    marks: Marks | None = app.extensions.get(forgetting.EXTENSION)
    if marks is not None:
        marks.owe([ALL])  # copies of this process are to have no connection of it, nor a thread that tries
