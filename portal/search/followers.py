"""Keeping the index what the tables say: followed up in batches, rebuilt as a whole, compared."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.activity import Activity, Errand
from portal.db import db, reading
from portal.search import SearchUnavailable, documents, the_engine
from portal.search.engine import Writing

log = logging.getLogger(__name__)

SMALL_SITE = 500
"""Documents up to which a missing index is built on the spot (half a second); a larger one by `tend_index`."""
MANY = 100
"""Documents from which it is cheaper to ask the index first which of them changed."""
OVERLAP = timedelta(minutes=10)
"""How far before a rebuild its catching-up looks: longer than any transaction lasts."""


OF_ITSELF = frozenset(["edited", "moved", "accepted", "acceptance_withdrawn", "thanked", "thanks_withdrawn"])
"""Verbs after which a conversation's replies are what they were: what is true of it stands in its first document."""


@dataclass(frozen=True)
class Comparison:
    """Index against tables, by contribution id: what is not in, what should not be in, what is out of date."""

    missing: list[int]
    surplus: list[int]
    stale: list[int]

    @property
    def equal(self) -> bool:
        """Whether the index says what the tables say."""
        return not (self.missing or self.surplus or self.stale)


def index_contributions(lines: Sequence[Activity]) -> None:
    """Follow these activities: one change of the index for all of them, while others may write to the database."""
    if ids := _touched(db.session, lines):
        with reading():
            index(ids)


def index(ids: Iterable[int]) -> None:
    """Bring the index in line with the present state of these contributions.

    Without a usable index nothing is owed: the rebuilding that has to come reads the tables. Raises
    SearchUnavailable when another writer does not finish.
    """
    wanted = set(ids)
    engine = the_engine()
    try:
        engine.check()
    except SearchUnavailable:
        if documents.count(db.session) <= SMALL_SITE:
            engine.rebuild(_put_all, lambda change: None)
        else:
            log.warning("the search index is missing or damaged; it is rebuilt soon")
        return
    with engine.writing() as change:  # two at once never go back behind what the other read: it is read in here
        _bring_in_line(db.session, change, wanted)


def _put_all(change: Writing) -> None:
    last = 0
    while batch := documents.load_after(db.session, last):
        change.put(batch)
        last = batch[-1].id


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Build the index anew beside the present one and swap; returns how many documents were put in.

    Reads what is committed, in transactions of its own. `progress(done, total)` is called after every
    batch. Raises SearchUnavailable if a rebuilding is under way.
    """
    started = clock.now()
    done = 0

    def fill(change: Writing) -> None:
        nonlocal done
        with Session(db.engine) as session:
            total = documents.count(session)
        for batch in documents.newest_first():
            change.put(batch)
            done += len(batch)
            if progress:
                progress(done, max(total, done))

    def catch_up(change: Writing) -> None:
        since = select(Activity).where(Activity.at >= started - OVERLAP).order_by(Activity.id)
        with Session(db.engine) as session:
            touched = _touched(session, session.scalars(since).all())
            current = documents.load(session, touched)
        change.remove(touched - {document.id for document in current})
        change.put(current)

    the_engine().rebuild(fill, catch_up)
    return done


def tend_index() -> None:
    """The worker's chore: build the index if missing, damaged or in another language; tidy it if nothing waits."""
    engine = the_engine()
    try:
        engine.check()
        wanting = "The search index is in another language, or damaged." if engine.outdated() else ""
    except SearchUnavailable as reason:
        wanting = str(reason)
    try:
        if wanting:
            log.warning("%s Rebuilding it from the tables.", wanting)
            log.info("the search index has %d documents", rebuild())
        elif lag() is None:
            engine.tidy()
    except SearchUnavailable as busy:
        log.info("%s", busy)


def mend_index() -> None:
    """The worker's chore, more often: don't wait with that where somebody who searched found no index to read."""
    if the_engine().missed():
        tend_index()


def lag() -> timedelta | None:
    """How long ago the oldest thing happened that the index has not followed yet; None if it has followed all."""
    waiting = select(func.min(Activity.at)).join(Errand, Errand.activity_id == Activity.id)
    oldest = db.session.scalar(waiting.where(Errand.reaction == "index"))
    return None if oldest is None else clock.now() - oldest


def state() -> str:
    """What the index is like, in a sentence. Raises SearchUnavailable."""
    behind = lag()
    late = "nothing waits" if behind is None else f"the oldest change waits for {behind.total_seconds():,.0f} s"
    return f"{the_engine().check()}; {late}"


def compare() -> Comparison:
    """Index against committed tables, document by document. Raises SearchUnavailable."""
    inside = dict(the_engine().contents())
    missing: list[int] = []
    stale: list[int] = []
    for batch in documents.all_committed():
        for document in batch:
            mark = inside.pop(document.id, None)
            if mark is None:
                missing.append(document.id)
            elif mark != document.fingerprint:
                stale.append(document.id)
    return Comparison(missing, sorted(inside), stale)


def _bring_in_line(session: documents.Reading, change: Writing, ids: set[int]) -> None:
    """Removals first: what must not be found goes before anything else can fail."""
    current = documents.load(session, ids)
    change.remove(ids - {document.id for document in current})
    if len(current) > MANY:  # all replies of a long conversation: most of them stay as they are
        kept = dict(the_engine().contents())
        current = [document for document in current if kept.get(document.id) != document.fingerprint]
    change.put(current)


def _touched(session: documents.Reading, lines: Sequence[Activity]) -> set[int]:
    alone = {line.contribution_id for line in lines if line.contribution_id is not None and line.verb in OF_ITSELF}
    ids = {line.contribution_id for line in lines if line.contribution_id is not None and line.verb not in OF_ITSELF}
    members = {line.member_id for line in lines if line.contribution_id is None and line.member_id is not None}
    touched = documents.with_replies(session, ids) | documents.of_authors(session, members)
    return touched | documents.with_roots(session, alone - touched)
