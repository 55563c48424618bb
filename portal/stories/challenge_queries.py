"""Finding challenges with the number of their entries; one that is still to come is found by moderators alone."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from portal import clock
from portal.contributions.models import Contribution
from portal.db import db
from portal.stories.models import Challenge, Photo

SHOWN_AT_MOST = 200
"""On the page of all challenges, the latest first: one a week for four years."""


class Counted(NamedTuple):
    """A challenge and how many published entries it has."""

    challenge: Challenge
    entries: int


def find_challenge(slug: str, reader: Any) -> Challenge | None:
    """The challenge at this address, or None if this reader may not know of it yet."""
    challenge = by_slug(slug)
    if challenge is None or (challenge.is_coming and not _moderates(reader)):
        return None
    return challenge


def by_slug(slug: str) -> Challenge | None:
    """The challenge of this name, whoever asks."""
    if not slug or "\0" in slug:
        return None
    return db.session.scalar(select(Challenge).where(Challenge.slug == slug))


def challenges(reader: Any) -> Sequence[Counted]:
    """Those open and those over, the latest first; for moderators also those to come."""
    query = _counted().order_by(Challenge.opens_at.desc(), Challenge.id.desc()).limit(SHOWN_AT_MOST)
    if not _moderates(reader):
        query = query.where(Challenge.opens_at <= clock.now())
    return _rows(query)


def open_challenges() -> Sequence[Counted]:
    """Those that take entries now, the one that closes first on top."""
    now = clock.now()
    query = _counted().where(Challenge.opens_at <= now, Challenge.closes_at > now)
    return _rows(query.order_by(Challenge.closes_at, Challenge.id).limit(3))


def has_entries(challenge: Challenge) -> bool:
    """Whether anything was ever entered, published or not."""
    return db.session.scalar(select(Photo.id).where(Photo.challenge_id == challenge.id).limit(1)) is not None


def free_slug(wanted: str) -> str:
    """`wanted`, or with the next number behind it if it is taken."""
    base = wanted[:70].strip("-") or "challenge"
    similar = select(Challenge.slug).where(or_(Challenge.slug == base, Challenge.slug.startswith(base + "-")))
    taken = {*db.session.scalars(similar), "new"}  # /photos/challenges/new is another page
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def _counted() -> Any:
    entries = (
        select(func.count())
        .where(
            Photo.__table__.c.challenge_id == Challenge.id,
            Contribution.__table__.c.id == Photo.__table__.c.id,
            Contribution.__table__.c.state == "published",
        )
        .correlate(Challenge)
        .scalar_subquery()
    )
    return select(Challenge, entries)


def _rows(query: Any) -> Sequence[Counted]:
    return [Counted(*row) for row in db.session.execute(query)]


def _moderates(reader: Any) -> bool:
    return bool(reader.is_authenticated and reader.moderates)
