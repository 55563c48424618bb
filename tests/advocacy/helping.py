"""People who help each other, in a line, through the house's own commands where there are some."""

from datetime import datetime, timedelta
from typing import Any

from portal import activity, clock
from portal.activity import Activity
from portal.advocacy import followers
from portal.advocacy.models import LedgerEntry, Recognition
from portal.contributions.models import Acceptance, Contribution
from portal.contributions.thanks import give_thanks
from portal.db import db
from portal.members.models import Member
from tests import builders as make


def answered(helper: Member, asker: Member | None = None, **facts: Any) -> Contribution:
    """A published answer by `helper` to a question of `asker`."""
    return make.reply(make.topic(asker or make.member(verified=True)), helper, **facts)


def topic_of(reply: Contribution) -> Contribution:
    """What a reply answers."""
    found = db.session.get(Contribution, reply.parent_id)
    assert found is not None
    return found


def accept(reply: Contribution, by: Member | None = None) -> Acceptance:
    """The asker (or `by`) says that this solved it."""
    row = Acceptance(reply_id=reply.id, by_id=by.id if by else topic_of(reply).author_id, at=clock.now())
    db.session.add(row)
    db.session.flush()
    activity.record("accepted", reply)
    return row


def solved(helper: Member, asker: Member | None = None) -> Contribution:
    """An answer that was accepted."""
    reply = answered(helper, asker)
    accept(reply)
    return reply


def thanked(reply: Contribution, giver: Member | None = None) -> Member:
    """`giver` says thanks."""
    giver = giver or make.member(verified=True)
    give_thanks(reply, giver)
    return giver


def credit_again() -> None:
    """Follow everything that ever happened once more."""
    followers.credit(list(db.session.scalars(db.select(Activity).order_by(Activity.id))))
    db.session.commit()


def lines(helper: Member | None = None) -> list[tuple[str, bool]]:
    """The ledger: each line's sort, and whether it is a reversal."""
    query = db.select(LedgerEntry).order_by(LedgerEntry.id)
    if helper is not None:
        query = query.where(LedgerEntry.helper_id == helper.id)
    return [(e.sort, e.reverses_id is not None) for e in db.session.scalars(query)]


def kept() -> dict[int, tuple[float, int]]:
    """Every member's kept score and count of people helped."""
    return {m.id: (m.help_score, m.helped_count) for m in db.session.scalars(db.select(Member))}


def worthy(helper: Member, *, customers: int = 6, groups: int = 6, now: datetime | None = None) -> list[Member]:
    """Let `helper` solve a question of each of so many verified customers, one every nine days until now."""
    start, people = now or clock.now(), []
    for n in range(customers):
        with_time = start - timedelta(days=9 * n)
        with clock.at(with_time):
            who = make.member(
                verified=True, organisation=f"Company {n % groups}", joined_at=clock.ago(days=200)
            )
            reply = solved(helper, who)
            thanked(reply, who)
            people.append(who)
    return people


def recognised(helper: Member, state: str = "accepted") -> Recognition:
    """A recognition of `helper` in this state."""
    now = clock.now()
    made = Recognition(member=helper, state=state, score_then=6.0, proposed_at=now)
    if state not in ("proposed",):
        made.decided_at = now
    if state in ("accepted", "resting"):
        made.answered_at, made.ends_at = now, now + timedelta(days=365)
        helper.advocate_since = now if state == "accepted" else None
    db.session.add(made)
    db.session.flush()
    return made
