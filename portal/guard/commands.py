"""What happens to findings: they are noted by the clock, and decided by people. Noting changes no score."""

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, func, select, text, update

from portal import activity, clock
from portal import text as texts
from portal.advocacy.ledger import in_chunks
from portal.advocacy.models import SetAside
from portal.contributions.lifecycle import NotAllowed
from portal.db import db, insert_new
from portal.guard import evidence, looking
from portal.guard.models import Finding, FindingAppeal, FindingMember
from portal.guard.patterns import Pattern, Usual
from portal.members.models import Member

GREW = 1.5
"""What was cleared is looked at again when it has so many times the acknowledgements it had then …"""
ALIKE = 0.6
"""… and is the same when so much of both times' people are the same (Jaccard 1901)."""
ONE_AT_A_TIME = 0x47554152
"""The number of the lock that keeps two workers from noting findings at once ("GUAR")."""
REASON_AT_MOST = 1000


def note(found: Sequence[Pattern], usual: Usual, weights: Sequence[float]) -> list[Finding]:
    """Keep what was found: new ones as open findings, known ones with their evidence of today. Says which are new.

    What was decided stays decided, unless it grew by half: then there is a new finding that names the earlier one.
    """
    _one_at_a_time()
    new: list[Finding] = []
    met: set[int] = set()
    people = sorted({who for pattern in found for who in pattern.people})
    members = {n for ids in in_chunks(people) for n in db.session.scalars(select(Member.id).where(Member.id.in_(ids)))}
    for pattern, weight in zip(found, weights, strict=True):
        known = _known(pattern)
        if known is None or (known.state != "open" and _is_new(known, pattern)):
            new.append(known := _add(pattern, usual, weight, members, known))
        elif known.state == "open" and (known.id in met or known.sort != pattern.sort):
            also = {*known.evidence.get("also", ()), pattern.what} - {known.evidence["what"]}
            known.evidence = known.evidence | {"also": sorted(also)}
        elif known.state == "open":
            kept = {name: known.evidence[name] for name in ("earlier",) if name in known.evidence}
            known.evidence, known.weight = evidence.of(pattern, usual) | kept, weight
            _name(known, pattern.people & members)
        met.add(known.id)
        known.seen_at = clock.now()
    db.session.flush()
    return new


def _one_at_a_time() -> None:
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})


def _known(pattern: Pattern) -> Finding | None:
    """The latest finding of this: about mostly the same people, or of the same sort about a helper and most of
    the fewer people."""
    shared = dict(
        db.session.execute(
            select(FindingMember.finding_id, func.count())
            .where(FindingMember.member_id.in_(sorted(pattern.people)))
            .group_by(FindingMember.finding_id)
        ).all()
    )  # fmt: skip
    if not shared:
        return None
    sizes = dict(
        db.session.execute(
            select(FindingMember.finding_id, func.count())
            .where(FindingMember.finding_id.in_(sorted(shared)))
            .group_by(FindingMember.finding_id)
        ).all()
    )  # fmt: skip
    rows = db.session.scalars(
        select(Finding).where(Finding.id.in_(sorted(shared))).order_by(Finding.id.desc()).with_for_update()
    )
    for one in rows:
        alike = shared[one.id] / (sizes[one.id] + len(pattern.people) - shared[one.id])
        centre = one.evidence.get("centre")
        of_less = (shared[one.id] - 1) / max(1, min(sizes[one.id], len(pattern.people)) - 1)
        about_one = centre is not None and centre == pattern.centre and one.sort == pattern.sort
        if alike >= ALIKE or (about_one and of_less >= ALIKE):
            return one
    return None


def _is_new(known: Finding, pattern: Pattern) -> bool:
    """Whether what was decided is to be looked at again: it is of another sort, or grew by half.

    What was set aside then is not among today's acknowledgements.
    """
    then = known.evidence.get("total", 0)
    if known.state == "set_aside":
        return len(pattern.lines) >= (GREW - 1) * then
    of_old = {known.evidence.get("what"), *known.evidence.get("also", ())}
    return pattern.what not in of_old or len(pattern.lines) >= GREW * then


def _add(pattern: Pattern, usual: Usual, weight: float, members: Collection[int], earlier: Finding | None) -> Finding:
    kept = evidence.of(pattern, usual)
    if earlier is not None:
        kept["earlier"] = earlier.id
    name = f"{pattern.sort}:{','.join(map(str, sorted(pattern.people)))}:{earlier.id if earlier else 0}"
    finding = Finding(sort=pattern.sort, key=sha256(name.encode()).hexdigest(), evidence=kept, weight=weight)
    db.session.add(finding)
    db.session.flush()
    _name(finding, pattern.people & set(members))
    return finding


def _name(finding: Finding, people: Iterable[int]) -> None:
    wanted = set(people)
    m = FindingMember
    db.session.execute(delete(m).where(m.finding_id == finding.id, m.member_id.not_in(sorted(wanted))))
    insert_new(m.__table__, [{"finding_id": finding.id, "member_id": who} for who in sorted(wanted)])


