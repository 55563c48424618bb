"""The word that came with thanks, in the notification that tells of them: as it stands now, for the helper alone."""

from datetime import timedelta

from sqlalchemy import select, update

from portal.activity import Activity
from portal.config import settings
from portal.contributions.models import Thanks
from portal.db import db
from portal.notifications.models import Notification

ABOUT_WORDS = ("thanks_word_changed", "thanks_withdrawn")


def key_of(line: Activity, verb: str) -> str:
    """What the notification of thanks, or of an acceptance, is known by."""
    return f"{verb}:{line.contribution_id}:{line.actor_id}"


def word_now(line: Activity) -> str:
    """The word with the thanks that stand; empty without."""
    standing = select(Thanks.word).where(
        Thanks.contribution_id == line.contribution_id, Thanks.giver_id == line.actor_id, Thanks.withdrawn_at.is_(None)
    )
    return db.session.scalar(standing) or ""


def take_over(line: Activity) -> None:
    """Let the notification say what the thanks say now.

    A word that followed the thanks at once makes it unread again, so that nobody misses it; later changes ring no bell.
    """
    told = (Notification.key == key_of(line, "thanked")) & (Notification.verb == "thanked")
    word = word_now(line)
    at_once = line.at - timedelta(minutes=settings().mail_batch_minutes)
    if word:
        db.session.execute(
            update(Notification).where(told, Notification.note == "", Notification.at >= at_once).values(read_at=None)
        )
    db.session.execute(update(Notification).where(told).values(note=word))
