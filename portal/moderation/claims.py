"""Who has which item open: it is theirs for some minutes, and others see so. A claim forbids nothing."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, select, update

from portal import clock
from portal.config import settings
from portal.db import db, insert_new
from portal.members.models import Member
from portal.moderation.models import Claim


def claim(contribution_id: int, member_id: int) -> bool:
    """Have the item for some minutes, unless somebody else has it; says whether one has it now."""
    now = clock.now()
    until = now + timedelta(minutes=settings().claim_minutes)
    insert_new(Claim.__table__, [{"contribution_id": contribution_id, "member_id": member_id, "until": until}])
    db.session.execute(
        update(Claim)
        .where(Claim.contribution_id == contribution_id, (Claim.member_id == member_id) | (Claim.until <= now))
        .values(member_id=member_id, until=until)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(select(Claim.member_id).where(Claim.contribution_id == contribution_id)) == member_id


def later(contribution_id: int, member_id: int) -> Callable[[], None]:
    """The same, to be done once the page has gone out."""

    def do() -> None:
        claim(contribution_id, member_id)

    return do


def holder(contribution_id: int, other_than: Member) -> str:
    """The name of somebody else who has it open; empty if nobody does."""
    name = db.session.scalar(
        select(Member.display_name)
        .join(Claim, Claim.member_id == Member.id)
        .where(
            Claim.contribution_id == contribution_id, Claim.until > clock.now(), Claim.member_id != other_than.id
        )
    )
    return name or ""


def let_go(contribution_id: int) -> None:
    """It is decided: nobody has it any more."""
    db.session.execute(delete(Claim).where(Claim.contribution_id == contribution_id))
