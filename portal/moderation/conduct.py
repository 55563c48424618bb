"""A member as moderators see them: reports about them, what was done before, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload

from portal import activity, clock
from portal.activity import Activity
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.contributions.powers import may
from portal.contributions.screening.refusals import refusals_of
from portal.db import db
from portal.members import measures
from portal.members.models import Member, Suspension
from portal.moderation.models import MemberReport

MEASURES = {
    "warn": "Warn: they read what has to change",
    "silence": "Silence: what they send waits for a moderator",
    "suspend": "Suspend: they read, but do not write",
}


@dataclass(frozen=True)
class Conduct:
    """All there is to know before something is done about a member."""

    member: Member
    reports: Sequence[MemberReport]
    measures: Sequence[tuple[Suspension, str | None]]
    """Each with the name of who decided it; the latest first."""
    latest: Sequence[Contribution]
    refusals: Sequence[Activity]
    """The last verdicts on what the rules did not take."""


def conduct_of(member: Member) -> Conduct:
    """What is known of a member's conduct."""
    reports = db.session.scalars(
        select(MemberReport)
        .where(MemberReport.member_id == member.id, MemberReport.settled_at.is_(None))
        .options(joinedload(MemberReport.reporter))
        .order_by(MemberReport.at)
    ).all()
    done = db.session.execute(
        select(Suspension, Member.display_name)
        .outerjoin(Member, Member.id == Suspension.by_id)
        .where(Suspension.member_id == member.id)
        .order_by(Suspension.id.desc())
        .limit(20)
    )
    latest = db.session.scalars(latest_by(member.id).options(joinedload(Contribution.parent))).all()
    return Conduct(member, reports, [(row[0], row[1]) for row in done], latest, refusals_of(member.id))


def latest_by(member_id: int, other_than: int = 0, limit: int = 6) -> Select[Contribution]:
    """What a member sent in last, in whatever state but draft."""
    own = Contribution.author_id == member_id
    query = select(Contribution).where(own, Contribution.state != "draft", Contribution.id != other_than)
    return query.order_by(Contribution.id.desc()).limit(limit)


def take(measure: str, member: Member, moderator: Member, why: str, days: int) -> bool:
    """Warn, silence or suspend; open reports about the member were right. Raises NotAllowed, standing.Refused."""
    _must(moderator)
    if measure == "warn":
        done = measures.warn(member, moderator, why)
    elif measure == "silence":
        done = measures.silence(member, moderator, why, days)
    else:
        done = measures.suspend(member, moderator, why, days)
    if done:
        settle_member_reports(member, moderator, upheld=True)
    return done


def end(measure: str, member: Member, moderator: Member) -> bool:
    """End a silence or a suspension before its time. Raises NotAllowed, standing.Refused."""
    _must(moderator)
    return measures.end_silence(member, moderator) if measure == "silence" else measures.reinstate(member, moderator)


def settle_member_reports(member: Member, moderator: Member, *, upheld: bool) -> int:
    """Close the open reports about a member; their senders hear what came of them. Raises NotAllowed."""
    _must(moderator)
    found = db.session.scalars(
        select(MemberReport)
        .where(MemberReport.member_id == member.id, MemberReport.settled_at.is_(None))
        .with_for_update()
    ).all()
    told = [r.id for r in found]  # numbers alone: what is recorded of a member is theirs to take away
    if not told:
        return 0
    db.session.execute(
        update(MemberReport)
        .where(MemberReport.id.in_(told))
        .values(settled_at=clock.now(), settled_by_id=moderator.id, upheld=upheld)
    )
    activity.record("member_reports_settled", member=member, actor=moderator, upheld=upheld, reports=told)
    return len(told)


def _must(moderator: Member) -> None:
    if not may(moderator, "warn, silence, suspend"):
        raise NotAllowed("Only the moderators of the whole site do this.")
