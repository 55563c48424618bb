"""The gate to recognition: which help counts towards it, how much there is, and what is missing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from portal import clock
from portal.advocacy import groups, voices
from portal.advocacy.ledger import in_chunks, standing, week_of
from portal.advocacy.models import LedgerEntry
from portal.advocacy.scoring import Account
from portal.config import settings
from portal.db import db
from portal.members.models import Member

MONDAY = datetime(1969, 12, 29, tzinfo=UTC)
"""Of the week from which `ledger.week_of` counts."""


class Told(NamedTuple):
    """One person whom a member helped: how often they said so, in which weeks, and when for the last time."""

    helped_id: int
    lines: int
    weeks: Collection[int]
    last_at: datetime


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
    told: Sequence[Told]
    """Everybody helped in that time, whoever said so last first."""
    customers: Mapping[int, str]
    """Verified customers helped whom the member has not credited in turn: their numbers and groups."""
    credited_in_turn: Collection[int]
    """People helped who also helped the member, and were told so."""

    @property
    def people(self) -> set[int]:
        """Everybody helped in that time."""
        return {person.helped_id for person in self.told}

    @property
    def groups(self) -> set[str]:
        """The groups those customers come from."""
        return set(self.customers.values())

    @property
    def weeks(self) -> set[int]:
        """The weeks in which those customers were helped, numbered as `ledger.week_of` does."""
        return {week for person in self.told if person.helped_id in self.customers for week in person.weeks}

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


def first_day() -> datetime:
    """The beginning of the first day whose help counts: whole days, as for the score."""
    return clock.ago(days=settings().advocate_days).replace(hour=0, minute=0, second=0, microsecond=0)


def evidence_in(account: Account, member_id: int, score: float) -> Evidence:
    """The evidence for one member of that score from an account at hand: as `evidence_of`, without the database."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    age_at_most = (today - first_day()).days
    told: dict[int, Told] = {}
    for line in account.lines:
        if line.helper == member_id and line.age <= age_at_most:
            at = today - timedelta(days=line.age)
            week, known = (at - MONDAY).days // 7, told.get(line.helped)
            told[line.helped] = (
                Told(line.helped, known.lines + 1, {*known.weeks, week}, max(known.last_at, at))
                if known
                else Told(line.helped, 1, {week}, at)
            )
    in_turn = {line.helper for line in account.lines if line.helped == member_id}
    heard = account.voices
    customers = {
        person: heard[person].group
        for person in sorted(told.keys() - in_turn)
        if heard[person].verified and heard[person].weight > 0
    }
    latest_first = sorted(told.values(), key=lambda person: person.last_at, reverse=True)
    return Evidence(score, latest_first, customers, in_turn & told.keys())


def evidence_of(scores: Mapping[int, float]) -> dict[int, Evidence]:
    """The evidence for these members (their numbers and help scores), in three questions to the database.

    It adds up the lines itself, so that what is read grows with the people helped and not with the lines.
    """
    told, customers = _told(scores)
    in_turn = _credited_in_turn(scores)
    counting = {m: customers[m].keys() - in_turn.get(m, set()) for m in scores}
    wanted = {person: customers[m][person] for m in scores for person in counting[m]}
    group = groups.name_groups(wanted.values())
    return {
        m: Evidence(
            scores[m],
            sorted(told[m].values(), key=lambda person: person.last_at, reverse=True),
            {person: group[person] for person in sorted(counting[m])},
            in_turn.get(m, set()) & told[m].keys(),
        )
        for m in scores
    }


def _told(members: Collection[int]) -> tuple[dict[int, dict[int, Told]], dict[int, dict[int, Any]]]:
    """For each member, whom they helped in the days that count; and those of them who are verified customers."""
    told: dict[int, dict[int, Told]] = {m: {} for m in members}
    customers: dict[int, dict[int, Any]] = {m: {} for m in members}
    since, e, m = first_day(), LedgerEntry, Member
    week = week_of(e.at)
    for ids in in_chunks(sorted(members)):
        rows = db.session.execute(
            select(
                e.helper_id, m.id, week, func.count(), func.max(e.at), voices.is_customer(),
                m.organisation, m.email, m.email_confirmed_at,
            )
            .join(m, m.id == e.helped_id)
            .where(e.helper_id.in_(ids), e.at >= since, standing())
            .group_by(e.helper_id, m.id, week)
        )  # fmt: skip
        for row in rows:
            helper, helped, in_week, lines, last_at, customer = row[:6]
            own = told[helper]
            known = own.get(helped)
            if known is None:
                own[helped] = Told(helped, lines, (in_week,), last_at)
            else:
                last = max(known.last_at, last_at)
                own[helped] = Told(helped, known.lines + lines, (*known.weeks, in_week), last)
            if customer:
                customers[helper][helped] = row
    return told, customers


def _credited_in_turn(members: Collection[int]) -> dict[int, set[int]]:
    """For each member, everybody of whom they said that they had been helped by them, however long ago."""
    e = LedgerEntry
    found: dict[int, set[int]] = {}
    for ids in in_chunks(sorted(members)):
        query = select(e.helped_id, e.helper_id).where(e.helped_id.in_(ids), standing()).distinct()
        for member, person in db.session.execute(query):
            found.setdefault(member, set()).add(person)
    return found
