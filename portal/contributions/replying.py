"""Replying to a contribution, and what every first sending needs: one turn at a time, one result a form."""

from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError

from portal.contributions import drafts, lifecycle
from portal.contributions.following import follow
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Reply
from portal.contributions.placing import place_pictures, shows_pictures
from portal.contributions.screening import Refused
from portal.contributions.writing import already_sent, must_write, take_turn, write
from portal.db import db
from portal.members.models import Member

Kind = TypeVar("Kind", bound=Contribution)


def post_reply(parent: Contribution, author: Member, *, source: str, submission_key: str = "") -> Contribution:
    """Write a reply and submit it; the author follows from then on, and their draft goes.

    Sent twice with the same key, it answers with the first. Raises NotAllowed when the parent takes no
    replies (any more) or the author may not write, and screening.Refused.
    """
    must_write(author)
    if (first := already_sent(author, submission_key)) is not None:
        return first
    take_turn(parent)
    if not parent.open_to_replies:
        raise NotAllowed("This was closed meanwhile, so it takes no more replies. Your text is still here to copy.")
    reply = Reply(author=author, parent=parent, submission_key=submission_key or None)
    write(reply, source=source)
    must_show_something(reply)
    first_or_this = keep_once(reply, submission_key)
    if first_or_this is not reply:
        return first_or_this
    if shows_pictures(reply.source):
        place_pictures(reply)
    lifecycle.submit(reply)
    follow(parent, author)
    drafts.discard(author, f"reply:{parent.id}")
    return reply


def keep_once(new: Kind, submission_key: str) -> Kind | Contribution:
    """Write a new contribution, unless the same form made one at this very instant: then that one is the answer."""
    author = new.author
    try:
        with db.session.begin_nested():
            db.session.add(new)
    except IntegrityError:
        first = already_sent(author, submission_key)
        if first is None:
            raise
        return first
    return new


def must_show_something(contribution: Contribution) -> None:
    """Raise Refused if readers would see nothing of this text."""
    html: Any = contribution.html
    if not contribution.excerpt.strip() and "<img" not in html:
        raise Refused("Of this text, nothing would show. Please write a few words.", "empty")
