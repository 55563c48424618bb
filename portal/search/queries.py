"""A search as a reader sees it: what the engine found, checked against the tables, with passages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.contributions.models import Contribution
from portal.db import db
from portal.forum.models import Board
from portal.search import the_engine
from portal.search.engine import EVERYTHING, Facets, Filters, Hit, Results, Sort
from portal.search.passages import passage
from portal.search.query_language import Query
from portal.search.words import spans
from portal.text import plain

PER_PAGE = 20
MOST_PAGES = 50
MOST_CORRECTED = 6
"""Words of one search for which a better one is looked for."""


@dataclass(frozen=True)
class Answer:
    """A conversation that was found: the contribution that fits best in it, and its best passage."""

    root: Contribution
    best: Contribution
    passage: Markup

    @property
    def is_reply(self) -> bool:
        """Whether the best place is a reply in the conversation, not its beginning."""
        return self.best.id != self.root.id


@dataclass(frozen=True)
class Found:
    """A page of answers, and the counts by which they can be narrowed."""

    answers: Sequence[Answer]
    results: Results

    @property
    def facets(self) -> Facets:
        """Conversations counted by what they can be narrowed to."""
        return self.results.facets

    @property
    def last_page(self) -> int:
        """How many pages there are to turn."""
        return max(1, min(MOST_PAGES, -(-self.results.total // PER_PAGE)))


def find(query: Query, filters: Filters = EVERYTHING, *, sort: Sort = "relevance", page: int = 1) -> Found:
    """The conversations `query` finds; in a board that is not there none. Raises SearchUnavailable."""
    if query.board and filters.board_id is None:
        board_id = db.session.scalar(select(Board.id).where(Board.slug == query.board))
        if board_id is None:
            return Found([], Results([], 0))
        filters = replace(filters, board_id=board_id)
    engine = the_engine()
    results = engine.search(query, filters=filters, sort=sort, offset=(page - 1) * PER_PAGE, limit=PER_PAGE)
    marked = engine.told(query)
    answers = [
        Answer(root, best, passage(plain(best.html), marked, engine.form, 200)) for root, best in _pairs(results.hits)
    ]
    return Found(answers, results)


def did_you_mean(typed: str, query: Query) -> str:
    """`typed` with each word that stands nowhere replaced by the likeliest that does; "" if there is nothing to say.

    Raises SearchUnavailable.
    """
    engine = the_engine()
    instead: dict[str, str] = {}
    for word in list(query.told)[:MOST_CORRECTED]:
        if better := engine.nearest(word):
            instead[word] = better
    if not instead:
        return ""
    pieces, done = [], 0
    for start, end, word in spans(typed):
        if word in instead:
            pieces += [typed[done:start], instead[word]]
            done = end
    return "".join((*pieces, typed[done:])) if pieces else ""


def _pairs(hits: Sequence[Hit]) -> list[tuple[Contribution, Contribution]]:
    """Root and best contribution of each hit; what is not public now, though the index still has it, is left out."""
    rows = db.session.scalars(
        select(Contribution)
        # Their state is looked at below: by that SQLite would read all there is.
        .where(Contribution.id.in_([hit.id for hit in hits]))
        .options(
            joinedload(Contribution.author),
            joinedload(Contribution.board),
            joinedload(Contribution.parent).options(joinedload(Contribution.author), joinedload(Contribution.board)),
        )
    ).unique()
    by_id = {row.id: row for row in rows}
    pairs = []
    for hit in hits:
        best = by_id.get(hit.id)
        root = best.parent if best is not None and best.parent is not None else best
        if best is not None and root is not None and best.is_published and root.is_published:
            pairs.append((root, best))
    return pairs
