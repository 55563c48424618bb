"""A process that writes the index without end, to be killed: `python -m tests.search.crashing WHAT ENGINE URL DIR`."""

import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path

from portal import create_app
from portal.search import the_engine
from portal.search.engine import Document, Writing
from tests.search.documents import document

DOCUMENTS = 200
_AT = datetime(2026, 1, 1, tzinfo=UTC)


def of_round(number: int) -> list[Document]:
    """All documents as one round of writing leaves them."""
    return [document(n, thanks=number, published_at=_AT) for n in range(1, DOCUMENTS + 1)]


def write() -> None:
    """Replace everything in one change, again and again, with merges in between; say after each that it is done."""
    engine = the_engine()
    for number in itertools.count(1):
        with engine.writing() as change:
            change.put(of_round(number))
        print(number, flush=True)
        if number % 3 == 0:
            engine.tidy()


def build() -> None:
    """Build anew, without end: nothing of it may ever be seen."""

    def fill(change: Writing) -> None:
        for number in itertools.count():
            change.put([document(1_000_000 + number)])
            print(number, flush=True)

    the_engine().rebuild(fill, lambda change: None)


if __name__ == "__main__":
    what, engine_name, url, folder = sys.argv[1:]
    with create_app(search=engine_name, database_url=url, data_dir=Path(folder)).app_context():
        (write if what == "write" else build)()
