"""What the guard's pages read: findings for moderators, what concerns a member for that member, the public's log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.advocacy import ledger
from portal.advocacy.ledger import in_chunks
from portal.advocacy.models import SetAside
from portal.contributions.models import Contribution
from portal.db import db
from portal.guard import evidence
from portal.guard.evidence import Between
from portal.guard.models import Finding, FindingAppeal, FindingMember
from portal.members.models import Member, Suspension

LATEST = 20
"""Earlier findings of a page."""


def open_about(member_ids: Collection[int]) -> dict[int, int]:
    """How many open findings each of these members is in; those in none are left out."""
    found: dict[int, int] = {}
    for ids in in_chunks(sorted(member_ids)):
        rows = db.session.execute(
            select(FindingMember.member_id, func.count())
            .join(Finding, Finding.id == FindingMember.finding_id)
            .where(FindingMember.member_id.in_(ids), Finding.state == "open")
            .group_by(FindingMember.member_id)
        )
        found.update((member_id, n) for member_id, n in rows)
    return found


def count_open() -> int:
    """How many findings wait."""
    return db.session.scalar(select(func.count(Finding.id)).where(Finding.state == "open")) or 0


def count_appeals() -> int:
    """How many appeals against findings wait."""
    return db.session.scalar(select(func.count(FindingAppeal.id)).where(FindingAppeal.decided_at.is_(None))) or 0


def findings(state: str = "", sort: str = "") -> Select[Any]:
    """Findings, open ones first, then what most hangs on."""
    query = select(Finding).order_by(Finding.state != "open", Finding.weight.desc(), Finding.id.desc())
    if state:
        query = query.where(Finding.state == state)
    return query.where(Finding.sort == sort) if sort else query


def people_in(finding_ids: Collection[int]) -> Mapping[int, Sequence[Member]]:
    """Whom each of these findings is about."""
    found: dict[int, list[Member]] = {number: [] for number in finding_ids}
    rows = db.session.execute(
        select(FindingMember.finding_id, Member)
        .join(Member, Member.id == FindingMember.member_id)
        .where(FindingMember.finding_id.in_(sorted(finding_ids)))
        .order_by(Member.username)
    )
    for finding_id, member in rows:
        found[finding_id].append(member)
    return found


@dataclass(frozen=True)
class Whole:
    """A finding with all that a moderator looks at."""

    finding: Finding
    people: Mapping[int, Member]
    pairs: Sequence[Between]
    texts: Mapping[int, Contribution]
    """What was acknowledged, by number, as far as a page names it."""
    measures: Mapping[int, int]
    """How often something was done about each."""
    earlier: Sequence[Finding]
    """Other findings about some of the same people, the latest first."""
    aside: Collection[tuple[str, int]]
    """The rows that are set aside by it now."""
    appeals: Sequence[FindingAppeal]


def whole(finding: Finding, texts_of: int = 100) -> Whole:
    """A finding with its people, what they said of whom, and what is known of them."""
    centre = finding.evidence.get("centre")
    members = sorted(people_in([finding.id])[finding.id], key=lambda member: (member.id != centre, member.id))
    people = {member.id: member for member in members}
    pairs = evidence.pairs_of(finding)
    named = [line.contribution_id for pair in pairs for line in pair.lines][:texts_of]
    ids = sorted(people)
    measures = select(Suspension.member_id, func.count()).where(Suspension.member_id.in_(ids))
    others = select(FindingMember.finding_id).where(
        FindingMember.member_id.in_(ids), FindingMember.finding_id != finding.id
    )
    return Whole(
        finding=finding,
        people=people,
        pairs=pairs,
        texts={c.id: c for c in evidence.contributions(set(named))},
        measures={row[0]: row[1] for row in db.session.execute(measures.group_by(Suspension.member_id))},
        earlier=db.session.scalars(
            select(Finding).where(Finding.id.in_(others)).order_by(Finding.id.desc()).limit(LATEST)
        ).all(),
        aside={
            (sort, source_id)
            for sort, source_id in db.session.execute(
                select(SetAside.sort, SetAside.source_id).where(
                    SetAside.finding_id == finding.id, SetAside.lifted_at.is_(None)
                )
            )
        },
        appeals=db.session.scalars(
            select(FindingAppeal)
            .where(FindingAppeal.finding_id == finding.id)
            .options(joinedload(FindingAppeal.member))
            .order_by(FindingAppeal.id)
        ).all(),
    )


@dataclass(frozen=True)
class Concerning:
    """What of one finding concerns one member, for that member: never who else."""

    finding: Finding
    given: Sequence[tuple[SetAside, Contribution]]
    """What they said of others' contributions, each with whether it stands aside …"""
    got: Sequence[tuple[SetAside, Contribution]]
    """… and what was said of theirs."""
    appeal: FindingAppeal | None

    @property
    def stands(self) -> bool:
        """Whether anything of it is set aside now."""
        return any(row.lifted_at is None for row, _ in [*self.given, *self.got])


def concerning(member: Member) -> list[Concerning]:
    """What was ever set aside of this member's help, or of what they acknowledged; the latest decision first."""
    rows = [
        (row, people)
        for ids in in_chunks(sorted(ledger.concerning([member.id])))
        for row, people in evidence.rows_aside(SetAside.contribution_id.in_(ids))
        if member.id in people
    ]
    texts = evidence.by_number(evidence.contributions({row.contribution_id for row, _ in rows}))
    appeals = {
        appeal.finding_id: appeal
        for appeal in db.session.scalars(select(FindingAppeal).where(FindingAppeal.member_id == member.id))
    }
    found = []
    query = select(Finding).where(Finding.id.in_({row.finding_id for row, _ in rows})).order_by(Finding.id.desc())
    for finding in db.session.scalars(query):
        own = [(row, texts[row.contribution_id]) for row, _ in rows if row.finding_id == finding.id]
        given = [(row, text) for row, text in own if text.author_id != member.id]
        got = [(row, text) for row, text in own if text.author_id == member.id]
        found.append(Concerning(finding, given, got, appeals.get(finding.id)))
    return found


def log() -> Any:
    """What was decided about findings, for everybody: of which sort, what, when. Not about whom, nor by whom."""
    return (
        select(Finding.sort, Finding.state, Finding.decided_at, func.count(SetAside.id).label("lines"))
        .outerjoin(SetAside, SetAside.finding_id == Finding.id)
        .where(Finding.decided_at.is_not(None))
        .group_by(Finding.id)
        .order_by(Finding.decided_at.desc(), Finding.id.desc())
    )


def count_decided() -> int:
    """How many lines that log has."""
    return db.session.scalar(select(func.count(Finding.id)).where(Finding.decided_at.is_not(None))) or 0
