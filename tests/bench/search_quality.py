"""How well search finds: duplicates that people named, by every ranking tried; `python -m tests.bench.search_quality`.

A question that was closed as a duplicate is typed in again, as somebody would who has not found the
first one; what should be found is the question it was closed for (PostLinks.xml, type 3). There are
few of these, so the other links between questions (type 1) are shown beside them.
"""

import argparse
import logging
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from xml.etree.ElementTree import iterparse  # the dump was checked by the import

from sqlalchemy import select

from portal.contributions.models import Contribution
from portal.db import db
from portal.search import documents, followers, the_engine
from portal.search.engine import SearchUnavailable
from portal.search.postgresql_engine import PostgresqlEngine
from portal.search.ranking import Weights, merit, rarity, scores
from portal.search.site_words import SiteWords
from portal.search.terms import telling_forms
from portal.search.whoosh_engine import WhooshEngine, _corpus
from portal.search.whoosh_reading import View
from portal.text import plain
from tests.bench import search_sites

Ranked = Sequence[int]
AT = 10


@dataclass(frozen=True)
class Judged:
    """A question as it was asked, and the conversations that should be found for it."""

    root_id: int
    title: str
    text: str
    wanted: frozenset[int]


def judged(kind: str) -> list[Judged]:
    """The questions of the imported site that have links of this type to others."""
    rows = db.session.execute(select(Contribution.id, Contribution.imported_from, Contribution.title, Contribution.html)
                              .where(Contribution.kind == "topic")).all()  # fmt: skip
    known = {int(row.imported_from.rpartition(":")[2]): row for row in rows if row.imported_from}
    links: dict[int, set[int]] = {}
    for _event, row in iterparse(search_sites.DUMP / "PostLinks.xml"):
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


class Tried:
    """Rankings of one view of the index that the portal does not use, beside the one that it does."""

    def __init__(self, view: View) -> None:
        self.view, self.corpus, self.words = view, _corpus(view), SiteWords()
        self.posts = {
            (n, d): part.root[d] for n, part in enumerate(view.parts) for d in range(part.segment.size) if part.root[d]
        }

    def terms(self, text: str, most: int) -> list[str]:
        """The `most` rarest words of a text."""
        counted = {
            form: sum(part.segment.frequency("body", form) for part in self.view.parts)
            for form in telling_forms(text, self.words)
        }
        return sorted((form for form in counted if counted[form]), key=lambda form: (counted[form], form))[:most]

    def conversations(self, forms: Sequence[str], weights: Weights, counting: Sequence[float] = ()) -> dict[int, float]:
        """A conversation as one document."""
        often = [self._often(form, weights.title) for form in forms]
        found = set().union(*often) & self.view.facts.keys() if often else set()
        worth = self.corpus.worth([len(one) for one in often], counting)
        return scores(found, often, worth, self.corpus, weights)

    def by_post(
        self, forms: Sequence[str], weights: Weights, join: Callable[[float, float], float]
    ) -> dict[int, float]:
        """The best of a conversation's posts, or their sum."""
        every = len(self.posts)
        average = sum(sum(part.segment.length) for part in self.view.parts) / max(1, every)
        scored: dict[tuple[int, int], float] = {}
        for form in forms:
            times: dict[tuple[int, int], float] = {}
            for n, part in enumerate(self.view.parts):
                for name, weight in (("body", 1.0), ("title", weights.title)):
                    for d, number in zip(*part.segment.postings(name, form), strict=True):
                        times[n, d] = times.get((n, d), 0.0) + weight * number
            worth = rarity(len(times), every) * (weights.k1 + 1)
            for (n, d), number in times.items():
                length = self.view.parts[n].segment.length[d]
                norm = weights.k1 * (1 - weights.b + weights.b * length / average)
                scored[n, d] = scored.get((n, d), 0.0) + worth * number / (number + norm)
        found: dict[int, float] = {}
        for where, score in scored.items():
            if root := self.posts.get(where):
                found[root] = join(found[root], score) if root in found else score
        return {r: score * merit(r, self.corpus, weights) for r, score in found.items() if r in self.view.facts}

    def _often(self, form: str, title: float) -> dict[int, float]:
        often: dict[int, float] = {}
        for part in self.view.parts:
            for name, weight in (("body", 1.0), ("title", title)):
                for d, number in zip(*part.segment.postings(name, form), strict=True):
                    often[part.root[d]] = often.get(part.root[d], 0.0) + weight * number
        often.pop(0, None)
        return often


