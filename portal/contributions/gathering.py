"""What readers leave behind, gathered in each process and written together: views, and how far somebody has read.

A busy site would otherwise write to the database with every page that is read. A process that is killed loses
the last third of a second of it, of which nobody was told that it was kept.
"""

import logging
import time
from collections import Counter
from datetime import datetime
from multiprocessing.util import Finalize
from threading import Event, Lock, Thread
from typing import Any

from flask import Flask
from sqlalchemy import Integer, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock, here
from portal.contributions.models import Contribution, ReadMarker
from portal.db import UtcDateTime, db, insert_into, writing
from portal.members.models import Member
from portal.one_by_one import anywhere
from portal.pages.forgetting import unseen

log = logging.getLogger(__name__)

EXTENSION = "portal.gathering"
TOGETHER = 0.3
"""Seconds that are written together: less than it takes to go back to the list and look what is still unread."""
REST = 5.0
"""Seconds until the next try when the database does not answer …"""
AT_MOST = 20_000
"""… and how much is kept until then."""

Place = tuple[int, int]
"""(member's number, contribution's number)"""


class Gathering:
    """What was left behind in this process and is not written yet."""

    def __init__(self, app: Flask) -> None:
        self._app, self._lock, self._some = app, Lock(), Event()
        self._views: Counter[int] = Counter()
        self._markers: dict[Place, tuple[int, datetime]] = {}
        self._thread: Thread | None = None

    def add_view(self, contribution_id: int) -> None:
        """One more person looks at this contribution."""
        with self._lock:
            if len(self._views) < AT_MOST:
                self._views[contribution_id] += 1
        self._write_soon()

    def add_marker(self, member_id: int, contribution_id: int, position: int) -> None:
        """This member has read up to the reply with this number."""
        with self._lock:
            before = self._markers.get((member_id, contribution_id), (0, None))[0]
            if position >= before and len(self._markers) < AT_MOST:
                self._markers[member_id, contribution_id] = (position, clock.now())
        self._write_soon()

    def write(self) -> None:
        """Write what has gathered; what can't be written is kept. Raises what the database raises."""
        with self._lock:
            views, self._views = self._views, Counter()
            markers, self._markers = self._markers, {}
        try:
            with self._app.app_context():
                try:
                    _write(views, markers)
                except IntegrityError:  # somebody or something is gone by now: nobody else loses by it
                    for place, marker in markers.items():
                        _write_if_possible({}, {place: marker})
                    _write(views, {})
        except Exception:
            with self._lock:
                self._views.update(views)
                self._markers = markers | self._markers
            raise

    def _write_soon(self) -> None:
        if self._app.config["TESTING"]:
            self.write()
        elif not self._some.is_set():
            self._some.set()
            if self._thread is None:
                with self._lock:
                    if self._thread is None:
                        self._thread = Thread(target=self._go_on, name="gathering", daemon=True)
                        self._thread.start()
                        Finalize(None, self._write_last, exitpriority=10)

    def _go_on(self) -> None:
        anywhere()
        while self._some.wait():
            time.sleep(TOGETHER)
            self._some.clear()
            try:
                self.write()
            except Exception:
                log.warning("what readers left behind could not be written yet", exc_info=True)
                time.sleep(REST)
                self._some.set()

    def _write_last(self) -> None:
        try:
            self.write()
        except Exception:
            log.warning("what readers left behind at last was not written", exc_info=True)


def init_app(app: Flask) -> None:
    """Begin with nothing."""
    app.extensions[EXTENSION] = Gathering(app)


def gathering() -> Gathering:
    """What gathers in this process for the application at work."""
    found: Gathering = here.app().extensions[EXTENSION]
    return found


def _write_if_possible(views: dict[int, int], markers: dict[Place, tuple[int, datetime]]) -> None:
    try:
        _write(views, markers)
    except IntegrityError:
        log.debug("nobody reads there any more")


def _write(views: dict[int, int], markers: dict[Place, tuple[int, datetime]]) -> None:
    """In one transaction, in the order of the numbers, so that two processes never wait for each other."""
    if not (views or markers):
        return
    with writing(), unseen():
        if views:
            table = Contribution.__table__
            seen = [{"number": number, "views": times} for number, times in sorted(views.items())]
            db.session.connection().execute(
                update(table)
                .where(table.c.id == bindparam("number"))
                .values(view_count=table.c.view_count + bindparam("views")),
                seen,
            )
        if markers:
            rows = [
                {"member": member_id, "number": number, "read": position, "then": at}
                for (member_id, number), (position, at) in sorted(markers.items())
            ]
            db.session.connection().execute(_further(), rows)


def _further() -> Any:
    """The statement that moves a marker on; who has left by now leaves nothing behind."""
    here = select(
        Member.id, bindparam("number", type_=Integer), bindparam("read", type_=Integer),
        bindparam("then", type_=UtcDateTime),
    ).where(Member.id == bindparam("member"), Member.erased_at.is_(None))  # fmt: skip
    new = insert_into(ReadMarker).from_select(["member_id", "contribution_id", "position", "at"], here)
    return new.on_conflict_do_update(
        index_elements=["member_id", "contribution_id"],
        set_={"position": new.excluded.position, "at": new.excluded.at},
        where=ReadMarker.position < new.excluded.position,
    )
