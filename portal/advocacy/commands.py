"""Recognition's own road: proposed by the numbers, confirmed by a moderator, accepted by the member, ended in time.

Each verb says whether anything changed; of two at the same instant, one does it.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from portal import activity, clock
from portal.advocacy.gate import evidence_of
from portal.advocacy.models import Recognition
from portal.config import settings
from portal.contributions.lifecycle import NotAllowed
from portal.db import db
from portal.members.models import Member

OPEN = ("proposed", "confirmed", "accepted", "resting")
STEPPED_DOWN = "stepped down"
TERM_OVER = "the term is over"
TOO_LITTLE = "the help score stayed too low"
NOT_A_CUSTOMER = "the account no longer earns a help score"


def propose() -> int:
    """Propose whoever passes the gate and has no recognition under way; returns how many.

    Whoever declined it, stepped down or was declined is left in peace for as long as help counts for the gate.
    """
    s = settings()
    lately = clock.ago(days=s.advocate_days)
    under_way = exists().where(Recognition.member_id == Member.id, Recognition.state.in_(OPEN))
    said_no = exists().where(
        Recognition.member_id == Member.id,
        Recognition.state.in_(("declined", "refused")) | (Recognition.reason == STEPPED_DOWN),
        Recognition.ended_at > lately,
    )
    candidates = {
        member.id: member
        for member in db.session.scalars(
            select(Member).where(
                Member.help_score >= s.advocate_score, *_in_good_standing(), ~under_way, ~said_no
            )
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
    _must_decide(recognition, moderator)
    now = clock.now()
    if not _move(recognition, ("proposed",), "confirmed", decided_at=now, decided_by_id=moderator.id):
        return False
    activity.record("recognition_confirmed", member=recognition.member, actor=moderator)
    return True


def decline(recognition: Recognition, moderator: Member, reason: str) -> bool:
    """A moderator has seen the evidence and says no, and why, for the colleagues. Raises NotAllowed, ValueError."""
    _must_decide(recognition, moderator)
    if not reason.strip():
        raise ValueError("a proposal is declined with a reason")
    now = clock.now()
    facts = {"decided_at": now, "decided_by_id": moderator.id, "ended_at": now, "reason": reason[:1000]}
    if not _move(recognition, ("proposed",), "declined", **facts):
        return False
    activity.record("recognition_declined", member=recognition.member, actor=moderator)
    return True


def _must_decide(recognition: Recognition, moderator: Member) -> None:
    if not moderator.moderates:
        raise NotAllowed("Only moderators can decide this.")
    if recognition.member_id == moderator.id:
        raise NotAllowed("This is about you, so another moderator has to decide it.")


def accept(recognition: Recognition, member: Member) -> bool:
    """The member takes the recognition: the term begins, the mark shows."""
    _must_be_own(recognition, member)
    now = clock.now()
    ends = now + timedelta(days=settings().advocate_term_days)
    if not _move(recognition, ("confirmed",), "accepted", answered_at=now, ends_at=ends):
        return False
    member.advocate_since = now
    activity.record("recognition_accepted", member=member, actor=member)
    return True


def refuse(recognition: Recognition, member: Member) -> bool:
    """The member would rather not."""
    _must_be_own(recognition, member)
    now = clock.now()
    if not _move(recognition, ("confirmed",), "refused", answered_at=now, ended_at=now):
        return False
    activity.record("recognition_refused", member=member, actor=member)
    return True


def rest(recognition: Recognition, member: Member) -> bool:
    """The member takes a pause: the mark goes, the term runs on."""
    _must_be_own(recognition, member)
    if not _move(recognition, ("accepted",), "resting"):
        return False
    member.advocate_since = None
    activity.record("recognition_rested", member=member, actor=member)
    return True


def resume(recognition: Recognition, member: Member) -> bool:
    """The pause is over."""
    _must_be_own(recognition, member)
    if not _move(recognition, ("resting",), "accepted"):
        return False
    member.advocate_since = recognition.answered_at
    activity.record("recognition_resumed", member=member, actor=member)
    return True


def step_down(recognition: Recognition, member: Member) -> bool:
    """The member takes the honour off."""
    _must_be_own(recognition, member)
    return _end(recognition, STEPPED_DOWN, actor=member)


def _must_be_own(recognition: Recognition, member: Member) -> None:
    if recognition.member_id != member.id:
        raise NotAllowed("Only the member concerned can answer this.")


def review() -> int:
    """Give notice where the score fell too low, take it back where it recovered, end what is over; how many changed."""
    s, now = settings(), clock.now()
    changed = 0
    terms = db.session.scalars(
        select(Recognition)
        .where(Recognition.state.in_(OPEN))
        .options(joinedload(Recognition.member))
        .order_by(Recognition.id)
    ).all()
    for r in terms:
        m, in_force = r.member, r.state in ("accepted", "resting")
        low = m.help_score < s.advocate_lost_below
        if m.is_employee or m.is_admin or m.suspended or m.erased_at is not None:
            changed += _end(r, NOT_A_CUSTOMER)
        elif r.state == "proposed" and low:
            changed += _end(r, TOO_LITTLE)
        elif in_force and r.ends_at is not None and r.ends_at <= now:
            changed += _end(r, TERM_OVER)
        elif in_force and not low and r.below_since is not None:
            changed += _move(r, (r.state,), r.state, below_since=None)
        elif in_force and low and r.below_since is None:
            changed += _move(r, (r.state,), r.state, below_since=now)
            ends = now + timedelta(days=s.advocate_notice_days)
            activity.record("recognition_notice", member=m, ends_at=ends.isoformat())
        elif in_force and low and r.below_since and r.below_since + timedelta(days=s.advocate_notice_days) <= now:
            changed += _end(r, TOO_LITTLE)
    return changed


def _end(recognition: Recognition, why: str, actor: Member | None = None) -> bool:
    was, member = recognition.state, recognition.member
    from_states = ("accepted", "resting") if actor else (was,)
    if not _move(recognition, from_states, "ended", ended_at=clock.now(), reason=why):
        return False
    member.advocate_since = None
    if was in ("accepted", "resting"):  # who was never asked needs no goodbye
        activity.record("recognition_ended", member=member, actor=actor, why=why)
    return True


def _move(recognition: Recognition, from_states: tuple[str, ...], to: str, **facts: Any) -> bool:
    """Change the row if it still is where we think it is."""
    table = Recognition.__table__
    moved = db.session.execute(
        update(table)
        .where(table.c.id == recognition.id, table.c.state.in_(from_states))
        .values(state=to, **facts)
    )
    db.session.refresh(recognition, ["state", *facts])
    return bool(moved.rowcount)  # type: ignore[attr-defined]
