"""What a test asks about a contribution at any time: its address and its author, whatever is loaded."""

from flask import current_app
from sqlalchemy.orm.attributes import set_committed_value

from portal.contributions.addresses import url_of
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member


def at(contribution: Contribution) -> str:
    """The address where it is read."""
    if contribution.is_reply:
        set_committed_value(contribution, "parent", db.session.get(Contribution, contribution.parent_id))
    with current_app.test_request_context():
        return url_of(contribution)


def author_of(contribution: Contribution) -> Member:
    """Who wrote it."""
    return db.session.get_one(Member, contribution.author_id)
