"""Opening a challenge, changing it, closing it early, deleting one that nobody has entered."""

from datetime import UTC, date, datetime, time, timedelta

from portal import clock
from portal import text as texts
from portal.contributions.lifecycle import NotAllowed
from portal.db import db
from portal.members.models import Member
from portal.stories import challenge_queries
from portal.stories.models import Challenge


def open_challenge(
    opener: Member, *, title: str, source: str, opens: date, closes: date, product_id: int | None = None
) -> Challenge:
    """Open a challenge from the morning of one day to the night of another; raises NotAllowed, ValueError."""
    _must_moderate(opener)
    challenge = Challenge(
        slug=challenge_queries.free_slug(texts.slugify(title)), opened_by_id=opener.id, created_at=clock.now()
    )
    _give(challenge, title, source, opens, closes, product_id)
    db.session.add(challenge)
    db.session.flush()
    return challenge


def change_challenge(
    challenge: Challenge, editor: Member, *, title: str, source: str, opens: date, closes: date, product_id: int | None
) -> None:
    """Change what it says and when; its address stays. Raises NotAllowed, ValueError."""
    _must_moderate(editor)
    _give(challenge, title, source, opens, closes, product_id)
    db.session.flush()


def close_challenge(challenge: Challenge, closer: Member) -> bool:
    """Take no more entries from now on; False if it was over already. Raises NotAllowed before its first day."""
    _must_moderate(closer)
    now = clock.now()
    if challenge.is_over:
        return False
    if challenge.opens_at >= now:
        raise NotAllowed("This challenge has not begun. Give it another first day, or delete it.")
    challenge.closes_at = now
    db.session.flush()
    return True


def delete_challenge(challenge: Challenge, deleter: Member) -> None:
    """Delete one that nobody has entered; raises NotAllowed."""
    _must_moderate(deleter)
    if challenge_queries.has_entries(challenge):
        raise NotAllowed("Somebody has entered this challenge, so it stays. You can close it.")
    db.session.delete(challenge)
    db.session.flush()


def _give(challenge: Challenge, title: str, source: str, opens: date, closes: date, product_id: int | None) -> None:
    if closes < opens:
        raise ValueError("a challenge does not close before it opens")
    challenge.title, challenge.product_id = title, product_id
    challenge.source = texts.clean_source(source)
    challenge.html = str(texts.render(challenge.source))
    challenge.opens_at = _midnight(opens)
    if challenge.closes_at is None or closes != challenge.last_day:
        challenge.closes_at = _midnight(closes + timedelta(days=1))  # else the hour stays at which it was closed
    if challenge.closes_at <= challenge.opens_at:
        challenge.closes_at = _midnight(closes + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _must_moderate(member: Member) -> None:
    if not member.moderates:
        raise NotAllowed("Moderators open and close challenges.")
