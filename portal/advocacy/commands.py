"""Recognition's own road: proposed by the numbers, confirmed by a moderator, accepted by the member.

Each verb says whether anything changed; of two at the same instant, one does it. What the clock does is in
reviewing.py, another term and higher levels are in terms.py.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from portal import activity, clock
from portal.advocacy.gate import evidence_of
from portal.advocacy.models import LEVELS, Recognition
from portal.advocacy.moves import BY_THE_NUMBERS, OPEN, STEPPED_DOWN, end, keep_mark, move
from portal.config import settings
from portal.contributions.lifecycle import NotAllowed
from portal.db import db
from portal.members.models import Member


def propose() -> int:
    """Propose whoever passes the gate and has no recognition under way; returns how many.

    Whoever declined it, stepped down or was declined is left in peace for as long as help counts for the gate.
    """
    s = settings()
    lately = clock.ago(days=s.advocate_days)
    under_way = exists().where(Recognition.member_id == Member.id, Recognition.state.in_(OPEN))
    ended_by_somebody = (Recognition.state == "ended") & Recognition.reason.not_in(BY_THE_NUMBERS)
    said_no = exists().where(
        Recognition.member_id == Member.id,
        Recognition.state.in_(("declined", "refused")) | ended_by_somebody,
        Recognition.ended_at > lately,
    )
    candidates = {
        member.id: member
        for member in db.session.scalars(
            select(Member).where(Member.help_score >= s.advocate_score, *_in_good_standing(), ~under_way, ~said_no)
        )
    }
    made = 0
    for member_id, evidence in evidence_of({m.id: m.help_score for m in candidates.values()}).items():
        if evidence.opens:
            made += _propose_one(candidates[member_id])
    return made


def _in_good_standing() -> tuple[Any, ...]:
    return (
        Member.is_employee.is_(False), Member.is_admin.is_(False), Member.suspended_at.is_(None),
        Member.erased_at.is_(None),
    )  # fmt: skip


def _propose_one(member: Member) -> bool:
    try:
        with db.session.begin_nested():
            db.session.add(Recognition(member_id=member.id, score_then=member.help_score, proposed_at=clock.now()))
    except IntegrityError:  # another worker was first
        return False
    activity.record("recognition_proposed", member=member)
    return True


def confirm(recognition: Recognition, moderator: Member) -> bool:
    """A moderator has seen the evidence and invites the member. Raises NotAllowed."""
    must_decide(recognition, moderator)
    if not move(recognition, ("proposed",), to="confirmed", decided_at=clock.now(), decided_by_id=moderator.id):
        return False
    activity.record("recognition_confirmed", member=recognition.member, actor=moderator)
    return True


def decline(recognition: Recognition, moderator: Member, reason: str) -> bool:
    """A moderator has seen the evidence and says no, and why, for the colleagues. Raises NotAllowed, ValueError."""
    must_decide(recognition, moderator)
    must_say_why(reason)
    now = clock.now()
    facts = {"decided_at": now, "decided_by_id": moderator.id, "ended_at": now, "reason": reason[:1000]}
    if not move(recognition, ("proposed",), to="declined", **facts):
        return False
    activity.record("recognition_declined", member=recognition.member, actor=moderator)
    return True


def must_decide(recognition: Recognition, moderator: Member) -> None:
    """Raises NotAllowed unless this moderator may decide about this recognition."""
    if not moderator.moderates:
        raise NotAllowed("Only moderators can decide this.")
    if recognition.member_id == moderator.id:
        raise NotAllowed("This is about you, so another moderator has to decide it.")


def must_say_why(reason: str) -> None:
    """Raises ValueError without a reason."""
    if not reason.strip():
        raise ValueError("a proposal is declined with a reason")


def accept(recognition: Recognition, member: Member) -> bool:
    """The member takes the recognition: the term begins, the mark shows. Raises NotAllowed."""
    _must_be_own(recognition, member)
    if member.suspended or member.is_employee or member.is_admin or member.erased_at is not None:
        return False  # the nightly review takes the invitation back
    now = clock.now()
    ends = now + timedelta(days=settings().advocate_term_days)
    facts = {"answered_at": now, "ends_at": ends, "level": LEVELS[0]}
    if not move(recognition, ("confirmed",), to="accepted", **facts):
        return False
    keep_mark(recognition)
    activity.record("recognition_accepted", member=member, actor=member)
    return True


def refuse(recognition: Recognition, member: Member) -> bool:
    """The member would rather not. Raises NotAllowed."""
    _must_be_own(recognition, member)
    now = clock.now()
    if not move(recognition, ("confirmed",), to="refused", answered_at=now, ended_at=now):
        return False
    activity.record("recognition_refused", member=member, actor=member)
    return True


def rest(recognition: Recognition, member: Member) -> bool:
    """The member takes a pause: the mark goes, the term runs on. Raises NotAllowed."""
    _must_be_own(recognition, member)
    if not move(recognition, ("accepted",), to="resting"):
        return False
    keep_mark(recognition)
    activity.record("recognition_rested", member=member, actor=member)
    return True


def resume(recognition: Recognition, member: Member) -> bool:
    """The pause is over, unless the term is. Raises NotAllowed."""
    _must_be_own(recognition, member)
    if not move(recognition, ("resting",), Recognition.__table__.c.ends_at > clock.now(), to="accepted"):
        return False
    keep_mark(recognition)
    activity.record("recognition_resumed", member=member, actor=member)
    return True


def step_down(recognition: Recognition, member: Member) -> bool:
    """The member takes the honour off. Raises NotAllowed."""
    _must_be_own(recognition, member)
    return end(recognition, STEPPED_DOWN, actor=member)


def choose_shown(recognition: Recognition, member: Member, *, numbers: bool, answers: bool, about: bool) -> bool:
    """The member says what advocates page, certificate and badge may tell of them. Raises NotAllowed."""
    _must_be_own(recognition, member)
    wanted: dict[str, Any] = {"shows_numbers": numbers, "shows_answers": answers, "shows_about": about}
    if all(getattr(recognition, name) == value for name, value in wanted.items()):
        return False
    return move(recognition, OPEN, **wanted)


def _must_be_own(recognition: Recognition, member: Member) -> None:
    if recognition.member_id != member.id:
        raise NotAllowed("Only the member concerned can answer this.")
