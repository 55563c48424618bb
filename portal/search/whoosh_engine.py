"""The embedded engine: a Whoosh index in a folder. With its `whoosh_` neighbours the only file that knows Whoosh.

The folder holds one index a build (`whoosh_builds.py`). A Whoosh schema is a pickle, so nobody but the site's own user
may write there.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from whoosh import index

from portal import clock
from portal.search import whoosh_doubts as doubts
from portal.search import whoosh_vocabulary as vocabulary
from portal.search.engine import EVERYTHING, Filters, Hit, Results, SearchUnavailable, Sort
from portal.search.query_language import Query
from portal.search.ranking import Corpus, Weights, merit, narrow, order, scores
from portal.search.site_words import SiteWords, form
from portal.search.terms import telling_forms, told, wanted
from portal.search.turns import TooLong, Turns
from portal.search.whoosh_builds import Builds, language_of
from portal.search.whoosh_files import let_go_afterwards
from portal.search.whoosh_matching import Look, Matches, best_posts, newest
from portal.search.whoosh_reading import OpenIndex, View
from portal.search.whoosh_writing import AT_ONCE, Change, schema
from portal.search.writers_lock import alone

log = logging.getLogger(__name__)

SECONDS = 0.3
"""Time one search may take to look through postings; what was found until then is shown."""
TURN_SECONDS = 5.0
"""Time a search waits for its turn in this process."""
COMPLETIONS = 16
"""Words a half-typed one is taken for at most."""
QUIET_MERGE = 20_000
"""Documents that are merged at once in a quiet moment: some ten seconds, in which changes wait."""


class WhooshEngine:
    """See `engine.Engine`. Holds one open index a process, which is refreshed and never opened anew without need."""

    def __init__(
        self, folder: Path, words: Callable[[], SiteWords] = SiteWords, weights: Callable[[], Weights] = Weights
    ) -> None:
        self._folder, self._words, self._weights = folder, words, weights
        self._turns, self._builds = Turns(), Builds(folder)
        self._open: OpenIndex | None = None
        self._open_name = self._set_aside = ""

    def form(self, word: str) -> str:
        """Stemmed in the language of the index; of the one that is open, as a page asks for every word it shows."""
        opened = self._open_name
        return form(word, language_of(opened) if opened else self._language())

    def told(self, query: Query) -> frozenset[str]:
        """With synonyms."""
        return told(query, self._words())

    def search(
        self, query: Query, *, filters: Filters = EVERYTHING, sort: Sort = "relevance", offset: int = 0, limit: int = 20
    ) -> Results:  # fmt: skip
        """Every match within the time is looked at once; conversations and counts come out of the same round."""
        asked = wanted(query, filters, self._spoken())

        def look(view: View) -> Results:
            matches = self._look(view).all_of(asked)
            fitting, facets = narrow(asked.fitting(matches.found, view.facts), view.facts, asked.filters)
            hits = self._hits(view, matches, fitting, sort, offset, limit)
            return Results(hits, len(fitting), facets, matches.complete, matches.relaxed)

        key = (asked, sort, offset, limit, self._weights())
        found, growing = self._with_some_view(lambda view: view.lately.answer(key, lambda: look(view)))
        return replace(found, growing=True) if growing else found

    def similar(
        self, text: str, *, limit: int = 5, kinds: Sequence[str] = ("topic",), leave_out: int | None = None
    ) -> Sequence[Hit]:
        """By the rarest of its words, any of which may stand there."""
        forms = telling_forms(text, self._spoken())

        def look(view: View) -> list[Hit]:
            matches = self._look(view).like(forms)
            weights = self._weights()
            corpus = _corpus(view, weights)
            worth = corpus.worth([len(term) for term in matches.terms], matches.counting)
            fitting = (matches.found & view.of_kinds(tuple(kinds))) - {leave_out}
            ranked = scores(fitting, matches.terms, worth, corpus, weights)
            return [Hit(root, root, ranked[root]) for root in order(ranked, limit)]

        return self._with_view(look) if forms else []

    def complete(self, start: str, *, limit: int = 8) -> Sequence[str]:
        """From the words as they are written."""
        if not start:
            return []
        return self._with_some_view(lambda view: vocabulary.going_on(view, "written", start, limit))[0]

    def titles(self, words: Sequence[str], last: str, *, limit: int = 8) -> Sequence[Hit]:
        """The most helpful first."""
        forms = [self.form(word) for word in words]

        def look(view: View) -> list[Hit]:
            ends = vocabulary.going_on(view, "heading", last, 5 * COMPLETIONS) if last else []
            found = vocabulary.in_titles(view, "heading", ends) if last else None
            for one in forms:
                having = vocabulary.in_titles(view, "title", [one])
                found = having if found is None else found & having
            weights = self._weights()
            corpus = _corpus(view, weights)
            worth = {root: merit(root, corpus, weights) for root in found or ()}
            return [Hit(root, root, worth[root]) for root in order(worth, limit)]

        return self._with_some_view(look)[0] if words or last else []

    def nearest(self, word: str) -> str:
        """By slips of the finger."""
        return self._with_some_view(lambda view: vocabulary.nearest(view, word))[0]

    def contents(self) -> Iterator[tuple[int, int]]:
        """Read from the columns of every segment."""

        def read(view: View) -> list[tuple[int, int]]:
            pairs = []
            for part in view.parts:
                marks = part.segment.column("mark")
                pairs += [(part.segment.number[n], marks[n]) for n, root in enumerate(part.root) if root]
            return pairs

        return iter(self._with_view(read))

    def check(self) -> str:
        """Opens the index and reads from it."""
        documents, parts = self._with_view(lambda view: (view.documents, len(view.parts)))
        return f"{documents:,} documents in {parts} {'segment' if parts == 1 else 'segments'}"

    def outdated(self) -> bool:
        """Whether it was made in another language than the site's is now, or can't be read somewhere."""
        return self._language() != self._words().language or doubts.is_damaged(self._folder / self._builds.current())

    def tidy(self) -> None:
        """Merge small segments; a tenth of the index at once, where that is more."""
        if self.segments() < 2:
            return
        at_once = max(QUIET_MERGE, self._with_view(lambda view: view.documents) // 10)
        with alone(self._folder, "writing"), self._change(self._builds.current(), merge=at_once):
            pass

    def segments(self) -> int:
        """In how many pieces the index lies."""
        return int(self._with_view(lambda view: len(view.parts)))

    def _look(self, view: View) -> Look:
        def completions(start: str) -> list[str]:
            return vocabulary.going_on(view, "written", start, COMPLETIONS)

        return Look(view, self._weights(), SECONDS, self.form, completions)

    def _hits(
        self, view: View, matches: Matches, fitting: Sequence[int], sort: Sort, offset: int, limit: int
    ) -> list[Hit]:
        weights = self._weights()
        corpus, by_time = _corpus(view, weights), sort == "newest" or not matches.terms
        worth = corpus.worth([len(term) for term in matches.terms], matches.counting)
        if by_time:
            at = newest(view, matches)
            ranked = {root: at[root] for root in fitting}
        else:
            ranked = scores(fitting, matches.terms, worth, corpus, weights)
        page = order(ranked, offset + limit)[offset:]
        best = best_posts(view, matches, page, worth, by_time=not matches.terms)
        return [Hit(root, best[root], 0.0 if by_time else ranked[root]) for root in page]

    @contextlib.contextmanager
    def writing(self) -> Iterator[Change]:
        """One commit. An index that can't be written any more is given up, so that it is rebuilt."""
        with alone(self._folder, "writing"), self._change(self._builds.current()) as change:
            yield change

    def missed(self) -> bool:
        """By the files alone."""
        return self._builds.missed()

    def rebuild(self, fill: Callable[[Any], None], catch_up: Callable[[Any], None]) -> None:
        """Into a folder of its own. Where there is none to read meanwhile, what is there of it is read already."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(self._folder, "rebuilding", wait=0.0), self._builds.fresh(self._words().language) as name:
            index.create_in(str(self._folder / name), schema()).close()
            with self._change(name, fresh=True, portion=lambda: self._builds.grow(name)) as change:
                fill(change)
            with alone(self._folder, "writing"):
                with self._change(name) as change:
                    catch_up(change)
                self._builds.use(name)

    def _spoken(self) -> SiteWords:
        """The site's words in the language of the index, which is another until it has been built anew."""
        words, language = self._words(), self._language()
        return words if words.language == language else replace(words, language=language)

    def _language(self) -> str:
        """The one the index was made in; without an index the site's."""
        with contextlib.suppress(SearchUnavailable):
            return language_of(self._builds.current())
        return self._words().language

    @contextlib.contextmanager
    def _change(
        self, name: str, fresh: bool = False, merge: int = AT_ONCE, portion: Callable[[], None] | None = None
    ) -> Iterator[Change]:
        with self._given_up_if_damaged(name):
            opened = index.open_dir(str(self._folder / name))
            change = Change(opened, language_of(name), fresh, portion)
        try:
            yield change
        except BaseException:
            change.cancel()
            raise
        with self._given_up_if_damaged(name):
            change.commit(merge)
            opened.close()

    @contextlib.contextmanager
    def _given_up_if_damaged(self, name: str) -> Iterator[None]:
        """A full disk passes; what Whoosh itself can't make sense of does not."""
        try:
            yield
        except OSError as error:
            raise SearchUnavailable(f"The search index can't be written: {error}.") from error
        except Exception as error:
            self._builds.give_up(name)
            raise self._damaged(error) from error

    def _with_view(self, use: Callable[[Any], Any]) -> Any:
        """Call `use` with the refreshed index."""
        return self._in_turn(lambda: self._tried(self._builds.current, use))

    def _with_some_view(self, use: Callable[[Any], Any]) -> tuple[Any, bool]:
        """The same; while there is none, with the one that grows. Says as well whether it was that one."""

        def either() -> tuple[Any, bool]:
            try:
                return self._tried(self._builds.current, use), False
            except SearchUnavailable:
                if not self._builds.growing():
                    raise
                return self._tried(lambda: self._builds.growing() or self._builds.current(), use), True

        found: tuple[Any, bool] = self._in_turn(either)
        return found

    def _in_turn(self, do: Callable[[], Any]) -> Any:
        try:
            with self._turns.turn(TURN_SECONDS), let_go_afterwards():
                return do()
        except TooLong as error:
            raise SearchUnavailable("Too many searches at once.") from error

    def _tried(self, named: Callable[[], str], use: Callable[[Any], Any], tries_left: int = 3) -> Any:
        """Opened anew once if the files it had are gone. What failed is set aside as long as another grows."""
        name = named()
        if name == self._set_aside and self._builds.growing():
            raise SearchUnavailable("The search index is being built anew.")
        try:
            return use(self._refreshed(name))
        except Exception as error:  # a merge may have taken a file away while it was being opened
            self._close()
            if not tries_left:
                doubts.doubt(self._folder / name)
                self._set_aside = name
                raise self._damaged(error) from error
        return self._tried(named, use, tries_left - 1)

    def _refreshed(self, name: str) -> Any:
        if self._open is None or self._open_name != name:
            self._close()
            self._open, self._open_name = OpenIndex(self._folder / name), name
        return self._open.view()

    def _close(self) -> None:
        opened, self._open = self._open, None
        if opened is not None:
            opened.close()

    def _damaged(self, error: Exception) -> SearchUnavailable:
        log.error("the search index can't be used: %s: %s", type(error).__name__, error)
        return SearchUnavailable("The search index is damaged and has to be rebuilt.")


def _corpus(view: View, weights: Weights) -> Corpus:
    thanks, began = view.thanks if weights.thanks else {}, view.began if weights.fresh else {}
    norms = view.norms(weights.k1, weights.b)
    return Corpus(view.facts, thanks, began, clock.now().timestamp(), len(view.facts), norms)
