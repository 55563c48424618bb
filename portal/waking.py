"""Waking the workers when something is owed, so that what follows a post begins in milliseconds, on any machine.

A worker looks for itself every half second; a ring only makes it sooner, so nothing rests on one being heard. Within
a process a ring is an Event; between processes it is an entry in a list in Redis, where one is named.
"""

import time
from threading import Event
from typing import TYPE_CHECKING

from flask import Flask

from portal import redis_client

if TYPE_CHECKING:
    from redis import Redis

AT_MOST = 4
"""Rings that are kept while all workers are busy: each is a look, and a look finds all that is owed by then."""
KEPT_SECONDS = 60

_rung = Event()
"""Set by a ring in this process."""


def ring() -> None:
    """Say that something is owed, after its commit. One worker wakes for each ring; nobody fails with it."""
    _rung.set()

    def leave(client: "Redis") -> bool:
        bell = redis_client.key("bell")
        with client.pipeline(transaction=False) as pipe:
            pipe.lpush(bell, b"1")
            pipe.ltrim(bell, 0, AT_MOST - 1)
            pipe.expire(bell, KEPT_SECONDS)
            pipe.execute()
        return True

    redis_client.ask(leave, False)


class Ear:
    """What a worker of `app` waits with, `seconds` at the most."""

    def __init__(self, app: Flask, seconds: float) -> None:
        self._app, self._seconds = app, seconds
        # A call that waits on purpose needs more patience than others, so it has a connection of its own.
        self._client = redis_client.patient_client(seconds + redis_client.PATIENCE, app)

    def wait(self, stop: Event) -> bool:
        """Wait for a ring, for the time or for `stop`; says whether it was a ring."""
        until = time.monotonic() + self._seconds
        client = self._client
        if client is None:
            rung = _rung.wait(self._seconds)
        else:
            # Redis gives each entry to one of those who wait: to the one who has waited longest.
            bell = redis_client.key("bell", app=self._app)
            rung = redis_client.ask(lambda _: client.blpop([bell], self._seconds) is not None, False, self._app)
        _rung.clear()
        if not rung:
            stop.wait(max(0.0, until - time.monotonic()))
        return rung
