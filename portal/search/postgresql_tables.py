"""The tables of the PostgreSQL index: a schema of their own beside the site's, made by the engine, not by a migration.

An index is derived: it is built from the tables, thrown away and built again. `build` says of which
format and language it is; `word` counts, over all posts, the words as they are written.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from portal.search.engine import Document
from portal.search.site_words import form
from portal.search.words import tokens

SCHEMA, FRESH = "portal_search", "portal_search_fresh"
FORMAT = 2
"""Goes up when the tables or the way words are cut change; an index of another format counts as missing."""
MOST_PLACES = 16_383
"""PostgreSQL's own limit: what stands further behind counts as standing at the end."""
AT_ONCE = 200
"""Rows written in one statement."""

TABLES = """
CREATE TABLE {s}.build (
    format integer NOT NULL, language text NOT NULL, posts integer NOT NULL, conversations integer NOT NULL,
    words bigint NOT NULL);
CREATE TABLE {s}.conversation (
    root_id integer PRIMARY KEY, kind text NOT NULL, board_id integer NOT NULL, product text NOT NULL,
    tags text[] NOT NULL, solved boolean, at bigint NOT NULL, title tsvector NOT NULL, heading tsvector NOT NULL,
    length integer NOT NULL DEFAULT 0, thanks integer NOT NULL DEFAULT 0);
CREATE TABLE {s}.post (
    id integer PRIMARY KEY, root_id integer NOT NULL, author text NOT NULL, at bigint NOT NULL,
    length integer NOT NULL, thanks integer NOT NULL, mark bigint NOT NULL, body tsvector NOT NULL,
    written text[] NOT NULL);
CREATE TABLE {s}.stands (
    form text COLLATE "C" NOT NULL, root_id integer NOT NULL, often integer NOT NULL, titled integer NOT NULL);
CREATE TABLE {s}.word (word text COLLATE "C" PRIMARY KEY, form text NOT NULL, posts integer NOT NULL);
"""
INDEXES = """
CREATE INDEX post_root ON {s}.post (root_id);
CREATE INDEX post_author ON {s}.post (author);
CREATE INDEX post_at ON {s}.post (at);
CREATE INDEX post_body ON {s}.post USING gin (body);
CREATE INDEX conversation_title ON {s}.conversation USING gin (title);
CREATE INDEX conversation_heading ON {s}.conversation USING gin (heading);
CREATE UNIQUE INDEX stands_form ON {s}.stands (form, root_id);
CREATE INDEX stands_root ON {s}.stands (root_id);
CREATE INDEX word_form ON {s}.word (form);
"""
STANDS = """
SELECT form, root_id, sum(often) AS often, sum(titled) AS titled FROM (
    SELECT u.lexeme COLLATE "C" AS form, p.root_id, cardinality(u.positions) AS often, 0 AS titled
    FROM {s}.post p CROSS JOIN LATERAL unnest(p.body) u {posts}
    UNION ALL
    SELECT u.lexeme COLLATE "C", c.root_id, 0, cardinality(u.positions)
    FROM {s}.conversation c CROSS JOIN LATERAL unnest(c.title) u {roots}) both_
GROUP BY form, root_id"""
"""How often each word stands in a conversation's texts and in its title."""
ALL_STAND = "INSERT INTO {s}.stands " + STANDS.format(s="{s}", posts="", roots="") + " ORDER BY form, root_id"
SOME_STAND = (
    "WITH now AS MATERIALIZED ("
    + STANDS.format(s="{s}", posts="WHERE p.root_id = ANY(:ids)", roots="WHERE c.root_id = ANY(:ids)")
    + """), gone AS (
    DELETE FROM {s}.stands s WHERE s.root_id = ANY(:ids)
    AND NOT EXISTS (SELECT 1 FROM now WHERE now.form = s.form AND now.root_id = s.root_id))
INSERT INTO {s}.stands AS s SELECT * FROM now ON CONFLICT (form, root_id)
DO UPDATE SET often = excluded.often, titled = excluded.titled
WHERE s.often <> excluded.often OR s.titled <> excluded.titled"""
)
"""Only what differs is written: of a long conversation with a new reply next to nothing does."""
TRIGRAMS = "CREATE INDEX word_trigrams ON {s}.word USING gin (word gin_trgm_ops)"


def statements(script: str, schema: str) -> list[str]:
    """The statements of one of the scripts above."""
    return [part.strip() for part in script.format(s=schema).split(";") if part.strip()]


def make(connection: Connection, schema: str, language: str) -> None:
    """Empty tables without indexes, which are quicker made when there are rows."""
    connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
    connection.execute(text(f"CREATE SCHEMA {schema}"))
    for statement in statements(TABLES, schema):
        connection.execute(text(statement))
    built = {"format": FORMAT, "language": language}
    connection.execute(text(f"INSERT INTO {schema}.build VALUES (:format, :language, 0, 0, 0)"), built)


def finish(connection: Connection, schema: str) -> bool:
    """Indexes over what was filled in; says whether misspelt words can be found by their trigrams."""
    for statement in statements(INDEXES, schema):
        connection.execute(text(statement))
    trigrams = True
    savepoint = connection.begin_nested()
    try:  # trusted since PostgreSQL 13: the database's owner may create it where the server has it
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        connection.execute(text(TRIGRAMS.format(s=schema)))
        savepoint.commit()
    except DBAPIError:
        savepoint.rollback()
        trigrams = False
    for name in ("conversation", "post", "stands", "word"):
        connection.execute(text(f"ANALYZE {schema}.{name}"))
    return trigrams


