"""An hour of a busy small community in ten minutes, with faults: `python -m tests.bench.storm --minutes 2`.

Real processes on 127.0.0.1, real requests by some thirty people. In an hour they do what `hourly` of each sort in
storm_people.py, storm_members.py and storm_staff.py says: together some 10,000 pages, 540 searches, 300 suggestions,
360 replies, 72 topics, 60 photos, 300 thanks, 60 acceptances, 120 edits, 36 reports, 580 decisions. That is 50 times
the posts of the community of `make bench-data` (110,000 in two years: 6 an hour), six times as fast as the clock.
Whatever the site acknowledged has to be true in the end; no error is right but those that a fault excuses.
"""

import argparse
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Select, delete, select, update

from portal.contributions.models import Contribution
from portal.db import db, writing
from portal.media.models import Picture
from portal.members.models import Member as Account
from tests import closed_sockets
from tests.bench import storm_agreement as agreement
from tests.bench import storm_proof as proof
from tests.bench.community import Size
from tests.bench.data import PASSWORD, fill
from tests.bench.storm_faults import Faults
from tests.bench.storm_journal import Journal
from tests.bench.storm_members import Leaver, Member
from tests.bench.storm_people import SPEED, Person, Prospect, Rude, Storm
from tests.bench.storm_record import Record
from tests.bench.storm_site import Installation, Memory, SmallDisk
from tests.bench.storm_staff import Admin, Moderator
from tests.databases import migrate
from tests.postgres import Cluster, create_database
from tests.redis_server import RedisServer

COMMUNITY = Size(members=120, boards=6, topics=150, replies=900, photos=0)
SMALL = Size(members=60, boards=4, topics=40, replies=200, photos=0)
WARM, GROWS_AT_MOST = 150.0, 60.0
"""MB that a process has once it did everything, and by which it may be larger in the end than that."""
DRAINED_WITHIN = 90.0


@dataclass(frozen=True)
class Wanted:
    """Which storm."""

    seconds: float
    database: str = "sqlite"
    seed: int = 1
    size: Size = COMMUNITY
    redis: bool = False
    """Whether processes share limits, kept pages and wake-ups by a Redis, as those of several machines do."""
    faults: tuple[str, ...] = ()
    """Names of methods of Faults, in this order; none: all that can be done, by the dice."""


SETTINGS: dict[str, Any] = {
    "web_processes": 2,
    "web_threads": 6,
    "mail_batch_minutes": 1,
    # Time goes six times as fast, and so do the pauses that people have to make.
    "reply_pause": 1,
    "topic_pause": 3,
    "new_reply_pause": 5,
    "new_topic_pause": 20,
    "new_topics_a_day": 100,
    "new_replies_a_day": 300,
    "posts_per_minute": 60 * int(SPEED),
    "pictures_per_hour": 1000,
}


def weather(wanted: Wanted, folder: Path) -> Record:
    """One storm from its beginning to its account; what is printed is the account, what is returned the record."""
    record = Record()
    with ExitStack() as ending:
        disk = SmallDisk(folder / "disk")
        ending.callback(disk.close)
        cluster, url = None, f"sqlite:///{disk.folder / 'portal.sqlite3'}"
        if wanted.database == "postgresql":
            cluster = Cluster()
            ending.callback(cluster.stop)
            create_database(cluster.url(), "storm")
            url = cluster.url("storm")
        migrate(url, folder / "migrating")
        own: dict[str, Any] = {"search": "postgresql"} if cluster is not None else {}
        redis = RedisServer() if wanted.redis else None
        if redis is not None:
            ending.callback(redis.stop)
            own["redis_url"] = redis.url
        site = Installation(
            url, folder, record, **SETTINGS, **own, data_dir=disk.folder / "data", uploads_dir=disk.folder / "uploads"
        )
        with site.house() as app, app.test_request_context(base_url=site.url):
            fill(wanted.size, password=PASSWORD)
            names = _furnish()
            journal = Journal(record, folder / "journal.jsonl", Random(wanted.seed))
            ending.callback(journal.close)
            for row in db.session.execute(_was_there()):
                journal.was_there(*row)
        record.began = time.monotonic()
        ending.callback(site.shut)
        site.open()
        storm = Storm(site.port, record, journal, wanted.seed)
        faults = Faults(site, record, Random(wanted.seed), disk, cluster, redis)
        first, last = _blow(wanted, storm, site, faults, names)
        _account(record, first, last)
        _prove(site, journal, record)
    return record


def _furnish() -> dict[str, list[str]]:
    """Who plays which part: usernames of members by sort; everybody wants mail, and no picture is without files."""
    with writing():
        db.session.execute(delete(Picture))
        db.session.execute(update(Account).values(mail_replies=True, mail_thanks=True))
        people = db.session.scalars(select(Account).where(Account.is_employee.is_(False)).order_by(Account.id)).all()
        names = [p.username for p in people if not p.is_staff]
        return {
            "admins": [p.username for p in people if p.is_admin],
            "moderators": [p.username for p in people if p.is_moderator],
            "members": [*names[:10], *names[-4:]],  # those who write most, and some who are new
            "leavers": names[12:16],
        }


def _was_there() -> Select[Any]:
    """Number, kind, author, state and parent of everything, parents first."""
    c = Contribution
    columns = (c.id, c.kind, Account.username, c.state, c.parent_id)
    return select(*columns).join(Account, Account.id == c.author_id).order_by(c.parent_id.is_not(None), c.id)


