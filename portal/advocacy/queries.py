"""What the pages about help show: advocates and why, recognitions, help in numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.advocacy.commands import OPEN
from portal.advocacy.gate import Evidence, evidence_of
from portal.advocacy.ledger import in_chunks, standing
from portal.advocacy.models import LedgerEntry, Recognition
from portal.advocacy.subjects import best_answers, subjects_of
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member

KNOWS, ANSWERS = 6, 3
"""How many things an advocate is said to know, and how many of their answers are named."""


@dataclass(frozen=True)
class Advocate:
    """A recognised member, why, what they know, and the answers that did it."""

    recognition: Recognition
    evidence: Evidence
    knows: Sequence[str]
    answers: Sequence[Contribution]

    @property
    def member(self) -> Member:
        """Who it is."""
        return self.recognition.member


def recognised() -> Select[Recognition]:
    """Recognitions in force, of members in good standing, those who helped most people first."""
    return (
        select(Recognition)
        .join(Recognition.member)
        .where(Recognition.state == "accepted", Member.suspended_at.is_(None), Member.erased_at.is_(None))
        .options(joinedload(Recognition.member))
        .order_by(Member.helped_count.desc(), Recognition.id)
    )


def with_reasons(recognitions: Sequence[Recognition]) -> list[Advocate]:
    """Each recognition with its evidence, in a number of queries that does not grow with them."""
    ids = [r.member_id for r in recognitions]
    evidence = evidence_of({r.member_id: r.member.help_score for r in recognitions})
    subjects, answers = subjects_of(ids), best_answers(ids, ANSWERS)
    return [
        Advocate(r, evidence[r.member_id], knows(subjects[r.member_id], r.member), answers[r.member_id])
        for r in recognitions
    ]


def knows(subjects: Sequence[tuple[str, int]], member: Member) -> list[str]:
    """What a member knows, by what helped whom: boards and products, the most often first; then their trade."""
    found = [name for name, _ in subjects[:KNOWS]]
    return [*found, member.trade] if member.trade and member.trade not in found else found


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


def numbers() -> dict[str, int]:
    """Help in numbers, for the page that says how this works."""
    e, r = LedgerEntry, Recognition
    lines = select(func.count()).select_from(e).where(standing())
    helpers = select(func.count(e.helper_id.distinct())).where(standing())
    helped = select(func.count(e.helped_id.distinct())).where(standing())
    advocates = select(func.count()).select_from(r).where(r.state == "accepted")
    m = Member
    verified = select(func.count()).select_from(m).where(m.verified_at.is_not(None), m.erased_at.is_(None))
    asked = {
        "lines": lines, "helpers": helpers, "helped": helped, "advocates": advocates, "verified": verified,
    }  # fmt: skip
    finding = db.metadata.tables["finding"]  # of the room that guards all this, which rests on this one
    for state in ("open", "cleared", "set_aside"):
        asked[f"findings_{state}"] = select(func.count()).select_from(finding).where(finding.c.state == state)
    row = db.session.execute(select(*(q.scalar_subquery() for q in asked.values()))).one()
    return dict(zip(asked, row, strict=True))
