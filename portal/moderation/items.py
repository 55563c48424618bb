"""One thing that waits for a moderator, with all it takes to decide: its author, reports, verdict, decisions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload, selectin_polymorphic, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock
from portal.blog.models import Article
from portal.config import settings
from portal.contributions.models import Contribution, Decision, Report
from portal.contributions.screened import Verdict
from portal.contributions.screening.beside import FACTS, LINES, facts_of, lines_of
from portal.db import db
from portal.members.models import Member
from portal.moderation import urgency
from portal.moderation.models import MemberReport
from portal.stories.models import Photo, Story

KIND_OF = {"photo": Photo, "article": Article, "story": Story}
BESIDE = [kind.__table__.c[name] for kind in KIND_OF.values() for name in (LINES | FACTS)[kind.__tablename__]]
"""What stands in tables of the kinds themselves, and is shown."""


@dataclass(frozen=True)
class Before:
    """What became of an author's earlier contributions."""

    published: int = 0
    returned: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Complaint:
    """An open report, of a contribution or of a member."""

    reason: str
    note: str
    at: datetime
    reporter: Member


@dataclass
class Item:
    """One thing that waits, whole: a contribution, or a member who was reported (then `contribution` is None)."""

    contribution: Any
    waits: str
    since: datetime
    decision: Decision | None = None
    reports: Sequence[Any] = ()
    before: Before = field(default_factory=Before)
    verdict: Verdict | None = None
    member: Member | None = None
    harm: int = 0
    people: int = 1
    claimed_by: str = ""
    """The name of somebody else who has it open."""

    @property
    def age_mark(self) -> str:
        """`overdue`, `late` or nothing, by the settings."""
        hours = (clock.now() - self.since).total_seconds() / 3600
        if hours >= settings().queue_alarm_hours:
            return "overdue"
        return "late" if hours >= settings().queue_warn_hours else ""

    @cached_property
    def fingerprint(self) -> str:
        """What is on the screen, in short: see `fingerprint`."""
        return fingerprint(self.contribution)

    @property
    def place_in_words(self) -> list[str]:
        """Why it stands where it does."""
        worst = max((r.reason for r in self.reports), key=urgency.hours_for, default="")
        return urgency.in_words(self.since, self.harm, self.people, worst)


def fingerprint(contribution: Contribution) -> str:
    """Changes when anything that readers will see does, so that nobody approves what they did not see."""
    pictures = [(p.token, p.alt) for p in contribution.pictures]
    words = (contribution.title, contribution.source, lines_of(contribution), facts_of(contribution))
    return sha256(repr((*words, contribution.product_id, pictures)).encode()).hexdigest()[:24]


def load_whole(ids: Collection[int]) -> dict[int, tuple[Contribution, Decision | None, Verdict | None]]:
    """Contributions with their last decision and the newest verdict of the rules; what stands beside their text too."""
    found = {}
    for c, decision, verdict, *beside in db.session.execute(_all_of_these(), {"ids": list(ids)}).unique():
        for column, value in zip(BESIDE, beside, strict=True):
            if isinstance(c, KIND_OF[column.table.name]):
                set_committed_value(c, column.name, value)
        found[c.id] = (c, decision, verdict)
    return found


@cache
def _all_of_these() -> Any:
    decided, judged = aliased(Decision), aliased(Verdict)
    last = select(func.max(decided.id)).where(decided.contribution_id == Contribution.id).scalar_subquery()
    newest = select(func.max(judged.id)).where(judged.contribution_id == Contribution.id).scalar_subquery()
    query = (
        whole(select(Contribution, Decision, Verdict, *BESIDE).select_from(Contribution))
        .outerjoin(Decision, Decision.id == last)
        .outerjoin(Verdict, Verdict.id == newest)
        .options(joinedload(Decision.actor))
        .where(Contribution.id.in_(bindparam("ids", expanding=True)))
    )
    for table in dict.fromkeys(column.table for column in BESIDE):
        query = query.outerjoin(table, table.c.id == Contribution.id)
    return query


