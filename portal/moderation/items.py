"""One thing that waits for a moderator, with all it takes to decide: its author, reports, verdict, decisions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, null, or_, select
from sqlalchemy.orm import aliased, joinedload, selectin_polymorphic, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock
from portal.blog.models import Article
from portal.config import settings
from portal.contributions import turns
from portal.contributions.models import Contribution, Decision, Revision
from portal.contributions.screened import Verdict
from portal.contributions.screening.beside import FACTS, LINES, facts_of, lines_of
from portal.db import db
from portal.members.models import Member
from portal.moderation import urgency
from portal.moderation.known import Before, known
from portal.stories.models import Photo, Story

KIND_OF = {"photo": Photo, "article": Article, "story": Story}
BESIDE = [kind.__table__.c[name] for kind in KIND_OF.values() for name in (LINES | FACTS)[kind.__tablename__]]
"""What stands in tables of the kinds themselves, and is shown."""


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
    lately: int = 0
    """How many "remove all as spam" would take; known where it is alone on its page."""
    earlier: Revision | None = None
    """Its text as a moderator read it last, or as it was before its last change; known where it is alone."""

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


def load_whole(ids: Collection[int], *, with_earlier: bool = False) -> dict[int, "Whole"]:
    """Contributions with their last decision and the newest verdict of the rules; what stands beside their text too."""
    found = {}
    rows = db.session.execute(_all_of_these(with_earlier), {"ids": list(ids)}).unique()
    for c, decision, verdict, earlier, *beside in rows:
        for column, value in zip(BESIDE, beside, strict=True):
            if isinstance(c, KIND_OF[column.table.name]):
                set_committed_value(c, column.name, value)
        found[c.id] = Whole(c, decision, verdict, earlier)
    return found


class Whole(NamedTuple):
    """A contribution with what was said of it last."""

    contribution: Contribution
    decision: Decision | None
    verdict: Verdict | None
    earlier: Revision | None


@cache
def _all_of_these(with_earlier: bool) -> Any:
    c, decided, judged = Contribution, aliased(Decision), aliased(Verdict)
    last = select(func.max(decided.id)).where(decided.contribution_id == c.id).scalar_subquery()
    newest = select(func.max(judged.id)).where(judged.contribution_id == c.id).scalar_subquery()
    earlier = Revision if with_earlier else null()
    query = (
        whole(select(c, Decision, Verdict, earlier, *BESIDE).select_from(c))
        .outerjoin(Decision, Decision.id == last)
        .outerjoin(Verdict, Verdict.id == newest)
        .options(joinedload(Decision.actor))
        .where(c.id.in_(bindparam("ids", expanding=True)))
    )
    if with_earlier:
        query = query.outerjoin(Revision, and_(c.edited_at.is_not(None), Revision.id == _as_last_read()))
    for table in dict.fromkeys(column.table for column in BESIDE):
        query = query.outerjoin(table, table.c.id == c.id)
    return query


def _as_last_read() -> Any:
    """The first revision since a moderator sent it back, or else the latest one."""
    c, d, r = Contribution, aliased(Decision), aliased(Revision)
    sent_back = select(func.max(d.at)).where(d.contribution_id == c.id, d.to_state == "returned").scalar_subquery()
    own = select(r.id).where(r.contribution_id == c.id).limit(1).correlate(c)
    since = own.where(r.replaced_at > sent_back).order_by(r.number)
    return func.coalesce(since.scalar_subquery(), own.order_by(r.number.desc()).scalar_subquery())


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


def find_item(contribution_id: int, reader: Any = None) -> Item | None:
    """One contribution for a moderator, whether it waits or is long decided; nobody's drafts."""
    loaded = load_whole([contribution_id], with_earlier=True).get(contribution_id)
    if loaded is None or loaded.contribution.state == "draft":
        return None
    contribution, decision, verdict, earlier = loaded
    if contribution.state == "removed" and contribution.submitted_at is None and contribution.published_at is None:
        return None  # a draft its author threw away
    item = Item(contribution, "", contribution.submitted_at or contribution.created_at, decision, verdict=verdict)
    item.earlier = earlier
    with_context([item], reader)
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


def find_to_decide(contribution_id: int, *, keep: bool = True) -> Contribution | None:
    """The contribution, kept from others' changes until the transaction ends; no draft that was never sent.

    `keep`: not where it is decided along with others, which are all taken together.
    """
    if keep:
        turns.take_with_parents([contribution_id])
    sent = or_(Contribution.state != "draft", Contribution.submitted_at.is_not(None))
    return db.session.scalar(
        select(Contribution)
        .where(Contribution.id == contribution_id, sent)
        .options(joinedload(Contribution.author), selectinload(Contribution.tags), selectinload(Contribution.pictures))
        .options(selectin_polymorphic(Contribution, list(KIND_OF.values())))
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


def with_context(items: list[Item], reader: Any = None) -> list[Item]:
    """Add what is known beside; who has it open is told of others than `reader`."""
    contributions = [item.contribution for item in items if item.contribution is not None]
    members = [item.member.id for item in items if item.member is not None]
    beside = known([c.id for c in contributions], members, [*{*members, *(c.author_id for c in contributions)}], reader)
    for item in items:
        about = item.member or item.contribution.author
        before = beside.before.get(about.id, {})
        item.before = Before(about.published_count, before.get("returned", 0), before.get("removed", 0))
        item.lately = beside.lately.get(about.id, 0)
        if item.member is not None:
            item.reports = beside.of_members.get(about.id, ())
        else:
            item.reports = beside.of_contributions.get(item.contribution.id, ())
            item.claimed_by = beside.opened_by.get(item.contribution.id, "")
    return items
