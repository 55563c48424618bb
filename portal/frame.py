"""What every page's frame shows: the site, the reader's bell, the moderators' queue; filters for templates."""

from datetime import datetime
from typing import Any

from flask import Flask
from flask_login import current_user
from sqlalchemy import func, select

from portal import clock
from portal.contributions.models import Contribution
from portal.contributions.powers import boards_of
from portal.contributions.queries import last_decision
from portal.db import db
from portal.notifications.models import Notification
from portal.site import the_site


def init_app(app: Flask) -> None:
    """Give the templates what the frame needs."""
    app.context_processor(_context)
    app.jinja_env.filters["ago"] = ago
    app.jinja_env.globals["last_decision_of"] = last_decision
    app.jinja_env.globals.setdefault("standing_of", lambda contribution: None)


def _context() -> dict[str, Any]:
    context: dict[str, Any] = {"site": the_site(), "unread_notifications": 0, "queue_waiting": 0, "sees_queue": False}
    if current_user and current_user.is_authenticated:
        unread = (
            select(func.count())
            .select_from(Notification)
            .where(Notification.member_id == current_user.id, Notification.read_at.is_(None))
        )
        waiting = select(func.count()).select_from(Contribution).where(Contribution.state == "pending")
        if current_user.moderates:
            row = db.session.execute(select(unread.scalar_subquery(), waiting.scalar_subquery())).one()
            context |= {"unread_notifications": row[0], "queue_waiting": row[1], "sees_queue": True}
        else:
            context |= {"unread_notifications": db.session.scalar(unread), "sees_queue": bool(boards_of(current_user))}
    return context


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
