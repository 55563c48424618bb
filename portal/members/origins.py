"""From where members sign in: a keyed digest, never the address, so that accounts of one origin are one group."""

import hashlib
import hmac

from sqlalchemy import delete, update

from portal import clock
from portal.config import settings
from portal.db import db, insert_new
from portal.members import throttle
from portal.members.models import Member, SignInOrigin


def note(member: Member) -> None:
    """Note that `member` signs in with the request at hand: one row for each place, with the last time.

    The place is what the limits take it for: behind a proxy what that tells, of IPv6 the /64.
    """
    place = throttle.address()
    if place == throttle.UNKNOWN:
        return
    table, mark, now = SignInOrigin.__table__, digest(place), clock.now()
    seen = db.session.execute(
        update(table).where(table.c.member_id == member.id, table.c.digest == mark).values(last_at=now)
    )
    if not seen.rowcount:  # type: ignore[attr-defined]
        insert_new(table, [{"member_id": member.id, "digest": mark, "last_at": now}])


def digest(place: str) -> str:
    """128 bits of HMAC-SHA-256 with this site's key; without it nobody can try all addresses until one fits."""
    message = f"portal.sign-in-origin\0{place}".encode()
    return hmac.new(settings().secret_key.encode(), message, hashlib.sha256).hexdigest()[:32]


def forget_old() -> None:
    """Delete what is older than the setting says."""
    db.session.execute(delete(SignInOrigin).where(SignInOrigin.last_at < clock.ago(days=settings().score_origin_days)))
