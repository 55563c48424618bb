"""The record of what happened, and the errands that follow from it.

`record()` writes a line into the transaction that caused it; the worker carries the errands out
afterwards, at least once and in order for each subject. What is committed is followed up even if
every process dies in between; what was not committed never happened.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import JSON, ForeignKey, Index, String, delete, exists, func, insert, select, text, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from portal import clock, leases, logs, trouble, waking
from portal.db import Model, db, writing
from portal.pages import forgetting
from portal.watching import counting

log = logging.getLogger(__name__)

BATCH = 50
"""Errands followed in one transaction: whoever posts meanwhile waits for these, not for all that is owed."""
STUCK_AFTER = 4
NOTED = "portal_at_once"
"""What this transaction recorded that is tried right after its commit; it goes with the session."""
OWED = "portal_owed"
"""Whether this transaction owes errands, so that a worker is woken after its commit; likewise."""


class Activity(Model):
    """One thing that happened: a verb, its subject, who did it, when."""

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_contribution_id_id", "contribution_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    verb: Mapped[str] = mapped_column(String(40), index=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    request_id: Mapped[str | None] = mapped_column(String(64))
    """Of the request it happened in, so that the worker's log lines can be found beside the web server's."""


class Errand(Model):
    """One reaction still owed to one activity; the row goes when it is done."""

    __tablename__ = "errand"
    __table_args__ = (
        Index("ix_errand_due", "available_at", "id"),
        Index("ix_errand_line", "reaction", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), index=True)
    reaction: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
    available_at: Mapped[datetime] = mapped_column(default=clock.now)
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(500))


@dataclass(frozen=True)
class Reaction:
    """A function that follows activities. It takes a list of Activity and must be idempotent."""

    name: str
    follow: Callable[[Sequence[Activity]], None]
    at_once: bool = False
    """Also tried in the request, right after its commit, so that what was taken back is gone with the answer.
    The errand is owed all the same until it is done: the worker stands behind it."""
    batch: int = BATCH
    """How many errands are taken on at once; few where each takes seconds, so that the lease does not run out."""
    can_wait: bool = False
    """Carried out only when nothing else is due: nobody should wait for a notification behind fifty pictures."""


Map = Mapping[str, Sequence[Reaction]]


def record(verb: str, contribution: Any = None, *, member: Any = None, actor: Any = None, **data: Any) -> Activity:
    """Note that `verb` happened to `contribution` or `member`, done by `actor`, and owe its errands.

    `data` must be JSON. Written in the caller's transaction; nothing else happens here.
    """
    line = Activity(
        verb=verb,
        contribution_id=getattr(contribution, "id", None),
        member_id=getattr(member, "id", None),
        actor_id=getattr(actor, "id", None),
        at=clock.now(),
        data=data,
        request_id=logs.request_id(),
    )
    db.session.add(line)
    db.session.flush()
    forgetting.note_recorded(verb, getattr(contribution, "parent_id", None) or line.contribution_id)
    # What is about nobody yet (a sign-up) waits for nothing else.
    about = f"m{line.member_id}" if line.member_id else f"a{line.id}"
    subject = f"c{line.contribution_id}" if line.contribution_id else about
    reactions = reaction_map().get(verb, ())
    _owe({"activity_id": line.id, "reaction": reaction.name, "subject": subject} for reaction in reactions)
    db.session.info.setdefault(NOTED, []).extend((reaction, line.id) for reaction in reactions if reaction.at_once)
    return line


def _owe(errands: Iterable[dict[str, Any]]) -> None:
    if rows := list(errands):
        db.session.info[OWED] = True
        db.session.execute(insert(Errand), rows)


def follow_at_once() -> None:
    """After a commit, try what was recorded in it and must not wait for the worker; what fails stays owed to it."""
    for reaction, line_id in db.session.info.pop(NOTED, ()):
        try:
            with writing():
                lines = list(db.session.scalars(select(Activity).where(Activity.id == line_id)))
                reaction.follow(lines)
                _forget_pages(lines)
                done = (Errand.activity_id == line_id) & (Errand.reaction == reaction.name)
                db.session.execute(delete(Errand).where(done).execution_options(synchronize_session=False))
        except Exception:
            log.warning("%s is left to the worker", reaction.name, exc_info=True)


def wake_worker() -> None:
    """After a commit, wake a worker if errands were recorded in it; the worker would look before long anyway."""
    if db.session.info.pop(OWED, False):
        waking.ring()


def record_many(verb: str, contribution_ids: Sequence[int]) -> None:
    """Note in bulk that `verb` happened to these contributions, by nobody in particular, and owe the errands."""
    same = {"verb": verb, "at": clock.now(), "data": {}, "request_id": logs.request_id()}
    for start in range(0, len(contribution_ids), 500):
        some = contribution_ids[start : start + 500]
        lines = db.session.scalars(
            insert(Activity).returning(Activity),
            [{**same, "contribution_id": number} for number in some],
        ).all()
        _owe(
            {"activity_id": line.id, "reaction": reaction.name, "subject": f"c{line.contribution_id}"}
            for line in lines
            for reaction in reaction_map().get(verb, ())
        )


def reaction_map() -> Map:
    """The house's map from verb to reactions, as `create_app` put it in."""
    found: Map = current_app.extensions["portal.reactions"]
    return found


def _reactions() -> dict[str, Reaction]:
    return {reaction.name: reaction for several in reaction_map().values() for reaction in several}


