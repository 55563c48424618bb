"""The portal for a measurement: its generated community, kept; a copy for each run; its server as in production."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.members.passwords import hash_password
from tests.bench.limits import PROCESSES, THREADS
from tests.bench.served import Served
from tests.databases import ROOT

PASSWORD = "three dice on a table"
DATA = ROOT / "instance" / "bench"
"""Where `make bench-data` fills too, if nothing else is named."""
NO_LIMITS = {
    "SIGN_IN_PER_MINUTE": "10000", "SIGN_IN_PER_HOUR": "100000", "POSTS_PER_MINUTE": "1000000", "REPLY_PAUSE": "0",
    "NEW_UNTIL_CONTRIBUTIONS": "0", "NEW_UNTIL_DAYS": "0", "HELD_CONTRIBUTIONS": "0", "NEW_REPLY_PAUSE": "0",
    "NEW_REPLIES_A_DAY": "1000000", "REPEATED_LIKENESS": "1",
}  # fmt: skip
"""All load comes from one address and a few members; a site's limits are there to stop just that."""
NOT_KEPT = {"Cookie": "portal_visited=1"}
"""What a reader without an account brings who gets no kept page: a cookie of the site's, as from a form they saw."""


def data(named: Path | None, say: Callable[[str], None]) -> Path:
    """The folder of the generated community, migrated; it is made the first time, which takes minutes."""
    place = named or DATA
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
    environment |= {"PORTAL_DATA_DIR": str(place), "PORTAL_UPLOADS_DIR": str(place / "uploads")}
    if not _members(place / "portal.sqlite3"):
        say(f"Inventing the community in {place}; this takes some minutes …")
        subprocess.run([sys.executable, "-m", "tests.bench.data"], cwd=ROOT, env=environment, check=True)
    migrate = [sys.executable, "-m", "portal", "migrate"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True, capture_output=True)
    return place


def _members(database: Path) -> int:
    if not database.exists():
        return 0
    with sqlite3.connect(database) as db:
        there = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'member'").fetchone()[0]
        return int(db.execute("SELECT count(*) FROM member").fetchone()[0]) if there else 0


@dataclass(frozen=True)
class Targets:
    """What is looked at: paths by name, and who signs in."""

    paths: dict[str, str]
    topic: int
    """The topic of 20: a question and 19 replies."""
    quiet_topics: list[int]
    """Where replies are posted."""
    members: list[str]
    moderator: str


def a_copy(of: Path, to: Path) -> Path:
    """A copy of the data to write into; everybody who signs in has the password."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    with sqlite3.connect(of / "portal.sqlite3") as whole, sqlite3.connect(to / "portal.sqlite3") as copy:
        whole.backup(copy)
        copy.execute("UPDATE member SET password_hash = ?", (hash_password(PASSWORD),))
    shutil.copytree(of / "search", to / "search")
    return to


def targets(place: Path) -> Targets:
    """The same ones in every run on the same data."""
    with sqlite3.connect(place / "portal.sqlite3") as db:

        def one(sql: str) -> tuple[object, ...]:
            return tuple(db.execute(sql).fetchone())

        published = "kind = 'topic' AND state = 'published'"
        (topic,) = one(f"SELECT id FROM contribution WHERE {published} AND reply_count = 19 ORDER BY id LIMIT 1")
        busiest, last = one(
            f"SELECT id, last_position FROM contribution WHERE {published} ORDER BY reply_count DESC, id LIMIT 1"
        )
        (board,) = one("SELECT slug FROM board ORDER BY topic_count DESC, id LIMIT 1")
        quiet = db.execute(f"SELECT id FROM contribution WHERE {published} AND reply_count = 3 ORDER BY id LIMIT 40")
        quiet_topics = [number for (number,) in quiet]
        ordinary = "NOT is_moderator AND NOT is_admin AND NOT is_employee AND suspended_at IS NULL"
        found = db.execute(f"SELECT username FROM member WHERE {ordinary} ORDER BY published_count DESC, id LIMIT 8")
        members = [name for (name,) in found]
        (moderator,) = one("SELECT username FROM member WHERE is_moderator ORDER BY id LIMIT 1")
        paths = {
            "front page": "/",
            "board": f"/forum/{board}/",
            "topic of 20": _address(db, topic),
            "deep topic": f"{_address(db, busiest)}?page={-(-int(str(last)) // 20)}",
            "wall": "/photos/",
            "search": "/search?q=brake+rusty",
        }
    return Targets(paths, int(str(topic)), quiet_topics, members, str(moderator))


def _address(db: sqlite3.Connection, number: object) -> str:
    (slug,) = db.execute("SELECT slug FROM contribution WHERE id = ?", (number,)).fetchone()
    return f"/topics/{number}/{slug}"


def portal(place: Path, *, remembering: bool = True, worker: bool = True) -> Served:
    """The server as in production, not started yet: its web processes and a worker. Without `remembering` no page is
    kept, and nothing is remembered that rests on marks."""
    settings = {
        "ENV": "production", "SECRET_KEY": "only for measuring, on this machine alone, 1234567890",
        "DATA_DIR": str(place), "UPLOADS_DIR": str(place / "uploads"), "BIND": "127.0.0.1:{port}",
        "BASE_URL": "http://127.0.0.1:{port}", "WEB_PROCESSES": str(PROCESSES), "WEB_THREADS": str(THREADS),
        **NO_LIMITS,
        **({} if remembering else {"PAGES_SECONDS": "0"}),
    }  # fmt: skip
    words = [sys.executable, "-m", "portal", "serve", *(["--with-worker"] if worker else [])]
    environment = {f"PORTAL_{k}": v for k, v in settings.items()}
    environment["PYTHONDONTWRITEBYTECODE"] = ""  # an installation has its modules compiled
    return Served(words, place / "served", path="/healthz", env=environment)
