"""Pictures that go for good, and public copies that go at once: rows first, files when that is certain."""

import logging
from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from portal import activity, clock
from portal.activity import Activity
from portal.config import settings
from portal.contributions.models import Contribution, Decision
from portal.db import db, writing
from portal.media import files, publishing, queries
from portal.media.models import Picture

log = logging.getLogger(__name__)

DELETED = "pictures_deleted"
AT_ONCE = 200
"""Pictures in one transaction of the sweep."""


def purge(pictures: Collection[Picture]) -> int:
    """Delete these pictures; their files, public and private, go as soon as that is committed. Returns how many.

    What remains is a line in the record with their checksums, so that what somebody agreed to can still be shown.
    """
    by_contribution: dict[int | None, list[Picture]] = {}
    for picture in pictures:
        by_contribution.setdefault(picture.contribution_id, []).append(picture)
    for contribution_id, some in by_contribution.items():
        activity.record(
            DELETED,
            db.session.get(Contribution, contribution_id) if contribution_id else None,
            files=[{"token": p.token, "names": sorted({files.public_key_of(p), p.public_key} - {None})} for p in some],
            sha256=[p.sha256 for p in some],
        )  # fmt: skip
    for picture in pictures:
        db.session.delete(picture)
    db.session.flush()
    return len(pictures)


def delete_files(lines: Sequence[Activity]) -> None:
    """The reaction: take away every file of pictures that were purged."""
    for line in lines:
        for gone in line.data.get("files", ()):
            for name in gone["names"]:
                files.delete_public(name)
            files.delete_private(gone["token"])


def take_away(lines: Sequence[Activity]) -> None:
    """The reaction, in the request itself: no public copy of what readers can't see any more, nor of replies below."""
    ids = {line.contribution_id for line in lines if line.contribution_id}
    for contribution in queries.affected_by(ids):
        parent = contribution.parent
        if not contribution.is_published or (parent is not None and not parent.is_published):
            publishing.unpublish_pictures(contribution)
    publishing.release_unattached()


def delete_removed(lines: Sequence[Activity]) -> None:
    """The reaction: what its author removed loses all its pictures, with those of the replies that went with it."""
    ids = {line.contribution_id for line in lines if line.contribution_id}
    purge(db.session.scalars(select(Picture).where(_of_removed(Decision.as_moderator.is_(False), ids))).all())


def sweep_removed() -> int:
    """The chore: what moderators removed is kept for some days, for whoever was wronged; then its pictures go."""
    before = clock.now() - timedelta(days=settings().removed_pictures_days)
    gone = 0
    while True:
        with writing():
            late = select(Picture).where(_of_removed(Decision.at < before)).order_by(Picture.id).limit(AT_ONCE)
            some = purge(db.session.scalars(late).all())
        gone += some
        if some < AT_ONCE:
            return gone


def _of_removed(decided: ColumnElement[bool], ids: Collection[int] | None = None) -> ColumnElement[bool]:
    """Pictures of contributions (of these, if given) that were removed by such a decision, or whose parent was."""
    own, root = aliased(Contribution), aliased(Contribution)
    removed = (
        exists()
        .where(
            own.id == Picture.contribution_id,
            or_(root.id == own.id, root.id == own.parent_id),
            root.state == "removed",
            Decision.contribution_id == root.id,
            Decision.to_state == "removed",
            decided,
        )
    )  # fmt: skip
    return removed.where(root.id.in_(ids)) if ids is not None else removed
