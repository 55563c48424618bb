"""Any text as a query: an answer in time, no error; `python -m tests.bench.search_nonsense --count 100000`."""

import argparse
import logging
import time
from collections.abc import Iterator
from random import Random
from statistics import quantiles

from portal.search import documents, followers, the_engine
from portal.search.engine import Engine, SearchUnavailable
from portal.search.query_language import parse
from tests.bench import search_quality, search_sites

LIMIT = 0.5
"""Seconds in which an answer has to be there."""
ODD = (
    "*", "???", "[How to] Send", "\x00", '"', "(((", "../../etc/passwd", "'; DROP TABLE post; --", "<script>alert(1)",
    "\u202e", "%", "author:", "kind:", "-", "--", "NOT", " OR ", "{1 TO", "[a TO z]", "x^9", "~", "🙂", "ا ب", "\ud800",
    "-chain", "before:9999-99-99", "after:9999-12-31", "solved:maybe", "tag:-", "product:***", "board:\x00", "(a+)+$",
    ".*", "^", "\\", "\\\\'", "a:b:c", ":*", "!!", "&", "|", "<->", "<2>", "'", "''", '""', "日本語", "e\u0301" * 40,
    "ﷺ", "\u200b", "ß", "İ", "-1e999", "NaN", "null", "${jndi:x}", "{{7*7}}", "%00", "a" * 10_000, '"a ' * 2000,
    "-x " * 2000, "the the the", "E-1042", "FD7", "\t\r\n", "\x1f", "\ufffe", "kind:reply", "author:a author:b",
)  # fmt: skip


def nonsense(count: int, words: list[str], seed: int = 5) -> Iterator[str]:
    """So many texts: the odd ones above, and what comes of joining them with words and any characters."""
    dice = Random(seed)
    yield from ODD[:count]
    for _ in range(count - len(ODD)):
        parts = []
        for _ in range(dice.choice((1, 2, 3, 5, 8, 20))):
            kind = dice.random()
            if kind < 0.4:
                parts.append(dice.choice(words))
            elif kind < 0.55:
                parts.append(dice.choice(words)[: dice.randint(1, 4)])
            elif kind < 0.8:
                parts.append(dice.choice(ODD)[:300])
            else:
                parts.append("".join(chr(dice.choice((dice.randrange(32, 127), dice.randrange(0x11_0000))))
                                     for _ in range(dice.randint(1, 12))))  # fmt: skip
        yield dice.choice(("", " ", " ", '" "', "-")).join(parts)


def ask(engine: Engine, typed: str) -> None:
    """Everything that somebody's typing reaches."""
    query = parse(typed)
    engine.search(query)
    last = (*query.words, *(phrase[-1] for phrase in query.phrases))
    for word in last[:1]:
        engine.complete(word)
        engine.nearest(word)
        engine.titles(query.words[:3], word)


def ask_all(engine: Engine, count: int) -> bool:
    """Ask so many; print how it went and the slowest; says whether all were answered in time."""
    words = [word for start in "abcdefghijklmnopqrst" for word in engine.complete(start, limit=40)]
    took: list[tuple[float, float, str]] = []
    errors = 0
    for typed in nonsense(count, words):
        began, worked = time.perf_counter(), time.thread_time()
        try:
            ask(engine, typed)
        except Exception as error:  # what the command is for
            errors += 1
            print(f"{type(error).__name__}: {error} for {typed[:80]!r}")
        took.append((time.perf_counter() - began, time.thread_time() - worked, typed))
    took.sort(reverse=True)
    late = sum(seconds > LIMIT for seconds, _cpu, _typed in took)
    busy = sum(cpu > LIMIT for _seconds, cpu, _typed in took)
    cuts = quantiles([seconds * 1000 for seconds, _cpu, _typed in took], n=100)
    in_time = f"{late} later than {LIMIT * 1000:.0f} ms ({busy} by the processor)"
    print(f"{len(took):,} texts: {errors} errors, {in_time}, ", end="")
    print(f"p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms; the slowest (wall, processor):")
    for seconds, cpu, typed in took[:5]:
        print(f"  {seconds * 1000:6.0f} {cpu * 1000:6.0f} ms  {typed[:70]!r}")
    return not (errors or late)


def main() -> None:
    """Ask them all of one site's index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--site", choices=("real", "generated"), default="real")
    parser.add_argument("--engine", choices=("whoosh", "postgresql"), default="whoosh")
    given = parser.parse_args()
    logging.disable(logging.ERROR)
    with (search_sites.real if given.site == "real" else search_sites.generated)().app_context():
        if given.engine == "whoosh":
            engine = the_engine()
            try:
                engine.check()
            except SearchUnavailable:
                followers.rebuild()
            raise SystemExit(not ask_all(engine, given.count))
        docs = [document for batch in documents.all_committed() for document in batch]
    with search_quality.on_postgresql(docs) as other:
        answered = ask_all(other, given.count)
    raise SystemExit(not answered)


if __name__ == "__main__":
    main()
