"""Saying thanks, and taking it back."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import activity, clock
from portal.contributions import turns
from portal.contributions.helpfulness import helpfulness
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Thanks
from portal.contributions.writing import must_write
from portal.db import db
from portal.members.models import Member


def give_thanks(contribution: Contribution, giver: Member) -> bool:
    """`giver` says "this helped me"; a second time changes nothing. Raises NotAllowed."""
    must_write(giver)
    if giver.id == contribution.author_id:
        raise NotAllowed("You can't thank yourself, much as you may deserve it.")
    if not contribution.is_published:
        raise NotAllowed("This is not published, so it can't be thanked.")
    turns.take(contribution.id)
    try:
        with db.session.begin_nested():
            db.session.add(Thanks(contribution_id=contribution.id, giver_id=giver.id))
    except IntegrityError:
        return False
    count_thanks(contribution, 1)
    activity.record("thanked", contribution, actor=giver)
    return True


def withdraw_thanks(contribution: Contribution, giver: Member) -> bool:
    """`giver` takes thanks back, and the word with them; the row stays, marked."""
    turns.take(contribution.id)
    taken = db.session.execute(
        update(Thanks)
        .where(
            Thanks.contribution_id == contribution.id, Thanks.giver_id == giver.id, Thanks.withdrawn_at.is_(None)
        )
        .values(withdrawn_at=clock.now(), word="")
    )
    if taken.rowcount == 0:  # type: ignore[attr-defined]
        return False
    count_thanks(contribution, -1)
    activity.record("thanks_withdrawn", contribution, actor=giver)
    return True


def count_thanks(contribution: Contribution, step: int) -> None:
    """Keep the counter and the order by helpfulness."""
    table = Contribution.__table__
    db.session.execute(
        update(table).where(table.c.id == contribution.id).values(thanks_count=table.c.thanks_count + step)
    )
    db.session.refresh(contribution, ["thanks_count"])
    recount_helpfulness(contribution)


def recount_helpfulness(reply: Contribution) -> None:
    """Put a reply where its thanks, its views and its acceptance say."""
    if reply.parent_id is None:
        return
    views = db.session.scalar(select(Contribution.view_count).where(Contribution.id == reply.parent_id)) or 0
    reply.helpfulness = helpfulness(reply.accepted_count > 0, reply.total_thanks, views - reply.views_before)
    db.session.flush()
