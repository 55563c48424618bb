"""The rankings that were tried for finding what is like a text, the one chosen among them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from portal.search.ranking import Weights, merit, rarity, scores
from portal.search.site_words import SiteWords
from portal.search.terms import telling_forms
from portal.search.whoosh_engine import _corpus
from portal.search.whoosh_reading import View

Ranked = Sequence[int]
Where = tuple[int, int]
"""A segment's number, and a document's in it."""
AT = 10


class Asked(Protocol):
    """A question as it was asked."""

    root_id: int
    title: str
    text: str


@dataclass(frozen=True)
class Counts:
    """What a word counts by where it stands: in a title, in a question itself, in its accepted answer; elsewhere 1."""

    title: float = 1.0
    root: float = 1.0
    accepted: float = 1.0


class Tried:
    """Rankings of one view of the index that the portal does not use, beside the one that it does."""

    def __init__(self, view: View, accepted: frozenset[int], tags: Mapping[str, set[int]]) -> None:
        self.view, self.words = view, SiteWords()
        self.accepted, self.tags = accepted, tags
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

    def conversations(
        self, forms: Sequence[str], weights: Weights, counting: Sequence[float] = (), counts: Counts = Counts(),
        tagged: float = 0.0,
    ) -> dict[int, float]:  # fmt: skip
        """A conversation as one document; a word that is also part of a tag counts `tagged` more there."""
        often = [self._often(form, replace(counts, title=weights.title)) for form in forms]
        if tagged:
            for form, having in zip(forms, often, strict=True):
                for root in self.tags.get(form, ()):
                    having[root] = having.get(root, 0.0) + tagged
        found = set().union(*often) & self.view.facts.keys() if often else set()
        corpus = _corpus(self.view, weights)
        worth = corpus.worth([len(one) for one in often], counting)
        return scores(found, often, worth, corpus, weights)

    def by_post(
        self, forms: Sequence[str], weights: Weights, join: Callable[[float, float], float]
    ) -> dict[int, float]:
        """The best of a conversation's posts, or their sum."""
        every = len(self.posts)
        average = sum(sum(part.segment.length) for part in self.view.parts) / max(1, every)
        scored: dict[Where, float] = {}
        for form in forms:
            times: dict[Where, float] = {}
            for where, number, titled in self._stands(form):
                times[where] = times.get(where, 0.0) + number * (weights.title if titled else 1.0)
            worth = rarity(len(times), every) * (weights.k1 + 1)
            for (n, d), number in times.items():
                length = self.view.parts[n].segment.length[d]
                norm = weights.k1 * (1 - weights.b + weights.b * length / average)
                scored[n, d] = scored.get((n, d), 0.0) + worth * number / (number + norm)
        found: dict[int, float] = {}
        for where, score in scored.items():
            if root := self.posts.get(where):
                found[root] = join(found[root], score) if root in found else score
        corpus = _corpus(self.view, weights)
        return {r: score * merit(r, corpus, weights) for r, score in found.items() if r in self.view.facts}

    def side_by_side(self, text: str, scored: dict[int, float], share: float) -> dict[int, float]:
        """`scored`, with more for each two telling words that stand in one post and are neighbours in the title."""
        named = list(telling_forms(text, self.words))
        more: dict[int, float] = {}
        for one, other in pairwise(named):
            first = {self.posts[where] for where, _n, _t in self._stands(one) if where in self.posts}
            second = {self.posts[where] for where, _n, _t in self._stands(other) if where in self.posts}
            both = first & second
            for root in both:
                more[root] = more.get(root, 0.0) + share * rarity(len(both), len(self.view.facts))
        return {root: score + more.get(root, 0.0) for root, score in scored.items()}

    def _stands(self, form: str) -> Iterator[tuple[Where, float, bool]]:
        for n, part in enumerate(self.view.parts):
            for name in ("body", "title"):
                for d, number in zip(*part.segment.postings(name, form), strict=True):
                    yield (n, d), number, name == "title"

    def _often(self, form: str, counts: Counts) -> dict[int, float]:
        often: dict[int, float] = {}
        for (n, d), number, titled in self._stands(form):
            part = self.view.parts[n]
            root, post = part.root[d], part.segment.number[d]
            weight = counts.title if titled else counts.root if post == root else 1.0
            often[root] = often.get(root, 0.0) + number * (counts.accepted if post in self.accepted else weight)
        often.pop(0, None)
        return often


def rankings(tried: Tried) -> Iterator[tuple[str, Callable[[Asked], Ranked]]]:
    """Each ranking with its name."""
    usual, chosen = Weights(title=1.0, k1=1.2, solved=0.0), Weights(title=1.0, solved=0.0)

    def best(scored: Mapping[int, float], but: int) -> Ranked:
        return sorted((root for root in scored if root != but), key=lambda root: -scored[root])[:AT]

    def conversation(
        weights: Weights, most: int, text: str = "whole", counting: bool = False, beside: float = 0.0, **more: object
    ) -> Callable[[Asked], Ranked]:
        def find(one: Asked) -> Ranked:
            asked = f"{one.title}\n{one.text}" if text == "whole" else one.title
            forms, counts = tried.terms(asked, most), telling_forms(asked, tried.words)
            counted = [counts[form] for form in forms] if counting else ()
            scored = tried.conversations(forms, weights, counted, **more)  # type: ignore[arg-type]
            return best(tried.side_by_side(one.title, scored, beside) if beside else scored, one.root_id)

        return find

    def post(join: Callable[[float, float], float], most: int) -> Callable[[Asked], Ranked]:
        def find(one: Asked) -> Ranked:
            forms = tried.terms(f"{one.title}\n{one.text}", most)
            return best(tried.by_post(forms, usual, join), one.root_id)

        return find

    for most in (4, 6, 8, 12):
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
    for most in (12, 24, 40, 60, 80, 120):
        yield f"{most} words, k1 = 4{told}", conversation(chosen, most, counting=True)
    for name, several in (("solved", (0.05, 0.1, 0.3)), ("thanks", (0.02, 0.05, 0.2)), ("fresh", (0.1, 0.5))):
        for weight in several:
            yield f"  and {name} adds {weight:g}", conversation(replace(chosen, **{name: weight}), 40, counting=True)
    for counts in (Counts(root=1.5), Counts(root=2.0), Counts(root=3.0), Counts(accepted=1.5), Counts(accepted=2.0)):
        said = f"question counts {counts.root:g}" if counts.root > 1 else f"accepted answer counts {counts.accepted:g}"
        yield f"  and {said}", conversation(chosen, 40, counting=True, counts=counts)
    for title in (2.0, 3.0, 5.0):
        yield f"  and a title's word counts {title:g}", conversation(replace(chosen, title=title), 40, counting=True)
    for tagged in (1.0, 2.0, 4.0):
        yield f"  and words of its tags count {tagged:g}", conversation(chosen, 40, counting=True, tagged=tagged)
    for share in (0.5, 1.0, 2.0):
        yield f"  and neighbours of the title add {share:g}", conversation(chosen, 40, counting=True, beside=share)
    both = replace(chosen, title=2.0)
    for most in (40, 60, 80):
        for solved in (0.0, 0.05):
            name = f"{most} words, and both a title's 2 and solved {solved:g}"
            yield name, conversation(replace(both, solved=solved), most, counting=True)
    for share in (0.5, 1.0):
        yield f"80 words, title's 2, neighbours add {share:g}", conversation(both, 80, counting=True, beside=share)
