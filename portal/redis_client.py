"""The one Redis client of an application where PORTAL_REDIS_URL names a server: what machines share for a while.

Nothing in it is the only copy of anything: limits, cached pages and wake-ups. So a Redis that is away costs a
line in the log, and everybody goes on without it.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, current_app

if TYPE_CHECKING:
    from redis import Redis
    from redis.connection import AbstractConnection, ConnectionPool

log = logging.getLogger(__name__)

PATIENCE = 0.2
"""Seconds for which a request waits for Redis to connect or to answer: it answers in less than a thousandth."""
REST = 2.0
"""Seconds for which a process leaves a Redis alone that did not answer, so that not every request pays."""

T = TypeVar("T")


class _Shared:
    """A client, the prefix of this site's keys, and whether the server answered when last asked."""

    def __init__(self, url: str, site: str) -> None:
        self.prefix = "portal:" + hashlib.sha256(site.encode()).hexdigest()[:16]
        self.greetings: list[Callable[[AbstractConnection], None]] = []
        self.pool = _pool(url, PATIENCE, self._greet)
        self.client = _client(self.pool)
        self.away_until = 0.0
        self.away = False

    def _greet(self, connection: "AbstractConnection") -> None:
        connection.on_connect()
        for greeting in self.greetings:
            greeting(connection)


def init_app(app: Flask) -> None:
    """Make the client if a server is named. Nothing is connected yet."""
    s = app.extensions["portal.settings"]
    # Two sites on one Redis have different secrets; the machines of one site have the same.
    app.extensions["portal.redis"] = _Shared(s.redis_url, f"{s.secret_key} {s.base_url}") if s.redis_url else None


def redis_of(app: Flask | None = None) -> "Redis | None":
    """The client of `app`, or of the application at work; None where no server is named.

    It answers bytes, waits PATIENCE seconds at the most and tries once: calls raise redis.RedisError.
    `ask()` is the way to use it where nobody should notice.
    """
    shared = _shared(app)
    return shared.client if shared else None


def pool_of(app: Flask | None = None) -> "ConnectionPool | None":
    """The connections of that client, for a library that wants to make a client of its own."""
    shared = _shared(app)
    return shared.pool if shared else None


def patient_client(seconds: float, app: Flask | None = None) -> "Redis | None":
    """A client with connections of its own that waits `seconds` for an answer, for calls that block on purpose."""
    s = (app or current_app).extensions["portal.settings"]
    return _client(_pool(s.redis_url, seconds)) if s.redis_url else None


def greet(do: "Callable[[AbstractConnection], None]", app: Flask | None = None) -> None:
    """Let `do(connection)` be the first to use each new connection of that client: it may lead to another Redis.

    What it raises of redis.RedisError is as if the connection had failed. Raises LookupError where none is named.
    """
    shared = _shared(app)
    if shared is None:
        raise LookupError("no Redis is named")
    shared.greetings.append(do)


def key(*parts: str, app: Flask | None = None) -> str:
    """The key for `parts`, which no other site on the same server has. Raises LookupError where none is named."""
    shared = _shared(app)
    if shared is None:
        raise LookupError("PORTAL_REDIS_URL names no server")
    return ":".join((shared.prefix, *parts))


def ask(do: "Callable[[Redis], T]", otherwise: T, app: Flask | None = None, *, insist: bool = False) -> T:
    """What `do(client)` returns; `otherwise` if there is no Redis, it does not answer, or did not a moment ago.

    `insist` tries even then: for what must not be left out if it can be had, such as forgetting a page.
    """
    shared = _shared(app)
    if shared is None or (not insist and time.monotonic() < shared.away_until):
        return otherwise  # without Redis its library, seven megabytes of it, is never asked for
    from redis import RedisError

    try:
        found = do(shared.client)
    except (RedisError, OSError) as error:
        shared.away_until = time.monotonic() + REST
        if not shared.away:
            shared.away = True
            log.warning("Redis is away; going on without it: %s", error)
        return otherwise
    if shared.away:
        shared.away, shared.away_until = False, 0.0
        log.warning("Redis is back")
    return found


def _shared(app: Flask | None) -> _Shared | None:
    found: _Shared | None = (app or current_app).extensions["portal.redis"]
    return found


def _pool(
    url: str, patience: float, greet: "Callable[[AbstractConnection], None] | None" = None
) -> "ConnectionPool":
    from redis import ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    # Protocol 2 and no name of the library: every server knows it, and a connection is ready with its first command.
    options: dict[str, Any] = {"protocol": 2, "driver_info": None, "redis_connect_func": greet}
    return ConnectionPool.from_url(
        url, socket_timeout=patience, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0), **options
    )


def _client(pool: "ConnectionPool") -> "Redis":
    from redis import Redis

    return Redis(connection_pool=pool)
