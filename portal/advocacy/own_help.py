"""A member's own account of help: the score with its arithmetic, person by person, and what recognition needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from portal.advocacy import scoring
from portal.advocacy.arithmetic import Line, ShownCredit, ShownScore, show, show_credit
from portal.advocacy.gate import Evidence, evidence_in
from portal.advocacy.ledger import standing
from portal.advocacy.models import LedgerEntry, SetAside
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
    """The latest lines that no longer count: rows with sort, helped_id, at, written_at, and the `reason` of a
    moderator's decision where one set them aside."""


def own_help(member: Member, start: int, size: int) -> OwnHelp:
    """A member's own account as of today, with the people from `start` on."""
    account = scoring.account_of([member.id])
    score = account.score(member.id)
    shown = show(score)
    wanted = shown.credits[start : start + size]
    lines: dict[int, list[Line]] = {credit.helped: [] for credit, _ in wanted}
    e = LedgerEntry
    rows = db.session.execute(
        select(e.helped_id, e.contribution_id, e.sort, e.at)
        .where(e.helper_id == member.id, e.helped_id.in_(lines), standing())
        .order_by(e.at.desc(), e.id.desc())
    )
    for helped, contribution, sort, at in rows:
        lines[helped].append(Line(helped, contribution, sort, at))
    weights = scoring.weights()
    page = [show_credit(credit, adds, lines[credit.helped], weights) for credit, adds in wanted]
    taken_back = reversals(member)
    named = {line.line.contribution_id for credit in page for line in credit.lines}
    return OwnHelp(
        score=shown,
        credits=page,
        evidence=evidence_in(account, member.id, score.total),
        people=people([c.credit.helped for c in page] + [r.helped_id for r in taken_back]),
        texts=public_texts(named),
        barred=not account.voices[member.id].earns,
        words=words_for(member, named),
        reversed=taken_back,
    )


def reversals(member: Member, limit: int = 10) -> Sequence[Any]:
    """The latest lines of a member's help that no longer count, with the reason of the decision, if it was one."""
    e, aside = LedgerEntry, SetAside
    finding = db.metadata.tables["finding"]  # by its name: the room that decides stands on this one
    reason = (
        select(finding.c.reason)
        .join(aside, aside.finding_id == finding.c.id)
        .where(
            aside.source_id == e.source_id, aside.contribution_id == e.contribution_id, aside.lifted_at.is_(None),
            (aside.sort == "accepted") == (e.sort == "accepted"),
        )
        .order_by(aside.id.desc())
        .limit(1)
        .correlate(e)
        .scalar_subquery()
    )  # fmt: skip
    query = select(e.sort, e.helped_id, e.at, e.written_at, reason.label("reason"))
    own = query.where(e.helper_id == member.id, e.reverses_id.is_not(None))
    return db.session.execute(own.order_by(e.id.desc()).limit(limit)).all()
