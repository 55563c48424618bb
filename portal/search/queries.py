"""A search as a reader sees it: what the engine found, checked against the tables, with passages."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.contributions.models import Contribution
from portal.db import db
from portal.forum.models import Board
from portal.search import the_engine
from portal.search.engine import Hit, Results, Sort
from portal.search.passages import passage
from portal.search.query_language import Query
from portal.text import plain

PER_PAGE = 20
MOST_PAGES = 50


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
    boards: Sequence[tuple[Board, int]] = field(default_factory=list)
    board: Board | None = None

    @property
    def last_page(self) -> int:
        """How many pages there are to turn."""
        return max(1, min(MOST_PAGES, -(-self.results.total // PER_PAGE)))


def find(query: Query, *, kind: str = "", board: str = "", sort: Sort = "relevance", page: int = 1) -> Found:
    """The conversations `query` finds; a board nobody knows has none. Raises SearchUnavailable."""
    slug = board or query.board
    narrowed = db.session.scalar(select(Board).where(Board.slug == slug)) if slug else None
    if slug and narrowed is None:
        return Found([], Results([], 0))
    engine = the_engine()
    results = engine.search(
        query, kind=kind, board_id=narrowed.id if narrowed else None, sort=sort,
        offset=(page - 1) * PER_PAGE, limit=PER_PAGE,
    )  # fmt: skip
    answers = [
        Answer(root, best, passage(plain(best.html), query.told, engine.form, 200))
        for root, best in _pairs(results.hits)
    ]
    named = db.session.scalars(select(Board).where(Board.id.in_(results.boards))).all() if results.boards else ()
    counted = sorted(((b, results.boards[b.id]) for b in named), key=lambda pair: (-pair[1], pair[0].name))
    return Found(answers, results, counted, narrowed)


def _pairs(hits: Sequence[Hit]) -> list[tuple[Contribution, Contribution]]:
    """Root and best contribution of each hit; what is not public now, though the index still has it, is left out."""
    rows = db.session.scalars(
        select(Contribution)
        .where(Contribution.id.in_([hit.id for hit in hits]), Contribution.state == "published")
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
        if best is not None and root is not None and root.is_published:
            pairs.append((root, best))
    return pairs
