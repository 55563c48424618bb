"""What every page's frame shows: the site, the reader's bell, the moderators' queue; filters for templates."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Flask, g
from flask_login import current_user
from sqlalchemy import bindparam, case, func, or_, select

from portal import moments
from portal.advocacy.proposals import FINDINGS
from portal.contributions.models import Contribution
from portal.contributions.powers import boards_of
from portal.contributions.queries import last_decision
from portal.db import db
from portal.guard import queries as findings
from portal.members import sessions
from portal.members.models import Member
from portal.members.raw import COLUMNS
from portal.notifications.models import Notification
from portal.prepared import Prepared
from portal.site import WORDS, beside_the_site, note_words, the_site


def init_app(app: Flask) -> None:
    """Give the templates what the frame needs."""
    app.context_processor(_context)
    app.extensions[sessions.ALONG] = sessions.Along(_MEMBER, _note)
    app.jinja_env.filters["ago"] = moments.ago
    app.jinja_env.globals["last_decision_of"] = last_decision
    app.extensions[FINDINGS] = findings.open_about  # advocacy knows nothing of the room that watches over it
    app.jinja_env.globals.setdefault("standing_of", lambda contribution: None)


class _Counts(NamedTuple):
    """What of a page's frame is counted anew each time."""

    unread: int
    waiting: int | None
    """For moderators: what waits for them."""


_UNREAD = select(func.count()).where(Notification.member_id == Member.id, Notification.read_at.is_(None))
_PENDING = select(func.count()).where(Contribution.state == "pending").scalar_subquery()
_WAITING = case((or_(Member.is_moderator, Member.is_admin), _PENDING))
_WITH_COUNTS = (_UNREAD.correlate(Member).scalar_subquery(), _WAITING)
_COUNTS = select(*_WITH_COUNTS).where(Member.id == bindparam("member"))
_MEMBER = Prepared(
    select(*COLUMNS, *_WITH_COUNTS, *WORDS)
    .select_from(beside_the_site(Member.__table__))
    .where(Member.id == bindparam("member"))
)


def _note(values: Sequence[Any]) -> None:
    n = len(_WITH_COUNTS)
    g.portal_counts = _Counts._make(values[:n])
    note_words(values[n:])


def _context() -> dict[str, Any]:
    reader: Any = current_user._get_current_object()  # it is asked often, the stand-in takes its time
    if not (reader and reader.is_authenticated):
        return {"site": the_site(), "unread_notifications": 0, "queue_waiting": 0, "sees_queue": False}
    if "portal_counts" not in g:  # who is here became known in another way than with the request
        g.portal_counts = _Counts._make(db.session.execute(_COUNTS, {"member": reader.id}).one())
    moderates, counts = reader.moderates, g.portal_counts
    return {
        "site": the_site(), "unread_notifications": counts.unread,
        "queue_waiting": (counts.waiting or 0) if moderates else 0, "sees_queue": moderates or bool(boards_of(reader)),
    }  # fmt: skip
