"""How fast search answers on a large community; `python -m tests.bench.search`."""

import statistics
import sys
import time

from sqlalchemy import func, select

from portal.db import db
from portal.members.models import Member
from portal.search import queries, query_language
from tests.bench.data import Size, bench_app, fill

QUERIES = {
    "one rare word": "derailleur",
    "one word that is everywhere": "brake",
    "two words": "brake squeal",
    "a sentence": "how do I stop the front brake from squealing when it rains",
    "a phrase": '"front brake"',
    "without a word": "brake -rear",
    "half a word": "brak",
    "by board and kind": "brake kind:topic solved:yes",
    "nonsense": "*???[a to z]~~",
    "nothing to be found": "xylophone",
}
RUNS = 15


def main() -> None:
    """Fill a community unless there is one, and print the median and the worst time of each query, and the ratios."""
    app = bench_app()
    with app.test_request_context(base_url="http://127.0.0.1"):
        if not db.session.scalar(select(func.count()).select_from(Member)):
            print("The database is empty; inventing a community takes some minutes …", file=sys.stderr)
            fill(Size(), say=lambda step: print(f"  {step}", file=sys.stderr))
        rows = []
        for name, typed in QUERIES.items():
            times = []
            for _ in range(RUNS):
                started = time.perf_counter()
                found = queries.find(query_language.parse(typed))
                times.append((time.perf_counter() - started) * 1000)
            rows.append((name, statistics.median(times), max(times), found.results.total))
    first = rows[0][1] or 1
    print(f"{'query':<30}{'median ms':>12}{'worst ms':>12}{'ratio':>8}{'found':>10}")
    for name, median, worst, total in rows:
        print(f"{name:<30}{median:>12.1f}{worst:>12.1f}{median / first:>8.1f}{total:>10,}")


if __name__ == "__main__":
    main()
