"""What each page costs on a large community: queries, milliseconds, bytes; `python -m tests.bench.pages`."""

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import exists, func, select, text

from portal.contributions.addresses import page_of, url_of
from portal.contributions.models import Contribution
from portal.db import db
from portal.forum.models import Board
from portal.members.models import Member
from portal.pages.forgetting import forget
from portal.pages.marks import ALL
from tests.bench.data import Size, bench_app, fill
from tests.bench.parts import PARTS, parts_of
from tests.queries import Statement, heard
from tests.visitors import Visitor

RUNS = 25
MOST_QUERIES = 12
"""On any page, whatever it shows."""
READER = {"User-Agent": "Mozilla/5.0 (a person)"}


@dataclass(frozen=True)
class Cost:
    """What one page cost: its status, statements, median milliseconds of this thread when nothing is remembered and
    when it was made before, its bytes."""

    status: int
    statements: list[Statement]
    anew: float
    again: float
    size: int
    parts: dict[str, float]
    """The share of each of PARTS in it, where that was asked for."""


def pages() -> dict[str, tuple[str, Member | None]]:
    """The addresses to look at, by name, and who looks (None: a prospect)."""
    most_replies = Contribution.reply_count.desc(), Contribution.id
    busiest = _one(select(Contribution).order_by(*most_replies))
    board = _one(select(Board).order_by(Board.topic_count.desc(), Board.id))
    author = _one(
        select(Member).where(Member.is_moderator.is_(False)).order_by(Member.published_count.desc(), Member.id)
    )
    moderator = _one(select(Member).where(Member.is_moderator).order_by(Member.id))
    own = Member.is_admin.is_(False), Member.is_moderator.is_(False), Member.is_employee.is_(False)
    helpful = _one(select(Member).where(*own).order_by(Member.helped_count.desc(), Member.id))
    deep = board.topic_count // 25
    shown = {kind: _one(_published(kind).order_by(*most_replies)) for kind in ("photo", "story")}
    wrote = exists().where(Contribution.author_id == Member.id)
    customers = select(Member).where(Member.is_moderator.is_(False), Member.is_employee.is_(False))
    reader = _one(customers.order_by(wrote, Member.id.desc()))  # best somebody whose words stand nowhere
    members = db.session.scalar(select(func.count()).select_from(Member)) or 0
    last_of_topic = url_of(busiest, page=page_of(busiest.last_position))
    return {
        "front page": ("/", None),
        "front page, member": ("/", author),
        "forum": ("/forum/", None),
        "forum, member": ("/forum/", author),
        "board": (f"/forum/{board.slug}/", None),
        "board, member": (f"/forum/{board.slug}/", author),
        f"board, page {deep}": (f"/forum/{board.slug}/?page={deep}", None),
        "board, open questions": (f"/forum/{board.slug}/?filter=open", None),
        "topic, page 1": (url_of(busiest), None),
        f"topic, page {page_of(busiest.last_position)}": (last_of_topic, None),
        "topic, page 1, member": (url_of(busiest), author),
        "topic, last page, member": (last_of_topic, author),
        "topic, most helpful": (url_of(busiest, order="helpful"), None),
        "wall": ("/photos/", None),
        "wall, page 100": ("/photos/?page=100", None),
        "wall, member": ("/photos/", reader),
        "photo": (url_of(shown["photo"]), None),
        "photo, member": (url_of(shown["photo"]), reader),
        "stories": ("/stories/", None),
        "stories, member": ("/stories/", reader),
        "story": (url_of(shown["story"]), None),
        "story, member": (url_of(shown["story"]), reader),
        "blog": ("/blog/", None),
        "queue": ("/moderation/", moderator),
        "log": ("/moderation/log", None),
        "log, page 100": ("/moderation/log?page=100", None),
        "member page": (f"/members/{author.username}", None),
        "members": ("/members/", None),
        f"members, page {members // 25}": (f"/members/?page={members // 25}", None),
        "members, search": ("/members/?q=utrecht", None),
        "own contributions": ("/account/contributions", author),
        "own help ledger": ("/account/help", author),
        "own help, most helpful": ("/account/help", helpful),
        "notifications": ("/notifications/", author),
        "search, rare": ("/search?q=derailleur+Tartu", None),
        "search, common": ("/search?q=the+brake", None),
        "search, a board": (f"/search?q=battery&board={board.slug}", None),
        "advocates": ("/advocates/", None),
        "how this works": ("/about/how-this-works", None),
        "insights, help": ("/insights/help?weeks=52", moderator),
        "feed": ("/feeds/all.atom", None),
        "sitemap": ("/sitemap.xml", None),
        "healthz": ("/healthz", None),
    }


def _one(query: Any) -> Any:
    return db.session.scalars(query.limit(1)).one()


