"""Which pictures look alike: found by the bytes of their difference hashes, told to moderators, refused to nobody.

Two hashes that differ in at most `n` of 64 bits share at least `8 - n` of their eight bytes, so an
index of bytes finds every near copy without looking at all pictures (the pigeonhole principle).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.orm import aliased, joinedload

from portal.contributions.models import Contribution
from portal.db import db, insert_new
from portal.media.intake import PictureRefused
from portal.media.models import BlockedPicture, Picture, PictureBand

NEAR = 6
"""Bits of 64 in which a copy that was saved anew, made smaller or brightened may differ."""
AS_GOOD_AS_THE_SAME = 4
"""Bits in which a picture may differ from a blocked one and is still taken for it: a refusal needs more than a hint."""
CANDIDATES = 500
TELLING = range(6, 59)
"""How many of the 64 bits must be set: a flat picture has next to none or all of them, as all flat pictures do."""


@dataclass(frozen=True)
class Likeness:
    """A picture that looks like another: which, and in how many of 64 bits they differ (0 for the same file)."""

    picture: Picture
    bits: int


def note(picture: Picture) -> None:
    """Write down the eight bytes of a picture's hash, so that it is found by those that come after it."""
    rows = [
        {"band": band, "value": value, "picture_id": picture.id}
        for band, value in enumerate(bytes.fromhex(picture.difference_hash))
    ]
    insert_new(PictureBand.__table__, rows)


def near(picture: Picture, at_most: int = NEAR) -> list[Likeness]:
    """The pictures that look like this one, in at most so many bits (0 to 7), the nearest first."""
    return near_each([picture], at_most).get(picture.id, [])


def near_each(pictures: Sequence[Picture], at_most: int = NEAR) -> dict[int, list[Likeness]]:
    """The same for several pictures at once, by their number; those without near copies are left out.

    It is one query, however many there are. Pictures of the same contribution are no news; of very many candidates
    the 500 that share the most bytes are looked at.
    """
    own = {p.id: p for p in pictures}
    telling = [p.id for p in pictures if says_something(p.difference_hash)]
    given = {"all": list(own), "telling": telling, "shared": 8 - at_most}
    alike: dict[int, dict[int, Likeness]] = {}
    for mine, other in db.session.execute(_same_or_near(), given):
        picture = own[mine]
        bits = _bits_between(picture, other)
        if bits <= at_most and (other.contribution_id is None or other.contribution_id != picture.contribution_id):
            alike.setdefault(mine, {})[other.id] = Likeness(other, bits)
    return {mine: sorted(rows.values(), key=lambda row: (row.bits, row.picture.id)) for mine, rows in alike.items()}


def blocked_like(sha256: str, difference_hash: str) -> BlockedPicture | None:
    """The blocked picture that this one is, or is as good as; None if there is none."""
    same = db.session.scalar(select(BlockedPicture).where(BlockedPicture.sha256 == sha256))
    if same is not None or not says_something(difference_hash):
        return same
    for blocked_id, other in db.session.execute(select(BlockedPicture.id, BlockedPicture.difference_hash)):
        if says_something(other) and distance(difference_hash, other) <= AS_GOOD_AS_THE_SAME:
            return db.session.get(BlockedPicture, blocked_id)
    return None


def refuse_blocked(sha256: str, difference_hash: str) -> None:
    """Raise PictureRefused for a picture that a moderator blocked."""
    if blocked_like(sha256, difference_hash) is not None:
        raise PictureRefused(
            "blocked",
            "This picture was removed here before. If you think that was a mistake, write to the moderators.",
        )


def distance(one: str, other: str) -> int:
    """In how many bits two hashes (16 hexadecimal digits) differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def says_something(difference_hash: str) -> bool:
    """Whether a hash tells pictures apart: that of a flat one does not."""
    return int(difference_hash, 16).bit_count() in TELLING


def _bits_between(one: Picture, other: Picture) -> int:
    return 0 if one.sha256 == other.sha256 else distance(one.difference_hash, other.difference_hash)


@cache
def _same_or_near() -> Any:
    """Own number and other picture, of the same file and of those that share enough bytes: whether these are near is
    for the caller to count. Put together once: that takes longer than the answer."""
    own, twin = aliased(Picture), aliased(Picture)
    same = (
        select(own.id.label("mine"), twin.id.label("other"))
        .join(twin, twin.sha256 == own.sha256)
        .where(own.id.in_(bindparam("all", expanding=True)), twin.id != own.id)
        .limit(CANDIDATES)
    )
    mine, theirs = aliased(PictureBand), aliased(PictureBand)
    shared = func.count()
    near = (
        select(mine.picture_id.label("mine"), theirs.picture_id.label("other"))
        .join(theirs, (theirs.band == mine.band) & (theirs.value == mine.value))
        .where(mine.picture_id.in_(bindparam("telling", expanding=True)))
        .where(theirs.picture_id != mine.picture_id)
        .group_by(mine.picture_id, theirs.picture_id)
        .having(shared >= bindparam("shared"))
        .order_by(shared.desc(), theirs.picture_id.desc())
        .limit(CANDIDATES)
    )
    both = union_all(*(select(part.c.mine, part.c.other) for part in (same.subquery(), near.subquery()))).subquery()
    return (
        select(both.c.mine, Picture)
        .join(Picture, Picture.id == both.c.other)
        .options(joinedload(Picture.owner), joinedload(Picture.contribution).joinedload(Contribution.parent))
    )
