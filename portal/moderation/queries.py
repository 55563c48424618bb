"""What waits for a moderator, with all it takes to decide, in a number of queries that does not grow with it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal import clock
from portal.config import settings
from portal.contributions.models import Contribution, Decision, Report
from portal.db import db

WAITS = ("waiting", "reported", "hidden")
"""Why something is in the queue: not published yet; public, with open reports; taken from view."""


@dataclass(frozen=True)
class Before:
    """What became of an author's earlier contributions."""

    published: int = 0
    returned: int = 0
    removed: int = 0


@dataclass
class Item:
    """One contribution that waits, whole."""

    contribution: Contribution
    waits: str
    since: datetime
    decision: Decision | None = None
    reports: Sequence[Report] = ()
    before: Before = field(default_factory=Before)

    @property
    def age_mark(self) -> str:
        """`overdue`, `late` or nothing, by the settings."""
        hours = (clock.now() - self.since).total_seconds() / 3600
        if hours >= settings().queue_alarm_hours:
            return "overdue"
        return "late" if hours >= settings().queue_warn_hours else ""

    @property
    def fingerprint(self) -> str:
        """What is on the screen, in short: see `fingerprint`."""
        return fingerprint(self.contribution)


def fingerprint(contribution: Contribution) -> str:
    """Changes when the text or the pictures do, so that nobody approves what they did not see."""
    pictures = [(p.token, p.alt) for p in contribution.pictures]
    return sha256(repr((contribution.title, contribution.source, pictures)).encode()).hexdigest()[:24]


def _waiting() -> Any:
    """What is in the queue: number, why, since when. Each contribution is there once: its state says which part."""
    c, reported = Contribution, aliased(Contribution)
    pending = select(c.id.label("id"), literal("waiting").label("waits"), c.submitted_at.label("since")).where(
        c.state == "pending"
    )
    hidden = (
        select(c.id, literal("hidden"), func.max(Decision.at))
        .join(Decision, Decision.contribution_id == c.id)
        .where(c.state == "hidden")
        .group_by(c.id)
    )
    complained = (
        select(reported.id, literal("reported"), func.min(Report.at))
        .join(Report, Report.contribution_id == reported.id)
        .where(Report.settled_at.is_(None), reported.state == "published")
        .group_by(reported.id)
    )
    return union_all(pending, hidden, complained).subquery("queue")


def counts(*conditions: ColumnElement[bool]) -> dict[str, int]:
    """How many wait for which reason."""
    queue = _waiting()
    found = db.session.execute(
        select(queue.c.waits, func.count().label("n"))
        .join(Contribution, Contribution.id == queue.c.id)
        .where(*conditions)
        .group_by(queue.c.waits)
    )
    return {row.waits: row.n for row in found}


def of_kind(kind: str) -> ColumnElement[bool]:
    """A condition: contributions of this kind."""
    return Contribution.kind == kind


def of_board(board_id: int) -> ColumnElement[bool]:
    """A condition: topics of this board, and replies to them."""
    return or_(Contribution.board_id == board_id, Contribution.parent.has(Contribution.board_id == board_id))


def page(number: int, per_page: int, waits: str = "", *conditions: ColumnElement[bool]) -> list[Item]:
    """A page of the queue, the oldest first, with all that is needed to decide."""
    query, queue = _queue(waits, *conditions)
    rows = db.session.execute(
        whole(query).add_columns(queue.c.waits, queue.c.since).limit(per_page).offset((number - 1) * per_page)
    ).unique()
    return _with_context([Item(c, why, since) for c, why, since in rows])


def _queue(waits: str, *conditions: ColumnElement[bool]) -> tuple[Select[Any], Any]:
    queue = _waiting()
    query = (
        select(Contribution)
        .join(queue, queue.c.id == Contribution.id)
        .where(*conditions)
        .order_by(queue.c.since, Contribution.id)
    )
    return (query.where(queue.c.waits == waits) if waits else query), queue


def next_in_queue(after: int) -> int | None:
    """The number of the oldest in the queue, other than this one."""
    query, _ = _queue("")
    return db.session.scalar(query.with_only_columns(Contribution.id).where(Contribution.id != after).limit(1))


