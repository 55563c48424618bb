"""The advocates as staff see them: who is one, who is on the way, who rests, who leaves, who carries too much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal import clock
from portal.advocacy.commands import OPEN
from portal.advocacy.ledger import in_chunks, standing
from portal.advocacy.models import LedgerEntry, Recognition
from portal.config import settings
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member
from portal.members.queries import customers

ON_THE_WAY = 0.5
"""Whoever has this share of the score that recognition needs, and helps more people than before, is rising."""
TOO_MUCH = 0.2
"""An advocate who is behind more than this share of all help carries too much: if they leave, it falls apart."""
TOO_MUCH_FROM = 20
"""Below so many acts of help in a period, shares say nothing."""
SHOWN = 20


@dataclass(frozen=True)
class Load:
    """How much an advocate does in a period."""

    member: Member
    replies: int
    acts: int
    """Acts of help that were acknowledged."""
    share: float
    """Of all acts of help in that time."""

    @property
    def percent(self) -> int:
        """The share in percent."""
        return round(100 * self.share)

    @property
    def too_much(self) -> bool:
        """Whether too much rests on them."""
        return self.share > TOO_MUCH


@dataclass(frozen=True)
class Rising:
    """Somebody on the way to recognition: distinct people helped in a period, and in the one before."""

    member: Member
    helped: int
    helped_before: int


@dataclass(frozen=True)
class Advocates:
    """The advocates now, and what is about to change."""

    in_force: Sequence[Load]
    rising: Sequence[Rising]
    resting: Sequence[Recognition]
    leaving: Sequence[Recognition]
    """Under notice, or whose term runs out within the time of notice."""
    left: Sequence[Recognition]
    """Whose term ended in the period."""


def advocates_since(since: datetime) -> Advocates:
    """The advocates, with what they did since then; a fixed number of queries."""
    r, soon = Recognition, clock.now() + timedelta(days=settings().advocate_notice_days)
    terms = db.session.scalars(
        select(r)
        .where(or_(r.state.in_(("accepted", "resting")), (r.state == "ended") & (r.ended_at >= since)))
        .where(r.answered_at.is_not(None))
        .options(joinedload(r.member))
        .order_by(r.answered_at, r.id)
    ).all()
    now = [t for t in terms if t.state == "accepted"]
    leaving = [
        t for t in terms if t.state != "ended" and (t.below_since or (t.ends_at and t.ends_at <= soon))
    ]
    return Advocates(
        in_force=_loads([t.member for t in now], since),
        rising=_rising(since),
        resting=[t for t in terms if t.state == "resting"],
        leaving=leaving,
        left=[t for t in terms if t.state == "ended"],
    )


def _loads(members: Sequence[Member], since: datetime) -> Sequence[Load]:
    e, c, everybodys = LedgerEntry, Contribution, aliased(LedgerEntry)
    recent = standing() & (e.at >= since)
    total = 0
    acts: dict[int, int] = {}
    replies: dict[int, int] = {}
    for ids in in_chunks(m.id for m in members):
        of_all = select(func.count()).select_from(everybodys).where(everybodys.at >= since, standing(everybodys))
        of_each = select(e.helper_id, func.count(), of_all.scalar_subquery()).where(recent, e.helper_id.in_(ids))
        rows = db.session.execute(of_each.group_by(e.helper_id)).all()
        acts |= {row[0]: row[1] for row in rows}
        total = rows[0][2] if rows else total
        written = (
            select(c.author_id, func.count())
            .where(c.kind == "reply", c.state == "published", c.published_at >= since, c.author_id.in_(ids))
            .group_by(c.author_id)
        )
        replies |= _counts(written)
    loads = [
        Load(m, replies.get(m.id, 0), acts.get(m.id, 0), acts.get(m.id, 0) / total if total >= TOO_MUCH_FROM else 0.0)
        for m in members
    ]
    return sorted(loads, key=lambda load: (-load.acts, load.member.id))


def _rising(since: datetime) -> Sequence[Rising]:
    s, e = settings(), LedgerEntry
    before = since - (clock.now() - since)
    under_way = select(Recognition.member_id).where(Recognition.state.in_(OPEN))
    near = db.session.scalars(
        select(Member)
        .where(Member.help_score >= ON_THE_WAY * s.advocate_score, Member.id.not_in(under_way), *customers())
        .order_by(Member.help_score.desc(), Member.id)
        .limit(10 * SHOWN)
    ).all()
    ids = [m.id for m in near]

    def people(when: ColumnElement[bool]) -> Any:
        return func.count(case((when, e.helped_id)).distinct())

    query = (
        select(e.helper_id, people(e.at >= since), people(e.at < since))
        .where(e.helper_id.in_(ids), standing(), e.at >= before)
        .group_by(e.helper_id)
    )
    helped = {row[0]: (row[1], row[2]) for row in db.session.execute(query)}
    found = [Rising(m, *helped.get(m.id, (0, 0))) for m in near]
    more = [rising for rising in found if rising.helped > rising.helped_before]
    return sorted(more, key=lambda x: (-x.member.help_score, x.member.id))[:SHOWN]


def _counts(query: Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in db.session.execute(query)}
