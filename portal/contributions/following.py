"""Following a contribution: who wants to hear of new replies to it."""

from sqlalchemy import delete

from portal import clock
from portal.contributions.models import Contribution, Follow
from portal.db import db, insert_new
from portal.members.models import Member


def follow(contribution: Contribution, member: Member) -> None:
    """`member` hears of new replies from now on; following twice is following. Of a reply, what it replies to."""
    insert_new(
        Follow.__table__,
        [{"member_id": member.id, "contribution_id": _followed(contribution), "at": clock.now()}],
    )


def unfollow(contribution: Contribution, member: Member) -> bool:
    """`member` hears no more of it; says whether they did before."""
    gone = db.session.execute(
        delete(Follow).where(Follow.member_id == member.id, Follow.contribution_id == _followed(contribution))
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]



def _followed(contribution: Contribution) -> int:
    return contribution.parent_id or contribution.id
