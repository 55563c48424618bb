"""Fills an empty database with a generated community; `python -m tests.bench.data [--members 5000 …]`."""

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Table, func, insert, select, text, update
from sqlalchemy.orm import aliased

from portal import clock, create_app
from portal.advocacy import scoring
from portal.advocacy.models import Recognition
from portal.contributions import lifecycle
from portal.contributions.models import Contribution
from portal.db import db, writing
from portal.forum.models import Board
from portal.members.models import Member
from portal.members.passwords import hash_password
from portal.search import followers as search
from tests.bench.community import Size, invent

PASSWORD = "three dice on a table"
"""Of every generated member."""
ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 2000
ADVOCATES = 12

Say = Callable[[str], None]


class NotEmpty(Exception):
    """There are members in this database already."""


def fill(size: Size, *, indexed: bool = True, password: str = "", say: Say = lambda _: None) -> dict[str, int]:
    """Write a community of that size; returns how many rows each table got. Raises NotEmpty.

    Counters, ledger, scores and index are made by the portal's own rebuilding. Pictures are rows alone,
    without files. Needs a request context, because texts are rendered as the portal does.
    """
    if db.session.scalar(select(func.count()).select_from(Member)):
        raise NotEmpty("This database has members already; give PORTAL_DATABASE_URL and PORTAL_DATA_DIR new ones.")
    community = invent(size, clock.now())
    say("invented")
    hashed = hash_password(password) if password else None
    with writing():
        for table in db.metadata.sorted_tables:
            rows = community.rows.get(table.name, [])
            if table.name == "member":
                rows = [row | {"password_hash": hashed} for row in rows]
            _insert(table, rows)
        _count()
    if db.engine.dialect.name == "postgresql":  # its own vacuum would do this within a minute
        with writing():
            db.session.execute(text("ANALYZE"))
    say("written")
    scoring.rebuild_scores()
    with writing():
        _recognise()
    say("scored")
    if indexed:
        search.rebuild()
        say("indexed")
    return {name: len(rows) for name, rows in community.rows.items()}


def _insert(table: Table, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(table), rows[start : start + AT_ONCE])
    if rows and "id" in rows[0] and db.engine.dialect.name == "postgresql" and not table.c.id.foreign_keys:
        highest = max(row["id"] for row in rows)
        db.session.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :highest)"),
                           {"name": f'"{table.name}"', "highest": highest})  # fmt: skip


def _count() -> None:
    table, other = Contribution.__table__, aliased(Contribution.__table__)
    roots = list(db.session.scalars(select(table.c.id).where(table.c.parent_id.is_(None)).order_by(table.c.id)))
    for start in range(0, len(roots), 500):
        lifecycle.recount(roots[start : start + 500])
    published = select(func.count()).where(other.c.author_id == Member.id, other.c.state == "published")
    topics = select(func.count()).where(
        other.c.board_id == Board.id, other.c.kind == "topic", other.c.state == "published"
    )
    quietly = {"synchronize_session": False}
    db.session.execute(update(Member).values(published_count=published.scalar_subquery()), execution_options=quietly)
    db.session.execute(update(Board).values(topic_count=topics.scalar_subquery()), execution_options=quietly)


def _recognise() -> None:
    """Those who helped most are advocates."""
    best = db.session.scalars(
        select(Member).where(Member.is_employee.is_(False)).order_by(Member.help_score.desc()).limit(ADVOCATES)
    )
    for member in best.all():
        member.advocate_since = clock.ago(days=30)
        db.session.add(
            Recognition(
                member_id=member.id,
                state="accepted",
                score_then=member.help_score,
                proposed_at=clock.ago(days=33),
                decided_at=clock.ago(days=32),
                decided_by_id=2,
                answered_at=clock.ago(days=30),
                ends_at=clock.ago(days=-335),
            )  # fmt: skip
        )
    db.session.flush()


def bench_app(name: str = "bench") -> Flask:
    """The portal on a database of its own, migrated; where the environment names none, below `instance/` by `name`."""
    from portal.migrating import upgrade

    logging.disable(logging.ERROR)  # a page that fails shows in the table
    place = ROOT / "instance" / name
    own = {"data_dir": place, "uploads_dir": place / "uploads"}
    named = any(name in os.environ for name in ("PORTAL_DATABASE_URL", "PORTAL_DATA_DIR"))
    app = create_app(**({} if named else own))
    with app.app_context():
        upgrade()
    return app


def main() -> None:
    """Fill the database that the settings name."""
    parser = argparse.ArgumentParser(description=__doc__)
    for one in fields(Size):
        parser.add_argument(f"--{one.name}", type=int, default=one.default)
    parser.add_argument("--without-index", action="store_true", help="leave the search index to `rebuild search`")
    given = vars(parser.parse_args())
    indexed = not given.pop("without_index")
    app, began = bench_app(), time.perf_counter()
    with app.test_request_context(base_url=app.extensions["portal.settings"].base_url):
        try:
            counts = fill(
                Size(**given), indexed=indexed, password=PASSWORD,
                say=lambda step: print(f"{time.perf_counter() - began:6.1f} s  {step}", flush=True),
            )  # fmt: skip
        except NotEmpty as error:
            sys.exit(str(error))
    for name, count in sorted(counts.items()):
        print(f"{count:>10,}  {name}")
    print(f"Everybody signs in with “{PASSWORD}”; invented1@example.org runs the site, invented2@… moderates.")


if __name__ == "__main__":
    main()