def rankings(tried: Tried) -> Iterator[tuple[str, Callable[[Judged], Ranked]]]:
    """Each ranking with its name."""
    usual, chosen = Weights(k1=1.2, solved=0.0), Weights(solved=0.0)

    def best(scored: Mapping[int, float], but: int) -> Ranked:
        return sorted((root for root in scored if root != but), key=lambda root: -scored[root])[:AT]

    def conversation(
        weights: Weights, most: int, text: str = "whole", counting: bool = False
    ) -> Callable[[Judged], Ranked]:
        def find(one: Judged) -> Ranked:
            asked = f"{one.title}\n{one.text}" if text == "whole" else one.title
            forms, counts = tried.terms(asked, most), telling_forms(asked, tried.words)
            counted = [counts[form] for form in forms] if counting else ()
            return best(tried.conversations(forms, weights, counted), one.root_id)

        return find

    def post(join: Callable[[float, float], float], most: int) -> Callable[[Judged], Ranked]:
        def find(one: Judged) -> Ranked:
            forms = tried.terms(f"{one.title}\n{one.text}", most)
            return best(tried.by_post(forms, usual, join), one.root_id)

        return find

    for most in (4, 6, 12):
        yield f"conversation, title alone, {most} rarest words", conversation(usual, most, "title")
    for most in (4, 12, 24, 40, 60):
        yield f"conversation, title and text, {most} rarest words", conversation(usual, most)
    for most in (12, 40):
        yield f"best post, {most} rarest words", post(max, most)
        yield f"sum of posts, {most} rarest words", post(lambda a, b: a + b, most)
    for title in (2.0, 4.0):
        yield f"conversation, 40 words, title counts {title:g}", conversation(replace(usual, title=title), 40)
    for k1 in (2.0, 4.0, 8.0):
        yield f"conversation, 40 words, k1 = {k1:g}", conversation(replace(usual, k1=k1), 40)
    for b in (0.5, 0.9):
        yield f"conversation, 40 words, k1 = 4, b = {b:g}", conversation(replace(chosen, b=b), 40)
    told = ", asked: title twice, repeated more"
    for most in (12, 24, 40, 60):
        yield f"{most} words, k1 = 4{told}", conversation(chosen, most, counting=True)
    for name, several in (("solved", (0.05, 0.1, 0.3)), ("thanks", (0.02, 0.05, 0.2)), ("fresh", (0.1, 0.5))):
        for weight in several:
            yield f"  and {name} adds {weight:g}", conversation(replace(chosen, **{name: weight}), 40, counting=True)


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


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-postgresql", action="store_true")
    given = parser.parse_args()
    logging.disable(logging.ERROR)
    with search_sites.real().app_context():
        engine = the_engine()
        assert isinstance(engine, WhooshEngine)
        try:
            engine.check()
        except SearchUnavailable:
            followers.rebuild()
        sets = {"duplicates": judged("3"), "linked": judged("1")}
        docs = [document for batch in documents.all_committed() for document in batch]
        print(f"{'':<52}" + "".join(f"{f'{name} ({len(of)})':^27}" for name, of in sets.items()))
        print(f"{'ranking':<52}" + f"{'MRR':>9}{'nDCG':>9}{'recall':>9}" * len(sets))

        def line(name: str, find: Callable[[Judged], Ranked]) -> None:
            found = [number for of in sets.values() for number in measures(of, find)]
            print(f"{name:<52}" + "".join(f"{number:>9.3f}" for number in found), flush=True)

        for name, find in rankings(Tried(engine._with_view(lambda view: view))):
            line(name, find)
        line("as the portal does: whoosh", lambda one: similar(engine, one))
        overlaps = {one.root_id: similar(engine, one) for of in sets.values() for one in of}
    if given.without_postgresql:
        return
    with on_postgresql(docs) as other:
        line("as the portal does: postgresql", lambda one: similar(other, one))
        shared = [
            len(set(found) & set(similar(other, one)))
            for of in sets.values() for one in of if len(found := overlaps[one.root_id]) == AT
        ]  # fmt: skip
        print(f"Of ten results the engines have {sum(shared) / max(1, len(shared)):.1f} in common.")


def similar(engine: WhooshEngine | PostgresqlEngine, one: Judged) -> Ranked:
    """What the engine at work finds."""
    return [hit.root_id for hit in engine.similar(f"{one.title}\n{one.text}", limit=AT, leave_out=one.root_id)]


if __name__ == "__main__":
    main()
