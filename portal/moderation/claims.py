"""Who has which item open: it is theirs for some minutes, and others see so. A claim forbids nothing."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete

from portal import clock
from portal.config import settings
from portal.db import db, insert_into
from portal.moderation.models import Claim


def claim(contribution_id: int, member_id: int) -> bool:
    """Have the item for some minutes, unless somebody else has it; says whether one has it now. One statement."""
    now = clock.now()
    until = now + timedelta(minutes=settings().claim_minutes)
    own = insert_into(Claim).values(contribution_id=contribution_id, member_id=member_id, until=until)
    taken = db.session.execute(
        own.on_conflict_do_update(
            index_elements=["contribution_id"],
            set_={"member_id": member_id, "until": until},
            where=(Claim.member_id == member_id) | (Claim.until <= now),
        ).returning(Claim.member_id)
    )
    return taken.first() is not None


def later(contribution_id: int, member_id: int) -> Callable[[], None]:
    """The same, to be done once the page has gone out."""

    def do() -> None:
        claim(contribution_id, member_id)

    return do


def let_go(contribution_id: int) -> None:
    """It is decided: nobody has it any more."""
    db.session.execute(delete(Claim).where(Claim.contribution_id == contribution_id))
