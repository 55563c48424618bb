"""What the pages about help show: advocates and why, a member's own account, proposals with their evidence."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.advocacy import scoring
from portal.advocacy.arithmetic import ShownCredit, ShownScore, show, show_credit
from portal.advocacy.commands import OPEN
from portal.advocacy.gate import Evidence, Helped, evidence_of, weigh
from portal.advocacy.ledger import in_chunks, standing
from portal.advocacy.models import LedgerEntry, Recognition
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


@dataclass(frozen=True)
class OwnHelp:
    """A member's own account: the score with its arithmetic, a page of the people, what recognition needs."""

    score: ShownScore
    credits: Sequence[ShownCredit]
    evidence: Evidence
    people: dict[int, Member]
    texts: dict[int, Contribution]
    barred: bool
    reversed: Sequence[Any] = field(default_factory=list)


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
    evidence = evidence_of({r.member_id: r.member.help_score for r in recognitions})
    texts = public_texts({line.contribution_id for e in evidence.values() for line in e.lines})
    found = []
    for r in recognitions:
        own = evidence[r.member_id]
        found.append(Advocate(r, own, knows(own, texts, r.member), best(own, texts)))
    return found


def knows(evidence: Evidence, texts: dict[int, Contribution], member: Member) -> list[str]:
    """What a member knows, by what helped whom: boards and products, the most often first; then their trade."""
    named: Counter[str] = Counter()
    for line in evidence.lines:
        text = texts.get(line.contribution_id)
        for about in (text, text.parent) if text is not None else ():
            if about is not None:
                named.update(thing.name for thing in (about.board, about.product) if thing is not None)
    found = [name for name, _ in named.most_common(KNOWS)]
    return [*found, member.trade] if member.trade and member.trade not in found else found


def best(evidence: Evidence, texts: dict[int, Contribution]) -> list[Contribution]:
    """The contributions that helped most, by the weights of what was said of them; the latest among equals."""
    weights = scoring.weights()
    helped: dict[int, float] = {}
    for line in evidence.lines:
        helped[line.contribution_id] = helped.get(line.contribution_id, 0.0) + weights[line.sort]
    most = sorted(helped, key=lambda number: -helped[number])  # stable: evidence has the latest first
    return [texts[number] for number in most if number in texts][:ANSWERS]


def public_texts(ids: Collection[int]) -> dict[int, Contribution]:
    """Those of these contributions that everybody may read now, with parent, board and product."""
    found: dict[int, Contribution] = {}
    parent = aliased(Contribution)
    for some in in_chunks(sorted(ids)):
        above = joinedload(Contribution.parent)
        rows = db.session.scalars(
            select(Contribution)
            .outerjoin(parent, parent.id == Contribution.parent_id)
            .where(
                Contribution.id.in_(some),
                Contribution.state == "published",
                or_(Contribution.parent_id.is_(None), parent.state == "published"),
            )
            .options(
                joinedload(Contribution.board),
                joinedload(Contribution.product),
                above.joinedload(Contribution.board),
                above.joinedload(Contribution.product),
            )
        )
        found.update((text.id, text) for text in rows)
    return found


def people(ids: Iterable[int]) -> dict[int, Member]:
    """These members by their numbers."""
    found: dict[int, Member] = {}
    for some in in_chunks(sorted(set(ids))):
        found.update((m.id, m) for m in db.session.scalars(select(Member).where(Member.id.in_(some))))
    return found


def own_help(member: Member, start: int, size: int) -> OwnHelp:
    """A member's own account as of today, with the people from `start` on."""
    account = scoring.account_of([member.id])
    score = account.score(member.id)
    lines: dict[int, list[Helped]] = {}
    e = LedgerEntry
    rows = db.session.execute(
        select(e.helped_id, e.contribution_id, e.sort, e.at)
        .where(e.helper_id == member.id, standing())
        .order_by(e.at, e.id)
    )
    for helped, contribution, sort, at in rows:
        lines.setdefault(helped, []).append(Helped(helped, contribution, sort, at))
    shown = show(score)
    weights = scoring.weights()
    page = [
        show_credit(credit, adds, lines.get(credit.helped, []), weights)
        for credit, adds in shown.credits[start : start + size]
    ]
    in_turn = {person for person in lines if account.sums.get(person, {}).get(member.id, 0.0) > 0}
    every = [line for several in lines.values() for line in several]
    taken_back = reversals(member)
    wanted = {line.line.contribution_id for credit in page for line in credit.lines}
    return OwnHelp(
        score=shown,
        credits=page,
        evidence=weigh(score.total, every, account.voices, in_turn),
        people=people([c.credit.helped for c in page] + [r.helped_id for r in taken_back]),
        texts=public_texts(wanted),
        barred=not account.voices[member.id].earns,
        reversed=taken_back,
    )


def reversals(member: Member, limit: int = 10) -> Sequence[LedgerEntry]:
    """The latest lines of a member's help that no longer count."""
    return db.session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.helper_id == member.id, LedgerEntry.reverses_id.is_not(None))
        .order_by(LedgerEntry.id.desc())
        .limit(limit)
    ).all()


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


def proposals(*states: str) -> Select[Recognition]:
    """Recognitions in these states, the oldest first, with whom they are about."""
    return (
        select(Recognition)
        .where(Recognition.state.in_(states))
        .options(joinedload(Recognition.member))
        .order_by(Recognition.id)
    )


def find_recognition(recognition_id: int) -> Recognition | None:
    """One recognition with its member."""
    return db.session.scalar(
        select(Recognition).where(Recognition.id == recognition_id).options(joinedload(Recognition.member))
    )


def numbers() -> dict[str, int]:
    """Help in numbers, for the page that says how this works."""
    e, r = LedgerEntry, Recognition
    lines = select(func.count()).select_from(e).where(standing())
    helpers = select(func.count(e.helper_id.distinct())).where(standing())
    helped = select(func.count(e.helped_id.distinct())).where(standing())
    advocates = select(func.count()).select_from(r).where(r.state == "accepted")
    m = Member
    verified = select(func.count()).select_from(m).where(m.verified_at.is_not(None), m.erased_at.is_(None))
    row = db.session.execute(
        select(*(q.scalar_subquery() for q in (lines, helpers, helped, advocates, verified)))
    ).one()
    return dict(zip(("lines", "helpers", "helped", "advocates", "verified"), row, strict=True))
