"""How often something may be tried: per address, per account (whether it exists or not), per writer."""

import hashlib
import ipaddress
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request, session
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from portal import redis_client
from portal.config import settings
from portal.web import SAFE_METHODS

T = TypeVar("T")

MAILS_AN_HOUR = 5
"""Mails to one address that somebody who is not signed in can cause: enough to try again, too few to pester."""
PREVIEWS_A_MINUTE = 20
"""Texts of one member that are shown as they will look: each is a whole rendering, and nobody reads faster."""
EXPORTS_AN_HOUR = 12
"""Times one member can take out everything: each reads all they ever did, and every picture."""


CLOCKS_DIFFER = 60
"""Seconds by which the clocks of several machines may differ."""
UNKNOWN = "unknown"
"""Where the network tells no address."""


def init_app(app: Flask) -> None:
    """Keep the counts in Redis if there is one, else in this process, and count every writing request."""
    pool = redis_client.pool_of(app)
    options: dict[str, Any] = {}
    if pool is not None:
        # Its connections, its patience, keys that no other site has; its errors as they are, for `redis_client.ask`.
        options = {"wrap_exceptions": False, "connection_pool": pool, "key_prefix": redis_client.key("limits", app=app)}
    storage = storage_from_string(app.config["RATELIMIT_STORAGE_URI"], **options)
    app.extensions["portal.throttle"] = MovingWindowRateLimiter(storage)
    app.extensions["portal.throttle.own"] = MovingWindowRateLimiter(MemoryStorage())
    app.before_request(_count_writing)


def address() -> str:
    """Who asks, as far as the network tells; of IPv6 the /64 that one customer of a provider has."""
    try:
        found = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return UNKNOWN
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def count_sign_in(name: str) -> None:
    """Count a try to sign in as `name`, as typed. Raises TooManyRequests.

    Tries are counted under what was typed, before anybody looks whether such an account exists.
    """
    s = settings()
    _count(RateLimitItemPerMinute(s.sign_in_per_minute), "sign-in", address())
    _count(RateLimitItemPerHour(s.sign_in_per_hour), "sign-in", address())
    _count(_per_account(), "account", _as_key(name))


def forgive_sign_in(name: str) -> None:
    """The owner is in: tries for this account begin anew. Those of the address stay counted."""
    _asked(lambda counts: counts.clear(_per_account(), "account", _as_key(name)))


def count_mail(to: str) -> None:
    """Count a mail that somebody not signed in causes to be sent to `to`. Raises TooManyRequests."""
    s = settings()
    _count(RateLimitItemPerMinute(s.sign_in_per_minute), "mail", address())
    _count(RateLimitItemPerHour(s.sign_in_per_hour), "mail", address())
    _count(RateLimitItemPerHour(MAILS_AN_HOUR), "mail-to", _as_key(to))


def count_decided() -> None:
    """Count that somebody without an account says that something helped them. Raises TooManyRequests."""
    _count(RateLimitItemPerHour(settings().decided_per_hour), "decided", address())


def count_picture(member_id: int) -> None:
    """Count a picture that a member sends to be decoded. Raises TooManyRequests."""
    _count(RateLimitItemPerHour(settings().pictures_per_hour), "picture", str(member_id))


def count_preview(member_id: int) -> None:
    """Count a text that is rendered for its writer alone. Raises TooManyRequests."""
    _count(RateLimitItemPerMinute(PREVIEWS_A_MINUTE), "preview", str(member_id))


def count_export(member_id: int) -> None:
    """Count that a member takes out all their data. Raises TooManyRequests."""
    _count(RateLimitItemPerHour(EXPORTS_AN_HOUR), "export", str(member_id))


def count_password_check(member_id: int) -> None:
    """Count a try at the password by somebody who is signed in. Raises TooManyRequests."""
    _count(_per_account(), "password", str(member_id))


def may_suggest() -> bool:
    """Count an answer given while somebody types; False beyond the limit, which is no mistake of theirs."""
    try:
        _count(RateLimitItemPerMinute(settings().suggestions_per_minute), "suggestions", address())
    except TooManyRequests:
        return False
    return True


def _count_writing() -> None:
    if request.method not in SAFE_METHODS:
        # What the session says suffices: nobody who floods us is worth a look into the database. Without the
        # epoch, since ending one's other sessions must not begin the count anew.
        writer = str(session.get("_user_id") or "").partition(".")[0] or address()
        _count(RateLimitItemPerMinute(settings().posts_per_minute), "writing", writer)


def _count(limit: RateLimitItem, *key: str) -> None:
    wait = _asked(lambda counts: _seconds_to_wait(counts, limit, *key))
    if wait:
        raise TooManyRequests(retry_after=wait)


def _seconds_to_wait(counts: MovingWindowRateLimiter, limit: RateLimitItem, *key: str) -> int:
    """Count one more; 0 if that is within the limit, else after how many seconds the next may be."""
    if counts.hit(limit, *key):
        return 0
    wait = counts.get_window_stats(limit, *key).reset_time - time.time()
    if wait > limit.get_expiry() + CLOCKS_DIFFER:  # counted before the clock went back: nobody waits for that
        counts.clear(limit, *key)
        return 0
    return max(1, int(wait) + 1)


def _asked(do: Callable[[MovingWindowRateLimiter], T]) -> T:
    """What `do` makes of the counts; of those of this process alone while the shared ones can't be reached."""
    shared: MovingWindowRateLimiter = current_app.extensions["portal.throttle"]
    if redis_client.redis_of() is None:
        return do(shared)
    found = redis_client.ask(lambda _: (do(shared),), None)
    return found[0] if found else do(current_app.extensions["portal.throttle.own"])


def _per_account() -> RateLimitItem:
    return RateLimitItemPerHour(settings().sign_in_per_hour)


def _as_key(name: str) -> str:
    """What was typed, of whatever length, as a short key that shows nobody's address to whoever reads the store."""
    return hashlib.sha256(name.strip().casefold().encode("utf-8", "ignore")).hexdigest()[:32]