def take(finding_id: int) -> Finding | None:
    """A finding, kept from others until the transaction ends."""
    query = select(Finding).where(Finding.id == finding_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def is_concerned(finding_id: int, member: Member) -> bool:
    """Whether a finding is about this member."""
    return db.session.get(FindingMember, (finding_id, member.id)) is not None


def must_be_unconcerned(finding: Finding, moderator: Member) -> None:
    """Raises NotAllowed unless this moderator may decide."""
    if not moderator.moderates:
        raise NotAllowed("Only moderators decide about findings.")
    if is_concerned(finding.id, moderator):
        raise NotAllowed("This is about you too, so another moderator has to look.")


def clear(finding: Finding, moderator: Member, note: str) -> bool:
    """Nothing is wrong; a note says why, for other moderators. False if somebody decided before. Raises NotAllowed."""
    must_be_unconcerned(finding, moderator)
    if finding.state != "open":
        return False
    decide(finding, "cleared", moderator, note)
    activity.record("finding_cleared", actor=moderator, finding=finding.id)
    return True


def set_aside(finding: Finding, moderator: Member, reason: str, chosen: Collection[tuple[int, int]]) -> int:
    """Keep acknowledgements from counting: those between the chosen pairs (who was helped, who helped).

    Says how many; 0 if somebody decided before. The ledger follows by reversing lines, the scores by that.
    Raises NotAllowed, ValueError without a reason or when nothing that is left was chosen.
    """
    must_be_unconcerned(finding, moderator)
    if finding.state != "open":
        return 0
    if not reason.strip():
        raise ValueError("Please say why: those concerned read it.")
    wanted = [line for line in evidence.lines_of(finding) if (line.helped, line.helper) in chosen]
    there = set(looking.still_there(line.contribution_id for line in wanted))
    lines = [line for line in wanted if line.contribution_id in there]
    if not lines:
        raise ValueError("Please choose what is set aside. What was taken back meanwhile is not here any more.")
    at = clock.now()
    insert_new(
        SetAside.__table__,
        [
            {"sort": line.row[0], "source_id": line.row[1], "contribution_id": line.contribution_id,
             "finding_id": finding.id, "at": at}
            for line in lines
        ],
    )  # fmt: skip
    decide(finding, "set_aside", moderator, reason)
    activity.record("finding_set_aside", actor=moderator, finding=finding.id, lines=len(lines))
    activity.record_many("help_set_aside", sorted({line.contribution_id for line in lines}))
    tell("help_not_counted", finding, {who for line in lines for who in (line.helper, line.helped)}, reason)
    return len(lines)


def count_again(finding: Finding, moderator: Member, reason: str) -> bool:
    """Lift what was set aside, all of it; open appeals are answered by that. False if there is nothing to lift.

    Raises NotAllowed, ValueError without a reason.
    """
    must_be_unconcerned(finding, moderator)
    if finding.state != "set_aside":
        return False
    if not reason.strip():
        raise ValueError("Please say why: those concerned read it.")
    people = lift(finding, select(SetAside.id).where(SetAside.finding_id == finding.id))
    decide(finding, "cleared", moderator, reason)
    activity.record("finding_lifted", actor=moderator, finding=finding.id)
    said = _said(reason)
    db.session.execute(
        update(FindingAppeal)
        .where(FindingAppeal.finding_id == finding.id, FindingAppeal.decided_at.is_(None))
        .values(decided_at=clock.now(), decided_by_id=moderator.id, upheld=True, answer=said)
    )
    tell("help_counts_again", finding, people, said)
    return True


def lift(finding: Finding, which: Any) -> set[int]:
    """Let these rows of SetAside (a select of their numbers) count again; says whom it concerns."""
    rows = evidence.standing(finding.id, which)
    ids = [row.id for row, _ in rows]
    if ids:
        db.session.execute(update(SetAside).where(SetAside.id.in_(ids)).values(lifted_at=clock.now()))
        activity.record_many("help_counted_again", sorted({row.contribution_id for row, _ in rows}))
    return {who for _, people in rows for who in people}


def decide(finding: Finding, state: str, moderator: Member, reason: str) -> None:
    """The decision, with those before it kept beside the evidence."""
    if finding.decided_at is not None:
        before = {"state": finding.state, "at": finding.decided_at.isoformat(), "reason": finding.reason}
        finding.evidence = finding.evidence | {"decided": [*finding.evidence.get("decided", ()), before]}
    finding.state, finding.decided_at, finding.decided_by_id = state, clock.now(), moderator.id
    finding.reason = _said(reason)
    db.session.flush()


def _said(words: str) -> str:
    return texts.clean_source(words).strip()[:REASON_AT_MOST]


def tell(verb: str, finding: Finding, people: Collection[int], reason: str) -> None:
    """Let each of these people hear of it."""
    for member in db.session.scalars(select(Member).where(Member.id.in_(sorted(people))).order_by(Member.id)):
        activity.record(verb, member=member, finding=finding.id, reason=_said(reason))
