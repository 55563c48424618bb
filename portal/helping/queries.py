"""What was brought to a member and is still theirs to take up."""

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased, joinedload

from portal import clock
from portal.contributions.models import Contribution
from portal.db import db
from portal.forum.models import Topic
from portal.helping.models import Routed
from portal.members.models import Member

LISTED_DAYS = 30
"""How long something stays on the list if nothing comes of it."""


def brought_to(member: Member) -> Select[Routed]:
    """What was brought to a member and waits: neither declined nor answered by them, public, open, not solved."""
    reply = aliased(Contribution)
    answered = exists().where(
        reply.parent_id == Routed.contribution_id, reply.author_id == Routed.member_id, reply.state != "removed"
    )
    return (
        select(Routed)
        .join(Topic, Topic.id == Routed.contribution_id)
        .where(
            Routed.member_id == member.id, Routed.declined_at.is_(None), ~answered,
            Routed.at > clock.ago(days=LISTED_DAYS), Topic.state == "published", Topic.locked_at.is_(None),
            Topic.accepted_count == 0,
        )
        .options(
            joinedload(Routed.contribution).joinedload(Contribution.author),
            joinedload(Routed.contribution).joinedload(Contribution.board),
        )
        .order_by(Routed.at.desc(), Routed.id.desc())
    )  # fmt: skip


def own_routed(routed_id: int, member: Member) -> Routed | None:
    """What was brought to this member, if it is public still."""
    return db.session.scalar(
        select(Routed)
        .join(Contribution, Contribution.id == Routed.contribution_id)
        .where(Routed.id == routed_id, Routed.member_id == member.id, Contribution.state == "published")
        .options(joinedload(Routed.contribution).joinedload(Contribution.board))
    )
