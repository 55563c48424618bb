"""What staff could thank somebody for: suggested by the clock, once for each occasion, while it is fresh."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, select

from portal import clock
from portal.advocacy.ledger import standing
from portal.advocacy.models import LedgerEntry, Recognition
from portal.contributions.models import Contribution
from portal.db import db, insert_new, writing
from portal.helping.models import ThankYou
from portal.members.models import Member
from portal.members.queries import customers

PEOPLE = (10, 25, 50, 100)
FRESH_DAYS = 30
"""How long an occasion is suggested: a site that begins with years of help is not to be flooded on its first day."""
A_YEAR = 365
AT_ONCE = 1000


class Occasion(NamedTuple):
    """Something to thank a member for, with the key by which it is suggested once."""

    member_id: int
    key: str
    because: str


def suggest() -> int:
    """Add what is new to the staff's list; returns how many. Doing it twice, or two at once, adds nothing twice."""
    found = list(_occasions(clock.ago(days=FRESH_DAYS)))
    return sum(_add(found[start : start + AT_ONCE]) for start in range(0, len(found), AT_ONCE))


def _add(found: Sequence[Occasion]) -> int:
    known = set(db.session.scalars(select(ThankYou.key).where(ThankYou.key.in_([one.key for one in found]))))
    db.session.rollback()
    rows = [
        {"member_id": one.member_id, "key": one.key, "because": one.because[:300], "state": "open",
         "suggested_at": clock.now(), "how": "", "what": ""}
        for one in found if one.key not in known
    ]  # fmt: skip
    if rows:
        with writing():
            insert_new(ThankYou.__table__, rows)
    return len(rows)


def _occasions(since: datetime) -> Iterator[Occasion]:
    yield from _first_solved(since)
    yield from _people_helped(since)
    yield from _new_advocates(since)
    yield from _years(since)
    yield from _stories(since)


def _first_solved(since: datetime) -> Iterator[Occasion]:
    e = LedgerEntry
    rows = (
        select(e.helper_id)
        .join(Member, Member.id == e.helper_id)
        .where(e.sort == "accepted", standing(e), *customers())
        .group_by(e.helper_id)
        .having(func.min(e.at) >= since)
    )
    for member_id in db.session.scalars(rows):
        yield Occasion(member_id, f"{member_id}:first solved", "Solved a question for the first time.")


def _people_helped(since: datetime) -> Iterator[Occasion]:
    """Whoever went past a number of different people helped since then; past several, the highest counts."""
    e = LedgerEntry
    lately = select(e.helper_id).join(Member, Member.id == e.helper_id).where(e.at >= since, standing(e), *customers())
    each = (
        select(e.helper_id, func.min(e.at).label("first"))
        .where(e.helper_id.in_(lately), standing(e))
        .group_by(e.helper_id, e.helped_id)
        .subquery()
    )
    before = func.sum(case((each.c.first < since, 1), else_=0))
    counted = select(each.c.helper_id, func.count(), before).group_by(each.c.helper_id)
    for member_id, now, then in db.session.execute(counted):
        passed = [number for number in PEOPLE if then < number <= now]
        if passed:
            yield Occasion(member_id, f"{member_id}:helped {passed[-1]}", f"Helped {passed[-1]} different people.")


def _new_advocates(since: datetime) -> Iterator[Occasion]:
    r = Recognition
    rows = (
        select(r.member_id, r.id)
        .join(Member, Member.id == r.member_id)
        .where(r.state == "accepted", r.answered_at >= since, *customers())
    )
    for member_id, recognition_id in db.session.execute(rows):
        yield Occasion(member_id, f"{member_id}:advocate {recognition_id}", "Became an advocate.")


def _years(since: datetime) -> Iterator[Occasion]:
    year_ago = clock.ago(days=A_YEAR)
    rows = select(Member.id, Member.helped_count).where(
        Member.joined_at <= year_ago, Member.joined_at > clock.ago(days=A_YEAR + FRESH_DAYS), Member.helped_count > 0,
        *customers(),
    )  # fmt: skip
    for member_id, helped in db.session.execute(rows):
        people = "somebody" if helped == 1 else f"{helped} people"
        yield Occasion(member_id, f"{member_id}:year 1", f"Has been here for a year, and helped {people}.")


def _stories(since: datetime) -> Iterator[Occasion]:
    c = Contribution
    rows = (
        select(c.author_id, c.id)
        .join(Member, Member.id == c.author_id)
        .where(c.kind == "story", c.state == "published", c.published_at >= since, *customers())
    )
    for member_id, story_id in db.session.execute(rows):
        # Not its title: the list outlives the story, which may be hidden or removed tomorrow.
        yield Occasion(member_id, f"{member_id}:story {story_id}", "Told a story.")
