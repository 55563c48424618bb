"""What moderators decide about recognition: who waits for it, another term, a higher level; with the evidence."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask import current_app
from markupsafe import Markup
from sqlalchemy import and_, func, or_, select
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

AT_MOST = 500
"""So many are looked at; nobody decides more in a day."""
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
    elsewhere: Mapping[int, int]
    """How many lines each of these gave to people who are none of them."""

    @property
    def member(self) -> Member:
        """Whom it is about."""
        return self.recognition.member


class Waiting(NamedTuple):
    """What is open: recognitions about which a moderator has something to decide, and who has not answered yet."""

    to_decide: Sequence[Recognition]
    invited: Sequence[Recognition]


def waiting() -> Waiting:
    """Both of them, the oldest first, with their members."""
    r = Recognition
    for_running = and_(r.state.in_(TAKEN), or_(r.renewal_proposed_at.is_not(None), r.level_proposed != ""))
    query = select(r).where(or_(r.state.in_(("proposed", "confirmed")), for_running)).options(joinedload(r.member))
    rows = db.session.scalars(query.order_by(r.id).limit(AT_MOST)).all()
    return Waiting([row for row in rows if row.state != "confirmed"], [row for row in rows if row.state == "confirmed"])


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
    told = _told_by(everybody)
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
                thanks_drawing(_drawn(r.member_id, near, told), names, r.member_id),
                level.conditions(own, days[r.member_id]) if level else (), near,
                {who: _elsewhere(told[who], near) for who in near},
            )
        )  # fmt: skip
    return found, known


def _told_by(ids: Collection[int]) -> dict[int, dict[int, int]]:
    """Whom each of these people credited, with how many lines, whenever it was: a closed circle may be an old one."""
    e = LedgerEntry
    found: dict[int, dict[int, int]] = {number: {} for number in ids}
    for some in in_chunks(sorted(ids)):
        rows = db.session.execute(
            select(e.helped_id, e.helper_id, func.count())
            .where(e.helped_id.in_(some), standing())
            .group_by(e.helped_id, e.helper_id)
        )
        for helped, helper, lines in rows:
            found[helped][helper] = lines
    return found


def _drawn(member_id: int, near: Collection[int], told: Mapping[int, Mapping[int, int]]) -> list[tuple[int, int, int]]:
    """The arrows of a proposal's drawing: all to and from the member; of the others, those of whoever credits these
    people more than anybody else, since where everybody thanks everybody nothing would stand out."""
    found = []
    for helped in near:
        inside = {helper: lines for helper, lines in told[helped].items() if helper in near}
        among_them = sum(lines for helper, lines in inside.items() if helper != member_id)
        closed = among_them > _elsewhere(told[helped], near)
        found += [
            (helped, helper, lines) for helper, lines in inside.items() if closed or member_id in (helped, helper)
        ]
    return found


def _elsewhere(told: Mapping[int, int], near: Collection[int]) -> int:
    return sum(lines for helper, lines in told.items() if helper not in near)


def findings_about(member_ids: Iterable[int]) -> Mapping[int, int]:
    """How many open findings each of these members is in, as the room that guards the ledger says."""
    asked: Callable[[Collection[int]], Mapping[int, int]] = current_app.extensions[FINDINGS]
    return asked(sorted(set(member_ids)))
