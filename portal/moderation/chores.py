"""What the clock asks of this room: moderators hear of what waits too long, approvals are drawn for a second look."""

from sqlalchemy import or_, select

from portal import activity, clock
from portal.activity import Activity
from portal.config import settings
from portal.contributions.models import Contribution
from portal.db import db, writing
from portal.members.models import Member
from portal.moderation import queries, second_looks

LATE, OVERDUE = "late", "overdue"


def warn_of_late() -> int:
    """Mail the moderators what has waited past a limit, once for each contribution and limit; returns how many."""
    s = settings()
    with writing():
        fresh = {
            level: _not_warned_of(hours, level)
            for level, hours in ((LATE, s.queue_warn_hours), (OVERDUE, s.queue_alarm_hours))
        }
        both = set(fresh[OVERDUE])
        late = [number for number in fresh[LATE] if number not in both]
        if not late and not both:
            return 0
        for level, numbers in fresh.items():
            for contribution in db.session.scalars(select(Contribution).where(Contribution.id.in_(numbers))):
                activity.record("waits_long", contribution, level=level)
        for member in db.session.scalars(
            select(Member).where(or_(Member.is_moderator, Member.is_admin), Member.erased_at.is_(None))
        ).all():
            if member.moderates and member.email and member.confirmed:
                activity.record("queue_warning", member=member, late=len(late), overdue=len(both))
    return len(late) + len(both)


def draw_second_looks() -> None:
    """The nightly draw; drawing twice draws the same."""
    with writing():
        second_looks.draw()


def _not_warned_of(hours: int, level: str) -> list[int]:
    """What has waited so long and was not told of at this level since it began to wait."""
    waiting = queries.waiting_since(clock.ago(hours=hours))
    if not waiting:
        return []
    told: dict[int, list[Activity]] = {}
    ids = list(waiting)
    for start in range(0, len(ids), 500):
        some = Activity.contribution_id.in_(ids[start : start + 500])
        for line in db.session.scalars(select(Activity).where(Activity.verb == "waits_long", some)):
            told.setdefault(line.contribution_id or 0, []).append(line)
    return [
        number
        for number, since in waiting.items()
        if not any(line.at >= since and line.data.get("level") == level for line in told.get(number, ()))
    ]
