"""Another term, and higher levels: proposed by the numbers, decided by a moderator, told to the member."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import activity, clock
from portal.activity import Activity
from portal.advocacy.commands import must_decide, must_say_why
from portal.advocacy.gate import evidence_of
from portal.advocacy.ledger import in_chunks
from portal.advocacy.levels import above, reached
from portal.advocacy.models import NO_OTHER_TERM, TAKEN, Recognition
from portal.advocacy.moves import keep_mark, move
from portal.config import settings
from portal.db import db
from portal.members.models import Member

_ROW: Any = Recognition.__table__.c
LEVEL_DECLINED = "level_declined"


def look_ahead() -> int:
    """Tell whose term runs out within the notice whether another is in sight; propose it as soon as the gate is open.

    Returns how many were told or proposed. Whom a moderator declined another term is not proposed again.
    """
    now = clock.now()
    soon = now + timedelta(days=settings().advocate_notice_days)
    due = [
        r
        for r in _in_force(_ROW.ends_at <= soon, _ROW.ends_at > now, _ROW.renewal_proposed_at.is_(None))
        if not r.no_other_term
    ]
    evidence = evidence_of({r.member_id: r.member.help_score for r in due})
    changed = 0
    for r in due:
        opens = evidence[r.member_id].opens
        if r.term_notice_at is None and move(r, TAKEN, _ROW.term_notice_at.is_(None), term_notice_at=now):
            ends_at = r.ends_at.isoformat() if r.ends_at else ""
            activity.record("recognition_term_notice", member=r.member, ends_at=ends_at, in_sight=opens)
            changed += 1
        if opens and move(r, TAKEN, _ROW.renewal_proposed_at.is_(None), renewal_proposed_at=now):
            activity.record("renewal_proposed", member=r.member)
            changed += 1
    return changed


def confirm_renewal(recognition: Recognition, moderator: Member) -> bool:
    """Another term follows the one that runs. Raises NotAllowed."""
    must_decide(recognition, moderator)
    now = clock.now()
    ends = (recognition.ends_at or now) + timedelta(days=settings().advocate_term_days)
    facts: dict[str, Any] = {"ends_at": ends, "renewed_at": now, "renewal_proposed_at": None, "term_notice_at": None}
    waits = (_ROW.renewal_proposed_at.is_not(None), _ROW.ends_at > now)
    if not move(recognition, TAKEN, *waits, **facts):
        return False
    member = recognition.member
    activity.record("recognition_renewed", member=member, actor=moderator, ends_at=ends.isoformat())
    return True


def decline_renewal(recognition: Recognition, moderator: Member, reason: str) -> bool:
    """No other term: this one ends in its time. The member reads the reason. Raises NotAllowed, ValueError."""
    must_decide(recognition, moderator)
    must_say_why(reason)
    reason = reason.strip()[: 1000 - len(NO_OTHER_TERM)]
    facts: dict[str, Any] = {"renewal_proposed_at": None, "reason": NO_OTHER_TERM + reason}
    if not move(recognition, TAKEN, _ROW.renewal_proposed_at.is_not(None), **facts):
        return False
    ends = recognition.ends_at.isoformat() if recognition.ends_at else ""
    activity.record("recognition_not_renewed", member=recognition.member, actor=moderator, reason=reason, ends_at=ends)
    return True


def propose_levels() -> int:
    """Propose a higher level for whoever the numbers say has reached it; returns how many.

    A level that a moderator declined is not proposed again for as long as help counts for the gate.
    """
    candidates = [
        r
        for r in _in_force(_ROW.state == "accepted", _ROW.level_proposed == "", _ROW.below_since.is_(None))
        if any(r.member.help_score >= level.score for level in above(r.level))
    ]
    if not candidates:
        return 0
    ids = [r.member_id for r in candidates]
    evidence, days, declined = (
        evidence_of({r.member_id: r.member.help_score for r in candidates}), days_recognised(ids), _declined(ids),
    )  # fmt: skip
    made = 0
    for r in candidates:
        level = reached(r.level, evidence[r.member_id], days[r.member_id])
        if not level or (r.member_id, level) in declined:
            continue
        if move(r, ("accepted",), _ROW.level_proposed == "", _ROW.level == r.level, level_proposed=level):
            activity.record("level_proposed", member=r.member, level=level)
            made += 1
    return made


def confirm_level(recognition: Recognition, moderator: Member) -> bool:
    """The member is what the numbers proposed. Raises NotAllowed."""
    must_decide(recognition, moderator)
    level = recognition.level_proposed
    facts: dict[str, Any] = {"level": level, "level_proposed": "", "level_since": clock.now()}
    if not level or not move(recognition, TAKEN, _ROW.level_proposed == level, **facts):
        return False
    keep_mark(recognition)
    activity.record("recognition_raised", member=recognition.member, actor=moderator, level=level)
    return True


def decline_level(recognition: Recognition, moderator: Member, reason: str) -> bool:
    """The member stays what they are; the reason is for the colleagues. Raises NotAllowed, ValueError."""
    must_decide(recognition, moderator)
    must_say_why(reason)
    level = recognition.level_proposed
    if not level or not move(recognition, TAKEN, _ROW.level_proposed == level, level_proposed=""):
        return False
    member = recognition.member
    activity.record(LEVEL_DECLINED, member=member, actor=moderator, level=level, reason=reason.strip()[:1000])
    return True


def days_recognised(member_ids: Collection[int]) -> dict[int, int]:
    """For how many days in all each of these members has been recognised, pauses included."""
    now, found = clock.now(), dict.fromkeys(member_ids, timedelta())
    for ids in in_chunks(sorted(set(member_ids))):
        rows = db.session.execute(
            select(Recognition.member_id, Recognition.answered_at, Recognition.ended_at).where(
                Recognition.member_id.in_(ids),
                Recognition.state.in_((*TAKEN, "ended")),
            )
        )
        for member_id, began, ended in rows:
            if began is not None:
                found[member_id] += (ended or now) - began
    return {member_id: whole.days for member_id, whole in found.items()}


def _declined(member_ids: Collection[int]) -> set[tuple[int, str]]:
    lately = clock.ago(days=settings().advocate_days)
    rows = db.session.execute(
        select(Activity.member_id, Activity.data).where(
            Activity.verb == LEVEL_DECLINED, Activity.member_id.in_(sorted(member_ids)), Activity.at > lately
        )
    )
    return {(member_id, data.get("level", "")) for member_id, data in rows if member_id is not None}


def _in_force(*conditions: Any) -> Sequence[Recognition]:
    return db.session.scalars(
        select(Recognition)
        .where(Recognition.state.in_(TAKEN), *conditions)
        .options(joinedload(Recognition.member))
        .order_by(Recognition.member_id, Recognition.id)
    ).all()
