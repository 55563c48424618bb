"""Whoever is concerned by what was set aside asks once for another moderator's judgement, and gets an answer."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from portal import activity, clock
from portal import text as texts
from portal.advocacy.models import SetAside
from portal.contributions.lifecycle import NotAllowed
from portal.db import db
from portal.guard import commands, evidence
from portal.guard.models import Finding, FindingAppeal, FindingMember
from portal.members.models import Member

WORDS_AT_MOST, ANSWER_AT_MOST = 2000, 800
SAME = "There is nobody else to ask, so whoever decided looked once more."


def appeal(finding: Finding, member: Member, words: str) -> bool:
    """Ask for another judgement of what was set aside; False if that was done. The suspended can do this too.

    Raises NotAllowed when nothing of this member's is set aside by it, ValueError without words.
    """
    if not concerns(finding.id, member.id):
        raise NotAllowed("There is nothing here that could be appealed.")
    said = texts.clean_source(words).strip()[:WORDS_AT_MOST]
    if not said:
        raise ValueError("an appeal says why")
    try:
        with db.session.begin_nested():
            db.session.add(FindingAppeal(finding_id=finding.id, member_id=member.id, words=said))
    except IntegrityError:
        return False
    activity.record("finding_appealed", member=member, actor=member, finding=finding.id)
    return True


def concerns(finding_id: int, member_id: int) -> bool:
    """Whether anything that is set aside by this finding was said by, or helped with by, this member."""
    return any(member_id in people for _, people in evidence.standing(finding_id))


def waiting(moderator: Member, limit: int = 50) -> Sequence[FindingAppeal]:
    """Open appeals that this moderator may answer, the oldest first, each with its finding and its member."""
    rows = db.session.scalars(
        select(FindingAppeal)
        .where(FindingAppeal.decided_at.is_(None))
        .options(joinedload(FindingAppeal.finding), joinedload(FindingAppeal.member))
        .order_by(FindingAppeal.at, FindingAppeal.id)
        .limit(limit)
    ).all()
    others, about = _others(moderator), _people({row.finding_id for row in rows})
    return [row for row in rows if _may_answer(row, moderator, others, about.get(row.finding_id, set()))]


def take(appeal_id: int) -> FindingAppeal | None:
    """One appeal, kept from others until the transaction ends; its finding first, as whoever counts again does."""
    finding_id = db.session.scalar(select(FindingAppeal.finding_id).where(FindingAppeal.id == appeal_id))
    if finding_id is None or commands.take(finding_id) is None:
        return None
    query = (
        select(FindingAppeal)
        .where(FindingAppeal.id == appeal_id)
        .options(joinedload(FindingAppeal.finding), joinedload(FindingAppeal.member))
        .with_for_update(of=FindingAppeal)
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def must_be_another(asked: FindingAppeal, moderator: Member) -> None:
    """Raises NotAllowed unless this moderator may answer this appeal."""
    if not moderator.moderates:
        raise NotAllowed("Only moderators answer appeals.")
    about = _people({asked.finding_id}).get(asked.finding_id, set())
    if not _may_answer(asked, moderator, _others(moderator), about):
        raise NotAllowed("You decided this, or it is about you, so another moderator has to answer.")


def answer(appeal_id: int, moderator: Member, upheld: bool, words: str, everything: bool = False) -> bool:
    """Say whether the member was right: then what concerns them counts again, or all of it.

    False if somebody answered before. Raises NotAllowed, ValueError when a no comes without a reason.
    """
    asked = take(appeal_id)
    if asked is None:
        return False
    must_be_another(asked, moderator)
    if asked.decided_at is not None:
        return False
    said = texts.clean_source(words).strip()[:ANSWER_AT_MOST]
    if not upheld and not said:
        raise ValueError("an appeal is declined with a reason")
    finding = asked.finding
    if finding.decided_by_id == moderator.id:
        said = f"{said}\n\n{SAME}".strip()
    asked.decided_at, asked.decided_by_id, asked.upheld, asked.answer = clock.now(), moderator.id, upheld, said
    db.session.flush()
    if upheld:
        rows = evidence.standing(finding.id)
        which = [row.id for row, people in rows if everything or asked.member_id in people]
        people = commands.lift(finding, select(SetAside.id).where(SetAside.id.in_(which)))
        commands.tell("help_counts_again", finding, people - {asked.member_id}, "")
        if not evidence.standing(finding.id):
            commands.decide(finding, "cleared", moderator, said or "An appeal was right.")
    verb = "finding_appeal_upheld" if upheld else "finding_appeal_declined"
    activity.record(verb, member=asked.member, actor=moderator, finding=finding.id, reason=said)
    return True


def _people(finding_ids: set[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    rows = select(FindingMember.finding_id, FindingMember.member_id)
    for finding_id, member_id in db.session.execute(rows.where(FindingMember.finding_id.in_(sorted(finding_ids)))):
        found.setdefault(finding_id, set()).add(member_id)
    return found


def _may_answer(asked: FindingAppeal, moderator: Member, others: Sequence[Member], about: set[int]) -> bool:
    if moderator.id in about or asked.member_id == moderator.id:
        return False
    could = [other for other in others if other.id not in about]
    return not could or asked.finding.decided_by_id != moderator.id


def _others(moderator: Member) -> Sequence[Member]:
    """Who else moderates now."""
    others = db.session.scalars(
        select(Member).where(
            or_(Member.is_moderator, Member.is_admin), Member.id != moderator.id, Member.erased_at.is_(None)
        )
    )
    return [other for other in others if other.moderates]
