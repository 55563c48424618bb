"""How well search finds: duplicates that people named, by every ranking tried; `python -m tests.bench.search_quality`.

A question that was closed as a duplicate is typed in again, as somebody would who has not found the
first one; what should be found is the question it was closed for (PostLinks.xml, type 3). There may be
few of these, so the other links between questions (type 1) are shown beside them. Any number of Stack
Exchange dumps can be named, each a folder with Posts.xml, Users.xml and PostLinks.xml.
"""

import argparse
import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import iterparse  # the dump was checked by the import

from sqlalchemy import select

from portal.contributions.models import Acceptance, Contribution
from portal.db import db
from portal.search import documents, followers, the_engine
from portal.search.engine import SearchUnavailable
from portal.search.postgresql_engine import PostgresqlEngine
from portal.search.site_words import SiteWords, form
from portal.search.whoosh_engine import WhooshEngine
from portal.search.whoosh_reading import View
from portal.search.words import tokens
from portal.text import plain
from tests.bench import search_sites
from tests.bench.search_rankings import AT, Ranked, Tried, rankings

CHOICE = """The portal ranks by "80 words, and both a title's 2 and solved 0.05"; "asked" is as in the rows above it."""


@dataclass(frozen=True)
class Judged:
    """A question as it was asked, and the conversations that should be found for it."""

    root_id: int
    title: str
    text: str
    wanted: frozenset[int]


def judged(dump: Path, kind: str) -> list[Judged]:
    """The questions of the imported site that have links of this type to others."""
    rows = db.session.execute(select(Contribution.id, Contribution.imported_from, Contribution.title, Contribution.html)
                              .where(Contribution.kind == "topic")).all()  # fmt: skip
    known = {int(row.imported_from.rpartition(":")[2]): row for row in rows if row.imported_from}
    links: dict[int, set[int]] = {}
    for _event, row in iterparse(dump / "PostLinks.xml"):
        if row.get("LinkTypeId") == kind:
            one, other = int(row.get("PostId", 0)), int(row.get("RelatedPostId", 0))
            if one in known and other in known and one != other:
                links.setdefault(one, set()).add(known[other].id)
    return [
        Judged(known[n].id, known[n].title, plain(known[n].html), frozenset(wanted)) for n, wanted in links.items()
    ]


def measures(judgements: Sequence[Judged], find: Callable[[Judged], Ranked]) -> tuple[float, float, float]:
    """MRR, nDCG and recall, each at 10, on average."""
    sums = [0.0, 0.0, 0.0]
    for one in judgements:
        right = [n for n, root in enumerate(find(one)[:AT]) if root in one.wanted]
        ideal = sum(1 / math.log2(n + 2) for n in range(min(AT, len(one.wanted))))
        sums[0] += 1 / (right[0] + 1) if right else 0.0
        sums[1] += sum(1 / math.log2(n + 2) for n in right) / ideal
        sums[2] += len(right) / len(one.wanted)
    return tuple(total / max(1, len(judgements)) for total in sums)  # type: ignore[return-value]


@contextmanager
def on_postgresql(docs: Iterable[documents.Document]) -> Iterator[PostgresqlEngine]:
    """The other engine over the same documents, on a server of its own."""
    from portal import create_app
    from tests.postgres import Cluster

    cluster = Cluster()
    app = create_app(database_url=cluster.url(), data_dir=search_sites.PLACE / "postgresql")
    try:
        with app.app_context():
            engine = PostgresqlEngine()
            engine.rebuild(lambda change: change.put(docs), lambda change: None)
            yield engine
            db.session.remove()
            db.engine.dispose()
    finally:
        cluster.stop()


def tried(view: View) -> Tried:
    """The rankings of a site's index, with what only its tables know."""
    tags: dict[str, set[int]] = {}
    for root, facts in view.facts.items():
        for word in {word for tag in facts.tags for word in tokens(tag)}:
            tags.setdefault(form(word, SiteWords().language), set()).add(root)
    taken = db.session.scalars(select(Acceptance.reply_id).where(Acceptance.withdrawn_at.is_(None)))
    return Tried(view, frozenset(taken), tags)


def compare(dump: Path, without_postgresql: bool) -> None:
    """Print one dump's table."""
    with search_sites.real(dump).app_context():
        engine = the_engine()
        assert isinstance(engine, WhooshEngine)
        try:
            engine.check()
        except SearchUnavailable:
            followers.rebuild()
        sets = {"duplicates": judged(dump, "3"), "linked": judged(dump, "1")}
        docs = [document for batch in documents.all_committed() for document in batch]
        print(f"\n{dump.name}: {len(docs):,} posts")
        print(f"{'':<52}" + "".join(f"{f'{name} ({len(of)})':^27}" for name, of in sets.items()))
        print(f"{'ranking':<52}" + f"{'MRR':>9}{'nDCG':>9}{'recall':>9}" * len(sets))

        def line(name: str, find: Callable[[Judged], Ranked]) -> None:
            found = [number for of in sets.values() for number in measures(of, find)]
            print(f"{name:<52}" + "".join(f"{number:>9.3f}" for number in found), flush=True)

        for name, find in rankings(tried(engine._with_view(lambda view: view))):
            line(name, find)
        line("as the portal does: whoosh", lambda one: similar(engine, one))
        overlaps = {one.root_id: similar(engine, one) for of in sets.values() for one in of}
    if without_postgresql:
        return
    with on_postgresql(docs) as other:
        line("as the portal does: postgresql", lambda one: similar(other, one))
        shared = [
            len(set(found) & set(similar(other, one)))
            for of in sets.values() for one in of if len(found := overlaps[one.root_id]) == AT
        ]  # fmt: skip
        print(f"Of ten results the engines have {sum(shared) / max(1, len(shared)):.1f} in common.")


def main() -> None:
    """Print the tables, and what was chosen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dumps", nargs="*", type=Path, metavar="DUMP", help=f"folders; else {search_sites.DUMP}")
    parser.add_argument("--without-postgresql", action="store_true")
    given = parser.parse_args()
    dumps = given.dumps or [search_sites.DUMP]
    for dump in dumps:
        for name in ("Posts.xml", "Users.xml", "PostLinks.xml"):
            if not (dump / name).is_file():
                parser.error(f"there is no {name} in {dump}")
    logging.disable(logging.ERROR)
    for dump in dumps:
        compare(dump.resolve(), given.without_postgresql)
    print(CHOICE)


def similar(engine: WhooshEngine | PostgresqlEngine, one: Judged) -> Ranked:
    """What the engine at work finds."""
    return [hit.root_id for hit in engine.similar(f"{one.title}\n{one.text}", limit=AT, leave_out=one.root_id)]


if __name__ == "__main__":
    main()
