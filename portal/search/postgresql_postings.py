"""Which conversations have a word and how often, from a table of just that: for searches in whole conversations."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from portal.search.postgresql_matching import FACTS, MOST_CONVERSATIONS, Asking, Rows, known
from portal.search.postgresql_reading import Reader
from portal.search.postgresql_tables import SCHEMA
from portal.search.ranking import post_score
from portal.search.terms import Term, Wanted

Often = dict[int, float]
"""Conversation → how often it has a term."""


def answerable(asked: Wanted) -> bool:
    """Whether every post of a conversation counts and every term is one word, so that the table has the answer."""
    return bool(asked.terms) and not asked.of_posts and _single(asked.terms)


def _single(terms: Sequence[Term]) -> bool:
    return all(len(said) == 1 for term in terms for said in term.any_of)


def frequencies(reader: Reader, terms: Sequence[Term], title: float) -> list[Often]:
    """How often each term stands in each conversation that has it; a word of its title counts `title`."""
    forms = [(said[0], n) for n, term in enumerate(terms) for said in term.any_of]
    found: list[Often] = [{} for _ in terms]
    rows = reader.execute(
        text(
            "SELECT a.n, array_agg(s.root_id) AS roots, array_agg(s.often) AS often, array_agg(s.titled) AS titled "
            "FROM unnest(CAST(:forms AS text[]), CAST(:numbers AS integer[])) AS a(form, n) "
            f'JOIN {SCHEMA}.stands s ON s.form = a.form COLLATE "C" GROUP BY a.n'
        ),
        {"forms": [form for form, _ in forms], "numbers": [n for _, n in forms]},
    )
    for n, roots, often, titled in rows:
        if len(terms[n].any_of) == 1:
            found[n] = {r: o + title * t for r, o, t in zip(roots, often, titled, strict=True)}
            continue
        sums = found[n]
        for root, text_, heading in zip(roots, often, titled, strict=True):
            sums[root] = sums.get(root, 0.0) + text_ + title * heading
    return found


def rows_of(reader: Reader, found: set[int], terms: list[Often]) -> Rows:
    """What is known of these conversations; of too many of the younger ones."""
    chosen = sorted(found, reverse=True)[:MOST_CONVERSATIONS]
    values = {"roots": chosen}
    statement = f"SELECT {FACTS}, 0 AS newest FROM {SCHEMA}.conversation c WHERE c.root_id = ANY(:roots)"
    facts = reader.execute(text(statement), values).all() if chosen else []
    rows = known(facts, len(chosen) == len(found))
    rows.terms, rows.having = terms, [len(often) for often in terms]
    return rows


def posts(reader: Reader, roots: Sequence[int], terms: Sequence[Term]) -> list[tuple[int, int, int, list[float]]]:
    """(id, root, length, how often it has each term) of the posts of these conversations that have any."""
    places: dict[str, list[int]] = {}
    for n, term in enumerate(terms):
        for said in term.any_of:
            places.setdefault(said[0], []).append(n)
    found = reader.execute(
        text(
            "SELECT p.id, p.root_id, p.length, u.lexeme, cardinality(u.positions) AS often "
            f"FROM {SCHEMA}.post p CROSS JOIN LATERAL unnest(p.body) u "
            "WHERE p.root_id = ANY(:roots) AND u.lexeme = ANY(:forms) UNION ALL "
            "SELECT p.id, p.root_id, p.length, u.lexeme, cardinality(u.positions) "
            f"FROM {SCHEMA}.post p JOIN {SCHEMA}.conversation c ON c.root_id = p.id "
            "CROSS JOIN LATERAL unnest(c.title) u "
            "WHERE p.id = ANY(:roots) AND u.lexeme = ANY(:forms)"
        ),
        {"roots": list(roots), "forms": list(places)},
    )
    counted: dict[int, tuple[int, int, int, list[float]]] = {}
    for number, root, length, lexeme, often in found:
        post = counted.setdefault(number, (number, root, length, [0.0] * len(terms)))
        for n in places[lexeme]:
            post[3][n] += often
    return list(counted.values())


def best_posts(
    reader: Reader, asked: Wanted, terms: Sequence[Term], worth: Sequence[float], roots: Sequence[int]
) -> dict[int, int]:
    """For each of these conversations the post that has most of the terms, or without terms the newest that counts."""
    if not roots:
        return {}
    asking = Asking(reader, asked, terms, 1.0)
    best: dict[int, tuple[tuple[float, int], int]] = {}
    if terms and not asked.of_posts and _single(terms):
        found = posts(reader, roots, terms)
        ranks = [(root, (post_score(often, worth, length), -number), number) for number, root, length, often in found]
    else:
        ranks = [(row.root_id, _rank(row, len(terms), worth), row.id) for row in asking.posts(roots)]
    for root, rank, number in ranks:
        if root not in best or rank > best[root][0]:
            best[root] = (rank, number)
    missing = [root for root in roots if root not in best]
    first = asking.earliest(missing) if missing else {}
    return {root: best[root][1] if root in best else first.get(root, root) for root in roots}


def _rank(row: Any, terms: int, worth: Sequence[float]) -> tuple[float, int]:
    often = [float(getattr(row, f"often{n}")) for n in range(terms)]
    return (post_score(often, worth, row.length) if terms else float(row.at), -row.id)
