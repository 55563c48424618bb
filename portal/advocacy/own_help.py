"""A member's own account of help: the score with its arithmetic, person by person, and what recognition needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from portal.advocacy import scoring
from portal.advocacy.arithmetic import Line, ShownCredit, ShownScore, show, show_credit
from portal.advocacy.gate import Evidence, evidence_of
from portal.advocacy.ledger import standing
from portal.advocacy.models import LedgerEntry
from portal.advocacy.queries import people
from portal.advocacy.subjects import public_texts
from portal.contributions.models import Contribution
from portal.contributions.thanks_words import words_for
from portal.db import db
from portal.members.models import Member


@dataclass(frozen=True)
class OwnHelp:
    """A member's own account: the score with its arithmetic, a page of the people, what recognition needs."""

    score: ShownScore
    credits: Sequence[ShownCredit]
    evidence: Evidence
    people: dict[int, Member]
    texts: dict[int, Contribution]
    barred: bool
    words: dict[tuple[int, int], str] = field(default_factory=dict)
    """What came along with thanks, for nobody else, by contribution and giver."""
    reversed: Sequence[Any] = field(default_factory=list)


def own_help(member: Member, start: int, size: int) -> OwnHelp:
    """A member's own account as of today, with the people from `start` on."""
    account = scoring.account_of([member.id])
    score = account.score(member.id)
    lines: dict[int, list[Line]] = {}
    e = LedgerEntry
    rows = db.session.execute(
        select(e.helped_id, e.contribution_id, e.sort, e.at)
        .where(e.helper_id == member.id, standing())
        .order_by(e.at, e.id)
    )
    for helped, contribution, sort, at in rows:
        lines.setdefault(helped, []).append(Line(helped, contribution, sort, at))
    shown = show(score)
    weights = scoring.weights()
    page = [
        show_credit(credit, adds, lines.get(credit.helped, []), weights)
        for credit, adds in shown.credits[start : start + size]
    ]
    taken_back = reversals(member)
    wanted = {line.line.contribution_id for credit in page for line in credit.lines}
    return OwnHelp(
        score=shown,
        credits=page,
        evidence=evidence_of({member.id: score.total})[member.id],
        people=people([c.credit.helped for c in page] + [r.helped_id for r in taken_back]),
        texts=public_texts(wanted),
        barred=not account.voices[member.id].earns,
        words=words_for(member, wanted),
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
