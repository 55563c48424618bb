"""Public copies of pictures: made when what they belong to is published, taken away when it no longer is."""

import logging
from collections.abc import Mapping

from sqlalchemy import select

from portal.contributions.models import Contribution
from portal.db import db
from portal.media import files, queries
from portal.media.models import Picture
from portal.media.showing import ANIMATION, as_sizes
from portal.members.models import Member

log = logging.getLogger(__name__)


def is_open(contribution: Contribution) -> bool:
    """Whether everybody may see it and its pictures; `parent` must be loaded."""
    parent = contribution.parent
    return contribution.is_published and (parent is None or parent.is_published)


def publish_pictures(contribution: Contribution) -> bool:
    """Give the pictures of a published contribution their public copies; says whether anything changed."""
    changed = False
    for picture in queries.of_contribution(contribution, hold=True):
        if picture.public_key is None:
            changed |= _publish(picture)
    db.session.flush()
    return changed


def unpublish_pictures(contribution: Contribution) -> bool:
    """Take the public copies of a contribution's pictures away; says whether anything changed."""
    changed = [_unpublish(picture) for picture in queries.of_contribution(contribution, hold=True)]
    db.session.flush()
    return any(changed)


def settle_face(member: Member) -> bool:
    """Bring the public profile picture in line: shown once something by the member was published."""
    picture = queries.hold(member.picture_id) if member.picture_id else None
    shown = picture is not None and member.erased_at is None and (member.is_staff or member.published_count > 0)
    key = files.public_key_of(picture) if picture is not None and shown else None
    if member.face_key == key:
        return False
    if member.face_key is not None:
        files.delete_public(member.face_key)
        for old in db.session.scalars(select(Picture).where(Picture.public_key == member.face_key)):
            old.public_key, old.public_widths = None, ""
    if picture is not None and shown:
        picture.public_key, picture.public_widths = files.copy_to_public(picture, face=True)
    member.face_key = key
    db.session.flush()
    return True


def release_unattached() -> bool:
    """Take public copies from pictures that were detached from their contribution and are nobody's face."""
    changed = [_unpublish(picture) for picture in db.session.scalars(queries.public_but_unused())]
    db.session.flush()
    return any(changed)


def republish(picture: Picture) -> None:
    """Copy the files of a public picture to where everyone can load them once more."""
    if picture.public_key is not None:
        is_face = picture.contribution_id is None
        picture.public_key, picture.public_widths = files.copy_to_public(picture, face=is_face)


def show_more(picture: Picture, made: Mapping[str, bytes]) -> bool:
    """Copy newly made files of a picture that is public already to the others; says whether it did.

    The caller holds the picture, so that nobody takes its copies away meanwhile.
    """
    contribution = queries.contribution_of(picture) if picture.public_key and picture.contribution_id else None
    if contribution is None or not is_open(contribution):
        return False
    files.write_public(picture, made)
    widths = {*picture.public_sizes, *(int(name.partition(".")[0]) for name in made)}
    picture.public_widths = as_sizes(widths, picture.public_widths.endswith(ANIMATION))
    return True


def _publish(picture: Picture) -> bool:
    try:
        picture.public_key, picture.public_widths = files.copy_to_public(picture)
    except FileNotFoundError:
        # A lost file must not keep the text and its other pictures from readers.
        log.error("picture %s has lost files and is not published; `rebuild pictures` may help", picture.token)
        files.delete_public(files.public_key_of(picture))
        return False
    return True


def _unpublish(picture: Picture) -> bool:
    """Also looks for what a copy that was cut short by a crash left behind, which no row names."""
    left = files.delete_public(files.public_key_of(picture))
    if picture.public_key is None:
        return left > 0
    files.delete_public(picture.public_key)
    picture.public_key, picture.public_widths = None, ""
    return True
