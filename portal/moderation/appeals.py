"""One appeal per decision: its author, or the member it was about, asks for another moderator's judgement."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal import activity, clock
from portal import text as texts
from portal.contributions import lifecycle, turns
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Decision
from portal.contributions.powers import may
from portal.db import db
from portal.members import measures
from portal.members.models import Member, Suspension
from portal.moderation.items import fingerprint
from portal.moderation.models import Appeal

STATES = ("returned", "hidden", "removed")
MEASURES = (measures.SILENCED, measures.SUSPENDED)
REVERSED, WAITS, NOTED = "reversed", "waits", "noted"
"""What came of an answer: it took effect; the text was changed and waits to be read; what was appealed was over."""
SAME = "There is nobody else to ask, so whoever decided looked once more."


class Receipt(NamedTuple):
    """What an author can do about the decision that stands: appeal, or read what came of it."""

    decision: Decision | None
    appeal: Appeal | None


def receipt(contribution: Contribution) -> Receipt:
    """The decision that put a contribution where it is, if it can be appealed, and the appeal if there was one."""
    if contribution.state not in STATES:
        return Receipt(None, None)
    decision = db.session.scalar(
        select(Decision)
        .where(
            Decision.contribution_id == contribution.id,
            Decision.to_state == contribution.state,
            Decision.from_state != Decision.to_state,
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )
    # What its author took away is not a decision to be appealed; reports that hide it are nobody's, and are.
    if decision is None or not (decision.as_moderator or decision.actor_id is None):
        return Receipt(None, None)
    return Receipt(decision, db.session.scalar(select(Appeal).where(Appeal.decision_id == decision.id)))


def appeal_decision(contribution: Contribution, author: Member, words: str) -> bool:
    """Ask for another judgement of what was decided last; False if one was asked for already.

    Raises NotAllowed, ValueError without words.
    """
    if contribution.author_id != author.id:
        raise NotAllowed("Only its author can appeal.")
    found = receipt(contribution)
    if found.decision is None:
        raise NotAllowed("There is no decision here that could be appealed.")
    return _add(Appeal(decision_id=found.decision.id, member_id=author.id, words=_said(words)), contribution)


def open_measure(member: Member) -> list[tuple[Suspension, Appeal | None]]:
    """The silence and the suspension in force, each with its appeal if there was one."""
    rows = db.session.execute(
        select(Suspension, Appeal)
        .outerjoin(Appeal, Appeal.suspension_id == Suspension.id)
        .where(Suspension.member_id == member.id, Suspension.kind.in_(MEASURES), Suspension.ended_at.is_(None))
        .order_by(Suspension.id.desc())
    )
    return [(row.Suspension, row.Appeal) for row in rows]


def appeal_measure(measure: Suspension, member: Member, words: str) -> bool:
    """Ask for another judgement of one's silence or suspension; False if that was done. Raises as above."""
    if measure.member_id != member.id:
        raise NotAllowed("Only whom it is about can appeal.")
    if measure.kind not in MEASURES or measure.ended_at is not None:
        raise NotAllowed("There is nothing here that could be appealed.")
    return _add(Appeal(suspension_id=measure.id, member_id=member.id, words=_said(words)), None)


def _add(appeal: Appeal, contribution: Contribution | None) -> bool:
    try:
        with db.session.begin_nested():
            db.session.add(appeal)
    except IntegrityError:
        return False
    activity.record("appealed", contribution, actor=db.session.get(Member, appeal.member_id))
    return True


def _said(words: str) -> str:
    said = texts.clean_source(words).strip()[:2000]
    if not said:
        raise ValueError("an appeal says why")
    return said


def waiting(moderator: Member, limit: int = 50) -> Sequence[tuple[Appeal, Contribution | None, Suspension | None]]:
    """Appeals of what is in force that this moderator may answer, the oldest first, with what they are about."""
    still_open = _whole().where(Appeal.decided_at.is_(None), _is_in_force())
    rows = db.session.execute(still_open.order_by(Appeal.at, Appeal.id).limit(limit))
    found = [(row.Appeal, row.Contribution, row.Suspension) for row in rows]
    others = _others(moderator)
    return [one for one in found if _may_answer(one[0], one[2], moderator, others)]


def find(appeal_id: int) -> tuple[Appeal, Contribution | None, Suspension | None] | None:
    """One appeal with what it is about, kept from others until the transaction ends; see contributions/turns."""
    about = select(Decision.contribution_id).join(Appeal, Appeal.decision_id == Decision.id)
    turns.take_all(about.where(Appeal.id == appeal_id))
    turns.take_people(select(Appeal.member_id).where(Appeal.id == appeal_id))
    query = _whole().where(Appeal.id == appeal_id).with_for_update(of=Appeal)
    row = db.session.execute(query.execution_options(populate_existing=True)).first()
    return (row.Appeal, row.Contribution, row.Suspension) if row else None