def whole(query: Select[Any]) -> Select[Any]:
    """Load with contributions what shows them whole."""
    parent = joinedload(Contribution.parent)
    return query.options(
        joinedload(Contribution.author),
        joinedload(Contribution.board),
        joinedload(Contribution.product),
        parent.joinedload(Contribution.author),
        parent.joinedload(Contribution.board),
        selectinload(Contribution.tags),
        selectinload(Contribution.pictures),
    )


def find_item(contribution_id: int) -> Item | None:
    """One contribution for a moderator, whether it waits or is long decided; nobody's drafts."""
    contribution = db.session.scalar(whole(select(Contribution)).where(Contribution.id == contribution_id))
    if contribution is None or contribution.state == "draft":
        return None
    item = Item(contribution, "", contribution.submitted_at or contribution.created_at)
    _with_context([item])
    if contribution.state == "removed" and contribution.submitted_at is None and contribution.published_at is None:
        return None  # a draft its author threw away
    if contribution.state == "pending":
        item.waits = "waiting"
    elif contribution.state == "hidden":
        item.waits, item.since = "hidden", item.decision.at if item.decision else item.since
    elif contribution.state == "published" and item.reports:
        item.waits, item.since = "reported", min(r.at for r in item.reports)
    return item


def find_to_decide(contribution_id: int) -> Contribution | None:
    """The contribution, kept from others' changes until the transaction ends; no draft that was never sent."""
    sent = or_(Contribution.state != "draft", Contribution.submitted_at.is_not(None))
    return db.session.scalar(
        select(Contribution)
        .where(Contribution.id == contribution_id, sent)
        .options(joinedload(Contribution.author), selectinload(Contribution.pictures))
        .with_for_update(of=Contribution)
        .execution_options(populate_existing=True)
    )


def history(contribution_id: int) -> Sequence[Decision]:
    """All decisions about a contribution, the first one first."""
    return db.session.scalars(
        select(Decision)
        .where(Decision.contribution_id == contribution_id)
        .options(joinedload(Decision.actor))
        .order_by(Decision.id)
    ).all()


def _with_context(items: list[Item]) -> list[Item]:
    ids = [item.contribution.id for item in items]
    decisions, reports = _last_decisions(ids), _open_reports(ids)
    before = _before({item.contribution.author_id for item in items})
    for item in items:
        item.decision = decisions.get(item.contribution.id)
        item.reports = reports.get(item.contribution.id, ())
        returned, removed = before.get(item.contribution.author_id, (0, 0))
        item.before = Before(item.contribution.author.published_count, returned, removed)
    return items


def _last_decisions(ids: Collection[int]) -> dict[int, Decision]:
    last = select(func.max(Decision.id)).where(Decision.contribution_id.in_(ids)).group_by(Decision.contribution_id)
    rows = db.session.scalars(select(Decision).where(Decision.id.in_(last)).options(joinedload(Decision.actor)))
    return {d.contribution_id: d for d in rows}


def _open_reports(ids: Collection[int]) -> dict[int, list[Report]]:
    found: dict[int, list[Report]] = {}
    for report in db.session.scalars(
        select(Report)
        .where(Report.contribution_id.in_(ids), Report.settled_at.is_(None))
        .options(joinedload(Report.reporter))
        .order_by(Report.at, Report.id)
    ):
        found.setdefault(report.contribution_id, []).append(report)
    return found


def _before(author_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many of each author's contributions moderators returned and removed."""
    found: dict[int, list[int]] = {}
    rows = db.session.execute(
        select(Contribution.author_id, Decision.to_state, func.count(Decision.contribution_id.distinct()))
        .join(Decision, Decision.contribution_id == Contribution.id)
        .where(
            Contribution.author_id.in_(author_ids),
            Decision.as_moderator.is_(True),
            Decision.to_state.in_(("returned", "removed")),
        )
        .group_by(Contribution.author_id, Decision.to_state)
    )
    for author_id, state, n in rows:
        found.setdefault(author_id, [0, 0])[state == "removed"] = n
    return {author_id: (returned, removed) for author_id, (returned, removed) in found.items()}
