"""What moderators decide about recognition: who waits for it, another term, a higher level; with the evidence."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from markupsafe import Markup
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from portal.advocacy import queries, terms
from portal.advocacy.drawing import thanks_drawing
from portal.advocacy.gate import Condition, Evidence, evidence_of
from portal.advocacy.ledger import in_chunks, standing
from portal.advocacy.levels import awarded
from portal.advocacy.models import TAKEN, LedgerEntry, Recognition
from portal.advocacy.subjects import best_answers
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member

ANSWERS = 3
"""How many of the answers that did most stand with a proposal."""
FINDINGS = "portal.findings_about"
"""The extension that says how many open findings are about whom; the frame takes it from the room that guards."""


@dataclass(frozen=True)
class Proposal:
    """Something a moderator decides about a member, and all that speaks for it or against it."""

    recognition: Recognition
    evidence: Evidence
    answers: Sequence[Contribution]
    drawing: Markup
    level: Sequence[Condition]
    """What the proposed level takes; empty where none is proposed."""
    people: Collection[int]
    """The member and everybody they helped."""

    @property
    def member(self) -> Member:
        """Whom it is about."""
        return self.recognition.member


def waiting() -> Select[Recognition]:
    """Recognitions about which a moderator has something to decide, the oldest first, with their members."""
    r = Recognition
    for_running = and_(r.state.in_(TAKEN), or_(r.renewal_proposed_at.is_not(None), r.level_proposed != ""))
    return select(r).where(or_(r.state == "proposed", for_running)).options(joinedload(r.member)).order_by(r.id)


def invited(limit: int = 50) -> Sequence[Recognition]:
    """Those who were invited and have not answered yet."""
    query = select(Recognition).where(Recognition.state == "confirmed").options(joinedload(Recognition.member))
    return db.session.scalars(query.order_by(Recognition.id).limit(limit)).all()


def find(recognition_id: int) -> Recognition | None:
    """One recognition with its member."""
    return db.session.scalar(
        select(Recognition).where(Recognition.id == recognition_id).options(joinedload(Recognition.member))
    )


def with_evidence(recognitions: Sequence[Recognition]) -> tuple[list[Proposal], Mapping[int, Member]]:
    """Each with its evidence, and everybody named in it, in a number of queries that does not grow with them."""
    evidence = evidence_of({r.member_id: r.member.help_score for r in recognitions})
    answers = best_answers([r.member_id for r in recognitions], ANSWERS)
    around = {r.member_id: {r.member_id, *evidence[r.member_id].people} for r in recognitions}
    everybody: set[int] = set().union(*around.values())
    known = queries.people(everybody)
    names = {number: m.display_name for number, m in known.items() if m.erased_at is None}
    pairs = _pairs_among(everybody)
    levels = {level.name: level for level in awarded()}
    raised = [r.member_id for r in recognitions if r.level_proposed in levels]
    days = terms.days_recognised(raised) if raised else {}
    found = []
    for r in recognitions:
        own, near = evidence[r.member_id], around[r.member_id]
        level = levels.get(r.level_proposed)
        found.append(
            Proposal(
                r, own, answers[r.member_id],
                thanks_drawing([p for p in pairs if p[0] in near and p[1] in near], names, r.member_id),
                level.conditions(own, days[r.member_id]) if level else (), near,
            )
        )  # fmt: skip
    return found, known


def _pairs_among(ids: Collection[int]) -> list[tuple[int, int, int]]:
    """(helped, helper, lines) for every two of these people, whenever it was: a closed circle may be an old one."""
    e, found = LedgerEntry, []
    for some in in_chunks(sorted(ids)):
        rows = db.session.execute(
            select(e.helped_id, e.helper_id, func.count())
            .where(e.helper_id.in_(some), standing())
            .group_by(e.helped_id, e.helper_id)
        )
        found += [(helped, helper, lines) for helped, helper, lines in rows if helped in ids]
    return found


def findings_about(member_ids: Iterable[int]) -> Mapping[int, int]:
    """How many open findings each of these members is in, as the room that guards the ledger says."""
    asked: Callable[[Collection[int]], Mapping[int, int]] = current_app.extensions[FINDINGS]
    return asked(sorted(set(member_ids)))
