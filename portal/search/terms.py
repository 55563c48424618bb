"""A query as an engine looks for it: each thing that must stand there, with what means the same."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from portal.search.engine import Filters
from portal.search.query_language import Query
from portal.search.ranking import Facts
from portal.search.site_words import Said, SiteWords, form
from portal.search.words import tokens

RELAXED_WORDS = 6
"""When nothing has all the words: so many of the rarest, of which any may stand there."""

SIMILAR_WORDS = 80
"""Of a whole text: so many of its rarest words decide what is like it. Up to here each more found more."""
TITLE_WORDS, REPEATED = 2.0, 0.5
"""What a word of the title counts, and what each repetition adds, up to three."""
SIMILAR_CHARS = 2000
"""So much of it is read: what is asked stands at the beginning."""
SIMILAR_POSTS = 40_000
"""No further word is taken when so many posts are to be looked at; three are, whatever they cost."""


@dataclass(frozen=True)
class Term:
    """Something that is looked for: any of these will do. Of one word each, or several that stand side by side."""

    any_of: tuple[Said, ...]
    """In the forms of the index."""
    typed: Said
    """As it was typed, folded: what it may be the beginning of."""


@dataclass(frozen=True)
class Wanted:
    """A whole search: terms that must all stand there, what must not, and what posts and conversations must be."""

    terms: tuple[Term, ...]
    without: tuple[Said, ...]
    filters: Filters
    """Those of the page, and where it has none, those of the query."""
    authors: tuple[str, ...]
    """Any of them."""
    tags: tuple[str, ...]
    products: tuple[str, ...]
    """All of them."""
    after: float
    before: float
    """Seconds since 1970."""

    def fitting(self, found: Iterable[int], facts: Mapping[int, Facts]) -> list[int]:
        """Those conversations that have all the tags and are about the product that the query names."""
        known = [root for root in found if root in facts]
        if not (self.tags or self.products):
            return known
        tags, products = set(self.tags), set(self.products)
        return [
            root for root in known
            if tags.issubset(facts[root].tags) and products.issubset((facts[root].profile.product,))
        ]  # fmt: skip

    @property
    def of_posts(self) -> bool:
        """Whether not every post of a conversation will do."""
        bounded = self.after > float("-inf") or self.before < float("inf")
        posts = self.filters.root_id is not None or self.filters.kind == "reply"
        return bool(bounded or posts or self.authors or self.without)


def wanted(query: Query, filters: Filters, words: SiteWords) -> Wanted:
    """What `query` and `filters` say together, in the forms of the site's language."""
    telling = tuple(word for word in query.words if word not in words.stop_words) or query.words
    if not query.phrases and not telling:
        telling = query.words
    said: list[Said] = [(word,) for word in telling]
    said += query.phrases
    return Wanted(
        terms=tuple(Term(_forms(words.alternatives(one), words.language), one) for one in said),
        without=_forms(query.without, words.language),
        filters=replace(
            filters,
            kind=filters.kind or query.kind,
            solved=query.solved if filters.solved is None else filters.solved,
        ),
        authors=(filters.author,) if filters.author else query.authors,
        tags=query.tags,
        products=query.products,
        after=query.after.timestamp() if query.after else float("-inf"),
        before=query.before.timestamp() if query.before else float("inf"),
    )


def told(query: Query, words: SiteWords) -> frozenset[str]:
    """All words that are looked for, alone or in phrases, and their synonyms."""
    said: list[Said] = [(word,) for word in query.words]
    said += query.phrases
    return frozenset(word for one in said for other in words.alternatives(one) for word in other)


def telling_forms(text: str, words: SiteWords) -> dict[str, float]:
    """The words of a text that say something, in the forms of the site's language, and what each counts."""
    title, _line, rest = text[:SIMILAR_CHARS].partition("\n")

    def telling(some: str) -> list[str]:
        return [form(w, words.language) for w in tokens(some) if w not in words.stop_words and len(w) > 1]

    named = telling(title)
    often = Counter((*named, *telling(rest)))
    counted = {one: 1.0 + REPEATED * min(3, number - 1) for one, number in often.items()}
    return counted | {one: TITLE_WORDS * counted[one] for one in named}


def choose_rarest(posts: Mapping[str, int], most_posts: int = SIMILAR_POSTS) -> list[str]:
    """Of words that so many posts have: the rarest, as many as decide and as few as can be looked at."""
    chosen: list[str] = []
    total = 0
    for word in sorted((word for word in posts if posts[word]), key=lambda word: (posts[word], word)):
        total += posts[word]
        if len(chosen) == SIMILAR_WORDS or (len(chosen) >= 3 and total > most_posts):
            break
        chosen.append(word)
    return chosen


def relaxed(known: Sequence[int]) -> list[int]:
    """Which of the terms, that so many have, are looked for when nothing has all of them."""
    return sorted((n for n, number in enumerate(known) if number), key=lambda n: known[n])[:RELAXED_WORDS]


def half_typed(term: Term, completions: Sequence[str], form: Callable[[str], str]) -> Term:
    """What begins with what was typed: the last word goes on in any of these ways."""
    head = term.any_of[0][:-1]
    if len(term.typed[-1]) < 2 or not completions:
        return term
    return Term(tuple(dict.fromkeys((*head, form(word)) for word in completions)), term.typed)


def _forms(said: Sequence[Said], language: str) -> tuple[Said, ...]:
    return tuple(dict.fromkeys(tuple(form(word, language) for word in one) for one in said))
