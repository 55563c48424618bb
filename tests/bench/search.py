"""How fast search is, beside SQLite FTS5 and PostgreSQL on the same posts; `python -m tests.bench.search`.

On a real site, imported, and on 100,000 generated posts: indexing, queries of several sorts one after
the other, eight at once, and again after a thousand commits. Ratios hold on any machine; times on this one.
"""

import argparse
import logging
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import quantiles

from flask import Flask

from portal.search import documents, whoosh_reading
from portal.search.engine import Document, Engine, Filters
from portal.search.query_language import parse
from portal.search.whoosh_engine import WhooshEngine
from portal.search.words import STOP_WORDS, tokens
from tests.bench import search_sites
from tests.bench.search_quality import on_postgresql

Ask = Callable[[str], object]
COMMITS, EACH, AT_ONCE = 1000, 10, 8


@dataclass(frozen=True)
class Times:
    """Of one sort of query, in milliseconds."""

    p50: float
    p95: float

    def __str__(self) -> str:
        return f"{self.p50:7.1f} {self.p95:7.1f}"


def timed(ask: Ask, queries: Sequence[str]) -> Times:
    """How long each of these takes; the first few are asked before, unmeasured."""
    for query in queries[:3]:
        ask(query)
    return _times([_once(ask, query) for query in queries])


def _once(ask: Ask, query: str) -> float:
    began = time.perf_counter()
    ask(query)
    return (time.perf_counter() - began) * 1000


def _times(took: Sequence[float]) -> Times:
    cuts = quantiles(took, n=20)
    return Times(cuts[9], cuts[18])


def queries(docs: Sequence[Document], count: int) -> dict[str, list[str]]:
    """What is asked, drawn from the titles and texts there are."""
    dice, roots = Random(7), [d for d in docs if d.is_root and d.title]
    asked: dict[str, list[str]] = {name: [] for name in ASKED}
    while len(asked["two words"]) < count:
        root = dice.choice(roots)
        words = [word for word in dict.fromkeys(tokens(root.title)) if word not in STOP_WORDS and len(word) > 2]
        if len(words) < 2:
            continue
        asked["two words"].append(" ".join(dice.sample(words, 2)))
        asked["a whole title"].append(root.title)
        asked["half a word"].append(dice.choice(words)[:3])
        asked["facets of one word"].append(dice.choice(words))
        asked["similar"].append(f"{root.title}\n{root.text[:2000]}")
    return asked


ASKED: dict[str, Callable[[Engine], Ask]] = {
    "two words": lambda engine: lambda typed: engine.search(parse(typed)),
    "a whole title": lambda engine: lambda typed: engine.search(parse(typed)),
    "half a word": lambda engine: lambda typed: engine.complete(typed),
    "facets of one word": lambda engine: lambda typed: engine.search(parse(typed), filters=Filters(kind="topic")),
    "similar": lambda engine: lambda typed: engine.similar(typed, limit=5),
}


class Fts5:
    """SQLite's full text as it comes, to compare with: posts, not conversations, and no counts but of one facet."""

    def __init__(self, path: Path) -> None:
        self.base = sqlite3.connect(path)
        self.base.execute("CREATE VIRTUAL TABLE post USING fts5(text, board UNINDEXED, tokenize='porter unicode61')")
        self.base.execute("CREATE VIRTUAL TABLE word USING fts5vocab(post, 'row')")

    def fill(self, docs: Sequence[Document]) -> None:
        with self.base:
            self.base.executemany(
                "INSERT INTO post (rowid, text, board) VALUES (?, ?, ?)",
                ((d.id, f"{d.title}\n{d.text}", d.board_id) for d in docs),
            )

    def ask(self, name: str) -> Ask:
        run = self.base.execute
        best = "SELECT rowid FROM post WHERE post MATCH ? ORDER BY rank LIMIT 20"
        if name == "half a word":
            longer = "SELECT term FROM word WHERE term >= ? AND term < ? ORDER BY doc DESC LIMIT 8"
            return lambda typed: run(longer, (typed, typed + "\uffff")).fetchall()
        if name == "facets of one word":
            counted = "SELECT board, count(*) FROM post WHERE post MATCH ? GROUP BY board"
            return lambda typed: (run(best, (typed,)).fetchall(), run(counted, (typed,)).fetchall())
        between = " " if name == "two words" else " OR "

        def search(typed: str) -> object:
            words = [f'"{word}"' for word in dict.fromkeys(tokens(typed)) if word not in STOP_WORDS][:40]
            return run(best, (between.join(words),)).fetchall()

        return search


