"""What the queue costs with 100,000 decided and 5,000 waiting items; `python -m tests.bench.queue`."""

import argparse
import random
import sys
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select

from portal import clock
from portal.contributions.addresses import url_of
from portal.contributions.models import Contribution, Decision, Report
from portal.contributions.screened import Verdict
from portal.db import db, writing
from portal.forum.models import Board, Topic
from portal.members.models import Member
from portal.text import render
from tests import builders
from tests.bench.data import bench_app
from tests.bench.pages import RUNS, explain, look

DECIDED, WAITING, REPORTED, MEMBERS, AT_ONCE = 100_000, 5_000, 500, 3_000, 5_000
TEXT = "How do I get the **brake** of my Tern quiet? I tried oil, which made it worse, and sand paper, which helped."


def fill(decided: int = DECIDED, waiting: int = WAITING) -> None:
    """Rows alone, in bulk: topics with replies below every tenth, each with its decisions."""
    dice, now = random.Random(1), clock.now()  # noqa: S311 (a benchmark's dice)
    with writing():
        moderators = [builders.moderator(f"mod{n}").id for n in range(5)]
        boards = [builders.board(f"Board {n}").id for n in range(12)]
        like = _row(builders.member())
        own = [like | {"username": f"m{n}", "email": f"m{n}@example.org"} for n in range(MEMBERS)]
        db.session.execute(insert(Member), own)
        authors = list(db.session.scalars(select(Member.id).where(Member.username.like("m%"))))
        busiest = builders.topic(board=db.session.get(Board, boards[0]))
        for n in range(25):
            builders.reply(busiest, text=f"{TEXT} {n}")
        topic = _row(builders.topic(), Contribution.__table__)
    html = str(render(TEXT))
    total = decided + waiting
    for start in range(0, total, AT_ONCE):
        rows, decisions, verdicts = [], [], []
        first = (db.session.scalar(select(func.max(Contribution.id))) or 0) + 1
        for n in range(start, min(total, start + AT_ONCE)):
            number, waits = first + n - start, n >= decided
            at = now - (
                timedelta(minutes=dice.randrange(6000)) if waits else timedelta(minutes=dice.randrange(500_000))
            )
            shown = not waits and dice.random() < 0.85
            state = "pending" if waits else "published" if shown else "removed"
            below = {"kind": "reply", "parent_id": busiest.id, "board_id": None, "title": "", "slug": "",
                     "position": n + 1000 if shown else None}  # fmt: skip
            rows.append(
                topic | {
                    "id": number, "author_id": dice.choice(authors), "board_id": dice.choice(boards), "state": state,
                    "title": f"Question {n}", "slug": f"question-{n}", "source": TEXT, "html": html, "created_at": at,
                    "submitted_at": at, "published_at": at if shown else None, "submission_key": None,
                    "last_activity_at": at,
                } | (below if waits and n % 4 == 0 else {})
            )  # fmt: skip
            held = {
                "contribution_id": number, "from_state": "draft", "to_state": "pending", "as_moderator": False,
                "rule": "first_contributions", "reason": "A moderator reads it first.", "at": at, "actor_id": None,
            }  # fmt: skip
            decisions.append(held)
            if not waits:
                later = at + timedelta(minutes=dice.randrange(600))
                judged = {
                    "from_state": "pending", "to_state": state, "as_moderator": True, "at": later,
                    "rule": "" if shown else "spam", "actor_id": dice.choice(moderators),
                }  # fmt: skip
                decisions.append(held | judged)
            else:
                seen = {"rule": "links", "outcome": "hold", "reason": "Many links.", "evidence": ["a.example"]}
                verdicts.append({"contribution_id": number, "outcome": "hold", "rule": "links", "found": [seen],
                                 "spam_score": dice.random(), "at": at})  # fmt: skip
        with writing():
            db.session.execute(insert(Contribution.__table__), rows)
            kinds = [{"id": r["id"]} for r in rows if r["kind"] == "topic"]
            db.session.execute(insert(Topic.__table__), kinds)
            db.session.execute(insert(Decision.__table__), decisions)
            if verdicts:
                db.session.execute(insert(Verdict.__table__), verdicts)
        print(f"  {min(total, start + AT_ONCE):,}", file=sys.stderr)
    with writing():
        some = db.session.scalars(
            select(Contribution.id).where(Contribution.state == "published").limit(REPORTED)
        ).all()
        reasons = ("spam", "abuse", "wrong", "other")
        db.session.execute(
            insert(Report),
            [{"contribution_id": n, "reporter_id": dice.choice(authors), "reason": dice.choice(reasons), "at": now}
             for n in some],
        )  # fmt: skip
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    else:
        with writing():
            db.session.connection().exec_driver_sql("ANALYZE")


def _row(made: Any, table: Any = None) -> dict[str, Any]:
    return {
        c.name: getattr(made, c.name)
        for c in (table if table is not None else made.__table__).columns
        if c.name != "id"
    }


def main() -> None:
    """Print what each page costs, beside a topic page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--explain", type=float, metavar="MS", help="show the plans of pages slower than this")
    given = parser.parse_args()
    app = bench_app("bench-queue")
    with app.test_request_context(base_url=app.extensions["portal.settings"].base_url):
        if not db.session.scalar(select(func.count()).select_from(Member)):
            fill()
        moderator = db.session.scalars(select(Member).where(Member.username == "mod0")).one()
        busiest = db.session.scalars(select(Contribution).order_by(Contribution.reply_count.desc()).limit(1)).one()
        waits = db.session.scalars(select(Contribution.id).where(Contribution.state == "pending").limit(1)).one()
        board = db.session.scalars(select(Board.id).limit(1)).one()
        pages = {
            "topic page": url_of(busiest), "queue": "/moderation/", "queue, page 200": "/moderation/?page=200",
            "queue, one board": f"/moderation/?board={board}", "queue, late": "/moderation/?age=late",
            "queue, new members": "/moderation/?who=new", "item": f"/moderation/{waits}", "log": "/moderation/log",
            "quality, 30 days": "/moderation/quality?days=30", "quality, 365 days": "/moderation/quality?days=365",
            "appeals": "/moderation/appeals", "how this works": "/about/how-this-works",
        }  # fmt: skip
    print(f"{'page':<22}{'status':>7}{'queries':>9}{'ms anew':>9}{'× topic':>9}{'ms again':>10}{'kB':>8}")
    topic = 0.0
    for name, address in pages.items():
        with app.app_context():
            cost = look(app, address, moderator, given.runs)
            topic = topic or cost.anew
            print(
                f"{name:<22}{cost.status:>7}{len(cost.statements):>9}{cost.anew:>9.1f}"
                f"{cost.anew / topic:>9.2f}{cost.again:>10.1f}{cost.size / 1000:>8.1f}", flush=True,
            )  # fmt: skip
            if given.explain is not None and cost.anew > given.explain:
                for statement in sorted(cost.statements, key=lambda s: -s.seconds)[:2]:
                    print(f"    {statement.seconds * 1000:.1f} ms  {' '.join(statement.sql.split())[:600]}")
                    print(explain(statement))


if __name__ == "__main__":
    main()
