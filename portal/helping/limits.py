"""Who can be brought something now: in good standing, and with room left in what they are willing to do."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from portal import clock
from portal.config import settings
from portal.contributions.models import Contribution
from portal.db import db
from portal.helping.models import Routed
from portal.helping.willing import Will, wills_of

WEEK = timedelta(days=7)
DECLINED_PAUSE = timedelta(days=14)
"""For so long nothing from a board comes to whoever said "not for me" there; for each further time, as long again."""
DECLINED_COUNTS = timedelta(days=180)
ONE_AT_A_TIME = 0x48454C50
"""The number of the lock that keeps two workers from bringing the same thing twice ("HELP")."""


@dataclass
class Room:
    """What a member was brought lately, and what they are willing to be brought."""

    will: Will
    this_week: Counter[str] = field(default_factory=Counter)
    last_at: datetime | None = None
    paused: set[int] = field(default_factory=set)
    """Boards that nothing is brought from for now."""

    def has(self, sort: str) -> bool:
        """Whether something of this sort may be brought now."""
        s = settings()
        if sort == "asked":
            return self.will.takes_requests and self.this_week[sort] < s.asked_a_week
        if sort == "newcomer":
            return self.will.welcomes and self.this_week[sort] < s.welcomes_a_week
        if not self.will.chosen:
            return self.will.questions_a_week > 0 and not self.lately
        return self.this_week[sort] < self.will.questions_a_week

    @property
    def lately(self) -> bool:
        """Whether anything was brought within the last seven days, whatever the calendar says of weeks."""
        return self.last_at is not None and clock.now() - self.last_at < WEEK

    @property
    def by_mail(self) -> bool:
        """Whether one more may be mailed: who never chose gets no two such mails within seven days."""
        return self.will.chosen or not self.lately

    def take(self, sort: str) -> None:
        """Note that something is brought now."""
        self.this_week[sort] += 1
        self.last_at = clock.now()


def one_at_a_time() -> None:
    """Wait until no other worker brings anything, until the transaction ends; SQLite has one writer anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})


def rooms_of(member_ids: Collection[int]) -> dict[int, Room]:
    """The room that each of these members has, in three queries."""
    ids = sorted(set(member_ids))
    found = {member_id: Room(will) for member_id, will in wills_of(ids).items()}
    monday = clock.week_start()
    recent = select(Routed.member_id, Routed.sort, Routed.at).where(
        Routed.member_id.in_(ids), Routed.at > min(monday, clock.now() - WEEK) - timedelta(seconds=1)
    )
    for member_id, sort, at in db.session.execute(recent):
        room = found[member_id]
        room.this_week[sort] += at >= monday
        room.last_at = max(at, room.last_at or at)
    declined = (
        select(Routed.member_id, Contribution.board_id, func.count(), func.max(Routed.declined_at))
        .join(Contribution, Contribution.id == Routed.contribution_id)
        .where(Routed.member_id.in_(ids), Routed.declined_at > clock.now() - DECLINED_COUNTS)
        .group_by(Routed.member_id, Contribution.board_id)
    )
    for member_id, board_id, times, last in db.session.execute(declined):
        if board_id is not None and last is not None and clock.now() - last < times * DECLINED_PAUSE:
            found[member_id].paused.add(board_id)
    return found
