"""What these tests need: photos with real pictures, and the files that are left of them."""

from typing import Any

from PIL import ImageOps

from portal.contributions import consents
from portal.contributions.models import Contribution
from portal.db import db
from portal.media.commands import attach, receive_picture
from portal.media.models import Picture
from portal.media.storage import FolderStorage, storage
from portal.members.models import Member
from tests import builders
from tests.media import samples

WHEEL = samples.saved(samples.drawing((420, 300)))
WHEEL_AGAIN = samples.saved(samples.drawing((420, 300)), quality=40)
"""The same picture saved anew: another file, the same to look at."""
OTHER = samples.saved(ImageOps.mirror(ImageOps.invert(samples.drawing((400, 320)))))


def shown_photo(author: Member | None = None, *pictures: bytes, state: str = "published", **facts: Any) -> Contribution:
    """A photo submission in this state with these pictures (one by default) and the two consents it takes."""
    author = author or builders.member()
    photo = builders.photo(author, state="draft", **facts)
    tokens = [receive_picture(author, data).token for data in pictures or (WHEEL,)]
    attach(photo, tokens, dict.fromkeys(tokens, "A wheel"))
    consents.record_choices(photo)
    builders.bring(photo, state)
    db.session.commit()
    return photo


def picture_of(contribution: Contribution) -> Picture:
    """Its first picture."""
    return db.session.query(Picture).filter_by(contribution_id=contribution.id).order_by(Picture.place).first()


def bytes_left(prefix: str = "") -> int:
    """How many bytes lie in the storage; in a folder with files that are hidden or half written."""
    kept = storage()
    if isinstance(kept, FolderStorage):
        return sum(file.stat().st_size for file in (kept.root / prefix).rglob("*") if file.is_file())
    return sum(len(kept.read(key)) for key in kept.list(f"{prefix}/" if prefix else ""))