def measure(name: str, app: Flask, count: int, commits: int) -> None:
    """One site's tables."""
    with app.app_context():
        docs = [document for batch in documents.all_committed() for document in batch]
    place = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    asked = queries(docs, count)
    print(f"\n{name}: {len(docs):,} posts; load {os.getloadavg()[0]:.1f}; milliseconds, p50 and p95")
    try:
        whoosh, fts5 = WhooshEngine(place / "whoosh"), Fts5(place / "fts5")
        rates = {"Whoosh": _rate(docs, lambda: whoosh.rebuild(lambda c: _portions(c, docs), lambda c: None))}
        rates["FTS5"] = _rate(docs, lambda: fts5.fill(docs))
        size = sum(file.stat().st_size for file in (place / "whoosh").rglob("*") if file.is_file())
        began = time.perf_counter()
        with on_postgresql(docs) as postgresql:
            rates["PostgreSQL"] = len(docs) / (time.perf_counter() - began)
            print("indexing, documents/s: " + ", ".join(f"{of} {rate:,.0f}" for of, rate in rates.items()), end="")
            print(f"; Whoosh's index has {size / 1e6:.0f} MB")
            print(f"{'':<22}{'Whoosh':^17}{'PostgreSQL':^17}{'FTS5':^17}{'8 at once':^17}{'×':>5}")
            before: dict[str, Times] = {}
            for sort, asking in ASKED.items():
                one = before[sort] = timed(asking(whoosh), asked[sort])
                others = timed(asking(postgresql), asked[sort]), timed(fts5.ask(sort), asked[sort])
                eight = at_once(asking(whoosh), asked[sort])
                print(f"{sort:<22}{one} {' '}{others[0]} {' '}{others[1]} {' '}{eight} {eight.p95 / one.p95:>5.1f}")
        if commits:
            after_commits(whoosh, docs, asked, before, commits)
    finally:
        shutil.rmtree(place)


def at_once(ask: Ask, several: Sequence[str]) -> Times:
    """Eight visitors, each with the next query as soon as the last is answered."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return _times(list(pool.map(lambda query: _once(ask, query), several)))


def after_commits(
    engine: WhooshEngine, docs: Sequence[Document], asked: dict[str, list[str]], before: dict[str, Times], commits: int
) -> None:
    """Write ten posts anew a thousand times, with a quiet moment now and then, and ask again."""
    dice, took = Random(8), []
    for number in range(commits):
        with engine.writing() as change:
            change.put({d.id: replace(d, thanks=d.thanks + number) for d in dice.sample(docs, EACH)}.values())
        began = time.perf_counter()
        engine.check()
        took.append((time.perf_counter() - began) * 1000)
        if number % 100 == 99:
            engine.tidy()
    print(f"after {commits} commits of {EACH}: {engine.check()}; a reader is up to date in {_times(took)}")
    for sort, asking in ASKED.items():
        one = timed(asking(engine), asked[sort])
        print(f"{sort:<22}{one}   {one.p50 / before[sort].p50:.2f} and {one.p95 / before[sort].p95:.2f} of before")


def _portions(change: object, docs: Sequence[Document]) -> None:
    for start in range(0, len(docs), 500):
        change.put(docs[start : start + 500])  # type: ignore[attr-defined]


def _rate(docs: Sequence[Document], work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return len(docs) / (time.perf_counter() - began)


def main() -> None:
    """Measure both sites, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", choices=("real", "generated", "both"), default="both")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--commits", type=int, default=COMMITS)
    given = parser.parse_args()
    whoosh_reading.ANSWERS_SECONDS = -1.0  # the same is asked several times, and is to be found each time
    logging.disable(logging.ERROR)
    for name, site in (("real", search_sites.real), ("generated", search_sites.generated)):
        if given.site in (name, "both"):
            measure(name, site(), given.queries, given.commits)


if __name__ == "__main__":
    main()
