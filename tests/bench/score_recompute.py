"""What the score costs: a million lines of 100,000 members, all again and one more, beside counting accepted answers.

Each part runs in a process of its own, so that its memory is its own: the formula alone; a plain count of the
same lines; the portal on a SQLite database that holds them, for all members and for one new line.
"""

import json
import logging
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from portal.advocacy.score import Line, Terms, Voice, score_all
from tests.bench.community import Zipf

SEED = 1
SORTS = {"accepted": 1.0, "asker_thanks": 0.5, "thanks": 0.3}
DAYS = 1100
CONTRIBUTIONS = 10_000
NEW_LINES = 50
ROOT = Path(__file__).resolve().parents[2]

ASSUMED = f"""\
- Who helps is drawn by Zipf's law (exponent 0.8: the busiest helper has some 2 % of all lines), who is helped evenly,
  over three years; a third are verified, half confirmed, the rest new; companies of some twenty. Seed {SEED}."""


Figures = Mapping[str, Any]
"""Numbers by name: MB, or what `took` says."""


class Entry(NamedTuple):
    """One line before it is anything's row."""

    helper: int
    helped: int
    sort: str
    age: int


def entries(lines: int, members: int) -> list[Entry]:
    """Lines as a community has them."""
    dice = Random(SEED)
    helpers, sorts = Zipf(dice, members), tuple(SORTS)
    found: list[Entry] = []
    while len(found) < lines:
        entry = Entry(helpers.pick() + 1, dice.randint(1, members), dice.choice(sorts), dice.randint(0, DAYS))
        if entry.helper != entry.helped:
            found.append(entry)
    return found


def standing(members: int) -> list[tuple[int, bool, bool, str]]:
    """Each member's number, whether verified, whether confirmed, and the company."""
    dice, found = Random(SEED), []
    for n in range(1, members + 1):
        draw = dice.random()
        found.append((n, draw < 1 / 3, draw < 5 / 6, f"company {n % max(1, members // 20)}"))
    return found


def memory() -> float:
    """The most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Took(NamedTuple):
    """Seconds by the clock, and of the processor alone: the same whatever else the machine does."""

    clock: float
    processor: float

    def __str__(self) -> str:
        if self.clock < 1:
            return f"{1000 * self.clock:.1f} ms | {1000 * self.processor:.1f} ms"
        return f"{self.clock:.2f} s | {self.processor:.2f} s"


def took(do: Callable[[], Any]) -> Took:
    """How long that takes."""
    began, worked = time.perf_counter(), time.process_time()
    do()
    return Took(time.perf_counter() - began, time.process_time() - worked)


def middle(several: Sequence[Took], part: float = 0.5) -> Took:
    """The median of both, or another part of a hundred."""
    place = min(len(several) - 1, round(part * len(several)))
    return Took(sorted(t.clock for t in several)[place], sorted(t.processor for t in several)[place])


def formula(lines: int, members: int, place: Path) -> Figures:
    """The pure functions on lines in memory."""
    ready = [Line(e.helper, e.helped, SORTS[e.sort], e.age) for e in entries(lines, members)]
    voices = {
        n: Voice(1.0 if verified else 0.4 if confirmed else 0.05, verified, company)
        for n, verified, confirmed, company in standing(members)
    }
    before = memory()
    return {"seconds": took(lambda: score_all(ready, voices, Terms())), "memory": memory() - before, "lines": before}


def counting(lines: int, members: int, place: Path) -> Figures:
    """Accepted answers of each member: Python's Counter, and SQL on a table of two columns."""
    ready = entries(lines, members)
    counter = took(lambda: Counter(e.helper for e in ready if e.sort == "accepted"))
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE line (helper INTEGER, sort TEXT)")
        base.executemany("INSERT INTO line VALUES (?, ?)", ((e.helper, e.sort) for e in ready))
        count = "SELECT helper, COUNT(*) FROM line WHERE sort = 'accepted' GROUP BY 1"
        sql = took(lambda: base.execute(count).fetchall())
    return {"counter": counter, "sql": sql}


def _portal(place: Path) -> Any:
    from portal import create_app

    logging.disable(logging.WARNING)
    return create_app(data_dir=place, uploads_dir=place / "uploads").test_request_context(base_url="http://127.0.0.1")


def fill(lines: int, members: int, place: Path) -> Figures:
    """The same lines and members as rows of the portal's database."""
    from sqlalchemy import insert

    from portal import clock
    from portal.advocacy.models import LedgerEntry
    from portal.contributions.models import Contribution
    from portal.db import db, writing
    from portal.members.models import Member
    from portal.migrating import upgrade

    with _portal(place):
        upgrade()
        now = clock.now()
        long_ago = now - timedelta(days=DAYS + 30)

        def save(table: Any, rows: list[dict[str, Any]]) -> None:
            for start in range(0, len(rows), 20_000):
                db.session.execute(insert(table), rows[start : start + 20_000])

        with writing():
            save(Member.__table__, [
                {"id": n, "username": f"m{n}", "display_name": f"Member {n}", "email": f"m{n}@gmail.com",
                 "joined_at": long_ago, "email_confirmed_at": long_ago if confirmed else None,
                 "verified_at": long_ago if verified else None, "organisation": company, "published_count": 1}
                for n, verified, confirmed, company in standing(members)
            ])  # fmt: skip
            save(Contribution.__table__, [
                {"id": n, "kind": "topic", "state": "published", "author_id": 1 + n % members, "title": f"Topic {n}"}
                for n in range(1, CONTRIBUTIONS + 1)
            ])  # fmt: skip
            save(LedgerEntry.__table__, [
                {"id": n, "helper_id": e.helper, "helped_id": e.helped, "contribution_id": 1 + n % CONTRIBUTIONS,
                 "sort": e.sort, "source_id": 10**9 + n, "at": now - timedelta(days=e.age)}
                for n, e in enumerate(entries(lines, members), 1)
            ])  # fmt: skip
    return {}


