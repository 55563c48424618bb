"""What a reader leaves behind: how far they have read, and that somebody looked."""

import re
from collections.abc import Iterable
from typing import Any

from flask import request
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock
from portal.contributions.addresses import page_of, url_of
from portal.contributions.models import Contribution, ReadMarker
from portal.db import db
from portal.web import after_reading

PROGRAM = re.compile(
    r"bot\b|bot[/_-]|crawl|spider|slurp|preview|monitor|fetch|curl|wget|python|java/|http-?client", re.I
)
"""User agents that say of themselves that nobody reads: their visits are not views."""


def note_reading(parent: Contribution, reader: Any, up_to: int | None) -> None:
    """After this page is out: count a view, and remember that `reader` saw the replies up to number `up_to`.

    Authors do not raise their own views, programs count for nobody, and neither does a page that was
    only fetched ahead.
    """
    if not parent.is_published or request.method != "GET":
        return
    if not reader.is_authenticated and is_program():
        return
    number, member_id = parent.id, reader.id  # by then the session has let go of what it knew
    if member_id != parent.author_id and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        after_reading(lambda: count_view(number))
    if member_id is not None and up_to is not None:
        after_reading(lambda: move_marker(member_id, number, up_to))


def count_view(contribution_id: int) -> None:
    """One more person looked at it."""
    table = Contribution.__table__
    db.session.execute(update(table).where(table.c.id == contribution_id).values(view_count=table.c.view_count + 1))


def move_marker(member_id: int, contribution_id: int, position: int) -> None:
    """Note that a member has read up to the reply with this number; a marker never moves back."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    new = dialect.insert(ReadMarker).values(
        member_id=member_id, contribution_id=contribution_id, position=position, at=clock.now()
    )
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["member_id", "contribution_id"],
            set_={"position": new.excluded.position, "at": new.excluded.at},
            where=ReadMarker.position < new.excluded.position,
        )
    )


def unread_counts(reader: Any, contributions: Iterable[Contribution | None]) -> dict[int, int]:
    """How many replies this reader has not seen, by id, of those they have opened before; in one query."""
    shown = {c.id: c for c in contributions if c is not None}
    if not reader.is_authenticated or not shown:
        return {}
    markers = db.session.execute(
        select(ReadMarker.contribution_id, ReadMarker.position).where(
            ReadMarker.member_id == reader.id, ReadMarker.contribution_id.in_(list(shown))
        )
    )
    return {number: max(0, shown[number].last_position - position) for number, position in markers}


def first_unread_url(parent: Contribution, reader: Any) -> str:
    """Where the first reply stands that this reader has not seen; the page itself if there is none."""
    read = None
    if reader.is_authenticated:
        read = db.session.scalar(
            select(ReadMarker.position).where(
                ReadMarker.member_id == reader.id, ReadMarker.contribution_id == parent.id
            )
        )
    if read is None:
        return url_of(parent)
    following = db.session.execute(
        select(Contribution.id, Contribution.position, Contribution.state)
        .where(Contribution.parent_id == parent.id, Contribution.position > read)
        .order_by(Contribution.position)
        .limit(100)
    )
    for reply_id, position, state in following:
        if state == "published":
            return _at(parent, position or 0, f"reply-{reply_id}")
    return _at(parent, parent.last_position, "replies")


def _at(parent: Contribution, position: int, anchor: str) -> str:
    page = page_of(position)
    return url_of(parent, page=page if page > 1 else None, _anchor=anchor)


def is_program() -> bool:
    """Whether who asks says of itself that nobody reads."""
    agent = request.headers.get("User-Agent", "")
    return not agent or bool(PROGRAM.search(agent))
