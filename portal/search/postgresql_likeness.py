"""What is like a text, reckoned by PostgreSQL itself: the sums of `ranking.scores` and `merit` as SQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from portal import clock
from portal.search.engine import Hit
from portal.search.postgresql_reading import Reader
from portal.search.postgresql_tables import SCHEMA
from portal.search.ranking import FRESH_DAYS, Weights, rarity

_HAVING = f"SELECT form, count(*) FROM {SCHEMA}.stands WHERE form = ANY(:forms) GROUP BY form"
_LIKEST = f"""
WITH c AS MATERIALIZED (
    SELECT root_id, length, solved, thanks, at FROM {SCHEMA}.conversation
    WHERE kind = ANY(:kinds) AND root_id <> :leave_out)
SELECT c.root_id, sum(a.worth * h.often / (h.often + CAST(:k1 AS float8) * (1 - CAST(:b AS float8)
        + :b * c.length / CAST(:average AS float8))))
    * (1 + CASE WHEN c.solved THEN CAST(:solved AS float8) ELSE 0 END
       + CAST(:thanks AS float8) * log(CAST(1 + c.thanks AS float8))
       + CAST(:fresh AS float8) * 0.5 ^ (greatest(0, CAST(:now AS float8) - c.at) / CAST(:half AS float8))) AS score
FROM (SELECT form, root_id, often + CAST(:title AS float8) * titled AS often
      FROM {SCHEMA}.stands WHERE form = ANY(:forms)) h
JOIN unnest(CAST(:forms AS text[]), CAST(:worth AS float8[])) AS a(form, worth) ON a.form = h.form COLLATE "C"
JOIN c ON c.root_id = h.root_id
GROUP BY c.root_id, c.solved, c.thanks, c.at ORDER BY score DESC, c.root_id DESC LIMIT :most"""
"""Conversations stand apart, read once: looked up row by row they take four fifths of the time, and a planner that
takes the words for rarer than they are would have it so."""


def likest(
    reader: Reader, counting: Mapping[str, float], weights: Weights, kinds: Sequence[str],
    leave_out: int | None, limit: int,
) -> list[Hit]:  # fmt: skip
    """The conversations that any of these forms make likest, each of which counts so much in what is asked."""
    conversations = max(1, reader.built.conversations)
    having = reader.execute(text(_HAVING), {"forms": list(counting)}).all()
    worth = {one: (weights.k1 + 1.0) * rarity(n, conversations) * counting[one] for one, n in having}
    found = reader.execute(text(_LIKEST), {
        "forms": list(worth), "worth": list(worth.values()), "title": weights.title, "k1": weights.k1, "b": weights.b,
        "average": max(1.0, reader.built.words / conversations), "solved": weights.solved, "thanks": weights.thanks,
        "fresh": weights.fresh, "now": clock.now().timestamp(), "half": 86_400 * FRESH_DAYS, "kinds": list(kinds),
        "leave_out": leave_out or 0, "most": limit,
    })  # fmt: skip
    return [Hit(root, root, score) for root, score in found]
