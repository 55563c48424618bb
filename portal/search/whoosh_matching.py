"""One round over the postings of a Whoosh index: what matches, within a time, grouped by conversation."""

import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat

from whoosh.reading import TermNotFound

from portal.search.ranking import Frequencies, Weights, post_score
from portal.search.site_words import Said
from portal.search.terms import Term, Wanted, choose_rarest, half_typed, relaxed
from portal.search.whoosh_reading import Part, View
from portal.search.whoosh_segment import NONE, Postings, tight

AT_ONCE = 1024
"""Postings between two looks at the clock."""

Roots = Sequence["array[int]"]
"""For each part the conversations of its documents; 0 for those that do not count."""


@dataclass
class Matches:
    """What was found: conversations, what each term's frequencies are, and where they stand."""

    found: set[int]
    terms: list[Frequencies]
    places: list[list[tuple[int, Postings]]] = field(default_factory=list)
    """For each term (part, postings in texts and titles)."""
    roots: Roots = ()
    complete: bool = True
    relaxed: bool = False
    counting: Sequence[float] = ()
    """What each term counts in what is asked; nothing: all the same."""


class Look:
    """One search over one view of the index, until its time is up."""

    def __init__(
        self, view: View, weights: Weights, seconds: float, form: Callable[[str], str],
        completions: Callable[[str], Sequence[str]],
    ) -> None:  # fmt: skip
        self._view, self._weights = view, weights
        self._until = time.perf_counter() + seconds
        self._form, self._completions = form, completions
        self._late = False
        self._roots: Roots = [part.root for part in view.parts]
        self._allowed: set[int] | None = None

    def all_of(self, wanted: Wanted) -> Matches:
        """Conversations that have all the terms; if there is none, those with any of the rarest."""
        self._restrict(wanted)
        if not wanted.terms:
            return self._everything()
        gathered = [self._gather(term) for term in wanted.terms]
        gathered = [
            self._half_typed(term) if not tf else (tf, at)
            for term, (tf, at) in zip(wanted.terms, gathered, strict=True)
        ]
        terms, places = [tf for tf, _ in gathered], [at for _, at in gathered]
        found = set(sorted(terms, key=len)[0])
        for tf in terms:
            found &= tf.keys()
        if found or len(terms) < 2:
            return Matches(found, list(terms), places, self._roots, not self._late)
        known = relaxed([len(tf) for tf in terms])
        return self._any([terms[n] for n in known], [places[n] for n in known], relaxed=True)

    def like(self, forms: Mapping[str, float]) -> Matches:
        """Conversations that have any of the rarest of these words, each of which counts so much."""
        counted = {
            form: sum(part.segment.frequency(name, form) for part in self._view.parts for name in ("body", "title"))
            for form in forms
        }
        chosen = choose_rarest(counted)
        gathered = [self._gather(Term(((form,),), (form,))) for form in chosen]
        found = self._any([tf for tf, _ in gathered], [at for _, at in gathered])
        return replace(found, counting=[forms[form] for form in chosen])

    def _any(
        self, terms: list[Frequencies], places: list[list[tuple[int, Postings]]], relaxed: bool = False
    ) -> Matches:
        found: set[int] = set()
        for tf in terms:
            found |= tf.keys()
        return Matches(found, terms, places, self._roots, not self._late, relaxed and bool(found))

    def _everything(self) -> Matches:
        found: set[int] = set()
        places: list[tuple[int, Postings]] = []
        for n, roots in enumerate(self._roots):
            for start in range(0, len(roots), AT_ONCE * 8):
                if self._time_is_up(start or n):
                    break
                found.update(roots[start : start + AT_ONCE * 8])
            places.append((n, (array("I", range(len(roots))), array("B", repeat(1, len(roots))))))
        return Matches(found & self._view.facts.keys(), [], [places], self._roots, not self._late)

    def _time_is_up(self, done: int) -> bool:
        """Something is always looked at, however late it is."""
        if done and not self._late and time.perf_counter() > self._until:
            self._late = True
        return self._late and bool(done)

    def _gather(self, term: Term) -> tuple[dict[int, float], list[tuple[int, Postings]]]:
        """A term's frequency in each conversation, and its postings."""
        often: dict[int, float] = {}
        places: list[tuple[int, Postings]] = []
        for n, part in enumerate(self._view.parts):
            for said in term.any_of:
                if self._late:
                    return often, places
                texts, titles = (self._postings(part, name, said) for name in ("body", "title"))
                self._add(often, texts, self._roots[n], 1.0)
                self._add(often, titles, part.root, self._weights.title)
                places += [(n, found) for found in (texts, titles) if found[0]]
        often.pop(0, None)
        if self._allowed is not None:
            often = {root: tf for root, tf in often.items() if root in self._allowed}
        return often, places

    def _add(self, often: dict[int, float], postings: Postings, roots: "array[int]", weight: float) -> None:
        documents, times = postings
        get, root_of = often.get, roots.__getitem__
        for start in range(0, len(documents), AT_ONCE):
            if self._time_is_up(start):
                return
            stop = start + AT_ONCE
            for root, number in zip(map(root_of, documents[start:stop]), times[start:stop], strict=True):
                often[root] = get(root, 0.0) + weight * number

    def _half_typed(self, term: Term) -> tuple[dict[int, float], list[tuple[int, Postings]]]:
        """What begins with what was typed, if nothing is called so: the last word goes on."""
        longer = half_typed(term, self._completions(term.typed[-1]), self._form)
        return ({}, []) if longer is term else self._gather(longer)

    def _postings(self, part: Part, name: str, said: Said) -> Postings:
        if len(said) == 1:
            return part.segment.postings(name, said[0])
        lists = [part.segment.postings(name, word)[0] for word in said]
        if not all(lists):
            return NONE
        together = set(sorted(lists, key=len)[0])
        for documents in lists:
            together.intersection_update(documents)
        return self._side_by_side(part, name, said, sorted(n for n in together if part.root[n]))

    def _side_by_side(self, part: Part, name: str, said: Said, candidates: list[int]) -> Postings:
        try:
            matchers = [part.segment.matcher(name, word) for word in said]
        except TermNotFound:
            return NONE
        documents: list[int] = []
        times: list[int] = []
        for done, n in enumerate(candidates):
            if done % 32 == 0 and self._time_is_up(done):
                break
            starts: set[int] | None = None
            for step, matcher in enumerate(matchers):
                matcher.skip_to(n)
                places = {place - step for place in matcher.value_as("positions")}
                starts = places if starts is None else starts & places
                if not starts:
                    break
            if starts:
                documents.append(n)
                times.append(len(starts))
        return tight(documents), tight(times)

    def _restrict(self, wanted: Wanted) -> None:
        """Leave only those posts that count."""
        if not wanted.of_posts:
            return
        self._roots = [self._restricted(part, wanted) for part in self._view.parts]
        self._allowed = set().union(*self._roots) - {0} if self._roots else set()

    def _restricted(self, part: Part, wanted: Wanted) -> "array[int]":
        roots, segment = part.root[:], part.segment
        if wanted.authors:
            by = {n for name in wanted.authors for n in segment.postings("author", name)[0]}
            roots = array("q", bytes(8 * len(roots)))
            for n in by:
                roots[n] = part.root[n]
        only = wanted.filters.root_id
        if only is not None:
            roots = array("q", (root if root == only else 0 for root in roots))
        if wanted.filters.kind == "reply":
            roots = array("q", (0 if root == n else root for root, n in zip(roots, segment.number, strict=True)))
        if wanted.after > float("-inf") or wanted.before < float("inf"):
            since, until = wanted.after, wanted.before
            roots = array("q", (r if since <= at < until else 0 for r, at in zip(roots, segment.at, strict=True)))
        for said in wanted.without:
            for name in ("body", "title"):
                for n in self._postings(part, name, said)[0]:
                    roots[n] = 0
        return roots