def _published(kind: str) -> Any:
    return select(Contribution).where(Contribution.kind == kind, Contribution.state == "published")


def look(app: Flask, address: str, member: Member | None, runs: int = RUNS, *, parts: bool = False) -> Cost:
    """Fetch a page once to warm up, once with an ear on the database when nothing is remembered, and with a watch
    `runs` times so and `runs` times right after; as often again for its `parts`."""
    visitor = Visitor(app, app.response_class)
    if member is not None:
        visitor.sign_in(member)
    visitor.get(address, headers=READER)
    forget(ALL)
    with heard(db.engine) as found:
        answer = visitor.get(address, headers=READER)

    def fetch() -> float:
        began = time.thread_time()
        visitor.get(address, headers=READER)
        return (time.thread_time() - began) * 1000

    def fetch_anew() -> float:
        forget(ALL)
        return fetch()

    anew, again = (statistics.median([how() for _ in range(runs)] or [0.0]) for how in (fetch_anew, fetch))
    return Cost(
        answer.status_code, found.statements, anew, again, len(answer.data), parts_of(fetch_anew, runs) if parts else {}
    )


def steps(statements: Sequence[Statement]) -> float:
    """Thousands of steps that SQLite's machine takes for those that read: the same on any computer."""
    hundreds = itertools.count()
    with db.engine.connect() as connection:
        machine: Any = connection.connection.driver_connection
        machine.set_progress_handler(lambda: next(hundreds) < 0, 100)
        for statement in statements:
            if statement.reads:
                connection.exec_driver_sql(statement.sql, statement.bound).all()
        machine.set_progress_handler(None, 0)
    return next(hundreds) / 10


def explain(statement: Statement) -> str:
    """How the database carries a statement out."""
    if not statement.reads:
        return ""
    postgresql = db.engine.dialect.name == "postgresql"
    with db.engine.connect() as connection:
        how = "EXPLAIN (ANALYZE, BUFFERS) " if postgresql else "EXPLAIN QUERY PLAN "
        rows = connection.exec_driver_sql(how + statement.sql, statement.bound).all()
    return "\n".join(f"        {row[-1]}" for row in rows)


def main() -> None:
    """Print the table; with --explain, the slowest statements of what is above the limits too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--explain", type=float, metavar="MS", help="show the plans of pages slower than this")
    parser.add_argument("--parts", action="store_true", help="how much of it is SQL, ORM, template, framework, our own")
    given = parser.parse_args()
    app = bench_app()
    with app.test_request_context(base_url=app.extensions["portal.settings"].base_url):
        if not db.session.scalar(select(func.count()).select_from(Member)):
            print("The database is empty; inventing a community takes some minutes …", file=sys.stderr)
            fill(Size(), say=lambda step: print(f"  {step}", file=sys.stderr))
        wanted = {name: page for name, page in pages().items() if given.only in name or name == "front page"}
        asked = "SELECT version()" if _postgresql() else "SELECT 'SQLite ' || sqlite_version()"
        print(str(db.session.scalar(text(asked))).partition(" on ")[0])
    columns = {"status": 7, "queries": 9, "writes": 8, "ms anew": 9, "× front": 9, "ms again": 10, "kB": 9}
    columns |= dict.fromkeys(PARTS, 10) if given.parts else {"k steps": 9}
    print(f"{'page':<28}" + "".join(name.rjust(width) for name, width in columns.items()))
    front = 0.0
    for name, (address, member) in wanted.items():
        with app.app_context():
            cost = look(app, address, member, given.runs, parts=given.parts)
            front = front or cost.anew
            _print(name, cost, front)
            if given.explain is not None and cost.anew > given.explain:
                _print_plans(cost)


def _postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def _print(name: str, cost: Cost, front: float) -> None:
    reads = sum(s.reads for s in cost.statements)
    mark = "  <- too many queries" if len(cost.statements) > MOST_QUERIES else ""
    taken = "" if _postgresql() or cost.parts else f"{steps(cost.statements):9.1f}"
    taken += "".join(f"{cost.anew * share:10.2f}" for share in cost.parts.values())
    print(
        f"{name:<28}{cost.status:>7}{reads:>9}{len(cost.statements) - reads:>8}{cost.anew:>9.1f}"
        f"{cost.anew / front:>9.2f}{cost.again:>10.1f}{cost.size / 1000:>9.1f}{taken}{mark}",
        flush=True,
    )


def _print_plans(cost: Cost) -> None:
    for statement in sorted(cost.statements, key=lambda s: -s.seconds)[:3]:
        print(f"    {statement.seconds * 1000:.1f} ms  {' '.join(statement.sql.split())[:700]}")
        print(explain(statement))


if __name__ == "__main__":
    main()
