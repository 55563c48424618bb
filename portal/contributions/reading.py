"""What a reader leaves behind: how far they have read, and that somebody looked."""

from collections.abc import Iterable
from typing import Any

from flask import request
from sqlalchemy import select

from portal.contributions.addresses import page_of, url_of
from portal.contributions.gathering import gathering
from portal.contributions.models import Contribution, ReadMarker
from portal.db import db
from portal.pages.judging import note_view
from portal.pages.serving import reads


def note_reading(parent: Contribution, reader: Any, up_to: int | None) -> None:
    """Count a view, and remember that `reader` saw the replies up to number `up_to`.

    Authors do not raise their own views, programs count for nobody, and neither does a page that was
    only fetched ahead. A page that is kept counts for everybody who gets it (`pages.serving`).
    """
    if not parent.is_published or request.method != "GET":
        return
    if not reader.is_authenticated:
        note_view(parent.id)
        if is_program():
            return
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        return
    if reader.id != parent.author_id:
        gathering().add_view(parent.id)
    if reader.id is not None and up_to is not None:
        gathering().add_marker(reader.id, parent.id, up_to)


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
    return not reads(request.headers.get("User-Agent", ""))
