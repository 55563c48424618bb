"""What the pages about help show: people, recognitions, help in numbers."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal.advocacy.commands import OPEN
from portal.advocacy.ledger import in_chunks
from portal.advocacy.models import LedgerEntry, Recognition
from portal.db import db
from portal.members.models import Member


def people(ids: Iterable[int]) -> dict[int, Member]:
    """These members by their numbers."""
    found: dict[int, Member] = {}
    for some in in_chunks(sorted(set(ids))):
        found.update((m.id, m) for m in db.session.scalars(select(Member).where(Member.id.in_(some))))
    return found


def open_recognition(member: Member) -> Recognition | None:
    """A member's recognition that is under way or in force."""
    return db.session.scalar(
        select(Recognition)
        .where(Recognition.member_id == member.id, Recognition.state.in_(OPEN))
        .options(joinedload(Recognition.member))
    )


def past_recognitions(member: Member) -> Sequence[Recognition]:
    """A member's recognitions that were in force and are over."""
    return db.session.scalars(
        select(Recognition)
        .where(Recognition.member_id == member.id, Recognition.state == "ended", Recognition.ends_at.is_not(None))
        .order_by(Recognition.id.desc())
    ).all()


def numbers(session: Session) -> dict[str, int]:
    """Help in numbers, for the page that says how this works."""
    e, r, m = LedgerEntry, Recognition, Member
    reversed_ones = select(e.reverses_id).where(e.reverses_id.is_not(None))
    stands = e.reverses_id.is_(None), e.id.not_in(reversed_ones)  # as `standing`, for all lines at once
    columns = func.count(), func.count(e.helper_id.distinct()), func.count(e.helped_id.distinct())
    lines, helpers, helped = session.execute(select(*columns).select_from(e).where(*stands)).one()
    asked = {
        "advocates": select(func.count()).select_from(r).where(r.state == "accepted"),
        "verified": select(func.count()).select_from(m).where(m.verified_at.is_not(None), m.erased_at.is_(None)),
    }
    finding = db.metadata.tables["finding"]  # of the room that guards all this, which rests on this one
    for state in ("open", "cleared", "set_aside"):
        asked[f"findings_{state}"] = select(func.count()).select_from(finding).where(finding.c.state == state)
    row = session.execute(select(*(q.scalar_subquery() for q in asked.values()))).one()
    return {"lines": lines, "helpers": helpers, "helped": helped} | dict(zip(asked, row, strict=True))
