"""What every page's frame shows: the site, the reader's bell, the moderators' queue; filters for templates."""

from datetime import datetime
from typing import Any

from flask import Flask
from flask_login import current_user
from sqlalchemy import bindparam, func, select

from portal import clock
from portal.advocacy.proposals import FINDINGS
from portal.contributions.models import Contribution
from portal.contributions.powers import boards_of
from portal.contributions.queries import last_decision
from portal.guard import queries as findings
from portal.notifications.models import Notification
from portal.site import the_site, the_site_and, with_site


def init_app(app: Flask) -> None:
    """Give the templates what the frame needs."""
    app.context_processor(_context)
    app.jinja_env.filters["ago"] = ago
    app.jinja_env.globals["last_decision_of"] = last_decision
    app.extensions[FINDINGS] = findings.open_about  # advocacy knows nothing of the room that watches over it
    app.jinja_env.globals.setdefault("standing_of", lambda contribution: None)


_UNREAD = select(func.count()).where(
    Notification.member_id == bindparam("reader"), Notification.read_at.is_(None)
)  # fmt: skip
_WAITING = select(func.count()).where(Contribution.state == "pending")
_FOR_A_MEMBER = with_site(_UNREAD.scalar_subquery())
_FOR_A_MODERATOR = with_site(_UNREAD.scalar_subquery(), _WAITING.scalar_subquery())


def _context() -> dict[str, Any]:
    if not (current_user and current_user.is_authenticated):
        return {"site": the_site(), "unread_notifications": 0, "queue_waiting": 0, "sees_queue": False}
    moderates = current_user.moderates
    counts = the_site_and(_FOR_A_MODERATOR if moderates else _FOR_A_MEMBER, reader=current_user.id)
    return {
        "site": the_site(), "unread_notifications": counts[0], "queue_waiting": counts[1] if moderates else 0,
        "sees_queue": moderates or bool(boards_of(current_user)),
    }  # fmt: skip


def ago(at: datetime | None) -> str:
    """An instant in relative words: "just now", "5 minutes ago", "yesterday", "3 March 2024"."""
    if at is None:
        return ""
    now = clock.now()
    seconds = (now - at).total_seconds()
    if seconds < 0:
        return f"{at.day} {at:%B %Y}"
    if seconds < 60:
        return "just now"
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            n = int(seconds // size)
            if word == "day" and n == 1:
                return "yesterday"
            if word == "day" and n > 30:
                return f"{at.day} {at:%B}" if at.year == now.year else f"{at.day} {at:%B %Y}"
            return f"{n} {word}{'' if n == 1 else 's'} ago"
    return "just now"
