"""What makes kept pages untrue, found out from the statements themselves, so that no command has to think of it.

Each statement that writes is noted by its table. After the commit the marks change: of all pages, unless
only tables were written that no page is made of, or what was recorded (`activity.record`) says that something
was added, in one place: then those of that place and of the pages that list things.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

from flask import Flask, current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.db import db
from portal.pages.marks import ALL, NEWS, Marks

log = logging.getLogger(__name__)

EXTENSION = "portal.pages.marks"

UNSEEN_TABLES = frozenset((
    "activity", "alembic_version", "backup_run", "claim", "composer_draft", "errand",
    "follow", "listed_customer", "measured", "member_report", "notification", "read_marker", "report",
    "revision", "rights_request", "routed", "saved_view", "search_words", "searched_words", "second_look",
    "sign_in_origin", "sign_up", "spam_model", "story_invitation", "thank_you", "verdict", "watched_word",
))  # fmt: skip
"""Nothing that stands in them is shown to readers without an account, nor is in what is remembered for the others."""
ADDED = frozenset((
    "accepted", "acceptance_withdrawn", "asked_by_name", "confirmation_requested", "imported", "picture_received",
    "published", "question_brought", "question_declined", "submitted", "thanked", "thanks_withdrawn",
    "thanks_word_changed", "waits_long",
))  # fmt: skip
"""What is recorded when something came to one conversation, or went from it in a way that can wait a minute elsewhere:
other conversations that mention it, or its author's numbers, follow when they are too old."""

ABOUT_PEOPLE = frozenset(("erased", "profile_changed", "reinstated", "role_changed", "suspended"))
"""What is recorded of members and changes how they stand on pages."""

_WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+(?:ONLY\s+)?((?:"?\w+"?\.)?"?\w+"?)', re.I)
_READS = ("SELECT", "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET ", "SHOW", "EXPLAIN", "ANALYZE", "LOCK")


class _Transaction(local):
    """What the transaction of this thread wrote and recorded so far."""

    def __init__(self) -> None:
        self.tables: set[str] = set()
        self.names: set[str] = set()
        self.said = False
        self.unseen = False

    def clear(self) -> None:
        self.tables, self.names, self.said = set(), set(), False


_now = _Transaction()


def init_app(app: Flask, marks: Marks) -> None:
    """Listen to what `app`'s database is told to write."""
    app.extensions[EXTENSION] = marks
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _note_statement)
    if not event.contains(Session, "after_commit", _committed):
        event.listen(Session, "after_commit", _committed)
        event.listen(Session, "after_rollback", _rolled_back)


def note_recorded(verb: str, root_id: int | None) -> None:
    """An activity was recorded, or followed up: of the conversation `root_id`, if of any."""
    if verb in ADDED:
        note_added(root_id)
    else:
        _now.names.add(ALL)
        _now.said = True


def note_added(root_id: int | None) -> None:
    """All that this transaction changes is in the conversation `root_id`, if in any, and where things are listed."""
    if root_id is not None:
        _now.names.add(place(root_id))
    _now.said = True


def note_followed(verb: str, root_id: int | None) -> None:
    """What was recorded is followed up: forgets once more what a process that died at that moment could not."""
    note_recorded(verb, root_id)
    if root_id is not None or verb in ABOUT_PEOPLE:
        _now.tables.add("contribution")


@contextmanager
def unseen() -> Iterator[None]:
    """A block whose writing no kept page needs to follow at once: a view counted, somebody seen."""
    before, _now.unseen = _now.unseen, True
    try:
        yield
    finally:
        _now.unseen = before


def place(root_id: int) -> str:
    """The name of the mark of one conversation's pages."""
    return f"c{root_id}"


def forget(*names: str) -> None:
    """Change these marks now. If that fails it is logged: pages are a minute old at the most."""
    marks: Marks | None = current_app.extensions.get(EXTENSION) if has_app_context() else None
    if marks is not None:
        try:
            marks.change(names)
        except OSError as error:
            log.warning("kept pages could not be forgotten now: %s", error)


def _note_statement(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
    if statement.startswith("SELECT") or _now.unseen:
        return
    if found := _WRITES.match(statement):
        _now.tables.add(found[1].replace('"', "").lower())
    elif not statement.lstrip().upper().startswith(_READS):
        _now.tables.add("?")


def _committed(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint: what is kept of it is not decided yet
    seen = {table for table in _now.tables if table not in UNSEEN_TABLES and not table.startswith("portal_search")}
    names = _now.names | {NEWS} if _now.said else {ALL}
    _now.clear()
    if seen:
        forget(*names)


def _rolled_back(session: Session) -> None:
    if not session.in_nested_transaction():  # what was written before a savepoint may still be kept
        _now.clear()
