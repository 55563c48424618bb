"""Pictures placed inside a text: they belong to the contribution whose text shows them.

Works on the picture table by its name, as `writing` does: the room of pictures stands on this one.
"""

import re

from sqlalchemy import exists, select, update

from portal import text as texts
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member

IN_TEXT = re.compile(r"!\[([^\]\n]{0,500})\]\(\s*<?picture:([A-Za-z0-9_-]{16,32})")
"""A picture inside a Markdown text, as the composer writes it."""


def shows_pictures(source: str) -> bool:
    """Whether a text shows any."""
    return IN_TEXT.search(source) is not None


def place_pictures(contribution: Contribution) -> int:
    """Make the author's unused pictures that the text shows its own, and let go of those it no longer shows.

    Call it after the text was written and flushed. Returns how many the text shows.
    """
    picture = db.metadata.tables["picture"]
    words = {token: alt for alt, token in IN_TEXT.findall(contribution.source)}
    own = picture.c.contribution_id == contribution.id
    db.session.execute(
        update(picture).where(own, picture.c.in_text, picture.c.token.not_in(words)).values(contribution_id=None)
    )
    if not words:
        return 0
    free = (
        picture.c.contribution_id.is_(None)
        & (picture.c.owner_id == contribution.author_id)
        & ~exists().where(Member.picture_id == picture.c.id)
    )
    found = db.session.execute(
        select(picture.c.id, picture.c.token, picture.c.alt).where(picture.c.token.in_(words), own | free)
    ).all()
    places = {token: place for place, token in enumerate(words)}
    for number, token, alt in found:
        db.session.execute(
            update(picture)
            .where(picture.c.id == number)
            .values(
                contribution_id=contribution.id,
                in_text=True,
                place=places[token],
                alt=alt or texts.clean_line(words[token])[:500],
            )
        )
    db.session.expire(contribution, ["pictures"])
    return len(found)
