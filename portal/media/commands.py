"""What is done with pictures: received, attached, published, taken back, deleted, swept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock
from portal import text as texts
from portal.activity import record
from portal.config import settings
from portal.contributions.models import Contribution
from portal.contributions.placing import IN_TEXT
from portal.db import db
from portal.media import files, likeness, queries
from portal.media.intake import CleanPicture, Limits, PictureRefused, receive
from portal.media.ladder import first_widths
from portal.media.models import Picture, new_token
from portal.media.showing import ANIMATION, as_sizes
from portal.media.storage import storage
from portal.members.models import Member
from portal.watching.counting import count

STRAY_AFTER = timedelta(hours=1)
"""A file without a row is only swept when it is older: the row of a younger one may be about to be committed."""


@dataclass(frozen=True)
class Prepared:
    """A clean picture and what a page needs of it at once, not kept anywhere yet."""

    clean: CleanPicture

    @property
    def files(self) -> dict[str, bytes]:
        """All that is written of it, by name."""
        found = {f"master.{files.EXTENSION_OF[self.clean.media_type]}": self.clean.master, **self.clean.first_sizes}
        return found | ({f"{ANIMATION}.webp": self.clean.animation} if self.clean.animation else {})


def prepare(source: IO[bytes] | bytes) -> Prepared:
    """Clean an upload. Takes a second and touches no database; raises PictureRefused."""
    try:
        clean = receive(source, _limits())
    except PictureRefused:
        count("picture_refused")
        raise
    count("picture_received")
    return Prepared(clean)


def check_room(owner: Member) -> None:
    """Raises PictureRefused when `owner` has many pictures lying about unused."""
    allowed = 3 * settings().pictures_per_contribution
    if not owner.is_staff and queries.count_unused(owner) >= allowed:
        raise PictureRefused(
            "many", f"You have {allowed} pictures here that you have not used. Post some of them before you send more."
        )


def keep_picture(owner: Member, prepared: Prepared) -> Picture:
    """Write a prepared picture to private storage and into the ledger, belonging to nothing yet.

    The worker makes its other sizes. Raises PictureRefused when `owner` has many pictures lying about
    unused, and for one that was blocked.
    """
    check_room(owner)
    clean, stored = prepared.clean, prepared.files
    likeness.refuse_blocked(clean.original_sha256, clean.dhash)
    picture = Picture(
        token=new_token(),
        owner_id=owner.id,
        width=clean.width,
        height=clean.height,
        bytes=sum(map(len, stored.values())),
        media_type=clean.media_type,
        sha256=clean.original_sha256,
        difference_hash=clean.dhash,
        placeholder=clean.placeholder,
        made_sizes=as_sizes(first_widths(clean.width), clean.animation is not None),
        created_at=clock.now(),
    )
    files.write_private(picture.token, stored)
    db.session.add(picture)
    db.session.flush()
    likeness.note(picture)
    if picture.missing_widths:
        record("picture_received", picture=picture.id)
    return picture


def receive_picture(owner: Member, source: IO[bytes] | bytes) -> Picture:
    """Take one upload in: `prepare` and `keep_picture` in one; raises PictureRefused.

    In a request use `forms.sent_pictures`, which does not hold the database while decoding.
    """
    return keep_picture(owner, prepare(source))


def attach(
    contribution: Contribution, tokens: Sequence[str] = (), alts: Mapping[str, str] | None = None
) -> list[Picture]:
    """Make these pictures, in this order, and those its text shows, the pictures of `contribution`.

    Call it after the text was written. Tokens of pictures that are not the author's, or belong to
    another contribution, are passed over; pictures no longer named are let go and swept later.
    `alts` maps tokens to alternative texts; one not given stays. Returns the pictures in order.
    """
    alts = alts or {}
    in_text = {token: words for words, token in IN_TEXT.findall(contribution.source or "")}
    wanted = [token for token in dict.fromkeys([*tokens, *in_text]) if token]
    found = {picture.token: picture for picture in queries.usable_for(contribution, wanted)}
    before = {picture.id: picture for picture in queries.of_contribution(contribution)}
    kept: list[Picture] = []
    for token in wanted:
        picture = found.get(token)
        if picture is None:
            continue
        before.pop(picture.id, None)
        picture.contribution_id = contribution.id
        picture.place = len(kept)
        picture.in_text = token in in_text and token not in tokens
        words = alts.get(token) or (in_text.get(token) if not picture.alt else None)
        if words is not None:
            picture.alt = texts.clean_line(words)[:500]
        kept.append(picture)
    for picture in before.values():
        picture.contribution_id = None
    db.session.flush()
    set_committed_value(contribution, "pictures", kept)
    return kept


def set_face(member: Member, picture: Picture | None) -> bool:
    """Make `picture` (the member's own, else ValueError) the profile picture, or take it off.

    The caller records `profile_changed`; the worker then makes it public if it may be.
    """
    if picture is not None and (picture.owner_id != member.id or picture.contribution_id is not None):
        raise ValueError("a profile picture is an unused picture of the member's own")
    if member.picture_id == (picture.id if picture else None):
        return False
    member.picture_id = picture.id if picture else None
    db.session.flush()
    return True


def delete_picture(picture: Picture) -> None:
    """Remove a picture everywhere: public copies, private files, row. The files go at once, for good."""
    if queries.hold(picture.id) is None:
        return  # somebody else was faster
    files.delete_public(files.public_key_of(picture))
    if picture.public_key:
        files.delete_public(picture.public_key)
    files.delete_private(picture.token)
    db.session.delete(picture)
    db.session.flush()



def sweep_orphans(older_than: timedelta | None = None) -> int:
    """Delete pictures that nothing has used for `older_than` (default: the setting); returns how many."""
    age = timedelta(hours=settings().orphan_hours) if older_than is None else older_than
    orphans = list(db.session.scalars(queries.orphans(clock.now() - age)))
    for picture in orphans:
        delete_picture(picture)
    return len(orphans)


def sweep_stray_files() -> int:
    """Delete files that no row names, which a crash or a deleted member left; returns how many.

    It goes through the whole storage and changes no row, so it need not hold the database for writing.
    """
    store, young = storage(), clock.now() - STRAY_AFTER
    tokens = set(db.session.scalars(select(Picture.token)))
    public = set(db.session.scalars(select(Picture.public_key).where(Picture.public_key.is_not(None))))
    stray = [key for key in store.list("private/") if files.token_in(key) not in tokens]
    stray += [key for key in store.list("public/") if key.rpartition("/")[2][:22] not in public]
    return sum(store.delete(key) for key in stray if (store.written_at(key) or young) < young)


def _limits() -> Limits:
    s = settings()
    return Limits(max_bytes=s.picture_max_bytes, max_pixels=s.picture_max_pixels, max_edge=s.picture_kept_width)