def best_posts(
    view: View, matches: Matches, chosen: Sequence[int], worth: Sequence[float], by_time: bool
) -> dict[int, int]:
    """For each chosen conversation the post that has most of the terms, or the newest that has any."""
    wanted = set(chosen)
    best: dict[int, tuple[tuple[float, int], int]] = {}
    for (n, document), often in _posts(view, matches, wanted).items():
        segment = view.parts[n].segment
        root, post = segment.root[document], segment.number[document]
        score = float(segment.at[document]) if by_time else post_score(often, worth, segment.length[document])
        if root not in best or (score, -post) > best[root][0]:
            best[root] = ((score, -post), post)
    posts = {root: post for root, (_rank, post) in best.items()}
    for missing in wanted - posts.keys():
        posts[missing] = _earliest(view, matches.roots, missing)
    return posts


def newest(view: View, matches: Matches) -> dict[int, float]:
    """When the newest matching post of each conversation that was found was written."""
    at: dict[int, float] = dict.fromkeys(matches.found, 0.0)
    for places in matches.places:
        for n, (documents, _times) in places:
            roots, when = matches.roots[n], view.parts[n].segment.at
            for document in documents:
                root = roots[document]
                if root in at and when[document] > at[root]:
                    at[root] = when[document]
    return at


def _posts(view: View, matches: Matches, wanted: set[int]) -> dict[tuple[int, int], list[float]]:
    """(part, document) → how often it has each term, of the posts in `wanted` conversations that have any."""
    found: dict[tuple[int, int], list[float]] = {}
    theirs = [
        [d for root in wanted for d in part.segment.documents_of(root) if roots[d] == root]
        for part, roots in zip(view.parts, matches.roots, strict=True)
    ]
    for term, places in enumerate(matches.places):
        for n, (documents, times) in places:
            for at in _at(documents, theirs[n]):
                found.setdefault((n, documents[at]), [0.0] * len(matches.places))[term] += times[at]
    return found


def _at(documents: "array[int]", wanted: Sequence[int]) -> list[int]:
    """Where among rising `documents` those wanted stand: few are looked up, of many all are gone through."""
    if len(wanted) * 8 > len(documents):
        chosen = set(wanted)
        return [at for at, document in enumerate(documents) if document in chosen]
    places = [(bisect_left(documents, document), document) for document in wanted]
    return [at for at, document in places if at < len(documents) and documents[at] == document]


def _earliest(view: View, roots: Roots, conversation: int) -> int:
    """The first post of a conversation that counts: where only its title fits."""
    posts = [
        part.segment.number[n]
        for part, of in zip(view.parts, roots, strict=True)
        for n, root in enumerate(of)
        if root == conversation
    ]
    return min(posts, default=conversation)