def _whole() -> Select[Appeal, Contribution, Suspension]:
    author = aliased(Member)
    return (
        select(Appeal, Contribution, Suspension)
        .outerjoin(Decision, Decision.id == Appeal.decision_id)
        .outerjoin(Contribution, Contribution.id == Decision.contribution_id)
        .outerjoin(Suspension, Suspension.id == Appeal.suspension_id)
        .join(author, author.id == Appeal.member_id)
        .options(
            joinedload(Appeal.decision),
            joinedload(Appeal.member),
            joinedload(Contribution.author),
            joinedload(Contribution.parent),
            selectinload(Contribution.pictures),
        )
    )


def _is_in_force() -> ColumnElement[bool]:
    """Whether what is appealed is still what holds: a measure that was not ended, the last decision that moved it."""
    newer = aliased(Decision)
    moved_since = (
        select(newer.id)
        .where(
            newer.contribution_id == Decision.contribution_id, newer.id > Decision.id,
            newer.from_state != newer.to_state,
        )
        .exists()
    )  # fmt: skip
    return or_(Decision.id.is_not(None) & ~moved_since, Suspension.id.is_not(None) & Suspension.ended_at.is_(None))


def decider_of(appeal: Appeal, measure: Suspension | None) -> int | None:
    """Who decided what is appealed; None when the rules or the reports did."""
    return measure.by_id if measure is not None else appeal.decision.actor_id if appeal.decision else None


def must_be_another(appeal: Appeal, measure: Suspension | None, moderator: Member) -> None:
    """Raises NotAllowed unless this moderator may answer this appeal."""
    if not may(moderator, "answer an appeal"):
        raise NotAllowed("Only moderators answer appeals.")
    if not _may_answer(appeal, measure, moderator, _others(moderator)):
        raise NotAllowed(
            "You decided this, or it is yours, or it is about one of the team, so another moderator has to answer."
        )


def _may_answer(appeal: Appeal, measure: Suspension | None, moderator: Member, others: Sequence[Member]) -> bool:
    if appeal.member_id == moderator.id:
        return False
    could = [other for other in others if other.id != appeal.member_id]
    if measure is not None and appeal.member.is_staff:  # what only admins do only admins end
        if not moderator.is_admin:
            return False
        could = [other for other in could if other.is_admin]
    return not could or decider_of(appeal, measure) != moderator.id


def _others(moderator: Member) -> Sequence[Member]:
    """Who else moderates now."""
    others = db.session.scalars(
        select(Member).where(
            or_(Member.is_moderator, Member.is_admin), Member.id != moderator.id, Member.erased_at.is_(None)
        )
    )
    return [other for other in others if other.moderates]


def answer(appeal_id: int, moderator: Member, upheld: bool, words: str, seen: str = "") -> str:
    """Say whether the member was right. What was decided is then reversed by a decision, or stands with a reason.

    `seen` is what `items.fingerprint` said of the text that was read: what was sent back and is another text by now
    waits, and is not published. An answer about what is not in force any more is kept and changes nothing.
    Returns REVERSED (or left, by a no), WAITS or NOTED; nothing if somebody answered before. Raises NotAllowed,
    ValueError when a no comes without a reason.
    """
    found = find(appeal_id)
    if found is None:
        return ""
    appeal, contribution, measure = found
    must_be_another(appeal, measure, moderator)
    if appeal.decided_at is not None:
        return ""
    said = texts.clean_source(words).strip()[:800]
    if not upheld and not said:
        raise ValueError("an appeal is declined with a reason")
    if decider_of(appeal, measure) == moderator.id:
        said = f"{said}\n\n{SAME}".strip()
    appeal.decided_at, appeal.decided_by_id, appeal.upheld, appeal.answer = clock.now(), moderator.id, upheld, said
    db.session.flush()
    came_of_it = REVERSED
    if db.session.scalar(_whole().with_only_columns(Appeal.id).where(Appeal.id == appeal.id, _is_in_force())) is None:
        came_of_it = NOTED
    elif measure is not None:
        if upheld:
            end = measures.reinstate if measure.kind == measures.SUSPENDED else measures.end_silence
            end(appeal.member, moderator)
    elif contribution is not None and appeal.decision is not None:
        if upheld:
            read = seen == fingerprint(contribution)
            lifecycle.overrule(contribution, appeal.decision, moderator, said, read=read)
            came_of_it = WAITS if contribution.state == "pending" else REVERSED
        else:
            lifecycle.note_decision(contribution, moderator, "appeal_declined", said)
    verb = "appeal_upheld" if upheld else "appeal_declined"
    activity.record(verb, contribution, member=appeal.member, actor=moderator, answer=said)
    return came_of_it
