"""The evidence of a finding as plain data, and what of it was set aside: written, read again, and put beside names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload

from portal.advocacy.ledger import in_chunks
from portal.advocacy.models import SetAside
from portal.contributions.models import Acceptance, Contribution, Thanks
from portal.db import db
from portal.guard.models import Finding
from portal.guard.patterns import Pattern, Thank, Usual


class Between(NamedTuple):
    """All that one person acknowledged of another, within a finding."""

    helped: int
    helper: int
    lines: Sequence[Thank]

    @property
    def first(self) -> datetime:
        """When it began."""
        return min(line.at for line in self.lines)

    @property
    def last(self) -> datetime:
        """When it was said last."""
        return max(line.at for line in self.lines)

    @property
    def key(self) -> str:
        """The name of the pair in a form."""
        return f"{self.helped}-{self.helper}"


def of(pattern: Pattern, usual: Usual) -> dict[str, Any]:
    """What is kept of a pattern: names of nothing but people and rows, so that the erased are not in it."""
    return {
        "what": pattern.what, "centre": pattern.centre, "facts": dict(pattern.facts), "usual": asdict(usual),
        "links": [[sort, list(people)] for sort, people in pattern.links], "total": len(pattern.lines),
        "lines": [[*line[:5], line.at.isoformat()] for line in pattern.lines],
    }  # fmt: skip


def lines_of(finding: Finding) -> list[Thank]:
    """The acknowledgements as they stood when the pattern was seen last before it was decided."""
    kept = finding.evidence.get("lines", ())
    return [Thank(sort, n, c, helper, helped, datetime.fromisoformat(at)) for sort, n, c, helper, helped, at in kept]


def pairs_of(finding: Finding) -> list[Between]:
    """The same by who said it of whom, the most first."""
    found: dict[tuple[int, int], list[Thank]] = {}
    for line in sorted(lines_of(finding), key=lambda line: line.at):
        found.setdefault((line.helped, line.helper), []).append(line)
    pairs = [Between(helped, helper, lines) for (helped, helper), lines in found.items()]
    return sorted(pairs, key=lambda pair: (-len(pair.lines), pair.helper, pair.helped))


def standing(finding_id: int, which: Any = None) -> list[tuple[SetAside, tuple[int, ...]]]:
    """What of a finding is set aside now, each with whom it concerns: who said it and who helped."""
    return rows_aside(SetAside.finding_id == finding_id, SetAside.lifted_at.is_(None), which=which)


def rows_aside(*where: Any, which: Any = None) -> list[tuple[SetAside, tuple[int, ...]]]:
    """Rows of SetAside, the latest first, each with who said it and who helped, as far as they are known."""
    giver = func.coalesce(Thanks.giver_id, Acceptance.by_id)
    query = (
        select(SetAside, giver, Contribution.author_id)
        .join(Contribution, Contribution.id == SetAside.contribution_id)
        .outerjoin(Thanks, and_(SetAside.sort == "thanks", Thanks.id == SetAside.source_id))
        .outerjoin(Acceptance, and_(SetAside.sort == "accepted", Acceptance.id == SetAside.source_id))
        .where(*where)
        .order_by(SetAside.id.desc())
    )
    if which is not None:
        query = query.where(SetAside.id.in_(which))
    rows = db.session.execute(query).all()
    return [(row, tuple(who for who in (by, author) if who is not None)) for row, by, author in rows]


def contributions(ids: Collection[int]) -> list[Contribution]:
    """These contributions with what they answer, whatever their state."""
    return [
        c
        for some in in_chunks(sorted(ids))
        for c in db.session.scalars(
            select(Contribution).where(Contribution.id.in_(some)).options(joinedload(Contribution.parent))
        )
    ]


def by_number(several: Sequence[Any]) -> Mapping[int, Any]:
    """Rows by their number."""
    return {one.id: one for one in several}
