"""The engine that several machines share: PostgreSQL's full text, in tables of its own in the site's database.

Words are cut and stemmed by the portal itself, as for the embedded engine, and ranked by the same
sums, so that both find the same.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from portal import clock
from portal.db import db
from portal.search import postgresql_postings as postings
from portal.search import postgresql_tables as tables
from portal.search.engine import EVERYTHING, Filters, Hit, Results, SearchUnavailable, Sort, Writing
from portal.search.postgresql_likeness import likest
from portal.search.postgresql_matching import FACTS, Asking, Rows, known, nothing
from portal.search.postgresql_postings import best_posts
from portal.search.postgresql_reading import Reader, TimeIsUp, built, damaged, reading
from portal.search.postgresql_tables import FRESH, SCHEMA, quoted
from portal.search.postgresql_words import going_on, having, known_posts, nearest, rarest
from portal.search.query_language import Query
from portal.search.ranking import Corpus, Norms, Weights, merit, narrow, order, scores
from portal.search.site_words import SiteWords, form
from portal.search.terms import Term, Wanted, half_typed, relaxed, telling_forms, told, wanted

log = logging.getLogger(__name__)

WRITING, REBUILDING = 7_303_014_001, 7_303_014_002
"""Numbers of the locks, which mean this in the whole database."""
SWAP_SECONDS = 20
"""What a new index waits for readers of the old one to let go of it; new readers wait as long."""
COMPLETIONS = 16
"""Words that a half-typed one is taken for at most."""
WAIT = 60.0
"""Seconds a writer waits for another."""

T = TypeVar("T")


class PostgresqlEngine:
    """See `engine.Engine`. Reads in the transaction of the request, writes in transactions of its own."""

    def __init__(self, words: Callable[[], SiteWords] = SiteWords, weights: Callable[[], Weights] = Weights) -> None:
        self._words, self._weights = words, weights
        self._read_language = ""

    def form(self, word: str) -> str:
        """Stemmed in the language of the index; of the one read last, as a page asks for every word it shows."""
        return form(word, self._read_language or self._language())

    def told(self, query: Query) -> frozenset[str]:
        """With synonyms."""
        return told(query, self._words())

    def search(
        self, query: Query, *, filters: Filters = EVERYTHING, sort: Sort = "relevance", offset: int = 0, limit: int = 20
    ) -> Results:  # fmt: skip
        """Words are looked up in a table of their own; phrases and parts of conversations in the texts."""

        def look(reader: Reader) -> Results:
            asked = wanted(query, filters, self._spoken(reader))
            plain = postings.answerable(asked) and sort == "relevance"
            terms, rows, some = (self._looked_up if plain else self._matching)(reader, asked)
            fitting, facets = narrow(asked.fitting(rows.facts, rows.facts), rows.facts, asked.filters)
            page = self._hits(reader, asked, terms, rows, fitting, sort, slice(offset, offset + limit))
            return Results(page, len(fitting), facets, rows.complete, some and bool(fitting))

        return self._reading(look, Results([], 0, complete=False))

    def similar(
        self, text: str, *, limit: int = 5, kinds: Sequence[str] = ("topic",), leave_out: int | None = None
    ) -> Sequence[Hit]:
        """By the rarest of its words, any of which may stand there."""

        def look(reader: Reader) -> list[Hit]:
            spoken = self._spoken(reader)
            forms = telling_forms(text, spoken)
            chosen = rarest(reader, forms) if forms else []
            if not chosen:
                return []
            counting = {one: forms[one] for one in chosen}
            return likest(reader, counting, self._weights(), kinds, leave_out, limit)

        return self._reading(look, [])

    def complete(self, start: str, *, limit: int = 8) -> Sequence[str]:
        """From the words as they are written."""
        return self._reading(lambda reader: going_on(reader, start, limit), []) if start else []

    def titles(self, words: Sequence[str], last: str, *, limit: int = 8) -> Sequence[Hit]:
        """The most helpful first."""

        def look(reader: Reader) -> list[Hit]:
            conditions, values = [], {}
            if words:
                conditions.append("c.title @@ CAST(:words AS tsquery)")
                values["words"] = " & ".join(quoted(form(word, reader.built.language)) for word in words)
            if last:
                conditions.append("c.heading @@ CAST(:last AS tsquery)")
                values["last"] = f"{quoted(last)}:*"
            found = reader.execute(text(
                f"SELECT {FACTS}, c.at AS newest FROM {SCHEMA}.conversation c "
                f"WHERE {' AND '.join(conditions)} ORDER BY c.root_id DESC LIMIT 2000"
            ), values).all()  # fmt: skip
            rows = known(found, complete=True)
            weights = self._weights()
            corpus = self._corpus(reader, rows, weights)
            worth = {root: merit(root, corpus, weights) for root in rows.facts}
            return [Hit(root, root, worth[root]) for root in order(worth, limit)]

        return self._reading(look, []) if words or last else []

    def nearest(self, word: str) -> str:
        """By trigrams and slips of the finger."""
        return self._reading(lambda reader: nearest(reader, word), "")

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction, which waits for another one's end."""
        with self._writer() as connection:
            change = tables.Change(connection, SCHEMA, built(connection).language)
            yield change
            change.close()

    def rebuild(self, fill: Callable[[Writing], None], catch_up: Callable[[Writing], None]) -> None:
        """Into a schema of its own, which then takes the other's name; readers see the old or the new."""
        language = self._words().language
        with db.engine.connect() as guard:
            if not guard.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": REBUILDING}):
                raise SearchUnavailable("Somebody else is rebuilding the search index.")
            guard.commit()
            try:
                with db.engine.begin() as connection:
                    tables.make(connection, FRESH, language)
                    change = tables.Change(connection, FRESH, language, fresh=True)
                    fill(change)
                    change.close()
                    if not tables.finish(connection, FRESH):
                        log.warning("PostgreSQL's pg_trgm is missing: search corrects single slips of the finger only.")
                with self._writer() as connection:
                    connection.execute(text(f"SET LOCAL lock_timeout = '{SWAP_SECONDS}s'"))
                    change = tables.Change(connection, FRESH, language)
                    catch_up(change)
                    change.close()
                    connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
                    connection.execute(text(f"ALTER SCHEMA {FRESH} RENAME TO {SCHEMA}"))
            except OperationalError as error:
                raise SearchUnavailable(f"The search index can't be written: {error.orig}.") from error
            finally:
                guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": REBUILDING})
                guard.execute(text(f"DROP SCHEMA IF EXISTS {FRESH} CASCADE"))
                guard.commit()

    def contents(self) -> Iterator[tuple[int, int]]:
        """From the tables."""
        with db.engine.connect() as connection:
            built(connection)
            rows = connection.execute(text(f"SELECT id, mark FROM {SCHEMA}.post")).all()
        return iter([(row.id, row.mark) for row in rows])

    def check(self) -> str:
        """Whether the tables are there and can be read."""
        with db.engine.connect() as connection:
            built(connection)
            try:
                documents = connection.scalar(text(f"SELECT count(*) FROM {SCHEMA}.post"))
                connection.execute(text(f"SELECT 1 FROM {SCHEMA}.conversation, {SCHEMA}.stands, {SCHEMA}.word LIMIT 1"))
                trigrams = connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"))
            except DBAPIError as error:
                raise damaged(error) from error
        without = "" if trigrams else ", without pg_trgm: it corrects single slips of the finger only"
        return f"{documents:,} documents in PostgreSQL{without}"

    def outdated(self) -> bool:
        """Whether it was made in another language than the site's is now."""
        return self._language() != self._words().language

    def missed(self) -> bool:
        """Nobody notes that here: tables go no sooner than the site's own."""
        return False

    def tidy(self) -> None:
        """PostgreSQL does that by itself."""

    def _looked_up(self, reader: Reader, asked: Wanted) -> tuple[Sequence[Term], Rows, bool]:
        """What has all the terms, or, if there is nothing, any of the rarest; and which of the two it is."""
        title, terms = self._weights().title, list(asked.terms)
        often = postings.frequencies(reader, terms, title)
        for n, term in enumerate(terms):
            if not often[n]:
                terms[n] = self._half_typed(reader, term)
                often[n] = postings.frequencies(reader, [terms[n]], title)[0] if terms[n] is not term else {}
        found = set.intersection(*(set(one) for one in often))
        some = not found and len(terms) > 1
        if some:
            chosen = relaxed([len(one) for one in often])
            terms, often = [terms[n] for n in chosen], [often[n] for n in chosen]
            found = set().union(*often)
        return terms, postings.rows_of(reader, found, often), some

    def _matching(self, reader: Reader, asked: Wanted) -> tuple[Sequence[Term], Rows, bool]:
        """The same from the texts."""
        weight = self._weights().title
        if not asked.terms:
            return (), Asking(reader, asked, (), weight).everything(), False
        having_ = known_posts(reader, asked.terms)
        terms = [
            self._half_typed(reader, term) if not n else term for term, n in zip(asked.terms, having_, strict=True)
        ]
        having_ = known_posts(reader, terms)
        least = min(range(len(terms)), key=lambda n: having_[n])
        rows = nothing(len(terms))
        if having_[least]:
            rows = Asking(reader, asked, terms, weight).rows(True, least)
            rows.having = having(reader, having_)
        if rows.facts or len(terms) < 2:
            return terms, rows, False
        some = relaxed(having_)
        terms = [terms[n] for n in some]
        if terms:
            rows = Asking(reader, asked, terms, weight).rows(False, None)
            rows.having = having(reader, [having_[n] for n in some])
        return terms, rows if terms else nothing(0), True

    def _half_typed(self, reader: Reader, term: Term) -> Term:
        language = reader.built.language
        return half_typed(term, going_on(reader, term.typed[-1], COMPLETIONS), lambda word: form(word, language))

    def _hits(
        self, reader: Reader, asked: Wanted, terms: Sequence[Term], rows: Rows, fitting: Sequence[int],
        sort: Sort, shown: slice,
    ) -> list[Hit]:  # fmt: skip
        weights = self._weights()
        corpus = self._corpus(reader, rows, weights)
        worth = corpus.worth(rows.having)
        by_time = sort == "newest" or not terms
        ranked: dict[int, float] = {root: float(rows.newest[root]) for root in fitting}
        if not by_time:
            ranked = scores(fitting, rows.terms, worth, corpus, weights)
        page = order(ranked, shown.stop)[shown]
        best = best_posts(reader, asked, terms, worth, page)
        return [Hit(root, best[root], 0.0 if by_time else ranked[root]) for root in page]

    def _corpus(self, reader: Reader, rows: Rows, weights: Weights) -> Corpus:
        conversations = max(1, reader.built.conversations)
        average = max(1.0, reader.built.words / conversations)
        norms = Norms(rows.length, average, weights.k1, weights.b)
        return Corpus(rows.facts, rows.thanks, rows.began, clock.now().timestamp(), conversations, norms)

    def _spoken(self, reader: Reader) -> SiteWords:
        """The site's words in the language of the index, which is another until it has been built anew."""
        words, language = self._words(), reader.built.language
        return words if words.language == language else replace(words, language=language)

    def _language(self) -> str:
        """The one the index was made in; without an index the site's."""
        try:
            with reading(db.session.connection()) as reader:
                self._read_language = reader.built.language
                return self._read_language
        except SearchUnavailable:
            return self._words().language

    def _reading(self, use: Callable[[Reader], T], late: T) -> T:
        """What `use` makes of the index; `late` if its time is up before."""
        self._words()  # read now, if at all, not on the search's time
        try:
            with reading(db.session.connection()) as reader:
                self._read_language = reader.built.language
                return use(reader)
        except TimeIsUp:
            return late

    @contextlib.contextmanager
    def _writer(self) -> Iterator[Connection]:
        with db.engine.begin() as connection:
            until = time.monotonic() + WAIT
            while not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": WRITING}):
                if time.monotonic() >= until:
                    raise SearchUnavailable("Somebody else is writing the search index.")
                time.sleep(0.02)
            yield connection
