"""Pictures that moderators purge everywhere and block, so that they do not come back."""

import re
from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal import activity, clock
from portal import text as texts
from portal.contributions import lifecycle
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.db import db, insert_new
from portal.media import commands, likeness, purging, queries
from portal.media.models import BlockedPicture, Picture
from portal.members.models import Member

WITHOUT_PICTURES = "A moderator removed its pictures, so there is nothing to show at the moment."


def block_picture(picture: Picture, moderator: Member, why: str, also: Collection[Picture] = ()) -> int:
    """Purge a picture, and those near copies of it that the moderator chose; neither is taken again.

    `also` outside its near copies is passed over. A photo submission that loses its last picture is
    hidden and waits for a decision. Returns how many pictures went. Raises NotAllowed.
    """
    if not moderator.moderates:
        raise NotAllowed("Only moderators can decide this.")
    why = texts.clean_line(why)[:500]
    alike = {row.picture.id for row in likeness.near(picture)}
    going = [picture, *(p for p in also if p.id in alike)]
    insert_new(
        BlockedPicture.__table__,
        [
            {
                "sha256": p.sha256, "difference_hash": p.difference_hash, "why": why, "blocked_by_id": moderator.id,
                "blocked_at": clock.now(), "purged": sum(q.sha256 == p.sha256 for q in going),
            }
            for p in {q.sha256: q for q in going}.values()
        ],
    )  # fmt: skip
    _take_from_faces(going)
    contributions: set[int] = set()
    for (contribution_id, owner_id), some in _grouped(going).items():
        contribution = db.session.get(Contribution, contribution_id) if contribution_id else None
        activity.record(
            "picture_blocked", contribution, member=db.session.get(Member, owner_id), actor=moderator,
            sha256=[p.sha256 for p in some], reason=why,
        )  # fmt: skip
        if contribution is not None:
            contribution.html = _without(contribution.html, some)
            contributions.add(contribution.id)
    purging.purge(going)
    for number in contributions:
        _settle(db.session.get_one(Contribution, number), moderator)
    return len(going)


def unblock(blocked: BlockedPicture, moderator: Member) -> bool:
    """Let a picture be sent again; what was purged stays away. Says whether it was blocked. Raises NotAllowed."""
    if not moderator.moderates:
        raise NotAllowed("Only moderators can decide this.")
    found = db.session.scalar(select(BlockedPicture).where(BlockedPicture.id == blocked.id).with_for_update())
    if found is None:
        return False
    activity.record("picture_unblocked", actor=moderator, sha256=[found.sha256], reason=found.why)
    db.session.delete(found)
    db.session.flush()
    return True


def blocked_pictures() -> Select[BlockedPicture]:
    """All that are blocked, the latest first, with who did it."""
    return (
        select(BlockedPicture)
        .options(joinedload(BlockedPicture.blocked_by))
        .order_by(BlockedPicture.blocked_at.desc(), BlockedPicture.id.desc())
    )


def _grouped(pictures: Sequence[Picture]) -> dict[tuple[int | None, int], list[Picture]]:
    """By what they belong to, and to whom."""
    groups: dict[tuple[int | None, int], list[Picture]] = {}
    for picture in pictures:
        groups.setdefault((picture.contribution_id, picture.owner_id), []).append(picture)
    return groups


def _take_from_faces(pictures: Sequence[Picture]) -> None:
    faces = select(Member).where(Member.picture_id.in_([p.id for p in pictures]))
    for member in db.session.scalars(faces).all():
        commands.set_face(member, None)
        activity.record("profile_changed", member=member)


def _settle(contribution: Contribution, moderator: Member) -> None:
    """What is left of it: a photo submission without pictures is hidden; anything else is read and indexed anew."""
    db.session.expire(contribution, ["pictures"])
    empty = contribution.kind == "photo" and not queries.of_contribution(contribution)
    if empty and lifecycle.hide(contribution, moderator, WITHOUT_PICTURES, "picture_purged"):
        return
    activity.record("edited", contribution, actor=moderator)


def _without(html: str, pictures: Sequence[Picture]) -> str:
    """A text without the places where it showed these pictures."""
    for picture in pictures:
        html = re.sub(rf"<img[^>]*/pictures/{re.escape(picture.token)}/[^>]*>", "", html)
    return html
