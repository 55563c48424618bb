"""Submitting photos and changing what was submitted."""

from collections.abc import Mapping, Sequence

from portal.contributions import lifecycle
from portal.contributions.consents import record_choices
from portal.contributions.following import follow
from portal.contributions.writing import must_write, set_tags, write
from portal.db import db
from portal.media.commands import attach
from portal.members.models import Member
from portal.stories.models import Photo


def submit_photo(
    author: Member, *, title: str, caption: str, taken_at_place: str, product_id: int | None, tags: str,
    tokens: Sequence[str], alts: Mapping[str, str], challenge_id: int | None = None, submission_key: str = "",
) -> Photo:  # fmt: skip
    """Submit one to ten pictures, perhaps as an entry in an open challenge; raises NotAllowed or screening.Refused."""
    must_write(author)
    photo = Photo(author=author, challenge_id=challenge_id, submission_key=submission_key or None)
    db.session.add(photo)
    change_photo(
        photo, title=title, caption=caption, taken_at_place=taken_at_place, product_id=product_id, tags=tags,
        tokens=tokens, alts=alts,
    )  # fmt: skip
    record_choices(photo)
    lifecycle.submit(photo)
    follow(photo, author)
    return photo


def change_photo(
    photo: Photo, *, title: str, caption: str, taken_at_place: str, product_id: int | None, tags: str,
    tokens: Sequence[str], alts: Mapping[str, str],
) -> None:  # fmt: skip
    """Give a photo submission its words and pictures."""
    write(photo, source=caption, title=title)
    photo.taken_at_place, photo.product_id = taken_at_place, product_id
    db.session.flush()
    set_tags(photo, tags.split(","))
    attach(photo, tokens, alts)