class Change:
    """A change under way: rows written and taken out in one transaction; `fresh` where there were no tables before."""

    def __init__(self, connection: Connection, schema: str, language: str, fresh: bool = False) -> None:
        self._run, self._schema, self._language, self._fresh = connection.execute, schema, language, fresh
        self._words: Counter[str] = Counter()
        self._touched: set[int] = set()
        self._sums = Counter({"posts": 0, "conversations": 0, "length": 0})

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace."""
        documents = list(documents)
        self.remove(document.id for document in documents)
        posts = [self._post(document) for document in documents]
        for rows in _parts(posts):
            self._run(text(
                f"INSERT INTO {self._schema}.post (id, root_id, author, at, length, thanks, mark, body, written) "
                "VALUES (:id, :root_id, :author, :at, :length, :thanks, :mark, CAST(:body AS tsvector), :written)"
            ), rows)  # fmt: skip
        for rows in _parts([_conversation(document, self._language) for document in documents if document.is_root]):
            self._run(text(
                f"INSERT INTO {self._schema}.conversation "
                "(root_id, kind, board_id, product, tags, solved, at, title, heading) VALUES (:root_id, :kind, "
                ":board_id, :product, :tags, :solved, :at, CAST(:title AS tsvector), CAST(:heading AS tsvector))"
            ), rows)  # fmt: skip
        for row in posts:
            self._words.update(row["written"])
            self._sums["length"] += row["length"]
        self._sums["posts"] += len(posts)
        self._sums["conversations"] += sum(document.is_root for document in documents)
        self._touched |= {document.root_id for document in documents}

    def remove(self, ids: Iterable[int]) -> None:
        """Take out."""
        if not (gone := list(ids)):
            return
        rows = self._run(text(
            f"DELETE FROM {self._schema}.post WHERE id = ANY(:ids) RETURNING root_id, length, written"
        ), {"ids": gone})  # fmt: skip
        for row in rows:
            self._words.subtract(row.written)
            self._touched.add(row.root_id)
            self._sums.subtract({"posts": 1, "length": row.length})
        done = self._run(text(f"DELETE FROM {self._schema}.conversation WHERE root_id = ANY(:ids)"), {"ids": gone})
        self._sums["conversations"] -= done.rowcount

    def close(self) -> None:
        """Bring in line what is summed up over posts."""
        for part in _parts(sorted(self._touched), 5000):
            self._run(text(
                f"UPDATE {self._schema}.conversation c SET length = s.length, thanks = s.thanks FROM ("
                "SELECT root_id, sum(length) AS length, sum(thanks) AS thanks "
                f"FROM {self._schema}.post WHERE root_id = ANY(:ids) GROUP BY root_id) s WHERE c.root_id = s.root_id"
            ), {"ids": part})  # fmt: skip
            if not self._fresh:
                self._run(text(SOME_STAND.format(s=self._schema)), {"ids": part})
        if self._fresh:
            self._run(text(ALL_STAND.format(s=self._schema)))
        counted = sorted((word, n) for word, n in self._words.items() if n)
        for part in _parts(counted, 5000):
            self._run(text(
                f"INSERT INTO {self._schema}.word (word, form, posts) "
                "SELECT * FROM unnest(CAST(:words AS text[]), CAST(:forms AS text[]), CAST(:numbers AS integer[])) "
                "ON CONFLICT (word) DO UPDATE SET posts = word.posts + excluded.posts"
            ), {
                "words": [word for word, _ in part], "forms": [form(word, self._language) for word, _ in part],
                "numbers": [n for _, n in part],
            })  # fmt: skip
        if gone := [word for word, n in counted if n < 0]:
            self._run(text(f"DELETE FROM {self._schema}.word WHERE word = ANY(:gone) AND posts <= 0"), {"gone": gone})
        self._run(text(
            f"UPDATE {self._schema}.build SET posts = posts + :posts, conversations = conversations + :conversations, "
            "words = words + :length"
        ), dict(self._sums))  # fmt: skip
        self._sums = Counter({"posts": 0, "conversations": 0, "length": 0})
        self._words.clear()
        self._touched.clear()

    def _post(self, document: Document) -> dict[str, Any]:
        body, title = tokens(document.text), tokens(document.title)
        return {
            "id": document.id, "root_id": document.root_id, "author": document.author,
            "at": int(document.published_at.timestamp()), "length": len(body) + len(title),
            "thanks": document.thanks, "mark": document.fingerprint,
            "body": vector(form(word, self._language) for word in body), "written": sorted({*body, *title}),
        }  # fmt: skip


def _conversation(document: Document, language: str) -> dict[str, Any]:
    title = tokens(document.title)
    return {
        "root_id": document.id, "kind": document.kind, "board_id": document.board_id or 0,
        "product": document.product, "tags": list(document.tags), "at": int(document.published_at.timestamp()),
        "solved": document.solved if document.kind == "topic" else None,
        "title": vector(form(word, language) for word in title), "heading": vector(title),
    }  # fmt: skip


def vector(words: Iterable[str]) -> str:
    """Words at their places as PostgreSQL reads a tsvector."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, 1):
        at = places.setdefault(word, [])
        if len(at) < 256:
            at.append(str(min(place, MOST_PLACES)))
    return " ".join(f"{quoted(word)}:{','.join(at)}" for word, at in places.items())


def quoted(word: str) -> str:
    """A word as a tsvector or tsquery takes it, whatever characters it has."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _parts(rows: Sequence[Any], size: int = AT_ONCE) -> Iterable[list[Any]]:
    return (list(rows[start : start + size]) for start in range(0, len(rows), size))
