"""The questions asked of the PostgreSQL index, as SQL: who has the words, how often, and which post fits best.

How often a word stands in a text is read back from `ts_rank`, which for one word sums 1/n² over its
places (6/π² of it): PostgreSQL has no function for the number itself that is as quick.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from portal.search.postgresql_reading import Reader
from portal.search.postgresql_tables import SCHEMA, quoted
from portal.search.ranking import Facts
from portal.search.site_words import Said
from portal.search.terms import Term, Wanted

MOST_POSTS = 20_000
"""Posts that one search looks at: a word that stands in every post would cost more with each of them."""
MOST_CONVERSATIONS = 20_000
"""Conversations that one search weighs."""

FACTS = "c.root_id, c.kind, c.board_id, c.product, c.tags, c.solved, c.at, c.length, c.thanks"

_OFTEN = "round((1 / (1.644935 * (1.00001 - ts_rank('{{1,1,1,1}}', {v}, CAST(:{q} AS tsquery)))) - 0.5)::numeric)::int"


@dataclass
class Rows:
    """Conversations that have any of the terms: how often each, what is known of them, and whether that is all."""

    terms: list[dict[int, float]]
    facts: dict[int, Facts]
    length: dict[int, int]
    thanks: dict[int, int]
    began: dict[int, int]
    newest: dict[int, int]
    """When the newest post was written that has a term."""
    complete: bool
    having: Sequence[int] = ()
    """How many conversations have each term, nearly."""


def nothing(terms: int) -> Rows:
    """No conversation."""
    return Rows([{} for _ in range(terms)], {}, {}, {}, {}, {}, True, [0] * terms)


def tsquery(terms: Sequence[Term]) -> str:
    """Any of the terms, in any of their forms."""
    return " | ".join(said_query(said) for term in terms for said in term.any_of)


def said_query(said: Said) -> str:
    """One word, or several side by side."""
    return "(" + " <-> ".join(quoted(word) for word in said) + ")"


class Asking:
    """One search on a connection."""

    def __init__(self, connection: Reader, wanted: Wanted, terms: Sequence[Term], title_weight: float) -> None:
        self._connection, self._wanted, self._terms, self._title_weight = connection, wanted, terms, title_weight
        self._values: dict[str, Any] = {"query": tsquery(terms), "most": MOST_POSTS}
        self._conditions = self._restrictions()

    def rows(self, all_of: bool, rarest: int | None) -> Rows:
        """Those that have any of the terms, or all; `rarest` is a term that few have, to begin with."""
        values = dict(self._values)
        begin, begin_titles = "", ""
        if all_of and rarest is not None and len(self._terms) > 1:
            values["rarest"] = tsquery([self._terms[rarest]])
            among = (
                f"ANY(ARRAY(SELECT root_id FROM {SCHEMA}.post WHERE body @@ CAST(:rarest AS tsquery) "
                f"UNION SELECT root_id FROM {SCHEMA}.conversation WHERE title @@ CAST(:rarest AS tsquery)))"
            )
            begin, begin_titles = f" AND p.root_id = {among}", f" AND c.root_id = {among}"
        having = " AND ".join(f"sum(often{n}) > 0" for n in range(len(self._terms))) if all_of else "true"
        sums = ", ".join(f"sum(often{n}) AS often{n}" for n in range(len(self._terms)))
        oftens = ", ".join(f"often{n}" for n in range(len(self._terms)))
        found = self._connection.execute(text(
            f"WITH texts AS (SELECT p.root_id, p.at, 1.0 AS weight, p.body AS v FROM {SCHEMA}.post p "
            f"WHERE p.body @@ CAST(:query AS tsquery){self._conditions}{begin} LIMIT :most), "
            "titles AS (SELECT c.root_id, c.at, CAST(:title_weight AS float) AS weight, c.title AS v "
            f"FROM {SCHEMA}.conversation c WHERE c.title @@ CAST(:query AS tsquery){begin_titles}"
            f"{self._allowed('c.root_id')} LIMIT :most), "
            f"counted AS (SELECT root_id, at, {self._counts(values)} "
            "FROM (SELECT * FROM texts UNION ALL SELECT * FROM titles) both_), "
            f"summed AS (SELECT root_id, max(at) AS newest, count(*) AS posts, {sums} FROM counted GROUP BY root_id "
            f"HAVING {having}) "
            f"SELECT {FACTS}, summed.newest, {oftens}, "
            "(SELECT count(*) FROM texts) AS looked_at "
            f"FROM summed JOIN {SCHEMA}.conversation c ON c.root_id = summed.root_id"
        ), values | {"title_weight": self._title_weight}).all()  # fmt: skip
        return self.read(found)

    def everything(self) -> Rows:
        """Without words: every conversation of which a post counts."""
        found = self._connection.execute(text(
            f"SELECT {FACTS}, s.newest, 0 AS looked_at "
            f"FROM {SCHEMA}.conversation c JOIN (SELECT p.root_id, max(p.at) AS newest "
            f"FROM {SCHEMA}.post p WHERE true{self._conditions} GROUP BY p.root_id ORDER BY 2 DESC LIMIT :most) s "
            "ON s.root_id = c.root_id"
        ), self._values).all()  # fmt: skip
        return self.read(found)

    def posts(self, roots: Sequence[int]) -> list[Any]:
        """The posts of these conversations that count, with how often they have each term."""
        values = self._values | {"roots": list(roots)}
        if self._terms:
            counts = self._counts(values, "p.body || coalesce(c.title, ''::tsvector)")
            having = " AND (p.body @@ CAST(:query AS tsquery) OR c.title @@ CAST(:query AS tsquery))"
        else:
            counts, having = "1 AS often0", ""
        return list(self._connection.execute(text(
            f"SELECT p.id, p.root_id, p.at, p.length, {counts} "
            f"FROM {SCHEMA}.post p LEFT JOIN {SCHEMA}.conversation c ON c.root_id = p.id "
            f"WHERE p.root_id = ANY(:roots){self._conditions}{having}"
        ), values).all())  # fmt: skip

    def earliest(self, roots: Sequence[int]) -> dict[int, int]:
        """The first post of each of these conversations that counts."""
        rows = self._connection.execute(text(
            f"SELECT p.root_id, min(p.id) FROM {SCHEMA}.post p WHERE p.root_id = ANY(:roots){self._conditions} "
            "GROUP BY p.root_id"
        ), self._values | {"roots": list(roots)})  # fmt: skip
        return {row[0]: row[1] for row in rows}

    def _counts(self, values: dict[str, Any], vector: str = "v") -> str:
        """How often each term stands in a text: a column `often<n>` for each."""
        columns = []
        for n, term in enumerate(self._terms):
            parts = []
            for m, said in enumerate(term.any_of):
                name = f"said{n}_{m}"
                values[name] = said_query(said)
                if len(said) == 1:
                    parts.append(_OFTEN.format(v=vector, q=name))
                else:
                    parts.append(f"(({vector}) @@ CAST(:{name} AS tsquery))::int")
            weighted = "weight * " if vector == "v" else ""
            columns.append(f"{weighted}({' + '.join(parts) or '0'}) AS often{n}")
        return ", ".join(columns) or "0 AS none"

    def _restrictions(self) -> str:
        wanted, conditions = self._wanted, ""
        if wanted.authors:
            self._values["authors"] = list(wanted.authors)
            conditions += " AND p.author = ANY(:authors)"
        if wanted.filters.root_id is not None:
            self._values["only"] = wanted.filters.root_id
            conditions += " AND p.root_id = :only"
        if wanted.filters.kind == "reply":
            conditions += " AND p.root_id <> p.id"
        if wanted.after > float("-inf"):
            self._values["after"] = wanted.after
            conditions += " AND p.at >= :after"
        if wanted.before < float("inf"):
            self._values["before"] = wanted.before
            conditions += " AND p.at < :before"
        if wanted.without:
            self._values["without"] = " | ".join(said_query(said) for said in wanted.without)
            conditions += (
                " AND NOT p.body @@ CAST(:without AS tsquery) AND NOT EXISTS (SELECT 1 FROM "
                f"{SCHEMA}.conversation t WHERE t.root_id = p.id AND t.title @@ CAST(:without AS tsquery))"
            )
        return conditions

    def _allowed(self, root: str) -> str:
        """That some post of the conversation counts."""
        if not self._conditions:
            return ""
        return f" AND EXISTS (SELECT 1 FROM {SCHEMA}.post p WHERE p.root_id = {root}{self._conditions})"

    def read(self, found: Sequence[Any]) -> Rows:
        """Rows of conversations as the ranking takes them."""
        rows = known(found, not found or found[0].looked_at < MOST_POSTS)
        rows.terms = [{} for _ in self._terms]
        for row in found:
            for n, term in enumerate(rows.terms):
                if often := getattr(row, f"often{n}"):
                    term[row.root_id] = float(often)
        return rows


def known(found: Sequence[Any], complete: bool) -> Rows:
    """Rows that have FACTS and `newest`, without the terms."""
    rows = Rows([], {}, {}, {}, {}, {}, complete)
    for root, kind, board_id, product, tags, solved, at, length, thanks, newest, *_more in found:
        rows.facts[root] = Facts.of(kind, board_id, product, at, solved, tuple(tags))
        rows.length[root], rows.thanks[root], rows.began[root], rows.newest[root] = length, thanks, at, newest
    return rows
