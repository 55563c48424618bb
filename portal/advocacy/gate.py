"""The gate to recognition: which help counts towards it, how much there is, and what is missing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from portal import clock
from portal.advocacy import voices
from portal.advocacy.ledger import in_chunks, standing
from portal.advocacy.models import LedgerEntry
from portal.advocacy.score import Voice
from portal.config import settings
from portal.db import db


class Helped(NamedTuple):
    """One line of help: who was helped by which contribution, how they said so, and when."""

    helped_id: int
    contribution_id: int
    sort: str
    at: datetime


class Condition(NamedTuple):
    """One of the four things recognition needs."""

    what: str
    have: float
    need: float

    @property
    def met(self) -> bool:
        """Whether there is enough."""
        return self.have >= self.need

    @property
    def missing(self) -> float:
        """How much more it takes."""
        return max(0.0, self.need - self.have)


@dataclass(frozen=True)
class Evidence:
    """What speaks for a member's recognition, from the last `advocate_days` days."""

    score: float
    lines: Sequence[Helped]
    """All help in that time, the latest first."""
    customers: Mapping[int, str]
    """Verified customers helped whom the member has not credited in turn: their numbers and groups."""
    credited_in_turn: Collection[int]
    """People helped who also helped the member, and were told so."""

    @property
    def people(self) -> set[int]:
        """Everybody helped in that time."""
        return {line.helped_id for line in self.lines}

    @property
    def groups(self) -> set[str]:
        """The groups those customers come from."""
        return set(self.customers.values())

    @property
    def weeks(self) -> set[tuple[int, int]]:
        """The weeks (ISO 8601 year and number) in which they were helped."""
        return {line.at.isocalendar()[:2] for line in self.lines if line.helped_id in self.customers}

    def conditions(self) -> Sequence[Condition]:
        """The gate of PRODUCT.md, "Advocate", with the numbers of the settings."""
        s = settings()
        customers = len(self.customers)
        return (
            Condition("help score", self.score, s.advocate_score),
            Condition("verified customers helped who were not thanked in turn", customers, s.advocate_customers),
            Condition("companies or groups that these customers come from", len(self.groups), s.advocate_groups),
            Condition("different weeks in which they were helped", len(self.weeks), s.advocate_weeks),
        )  # fmt: skip

    @property
    def opens(self) -> bool:
        """Whether recognition may be proposed."""
        return all(condition.met for condition in self.conditions())


def weigh(score: float, lines: Iterable[Helped], heard: Mapping[int, Voice], in_turn: Collection[int]) -> Evidence:
    """Evidence from a member's standing lines of whatever age, the voices of those helped, and whom they credited."""
    since = clock.ago(days=settings().advocate_days)
    recent = sorted((line for line in lines if line.at >= since), key=lambda line: line.at, reverse=True)
    customers = {}
    for person in {line.helped_id for line in recent} - set(in_turn):
        voice = heard.get(person)
        if voice is not None and voice.verified and voice.weight > 0:
            customers[person] = voice.group
    return Evidence(score, recent, customers, in_turn)


def evidence_of(scores: Mapping[int, float]) -> dict[int, Evidence]:
    """The evidence for these members (their numbers and help scores), in three questions to the database a thousand."""
    lines: dict[int, list[Helped]] = {member_id: [] for member_id in scores}
    since = clock.ago(days=settings().advocate_days)
    e = LedgerEntry
    for ids in in_chunks(sorted(scores)):
        rows = db.session.execute(
            select(e.helper_id, e.helped_id, e.contribution_id, e.sort, e.at)
            .where(e.helper_id.in_(ids), e.at >= since, standing())
            .order_by(e.at.desc(), e.id.desc())
        )
        for helper, helped, contribution, sort, at in rows:
            lines[helper].append(Helped(helped, contribution, sort, at))
    people = {line.helped_id for several in lines.values() for line in several}
    heard, back = voices.of_members(people), _credited_in_turn(scores, people)
    return {m: weigh(scores[m], lines[m], heard, back.get(m, ())) for m in scores}


def _credited_in_turn(members: Collection[int], people: Collection[int]) -> dict[int, set[int]]:
    """For each member, which of these people they said had helped them, however long ago."""
    e = LedgerEntry
    found: dict[int, set[int]] = {}
    for ids in in_chunks(sorted(people)):
        for own in in_chunks(sorted(members)):
            query = select(e.helped_id, e.helper_id).where(e.helper_id.in_(ids), e.helped_id.in_(own), standing())
            for member, person in db.session.execute(query.distinct()):
                found.setdefault(member, set()).add(person)
    return found
