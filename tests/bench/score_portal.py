"""The portal itself as the judge: people and acts of help as rows, scores and gate by its own recomputation."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from portal import clock
from portal.advocacy import gate, scoring
from portal.advocacy.gate import Evidence
from portal.advocacy.models import LedgerEntry
from portal.contributions.models import Contribution
from portal.db import db, writing
from portal.members.models import Invited, Member, SignInOrigin
from tests.bench.score_history import CREDITS, Event
from tests.bench.score_ours import People

SOMETHING = 1
"""The contribution that all lines are about: neither score nor gate looks at which it is."""
AT_ONCE = 5000


@contextmanager
def empty(place: Path) -> Iterator[None]:
    """A portal with an empty SQLite database in this folder, its application at work."""
    from portal import create_app
    from portal.migrating import upgrade

    app = create_app(data_dir=place, uploads_dir=place / "uploads")
    with app.test_request_context(base_url="http://127.0.0.1"):
        upgrade()
        yield


@contextmanager
def standing(people: People, events: Iterable[Event], now: datetime) -> Iterator[dict[int, float]]:
    """These people and their acts of help in the database, all scores recomputed at `now`; gone again afterwards."""
    with clock.at(now):
        with writing():
            _add(people, events)
            scoring.recompute_all()
        found = _scores(Member.help_score > 0)
        db.session.rollback()
        try:
            yield found
        finally:
            with writing():
                for table in (LedgerEntry, Contribution, Member):
                    db.session.execute(table.__table__.delete())


def judged(people: People, events: Sequence[Event], wanting: Collection[int]) -> dict[int, Evidence]:
    """The evidence of those who want to be recognised, were these people and events there too; leaves no trace."""
    db.session.rollback()
    try:
        _add(people, events)
        scoring.recompute(wanting)
        return dict(gate.evidence_of(_scores(Member.id.in_(wanting))))
    finally:
        db.session.rollback()


def opens_for(scores: Mapping[int, float]) -> int:
    """For how many of these members, who stand in the database with these scores, the gate opens."""
    return sum(evidence.opens for evidence in gate.evidence_of(scores).values())


def _scores(condition: Any) -> dict[int, float]:
    """The scores kept in the rows of these members."""
    rows = db.session.execute(select(Member.id, Member.help_score).where(condition))
    return {row.id: row.help_score for row in rows}


def _add(people: People, events: Iterable[Event]) -> None:
    _save(Member, [
        {
            "id": p.id, "username": f"m{p.id}", "display_name": f"Member {p.id}", "email": p.email,
            "email_confirmed_at": p.email_confirmed_at, "joined_at": p.joined_at, "verified_at": p.verified_at,
            "organisation": p.organisation or None, "published_count": p.published_count,
        }
        for p in people.values()
    ])  # fmt: skip
    _save(Invited, [
        {"member_id": p.id, "by_id": p.invited_by, "at": p.joined_at} for p in people.values() if p.invited_by
    ])  # fmt: skip
    _save(SignInOrigin, [
        {"member_id": p.id, "digest": p.origin, "last_at": clock.now()} for p in people.values() if p.origin
    ])  # fmt: skip
    if people and db.session.get(Contribution, SOMETHING) is None:
        author = next(iter(people))
        _save(Contribution, [{"id": SOMETHING, "kind": "topic", "state": "published", "author_id": author}])
    first = 1 + (db.session.scalar(select(db.func.max(LedgerEntry.id))) or 0)
    said = (e for e in events if e.sort in CREDITS)
    _save(LedgerEntry, [
        {"id": n, "helper_id": e.to, "helped_id": e.by, "contribution_id": SOMETHING, "sort": e.sort,
         "source_id": n, "at": e.at, "written_at": e.at}
        for n, e in enumerate(said, first)
    ])  # fmt: skip


def _save(model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(model.__table__), rows[start : start + AT_ONCE])