def everything(lines: int, members: int, place: Path) -> Figures:
    """All members' scores from that database and back into it: the first time and a second; beside the count."""
    from sqlalchemy import text

    from portal.advocacy import scoring
    from portal.db import db, writing

    def recompute() -> None:
        with writing():
            scoring.recompute_all()

    with _portal(place):
        count = "SELECT helper_id, COUNT(*) FROM ledger_entry WHERE sort = 'accepted' GROUP BY 1"
        sql = min(took(lambda: db.session.execute(text(count)).fetchall()) for _ in range(3))
        db.session.rollback()
        before = memory()
        first, second = took(recompute), took(recompute)
    return {"sql": sql, "first": first, "second": second, "memory": memory() - before, "before": before}


def one_more(lines: int, members: int, place: Path) -> Figures:
    """A new acceptance's way through the ledger into the scores, committed: the worker's own reaction."""
    from sqlalchemy import func, select

    from portal import activity, clock
    from portal.advocacy import followers
    from portal.advocacy.models import LedgerEntry
    from portal.contributions.models import Acceptance
    from portal.db import db, writing
    from portal.members.models import Member
    from tests import builders as make

    dice = Random(SEED)
    helpers = Zipf(dice, members)

    def accepted(helper: int, helped: int) -> Any:
        with writing():
            asker, author = db.session.get(Member, helped), db.session.get(Member, helper)
            reply = make.reply(make.topic(asker), author)
            db.session.add(Acceptance(reply_id=reply.id, by_id=helped, at=clock.now()))
            db.session.flush()
            activity.record("accepted", reply, actor=asker)
        db.session.expunge_all()
        newest = select(activity.Activity).order_by(activity.Activity.id.desc()).limit(1)
        return db.session.scalars(newest).all()

    def follow(said: Any) -> None:
        with writing():
            followers.credit(said)

    def one(helper: int) -> Took:
        helped = dice.randint(1, members - 1)
        said = accepted(helper, helped + (helped >= helper))
        return took(lambda: follow(said))

    with _portal(place):
        h = LedgerEntry.helper_id
        busiest = db.session.execute(select(h).group_by(h).order_by(func.count().desc()).limit(1)).scalar_one()
        db.session.rollback()
        one(members)
        some = [one(dice.randint(1, members)) for _ in range(NEW_LINES)]
        usual = [one(helpers.pick() + 1) for _ in range(NEW_LINES)]
        most = one(busiest)
    return {"any": middle(some), "usual": middle(usual), "usual_95": middle(usual, 0.95), "busiest": most}


PARTS = {part.__name__: part for part in (formula, counting, fill, everything, one_more)}


def measure(lines: int, members: int, say: Callable[[str], None] = lambda _: None) -> dict[str, Figures]:
    """All parts, one after the other, each in a process of its own."""
    found = {}
    with tempfile.TemporaryDirectory() as place:
        for name in PARTS:
            command = [sys.executable, "-m", "tests.bench.score_recompute", name, str(lines), str(members), place]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
            if done.returncode:
                raise RuntimeError(f"{name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
            found[name] = json.loads(done.stdout.splitlines()[-1])
            say(f"recompute: {name}")
    return found


def table(found: Mapping[str, Figures], lines: int, members: int) -> str:
    """The figures in Markdown."""
    f, c, e, o = found["formula"], found["counting"], found["everything"], found["one_more"]
    rows = (
        ("accepted answers counted, SQLite, table of two columns", Took(*c["sql"]), ""),
        ("accepted answers counted, Python's Counter", Took(*c["counter"]), ""),
        ("accepted answers counted, SQLite, the portal's ledger", Took(*e["sql"]), ""),
        ("all scores, one helper after the other, on lines in memory", Took(*f["seconds"]),
         f"{f['memory']:.0f} MB beyond the {f['lines']:.0f} MB of lines and voices"),
        ("all scores, portal on SQLite, the first time (every row written)", Took(*e["first"]),
         f"{e['memory']:.0f} MB beyond the {e['before']:.0f} MB of the portal"),
        ("all scores, portal on SQLite, again (nothing changed)", Took(*e["second"]), ""),
        (f"one new line, any helper, median of {NEW_LINES}", Took(*o["any"]), ""),
        (f"one new line, helpers as often as they help, median of {NEW_LINES}", Took(*o["usual"]), ""),
        ("the same, 95 % are faster", Took(*o["usual_95"]), ""),
        ("one new line, the busiest helper of all", Took(*o["busiest"]), ""),
    )  # fmt: skip
    versions = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    head = (
        f"{lines:,} lines, {members:,} members, {versions}; seed {SEED}.",
        "",
        "| what | clock | processor | memory |",
    )
    return "\n".join((*head, "|---|--:|--:|--:|", *(f"| {what} | {time} | {note} |" for what, time, note in rows)))


if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))))
