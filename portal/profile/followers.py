"""What follows when something is removed whose author left before: it can't come back, so no word of it stays."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.activity import Activity
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member
from portal.profile.forgetting import forget_texts


def forget(lines: Sequence[Activity]) -> None:
    """Blank what is removed by now, of the authors of these contributions who left and let it stay then."""
    ids = {line.contribution_id for line in lines if line.contribution_id}
    authors = select(Contribution.author_id).where(Contribution.id.in_(ids), Contribution.state == "removed")
    left = select(Member).where(Member.id.in_(authors), Member.erased_at.is_not(None)).order_by(Member.id)
    for member in db.session.scalars(left).all():
        forget_texts(member)
