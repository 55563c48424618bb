"""Finding notifications."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.contributions.models import Contribution
from portal.members.models import Member
from portal.notifications.models import Notification


def of_member(member: Member) -> Select[Notification]:
    """A member's notifications, newest first, with what their sentences need."""
    return (
        with_words(select(Notification))
        .where(Notification.member_id == member.id)
        .order_by(Notification.at.desc(), Notification.id.desc())
    )


def with_words(query: Select[Notification]) -> Select[Notification]:
    """Load actor, contribution and its parent along."""
    return query.options(
        joinedload(Notification.actor),
        joinedload(Notification.contribution).joinedload(Contribution.parent),
    )
