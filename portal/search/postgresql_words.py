"""The words of the PostgreSQL index: how a word goes on, how many posts have it, and what it may be meant to be."""

from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.search.postgresql_reading import Reader
from portal.search.postgresql_tables import SCHEMA
from portal.search.spelling import Candidate, likeliest, variants
from portal.search.terms import Term, choose_rarest

_LAST = "\U0010ffff"


def going_on(connection: Reader, start: str, limit: int) -> list[str]:
    """Words that begin with `start`, the most frequent first."""
    rows = connection.execute(
        text(
            f"SELECT word FROM {SCHEMA}.word WHERE word >= :start AND word < :end AND posts > 0 "
            "ORDER BY posts DESC, word LIMIT :most"
        ),
        {"start": start, "end": start + _LAST, "most": limit},
    )
    return [row.word for row in rows]


def known_posts(connection: Reader, terms: Sequence[Term]) -> list[int]:
    """How many posts have each term at the most: of one side by side with others as many as the rarest of them."""
    counts = _counts(connection, {word for term in terms for said in term.any_of for word in said})
    return [sum(min(counts.get(word, 0) for word in said) for said in term.any_of) for term in terms]


def having(connection: Reader, posts: Sequence[int]) -> list[int]:
    """How many conversations have what so many posts have, if those are strewn among all."""
    built = connection.built
    every, of = max(1, built.posts), max(1, built.conversations)
    return [round(of * (1 - (1 - min(n, every) / every) ** (every / of))) for n in posts]


def rarest(connection: Reader, forms: Iterable[str]) -> list[str]:
    """Those of a text's words that decide what is like it."""
    return choose_rarest(_counts(connection, set(forms)))


def nearest(connection: Reader, word: str) -> str:
    """The likeliest word for one that is not there."""
    if len(word) < 3 or not word.isalpha():
        return ""
    run, names = connection.execute, {"word": word, "near": variants(word)}
    if run(text(f"SELECT 1 FROM {SCHEMA}.word WHERE word = :word AND posts > 0"), names).first():
        return ""
    near = run(text(f"SELECT word, posts FROM {SCHEMA}.word WHERE word = ANY(:near) AND posts > 0"), names).all()
    if not near:
        near = run(
            text(
                f"SELECT word, posts FROM {SCHEMA}.word WHERE posts > 0 AND "
                "((word >= :a AND word < :b) OR (word >= :c AND word < :d))"
            ),
            {"a": word[:2], "b": word[:2] + _LAST, "c": word[1::-1], "d": word[1::-1] + _LAST},
        ).all()
    if not (found := likeliest(word, (Candidate(*row) for row in near))):
        found = likeliest(word, _alike(connection, word))
    return found


def _alike(connection: Reader, word: str) -> list[Candidate]:
    """Words that share trigrams, whatever they begin with; none where PostgreSQL lacks pg_trgm."""
    savepoint = connection.begin_nested()
    try:
        rows = connection.execute(
            text(
                f"SELECT word, posts FROM {SCHEMA}.word WHERE posts > 0 AND word % :word "
                "ORDER BY similarity(word, :word) DESC LIMIT 50"
            ),
            {"word": word},
        ).all()
        savepoint.commit()
    except DBAPIError:
        savepoint.rollback()
        return []
    return [Candidate(*row) for row in rows]


def _counts(connection: Reader, forms: set[str]) -> dict[str, int]:
    rows = connection.execute(
        text(f"SELECT form, sum(posts) AS posts FROM {SCHEMA}.word WHERE form = ANY(:forms) GROUP BY form"),
        {"forms": list(forms)},
    )
    return {row.form: int(row.posts) for row in rows}
