"""How what was found is ordered and counted, the same for every engine.

A conversation counts as one document: how often a word stands in any of its posts, against all its
words (BM25). That found more of the known duplicates than its best post or the sum of its posts:
`python -m tests.bench.search_quality`.
"""

import heapq
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeVar

from portal.search.engine import Facets, Filters

FRESH_DAYS = 365.0
"""Days after which what freshness adds has halved."""

T = TypeVar("T")

Frequencies = Mapping[int, float]
"""How often a term stands in each conversation that has it."""


class Profile(NamedTuple):
    """What a conversation can be narrowed by, but its tags; many have the same."""

    kind: str
    board_id: int
    product: str
    year: int
    solved: bool | None
    """None for what can't be solved."""


class Facts(NamedTuple):
    """What is known of a conversation from its beginning, but when it began; half of all have the same as another."""

    profile: Profile
    tags: tuple[str, ...]

    @staticmethod
    def of(kind: str, board_id: int, product: str, at: int, solved: bool | None, tags: tuple[str, ...]) -> "Facts":
        """Of a conversation that began `at` (seconds since 1970). Profiles that are the same are kept once."""
        return Facts(_profile(kind, board_id, product, _year(at // 86_400), solved), tags)


@lru_cache(maxsize=20_000)
def _profile(kind: str, board_id: int, product: str, year: int, solved: bool | None) -> Profile:
    return Profile(kind, board_id, product, year, solved)


@lru_cache(maxsize=40_000)
def _year(day: int) -> int:
    return datetime.fromtimestamp(day * 86_400, UTC).year


@dataclass(frozen=True)
class Weights:
    """What counts how much; the defaults were found on data."""

    title: float = 2.0
    """A word in the title, in words of the text."""
    k1: float = 4.0
    """How soon a word's repetitions stop counting; a conversation has more of them than a text."""
    b: float = 0.75
    solved: float = 0.05
    """What being solved adds, as a share of the text's score."""
    thanks: float = 0.0
    """What each tenfold of thanks adds, likewise."""
    fresh: float = 0.0
    """What being new adds, likewise; half of it after FRESH_DAYS."""


class Norms(dict[int, float]):
    """What a conversation's length makes of its words' frequencies: k1·(1 − b + b·length/average), reckoned once."""

    def __init__(self, length: Mapping[int, int], average: float, k1: float, b: float) -> None:
        super().__init__()
        self._length, self._least, self._each = length, k1 * (1.0 - b), k1 * b / average

    def __missing__(self, root: int) -> float:
        norm = self[root] = self._least + self._each * self._length.get(root, 0)
        return norm

    def of_these(self, roots: Iterable[int]) -> "Norms":
        """All that will ever be asked for; lengths are not needed any more."""
        for root in roots:
            self[root]
        self._length = {}
        return self


@dataclass(frozen=True)
class Corpus:
    """All conversations, as far as scores need them."""

    facts: Mapping[int, Facts]
    thanks: Mapping[int, int]
    """Given in each; of use if they count for anything, as `began` is."""
    began: Mapping[int, int]
    """When, in seconds since 1970."""
    now: float
    conversations: int
    """How many there are in all."""
    norms: Norms

    def worth(self, having: Sequence[int], counting: Sequence[float] = ()) -> list[float]:
        """What each term says, that so many conversations have, and that counts so much in what is asked."""
        counts = counting or [1.0] * len(having)
        return [rarity(n, self.conversations) * count for n, count in zip(having, counts, strict=True)]


def rarity(having: int, of: int) -> float:
    """What a term says that `having` of `of` conversations have: BM25's inverse document frequency."""
    return math.log(1.0 + (max(of, having) - having + 0.5) / (having + 0.5))


def scores(
    found: Collection[int], terms: Sequence[Frequencies], worth: Sequence[float], corpus: Corpus, weights: Weights
) -> dict[int, float]:
    """The score of each conversation in `found` by its terms, each of which is worth so much."""
    norm, got = corpus.norms, dict.fromkeys(found, 0.0)
    for term, value in zip(terms, worth, strict=True):
        value *= weights.k1 + 1.0
        if len(term) < len(got):
            for root, often in term.items():
                if root in got:
                    got[root] += value * often / (often + norm[root])
        else:
            for root in got:
                if root in term:
                    often = term[root]
                    got[root] += value * often / (often + norm[root])
    if weights.solved and not (weights.thanks or weights.fresh):  # the usual weights: what `merit` says, sooner said
        worth_of_solved, facts = 1.0 + weights.solved, corpus.facts
        for root in got:
            if facts[root].profile.solved:
                got[root] *= worth_of_solved
    elif weights.thanks or weights.fresh:
        for root, score in got.items():
            got[root] = score * merit(root, corpus, weights)
    return got


def post_score(often: Sequence[float], worth: Sequence[float], length: int) -> float:
    """How well one post of a conversation fits; a hundred words are the usual length."""
    norm = 0.3 + 0.9 * min(length, 2000) / 100.0
    return sum(value * number / (number + norm) for number, value in zip(often, worth, strict=True) if number)


def order(ranked: Mapping[int, float], most: int) -> list[int]:
    """The `most` highest, the highest first; of equals the younger."""
    first: Collection[int] = ranked
    if len(ranked) > most:
        least = heapq.nlargest(most, ranked.values())[-1]
        first = [root for root, score in ranked.items() if score >= least]
    return sorted(first, key=lambda root: (-ranked[root], -root))[:most]


def merit(root: int, corpus: Corpus, weights: Weights) -> float:
    """What a conversation's score is multiplied by for being solved, thanked and new: 1 or more."""
    worth = 1.0 + (weights.solved if corpus.facts[root].profile.solved else 0.0)
    if weights.thanks and (given := corpus.thanks.get(root, 0)):
        worth += weights.thanks * math.log10(1 + given)
    if weights.fresh:
        worth += weights.fresh * 0.5 ** (max(0.0, corpus.now - corpus.began[root]) / (86_400 * FRESH_DAYS))
    return worth


def narrow(found: Iterable[int], facts: Mapping[int, Facts], filters: Filters) -> tuple[list[int], Facets]:
    """Those that pass all filters, and the counts: each as if its own filter were not set.

    `root_id`, `author` and the kind `reply` are the engine's to apply: they are about posts.
    """
    kind = "" if filters.kind == "reply" else filters.kind
    tests: dict[str, Callable[[Profile], bool]] = {}
    if kind:
        tests["kinds"] = lambda p: p.kind == kind
    if filters.board_id is not None:
        tests["boards"] = lambda p: p.board_id == filters.board_id
    if filters.product:
        tests["products"] = lambda p: p.product == filters.product
    if filters.year is not None:
        tests["years"] = lambda p: p.year == filters.year
    if filters.solved is not None:
        tests["solved"] = lambda p: p.solved is filters.solved
    return _counted(found, facts, tests, filters.tag)


def _counted(
    found: Iterable[int], facts: Mapping[int, Facts], tests: Mapping[str, Callable[[Profile], bool]], tag: str
) -> tuple[list[int], Facets]:
    failing: dict[Profile, str] = {}
    fitting: list[int] = []
    passed: Counter[Profile] = Counter()
    but_one: dict[str, Counter[Profile]] = {name: Counter() for name in tests}
    tagged: list[tuple[str, ...]] = []
    for root in found:
        profile, tags = facts[root]
        fails = failing.get(profile)
        if fails is None:
            fails = failing[profile] = " ".join(name for name, test in tests.items() if not test(profile))
        if not fails:
            tagged.append(tags)
            if not tag or tag in tags:
                fitting.append(root)
                passed[profile] += 1
        elif fails in but_one and (not tag or tag in tags):
            but_one[fails][profile] += 1

    def counts(name: str) -> Iterator[tuple[Profile, int]]:
        return chain(passed.items(), but_one[name].items() if name in but_one else ())

    facets = Facets(
        kinds=_sums((p.kind, n) for p, n in counts("kinds")),
        boards=_sums((p.board_id, n) for p, n in counts("boards") if p.board_id),
        products=_sums((p.product, n) for p, n in counts("products") if p.product),
        tags=dict(Counter(chain.from_iterable(tagged))),
        years=_sums((p.year, n) for p, n in counts("years")),
        solved=_sums((p.solved, n) for p, n in counts("solved") if p.solved is not None),
    )
    return fitting, facets


def _sums(pairs: Iterable[tuple[T, int]]) -> dict[T, int]:
    found: dict[T, int] = {}
    for what, n in pairs:
        found[what] = found.get(what, 0) + n
    return found
