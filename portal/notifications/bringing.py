"""What members hear of questions that are brought to them, and of what was promised for what they wrote."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, update

from portal import clock
from portal.activity import Activity
from portal.contributions.models import Contribution, Incentive
from portal.db import db
from portal.helping.models import Routed
from portal.notifications.models import Notification
from portal.notifications.words import BROUGHT

VERBS = ("question_brought", "question_declined", "incentive_promised")
_VERB_OF = {"question": "question_brought", "newcomer": "newcomer_brought", "asked": "asked_by_name"}


def told_by(line: Activity) -> Iterator[dict[str, Any]]:
    """Who hears what of this activity: nobody of a question that is not public now, or was declined since."""
    contribution = db.session.get(Contribution, line.contribution_id) if line.contribution_id else None
    if contribution is None:
        return
    if line.verb == "incentive_promised":
        promised = db.session.get(Incentive, line.data.get("incentive", 0))
        if promised is not None and promised.withdrawn_at is None:
            yield {
                "member_id": contribution.author_id, "verb": line.verb, "key": f"incentive:{promised.id}",
                "note": promised.what, "actor_id": None,
            }  # fmt: skip
        return
    routed = db.session.get(Routed, line.data.get("routed", 0))
    if routed is None:
        return
    key = f"brought:{routed.id}"
    if line.verb == "question_declined":
        own = (Notification.member_id == routed.member_id) & (Notification.key == key)
        db.session.execute(delete(Notification).where(own))
    elif contribution.is_published and routed.declined_at is None:
        yield {
            "member_id": routed.member_id, "verb": _VERB_OF[routed.sort], "key": key, "note": routed.because,
            "actor_id": contribution.author_id, "by_mail": line.data.get("by_mail", True),
        }  # fmt: skip


def settle_answered(reply: Contribution) -> None:
    """Whoever answered what was brought to them need not be told of it any more."""
    if reply.parent_id is not None:
        own = (Notification.member_id == reply.author_id) & (Notification.contribution_id == reply.parent_id)
        db.session.execute(
            update(Notification)
            .where(own, Notification.verb.in_(tuple(BROUGHT)), Notification.read_at.is_(None))
            .values(read_at=clock.now())
        )