def _blow(
    wanted: Wanted, storm: Storm, site: Installation, faults: Faults, names: dict[str, list[str]]
) -> tuple[Memory, Memory]:
    """People and faults, for as long as it lasts; returns the memory of the processes when warm, and in the end."""
    people: list[Person] = [
        *(Prospect(storm, n, 5) for n in range(5)),
        *(Rude(storm, n, 2) for n in range(2)),
        *(Member(storm, n, len(names["members"]), name) for n, name in enumerate(names["members"])),
        *(Moderator(storm, n, len(names["moderators"]), name) for n, name in enumerate(names["moderators"])),
        *(Admin(storm, n, 1, name) for n, name in enumerate(names["admins"][:1])),
        *(Leaver(storm, n, 4, name) for n, name in enumerate(names["leavers"])),
    ]
    for person in people:
        person.start()
    for _ in people:
        if not storm.here.acquire(timeout=60):
            storm.record.fail("not everybody was let in within a minute")
            break
    chosen: Sequence[Callable[[], None]] = [getattr(faults, name) for name in wanted.faults]
    warm: list[Memory] = []
    looking = threading.Timer(wanted.seconds / 3, lambda: warm.append(site.memory()))
    looking.start()
    faults.run(wanted.seconds, chosen)
    looking.join()
    storm.over.set()
    for person in people:
        person.join(timeout=60)
        if person.is_alive():
            storm.record.fail(f"{person.name} did not come to an end")
    storm.close()
    site.wait_until_well()
    return warm[0], site.memory()


def _account(record: Record, first: Memory, last: Memory) -> None:
    print("\n".join(record.told()))
    print(
        f"  memory: a web process {first.web:.0f} MB when warm, {last.web:.0f} MB in the end; "
        f"the worker {first.worker:.0f} and {last.worker:.0f} MB"
    )
    for what, before, after in (("web process", first.web, last.web), ("worker", first.worker, last.worker)):
        if after > max(before, WARM) + GROWS_AT_MOST:
            record.fail(f"a {what} grew from {before:.0f} to {after:.0f} MB")


def _drain(record: Record) -> None:
    """Let the worker follow what is owed."""
    began, freed = time.monotonic(), False
    while agreement.owed():
        waited = time.monotonic() - began
        if waited > DRAINED_WITHIN / 6 and not freed:
            freed = True
            agreement.leases_end()
        if waited > DRAINED_WITHIN:
            record.fail(f"{agreement.owed()} errands still wait after {waited:.0f} s")
            return
        time.sleep(0.3)
    print(f"  the worker had followed everything {time.monotonic() - began:.1f} s after the last request")


def _prove(site: Installation, journal: Journal, record: Record) -> None:
    """Look at all that has to be equal, and print what came of it."""
    kills = sum("kill" in fault.name for fault in record.faults)
    mail = site.settings["data_dir"] / "mail"
    with site.house() as app, app.test_request_context(base_url=site.url):
        _drain(record)
        questions: dict[str, Callable[[], Iterator[str]]] = {
            "everything acknowledged is there, once": lambda: proof.everything_is_there(journal),
            "thanks and acceptances stand as said": lambda: proof.helped_as_said(journal),
            "boards are called as they were named": lambda: proof.boards_are_named(journal),
            "who left is gone": lambda: proof.who_left_is_gone(journal),
            "pictures are whole, hidden ones private": lambda: proof.pictures_are_whole(journal),
            "everybody was told, once": lambda: proof.told_once(journal),
            "mail went out once": lambda: agreement.mail_went_out_once(mail, kills),
            "no errand waits or failed": agreement.nothing_waits,
            "index = tables": agreement.index_is_the_tables,
            "counters = recounted": agreement.counters_are_recounted,
            "kept pages = made anew": lambda: agreement.kept_pages_are_fresh(site, journal),
            "ledger and scores = derived anew": agreement.ledger_is_derived_anew,
            "the database is whole": agreement.database_is_whole,
            "the doctor is content": lambda: agreement.doctor_is_content(site),
        }
        for question, answers in questions.items():
            try:
                problems = list(answers())
            except Exception:
                problems = [traceback.format_exc()]
            db.session.rollback()
            print(f"  {'no    ' if problems else 'yes   '} {question}" + (f": {len(problems)} not" if problems else ""))
            for problem in problems[:8]:
                record.fail(f"{question}: {problem}")


def main() -> None:
    """Let it storm, and end with 0 if all is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long; ten are an hour's worth")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--redis", action="store_true", help="with a Redis that processes share, and that is killed")
    parser.add_argument("--seed", type=int, default=1, help="of the people's and the faults' dice")
    parser.add_argument("--only", default="", help="faults by name, with commas between them, instead of all")
    given = parser.parse_args()
    closed_sockets.close()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit("stopped"))  # nothing is left running or mounted
    chosen = tuple(name for name in given.only.split(",") if name)
    with tempfile.TemporaryDirectory(prefix="portal-storm-", ignore_cleanup_errors=True) as folder:
        wanted = Wanted(given.minutes * 60, given.database, given.seed, redis=given.redis, faults=chosen)
        record = weather(wanted, Path(folder))
        if record.failures:
            kept = Path(tempfile.mkdtemp(prefix="portal-storm-kept-"))
            for name in ("server.log", "journal.jsonl"):
                (kept / name).write_bytes((Path(folder) / name).read_bytes())
            print(f"{len(record.failures)} failures; log and journal are kept in {kept}")
            sys.exit(1)
    print("Nothing was lost, nothing was shown that should not be, and all that is derived says what the tables say.")


if __name__ == "__main__":
    main()
