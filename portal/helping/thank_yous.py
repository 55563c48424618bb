"""The staff's list of whom to thank: somebody is added, thanked, or passed over; of two who do it at once, one does."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import joinedload

from portal import activity, clock
from portal import text as texts
from portal.contributions import incentives
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.contributions.queries import may_see
from portal.db import db
from portal.helping.models import THANK_STATES, ThankYou
from portal.members.models import Member
from portal.members.queries import customers

HOW = {"note": "a note", "call": "a call", "present": "a present", "invitation": "an invitation"}
"""Ways to thank somebody, as they complete "Thanked by"."""
BECAUSE_AT_MOST, WHAT_AT_MOST = 300, 200


def add(staff: Member, member: Member, because: str) -> ThankYou:
    """Somebody of staff thought of it. Raises NotAllowed with the reason, ValueError without a because."""
    _must_be_staff(staff, member)
    words = texts.clean_line(because)[:BECAUSE_AT_MOST]
    if not words:
        raise ValueError("a thank-you is for something")
    if reason := why_not(member):
        raise NotAllowed(reason)
    made = ThankYou(member_id=member.id, because=words, suggested_by_id=staff.id, suggested_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made


def why_not(member: Member) -> str:
    """In a sentence, why this member can't be on the list; empty when they can."""
    if member.erased_at is not None or member.suspended:
        return "This account is closed or suspended, so nobody can be thanked."
    if member.is_employee or member.is_admin:
        return f"{member.display_name} works here. This list is for customers."
    return ""


def do(thank_you: ThankYou, staff: Member, how: str, what: str = "", promised_for: Contribution | None = None) -> bool:
    """It is done: how (a key of HOW), with what. `promised_for`: a contribution it was promised for, which is marked.

    Says whether anything changed. Raises NotAllowed; ValueError for another way, a present of nothing, a promise
    of nothing, or somebody else's contribution.
    """
    member = db.session.get_one(Member, thank_you.member_id)
    _must_be_staff(staff, member)
    words = texts.clean_line(what)[:WHAT_AT_MOST]
    if how not in HOW:
        raise ValueError("this is no way to thank somebody")
    if not words and (how == "present" or promised_for is not None):
        raise ValueError("say what it was")
    if promised_for is not None and promised_for.author_id != member.id:
        raise ValueError("the promise was for something they wrote themselves")
    if not _move(thank_you, "done", staff, how=how, what=words):
        return False
    if promised_for is not None:
        thank_you.incentive_id = incentives.promise(promised_for, words, staff).id
    db.session.flush()
    activity.record("thanked_by_staff", member=member, actor=staff, thank_you=thank_you.id)
    return True


def skip(thank_you: ThankYou, staff: Member) -> bool:
    """Not this time. Says whether anything changed; raises NotAllowed."""
    _must_be_staff(staff, db.session.get_one(Member, thank_you.member_id))
    return _move(thank_you, "skipped", staff)


def _move(thank_you: ThankYou, to: str, staff: Member, **facts: str) -> bool:
    moved = db.session.execute(
        update(ThankYou)
        .where(ThankYou.id == thank_you.id, ThankYou.state == "open")
        .values(state=to, done_at=clock.now(), done_by_id=staff.id, **facts)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(thank_you)
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def _must_be_staff(staff: Member, member: Member) -> None:
    if not incentives.may_promise(staff):
        raise NotAllowed("Only those who speak for the company thank in its name.")
    if staff.id == member.id:
        raise NotAllowed("This is about you, so a colleague has to do it.")


def listed(state: str) -> Select[ThankYou]:
    """Those in this state, of members in good standing; open ones by their age, others by when that was."""
    order = (ThankYou.suggested_at,) if state == "open" else (ThankYou.done_at.desc(),)
    return (
        select(ThankYou)
        .join(Member, Member.id == ThankYou.member_id)
        .where(ThankYou.state == state, *customers())
        .options(joinedload(ThankYou.member), joinedload(ThankYou.done_by))
        .order_by(*order, ThankYou.id)
    )


def count_by_state() -> dict[str, int]:
    """How many there are in each state, as listed."""
    rows = db.session.execute(
        select(ThankYou.state, func.count())
        .join(Member, Member.id == ThankYou.member_id)
        .where(*customers())
        .group_by(ThankYou.state)
    )
    return dict.fromkeys(THANK_STATES, 0) | dict(rows.all())


def find(thank_you_id: int) -> ThankYou | None:
    """One of those listed, in whatever state, with its people."""
    return db.session.scalar(
        select(ThankYou)
        .join(Member, Member.id == ThankYou.member_id)
        .where(ThankYou.id == thank_you_id, *customers())
        .options(joinedload(ThankYou.member), joinedload(ThankYou.done_by))
    )


def could_be_promised_for(member: Member, staff: Member) -> Sequence[Contribution]:
    """The latest of what they sent in, for which something could have been promised, as far as `staff` may see it."""
    own = select(Contribution).where(Contribution.author_id == member.id, Contribution.state.in_(incentives.MARKABLE))
    latest = own.options(joinedload(Contribution.parent)).order_by(Contribution.id.desc()).limit(50)
    return [one for one in db.session.scalars(latest) if may_see(one, staff)]


HEAD = ("username", "name", "for", "suggested at", "state", "how", "what", "when", "by")


def as_table(state: str) -> tuple[Sequence[str], list[Sequence[Any]]]:
    """Head and rows for other programs."""
    rows = db.session.scalars(listed(state))
    return HEAD, [
        (t.member.username, t.member.display_name, t.because, t.suggested_at, t.state, t.how, t.what, t.done_at,
         t.done_by.display_name if t.done_by else None)
        for t in rows
    ]  # fmt: skip
