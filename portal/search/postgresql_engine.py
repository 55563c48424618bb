"""The engine that several machines share: PostgreSQL's full text, in tables of its own in the site's database.

Words are cut and stemmed by the portal itself, as for the embedded engine, and ranked by the same
sums, so that both find the same.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from portal import clock
from portal.db import db
from portal.search import postgresql_tables as tables
from portal.search.engine import EVERYTHING, Filters, Hit, Results, SearchUnavailable, Sort, Writing
from portal.search.postgresql_matching import FACTS, Asking, Rows, nothing
from portal.search.postgresql_tables import FORMAT, FRESH, SCHEMA, quoted
from portal.search.postgresql_words import going_on, having, known_posts, nearest, rarest
from portal.search.query_language import Query
from portal.search.ranking import Corpus, Weights, merit, narrow, order, post_score, scores
from portal.search.site_words import SiteWords, form
from portal.search.terms import Term, Wanted, half_typed, relaxed, telling_forms, told, wanted

log = logging.getLogger(__name__)

MILLISECONDS = 400
"""What one statement of a search may take; one that takes longer finds nothing, and says that it is not all."""
WRITING, REBUILDING = 7_303_014_001, 7_303_014_002
"""Numbers of the locks, which mean this in the whole database."""
SWAP_SECONDS = 20
"""What a new index waits for readers of the old one to let go of it; new readers wait as long."""
WAIT = 60.0
"""Seconds a writer waits for another."""


class PostgresqlEngine:
    """See `engine.Engine`. Reads in the transaction of the request, writes in transactions of its own."""

    def __init__(self, words: Callable[[], SiteWords] = SiteWords, weights: Callable[[], Weights] = Weights) -> None:
        self._words, self._weights = words, weights

    def form(self, word: str) -> str:
        """Stemmed in the language of the index."""
        return form(word, self._language())

    def told(self, query: Query) -> frozenset[str]:
        """With synonyms."""
        return told(query, self._words())

    def search(
        self, query: Query, *, filters: Filters = EVERYTHING, sort: Sort = "relevance", offset: int = 0, limit: int = 20
    ) -> Results:  # fmt: skip
        """One statement finds and counts, a second one chooses the posts of the page."""
        asked = wanted(query, filters, self._spoken())

        def look(connection: Connection) -> Results:
            terms, rows, some = self._matching(connection, asked)
            fitting, facets = narrow((r for r in rows.facts if asked.fits(rows.facts[r])), rows.facts, asked.filters)
            hits = self._hits(connection, asked, terms, rows, fitting, sort, offset, limit)
            return Results(hits, len(fitting), facets, rows.complete, some and bool(fitting))

        return self._reading(look) or Results([], 0, complete=False)

    def similar(
        self, text: str, *, limit: int = 5, kinds: Sequence[str] = ("topic",), leave_out: int | None = None
    ) -> Sequence[Hit]:
        """By the rarest of its words, any of which may stand there."""
        forms = telling_forms(text, self._spoken())
        anything = wanted(Query(), EVERYTHING, self._spoken())

        def look(connection: Connection) -> list[Hit]:
            counts = rarest(connection, forms)
            terms = [Term(((one,),), (one,)) for one in counts]
            if not terms:
                return []
            rows = Asking(connection, anything, terms, self._weights().title).rows(False, None)
            rows.having, rows.counting = having(connection, list(counts.values())), [forms[one] for one in counts]
            fitting = [r for r, facts in rows.facts.items() if r != leave_out and facts.profile.kind in kinds]
            return self._hits(connection, anything, terms, rows, fitting, "relevance", 0, limit)

        return self._reading(look) or [] if forms else []

    def complete(self, start: str, *, limit: int = 8) -> Sequence[str]:
        """From the words as they are written."""
        return self._reading(lambda connection: going_on(connection, start, limit)) or [] if start else []

    def titles(self, words: Sequence[str], last: str, *, limit: int = 8) -> Sequence[Hit]:
        """The most helpful first."""
        conditions, values = [], {}
        if words:
            conditions.append("c.title @@ CAST(:words AS tsquery)")
            values["words"] = " & ".join(quoted(self.form(word)) for word in words)
        if last:
            conditions.append("c.heading @@ CAST(:last AS tsquery)")
            values["last"] = f"{quoted(last)}:*"

        def look(connection: Connection) -> list[Hit]:
            found = connection.execute(text(
                f"SELECT {FACTS}, c.at AS newest, 0 AS looked_at FROM {SCHEMA}.conversation c "
                f"WHERE {' AND '.join(conditions)} ORDER BY c.root_id DESC LIMIT 2000"
            ), values).all()  # fmt: skip
            rows = Asking(connection, wanted(Query(), EVERYTHING, self._spoken()), (), 1.0).read(found)
            corpus, weights = self._corpus(connection, rows), self._weights()
            worth = {root: merit(root, corpus, weights) for root in rows.facts}
            return [Hit(root, root, worth[root]) for root in order(worth)[:limit]]

        return self._reading(look) or [] if conditions else []

    def nearest(self, word: str) -> str:
        """By trigrams and slips of the finger."""
        return self._reading(lambda connection: nearest(connection, word)) or ""

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction, which waits for another one's end."""
        with self._writer() as connection:
            language = self._built(connection)
            change = tables.Change(connection, SCHEMA, language)
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
                    change = tables.Change(connection, FRESH, language)
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
            self._built(connection)
            rows = connection.execute(text(f"SELECT id, mark FROM {SCHEMA}.post")).all()
        return iter([(row.id, row.mark) for row in rows])

    def check(self) -> str:
        """Whether the tables are there and can be read."""
        with db.engine.connect() as connection:
            self._built(connection)
            try:
                documents = connection.scalar(text(f"SELECT count(*) FROM {SCHEMA}.post"))
                connection.execute(text(f"SELECT 1 FROM {SCHEMA}.conversation, {SCHEMA}.word LIMIT 1"))
                trigrams = connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"))
            except DBAPIError as error:
                raise _damaged(error) from error
        without = "" if trigrams else ", without pg_trgm: it corrects single slips of the finger only"
        return f"{documents:,} documents in PostgreSQL{without}"

    def outdated(self) -> bool:
        """Whether it was made in another language than the site's is now."""
        return self._language() != self._words().language

    def tidy(self) -> None:
        """PostgreSQL does that by itself."""

    def _matching(self, connection: Connection, asked: Wanted) -> tuple[Sequence[Term], Rows, bool]:
        """What has all the terms, or, if there is nothing, any of the rarest; and which of the two it is."""
        weight = self._weights().title
        if not asked.terms:
            return (), Asking(connection, asked, (), weight).everything(), False
        known = known_posts(connection, asked.terms)
        terms = [
            half_typed(term, going_on(connection, term.typed[-1], 16), self.form) if not n else term
            for term, n in zip(asked.terms, known, strict=True)
        ]
        known = known_posts(connection, terms)
        least = min(range(len(terms)), key=lambda n: known[n])
        rows = nothing(len(terms))
        if known[least]:
            rows = Asking(connection, asked, terms, weight).rows(True, least)
            rows.having = having(connection, known)
        if rows.facts or len(terms) < 2:
            return terms, rows, False
        some = relaxed(known)
        terms = [terms[n] for n in some]
        if terms:
            rows = Asking(connection, asked, terms, weight).rows(False, None)
            rows.having = having(connection, [known[n] for n in some])
        return terms, rows if terms else nothing(0), True

    def _hits(
        self, connection: Connection, asked: Wanted, terms: Sequence[Term], rows: Rows, fitting: Sequence[int],
        sort: Sort, offset: int, limit: int,
    ) -> list[Hit]:  # fmt: skip
        corpus = self._corpus(connection, rows)
        worth = corpus.worth(rows.having, rows.counting)
        by_time = sort == "newest" or not terms
        ranked: dict[int, float] = {root: float(rows.newest[root]) for root in fitting}
        if not by_time:
            ranked = scores(fitting, rows.terms, worth, corpus, self._weights())
        page = order(ranked)[offset : offset + limit]
        asking = Asking(connection, asked, terms, 1.0)
        best: dict[int, tuple[tuple[float, int], int]] = {}
        for row in asking.posts(page) if page else ():
            often = [float(getattr(row, f"often{n}")) for n in range(len(terms))]
            rank = (post_score(often, worth, row.length) if terms else float(row.at), -row.id)
            if row.root_id not in best or rank > best[row.root_id][0]:
                best[row.root_id] = (rank, row.id)
        missing = [root for root in page if root not in best]
        first = asking.earliest(missing) if missing else {}
        return [
            Hit(root, best[root][1] if root in best else first.get(root, root), 0.0 if by_time else ranked[root])
            for root in page
        ]

    def _corpus(self, connection: Connection, rows: Rows) -> Corpus:
        built = connection.execute(text(f"SELECT conversations, words FROM {SCHEMA}.build")).one()
        average = max(1.0, built.words / max(1, built.conversations))
        return Corpus(
            rows.facts, rows.length, rows.thanks, average, clock.now().timestamp(), max(1, built.conversations)
        )

    def _spoken(self) -> SiteWords:
        """The site's words in the language of the index, which is another until it has been built anew."""
        words, language = self._words(), self._language()
        return words if words.language == language else replace(words, language=language)

    def _language(self) -> str:
        connection = db.session.connection()
        savepoint = connection.begin_nested()
        try:
            return self._built(connection)
        except SearchUnavailable:
            return self._words().language
        finally:
            savepoint.rollback()  # and with it the lock on the table, for which a swap would wait

    def _built(self, connection: Connection) -> str:
        """The language of the index; raises SearchUnavailable if there is none that can be used."""
        if connection.scalar(text("SELECT to_regclass(:name)"), {"name": f"{SCHEMA}.build"}) is not None:
            built = connection.execute(text(f"SELECT format, language FROM {SCHEMA}.build")).first()
            if built is not None and built.format == FORMAT:
                return str(built.language)
        raise SearchUnavailable("There is no search index yet.")

    def _reading(self, use: Callable[[Connection], Any]) -> Any:
        """Call `use` with a connection on which no statement takes long; None if one would have."""
        connection = db.session.connection()
        savepoint = connection.begin_nested()
        try:
            self._built(connection)
            connection.execute(text(f"SET LOCAL statement_timeout = {MILLISECONDS}"))
            return use(connection)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") == "57014":  # canceled by the time-out
                return None
            raise _damaged(error) from error
        finally:
            savepoint.rollback()

    @contextlib.contextmanager
    def _writer(self) -> Iterator[Connection]:
        with db.engine.begin() as connection:
            until = time.monotonic() + WAIT
            while not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": WRITING}):
                if time.monotonic() >= until:
                    raise SearchUnavailable("Somebody else is writing the search index.")
                time.sleep(0.02)
            yield connection


def _damaged(error: Exception) -> SearchUnavailable:
    log.error("the search index can't be used: %s: %s", type(error).__name__, error)
    return SearchUnavailable("The search index is damaged and has to be rebuilt.")