def whole(query: Any) -> Any:
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
    contribution, decision, verdict = load_whole([contribution_id]).get(contribution_id, (None, None, None))
    if contribution is None or contribution.state == "draft":
        return None
    if contribution.state == "removed" and contribution.submitted_at is None and contribution.published_at is None:
        return None  # a draft its author threw away
    item = Item(contribution, "", contribution.submitted_at or contribution.created_at, decision, verdict=verdict)
    with_context([item])
    if contribution.state == "pending":
        item.waits = "pictures" if contribution.pictures else "waiting"
        item.people = 2 if contribution.parent_id else 1
    elif contribution.state == "hidden":
        item.waits, item.since = "hidden", item.decision.at if item.decision else item.since
        item.people = len(item.reports) + 1
    elif contribution.state == "published" and item.reports:
        item.waits, item.since = "reported", min(r.at for r in item.reports)
        item.people = len(item.reports)
        item.harm = max(urgency.hours_for(r.reason) for r in item.reports)
    return item


def find_to_decide(contribution_id: int) -> Contribution | None:
    """The contribution, kept from others' changes until the transaction ends; no draft that was never sent."""
    sent = or_(Contribution.state != "draft", Contribution.submitted_at.is_not(None))
    return db.session.scalar(
        select(Contribution)
        .where(Contribution.id == contribution_id, sent)
        .options(joinedload(Contribution.author), selectinload(Contribution.tags), selectinload(Contribution.pictures))
        .options(selectin_polymorphic(Contribution, list(KIND_OF.values())))
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


def with_context(items: list[Item]) -> list[Item]:
    reports = _open_reports(
        [item.contribution.id for item in items if item.contribution is not None],
        [item.member.id for item in items if item.member is not None],
    )
    before = _before({item.contribution.author_id if item.contribution else item.member.id for item in items})  # type: ignore[union-attr]
    for item in items:
        about = item.member or item.contribution.author
        item.reports = reports.get(("m", item.member.id) if item.member else ("c", item.contribution.id), ())
        item.before = Before(about.published_count, *before.get(about.id, (0, 0)))
    return items


def _open_reports(contributions: Collection[int], members: Collection[int]) -> dict[tuple[str, int], list[Any]]:
    """Open reports of contributions and of members, each with `reason`, `note`, `at` and `reporter`, in one query."""
    found: dict[tuple[str, int], list[Any]] = {}
    for row in db.session.execute(_reports_of_these(), {"contributions": list(contributions), "members": list(members)}):
        told = Complaint(row.reason, row.note, row.at, row.Member)
        found.setdefault((row.what, row.about), []).append(told)
    return found


@cache
def _reports_of_these() -> Any:
    def columns(what: str, table: Any, about: Any, ids: str) -> Select[Any]:
        facts = (table.reporter_id.label("reporter_id"), table.reason.label("reason"), table.note.label("note"))
        chosen = select(literal(what).label("what"), about.label("about"), *facts, table.at.label("at"))
        return chosen.where(about.in_(bindparam(ids, expanding=True)), table.settled_at.is_(None))

    both = union_all(
        columns("c", Report, Report.contribution_id, "contributions"),
        columns("m", MemberReport, MemberReport.member_id, "members"),
    ).subquery()
    return (
        select(both, Member)
        .join(Member, Member.id == both.c.reporter_id)
        .order_by(both.c.at, both.c.reporter_id)
    )


def _before(author_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many of each author's contributions moderators returned and removed."""
    found: dict[int, list[int]] = {}
    for author_id, state, n in db.session.execute(_decided_of_these(), {"authors": list(author_ids)}):
        found.setdefault(author_id, [0, 0])[state == "removed"] = n
    return {author_id: (returned, removed) for author_id, (returned, removed) in found.items()}


@cache
def _decided_of_these() -> Any:
    return (
        select(Contribution.author_id, Decision.to_state, func.count(Decision.contribution_id.distinct()))
        .join(Decision, Decision.contribution_id == Contribution.id)
        .where(
            Contribution.author_id.in_(bindparam("authors", expanding=True)),
            Decision.as_moderator.is_(True),
            Decision.to_state.in_(("returned", "removed")),
        )
        .group_by(Contribution.author_id, Decision.to_state)
    )
