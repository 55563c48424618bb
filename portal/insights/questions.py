"""What became of the questions: who solved them, how long it took, and whom nobody answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.contributions.models import Acceptance, Contribution
from portal.db import db
from portal.forum.models import Topic
from portal.members.models import Member
from portal.moderation.figures import half_and_most

SAMPLE = 10_000
"""Questions, the latest ones, from which times and shares are taken."""
LONGEST_WAITING = 20


@dataclass(frozen=True)
class Questions:
    """What became of the questions of a period. Times count from a question's publication."""

    asked: int
    answered: int
    """By anybody but the asker."""
    solved: int
    """Questions whose asker accepted a reply."""
    solved_by_customers: int
    """Those of them of which the first accepted reply was no employee's."""
    first_half: timedelta | None
    first_most: timedelta | None
    """Half and nine of ten of the answered ones had a first answer within this …"""
    solved_half: timedelta | None
    solved_most: timedelta | None
    """… and of the solved ones the reply that solved it."""
    unanswered: int
    """Questions of any age that are open and nobody has answered."""

    def share(self, part: int) -> int | None:
        """So many of the questions asked, in percent; None when none were asked."""
        return round(100 * part / self.asked) if self.asked else None

    @property
    def share_by_customers(self) -> int | None:
        """Of the solved ones, those solved by customers, in percent."""
        return round(100 * self.solved_by_customers / self.solved) if self.solved else None


def questions_since(since: datetime) -> Questions:
    """The questions published since then, at most the latest `SAMPLE`; three queries."""
    reply, acceptance, solving = aliased(Contribution), aliased(Acceptance), aliased(Contribution)
    asked = (
        select(Topic.id, Topic.author_id, Topic.published_at)
        .where(Topic.format == "question", Topic.state == "published", Topic.published_at >= since)
        .order_by(Topic.published_at.desc())
        .limit(SAMPLE)
        .subquery()
    )
    by_others = (reply.parent_id == asked.c.id, reply.state == "published", reply.author_id != asked.c.author_id)
    first = (
        select(asked.c.id, asked.c.published_at, func.min(reply.published_at))
        .outerjoin(reply, and_(*by_others))
        .group_by(asked.c.id, asked.c.published_at)
    )
    solved = (
        select(asked.c.id, solving.published_at, or_(Member.is_employee, Member.is_admin))
        .join(solving, and_(solving.parent_id == asked.c.id, solving.state == "published"))
        .join(acceptance, and_(acceptance.reply_id == solving.id, acceptance.withdrawn_at.is_(None)))
        .join(Member, Member.id == solving.author_id)
        .where(acceptance.by_id == asked.c.author_id)
        .order_by(acceptance.at.desc(), acceptance.id.desc())  # the first acceptance is read last, and stays
    )
    rows = db.session.execute(first).all()
    times = {row[0]: row[1] for row in rows}
    answers: dict[int, datetime] = {row[0]: row[2] for row in rows if row[2] is not None}
    solutions = {row[0]: (row[1], row[2]) for row in db.session.execute(solved)}
    first_half, first_most = _half_and_most(times, answers)
    solved_half, solved_most = _half_and_most(times, {number: at for number, (at, _) in solutions.items()})
    return Questions(
        asked=len(times),
        answered=len(answers),
        solved=len(solutions),
        solved_by_customers=sum(not by_company for _, by_company in solutions.values()),
        first_half=first_half,
        first_most=first_most,
        solved_half=solved_half,
        solved_most=solved_most,
        unanswered=db.session.scalar(select(func.count(Topic.id)).where(*_nobody_answered())) or 0,
    )


def _half_and_most(
    times: dict[int, datetime], ends: dict[int, datetime]
) -> tuple[timedelta | None, timedelta | None]:
    # An import may date a reply before its question.
    return half_and_most([max(0.0, (at - times[number]).total_seconds()) for number, at in ends.items()])


def longest_unanswered() -> Sequence[Any]:
    """The open questions that nobody but the asker has said anything to, the longest waiting first."""
    query = select(Topic).where(*_nobody_answered()).options(joinedload(Topic.author), joinedload(Topic.board))
    return db.session.scalars(query.order_by(Topic.published_at).limit(LONGEST_WAITING)).all()


def _nobody_answered() -> tuple[ColumnElement[bool], ...]:
    reply = aliased(Contribution)
    by_others = exists().where(
        reply.parent_id == Topic.id, reply.state == "published", reply.author_id != Topic.author_id
    )
    return Topic.format == "question", Topic.state == "published", Topic.locked_at.is_(None), ~by_others
