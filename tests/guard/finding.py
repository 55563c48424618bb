"""Findings in a line: people who thank each other for real, and what was decided about it."""

from itertools import pairwise

from portal import clock
from portal.activity import follow_up
from portal.advocacy import scoring
from portal.contributions.models import Contribution
from portal.db import db
from portal.guard import appeals, chores, commands, evidence
from portal.guard.models import Finding, FindingAppeal, FindingMember
from portal.guard.patterns import Pattern, Thank, Usual
from portal.members.models import Member
from tests import builders as make
from tests.advocacy.helping import solved, thanked

USUAL = Usual(1.3, 0.02, 0.5)


def helped(helper: Member, asker: Member, times: int = 1) -> list[Contribution]:
    """`helper` solved so many questions of `asker`."""
    return [solved(helper, asker) for _ in range(times)]


def ring(size: int = 6, times: int = 2) -> list[Member]:
    """So many verified members who solve each other's questions, round and round."""
    members = [make.member(verified=True) for _ in range(size)]
    for one, other in pairwise([*members, members[0]]):
        helped(other, one, times)
    return members


def found(sort: str | None = None) -> list[Finding]:
    """Let the ledger follow, the night come, and say what stands open then."""
    db.session.commit()
    while follow_up():
        pass
    scoring.recompute_all()
    db.session.commit()
    chores.nightly(always=True)
    query = db.select(Finding).where(Finding.state == "open").order_by(Finding.id)
    return list(db.session.scalars(query.where(Finding.sort == sort) if sort else query))


def finding_of(helper: Member, giver: Member, times: int = 2, people: tuple[Member, ...] = ()) -> Finding:
    """An open finding about what `giver` said of `helper`, whatever the patterns would say of it."""
    lines = []
    for text in [solved(helper, giver) for _ in range(times)]:
        thanked(text, giver)
        row = db.session.execute(
            db.text("SELECT id FROM acceptance WHERE reply_id = :id"), {"id": text.id}
        ).scalar_one()
        lines.append(Thank("accepted", row, text.id, helper.id, giver.id, clock.now()))
        row = db.session.execute(
            db.text("SELECT id FROM thanks WHERE contribution_id = :id"), {"id": text.id}
        ).scalar_one()
        lines.append(Thank("asker_thanks", row, text.id, helper.id, giver.id, clock.now()))
    who = frozenset({helper.id, giver.id, *(one.id for one in people)})
    facts = {"lines": len(lines), "of_given": 1.0, "of_received": 1.0}
    pattern = Pattern("storm", "one_voice", who, facts, helper.id, lines)
    made = Finding(sort="storm", key=f"test-{helper.id}-{giver.id}", evidence=evidence.of(pattern, USUAL), weight=1.5)
    db.session.add(made)
    db.session.flush()
    db.session.add_all(FindingMember(finding_id=made.id, member_id=number) for number in who)
    db.session.flush()
    return made


def set_aside_from(helper: Member, giver: Member | None = None, by: Member | None = None) -> Finding:
    """A finding about `helper` whose thanks a moderator set aside."""
    giver = giver or make.member(verified=True)
    made = finding_of(helper, giver)
    commands.set_aside(made, by or make.moderator(), "These came from one place.", {(giver.id, helper.id)})
    return made


def appealed_by(member: Member, by: Member | None = None) -> FindingAppeal:
    """An open appeal of `member` against what was set aside of theirs."""
    made = set_aside_from(member, by=by)
    appeals.appeal(made, member, "These were real questions.")
    return db.session.scalars(
        db.select(FindingAppeal).where(FindingAppeal.finding_id == made.id, FindingAppeal.member_id == member.id)
    ).one()
