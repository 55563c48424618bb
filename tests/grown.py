"""The suite as on several machines: `--grown` gives every application Redis, a bucket and search in PostgreSQL.

    python -m pytest --database=postgresql --grown tests/contributions tests/media tests/members tests/search …

What looks at files of one machine, or counts its statements, is left out: see BY_FOLDER and COUNTS.
"""

from functools import cache
from pathlib import Path

from tests.media.bucket import Server
from tests.redis_server import RedisServer

BY_FOLDER = (
    "tests/search/test_whoosh_index.py", "tests/search/test_crashes.py",
    # Marks in memory change at once; those in Redis have tests of their own (test_marks_in_redis.py).
    "tests/pages/test_attacked.py", "tests/pages/test_forgetting.py", "tests/pages/test_remembered_rows.py",
    # The folder of pictures has a disk.
    "tests/watching/test_metrics.py",
    # It copies its own process, which a bucket's library does not survive; no process of the portal does so then.
    "tests/backups/test_cut_short.py",
)  # fmt: skip
"""Tests of what a site of several machines does not have, or has tests of its own for."""


class Grown:
    """The services of one test process, started when first asked for."""

    def __init__(self) -> None:
        self.redis, self.buckets = RedisServer(), Server()

    def settings(self) -> dict[str, object]:
        """For one test: a Redis that holds nothing and a new, empty bucket."""
        self.redis.client().flushall()
        return {"redis_url": self.redis.url, "storage_url": self.buckets.bucket(), "search": "postgresql"}

    def stop(self) -> None:
        """End the services."""
        self.redis.stop()
        self.buckets.stop()


COUNTS = "from tests.queries import"
"""Whoever listens to statements counts them: one more or less where a mark comes from Redis a moment later."""


def is_by_folder(path: Path) -> bool:
    """Whether the tests in this file look at files of one machine, or count what it asks for."""
    return path.as_posix().endswith(BY_FOLDER) or COUNTS in _text_of(path)


@cache
def _text_of(path: Path) -> str:
    return path.read_text()