def owed() -> tuple[int, datetime | None]:
    """How many errands wait, and since when the oldest does."""
    count, oldest = db.session.execute(select(func.count(Errand.id), func.min(Errand.available_at))).one()
    return count, oldest


def stuck() -> list[Errand]:
    """Errands that failed often enough that somebody should look."""
    failing = select(Errand).where(Errand.attempts >= STUCK_AFTER, Errand.last_error.is_not(None))
    return list(db.session.scalars(failing.order_by(Errand.attempts.desc()).limit(5)))


def follow_up(
    limit: int | None = None, enough: Callable[[], bool] = lambda: False, *, owed_by_now: bool = False
) -> int:
    """Carry out errands that are due, at most `limit`, until none is left or `enough()`; returns how many succeeded.

    `owed_by_now`: what is recorded meanwhile is left to the next call, so that under steady load this one ends.
    """
    done, newest = 0, None
    if owed_by_now and (newest := db.session.scalar(select(func.max(Errand.id)))) is None:
        return 0
    while (limit is None or done < limit) and not enough():
        if not (batch := _lease(newest)):
            break
        with leases.held((errand.id, errand.attempts + 1) for errand in batch):
            done += _carry_out(batch)
    return done


def _lease(newest: int | None = None) -> list[Errand]:
    """Take the oldest due reaction's errands for ourselves: one of each subject's line at a time, up to `newest`."""
    now = clock.now()
    earlier = aliased(Errand)
    first_in_line = ~exists().where(
        earlier.reaction == Errand.reaction, earlier.subject == Errand.subject, earlier.id < Errand.id
    )
    reactions = _reactions()
    patient = [reaction.name for reaction in reactions.values() if reaction.can_wait]
    with logs.working_for([], "lease"), writing():
        due = select(Errand).where(leases.may_be_taken(Errand, now), first_in_line)
        if newest is not None:
            due = due.where(Errand.id <= newest)
        oldest = due.order_by(Errand.reaction.in_(patient), Errand.id).limit(1)
        first = db.session.scalar(oldest.with_for_update(skip_locked=True, of=Errand))
        if first is None:
            return []
        batch_size = reactions[first.reaction].batch if first.reaction in reactions else BATCH
        batch = list(
            db.session.scalars(
                due.where(Errand.reaction == first.reaction)
                .order_by(Errand.id)
                .limit(batch_size)
                .with_for_update(skip_locked=True, of=Errand)
            )
        )
        db.session.execute(
            update(Errand)
            .where(Errand.id.in_([e.id for e in batch]))
            .values(leased_until=now + leases.LEASE, attempts=Errand.attempts + 1)
            .execution_options(synchronize_session=False)
        )
    return batch


def _carry_out(batch: Sequence[Errand]) -> int:
    """Follow a leased batch; if it fails as a whole, each errand alone, so that one cannot hold up the rest."""
    reaction = _reactions().get(batch[0].reaction)
    ids = [e.id for e in batch]
    started, requests = time.perf_counter(), list[str | None]()
    try:
        with logs.working_for([], batch[0].reaction), writing():
            if reaction is not None:  # one whose reaction the code no longer knows is let go
                wanted = [e.activity_id for e in batch]
                found = db.session.scalars(select(Activity).where(Activity.id.in_(wanted)).order_by(Activity.id))
                lines = list(found)
                requests = [line.request_id for line in lines]
                with logs.working_for(requests, reaction.name):
                    reaction.follow(lines)
                _forget_pages(lines)
            db.session.execute(delete(Errand).where(Errand.id.in_(ids)))
        if reaction is not None:
            _note_done(reaction.name, len(ids), started, requests)
        return len(ids)
    except Exception as error:
        if len(batch) > 1:
            return sum(_carry_out([errand]) for errand in batch)
        counting.count(f"errand_failed:{batch[0].reaction}")
        with logs.working_for(requests, batch[0].reaction):
            log.exception("reaction %s failed for activity %s", batch[0].reaction, batch[0].activity_id)
        pause = leases.rest(batch[0].attempts, trouble.at_work(error) is not None)
        with writing():
            db.session.execute(
                update(Errand)
                .where(Errand.id == batch[0].id)
                .values(
                    leased_until=None,
                    available_at=clock.now() + pause,
                    last_error=f"{type(error).__name__}: {error}"[:500],
                )
            )
        return 0


def _forget_pages(lines: Sequence[Activity]) -> None:
    """What followed shows on the pages of these conversations once it is committed."""
    table = db.metadata.tables["contribution"]
    ids = {line.contribution_id for line in lines if line.contribution_id}
    rows = db.session.execute(select(table.c.id, table.c.parent_id).where(table.c.id.in_(ids))) if ids else ()
    roots = {number: parent_id or number for number, parent_id in rows}
    for line in lines:
        forgetting.note_followed(line.verb, roots.get(line.contribution_id or 0))


def _note_done(reaction: str, number: int, started: float, requests: Sequence[str | None]) -> None:
    milliseconds = (time.perf_counter() - started) * 1000
    counting.count(f"errand_done:{reaction}", number, milliseconds, milliseconds)
    what = "%s followed %d %s in %.0f ms"
    errands = "errand" if number == 1 else "errands"
    log.info(what, reaction, number, errands, milliseconds, extra={"request_id": logs.joined(requests)})


def ping() -> None:
    """Ask the database for a sign of life; raises what the driver raises."""
    db.session.execute(text("SELECT 1"))
