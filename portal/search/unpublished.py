"""What moderators alone find: pending, returned, hidden and removed, straight from the tables, never indexed."""

import re
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member
from portal.members.queries import contains
from portal.search.asking import Asked, Narrowed
from portal.search.query_language import parse
from portal.text import clean_line
from portal.web import Page, paginate

LOOKED_THROUGH = 2000
"""Contributions of the state, the newest first, among which words are looked for: the tables have no index of words."""
MOST_WORDS = 6
PER_PAGE = 20
_NARROWING = re.compile(r"\b(?:author|board|kind|tag|product|solved|before|after):\S+", re.IGNORECASE)


def find(asked: Asked, narrowed: Narrowed) -> Page[Contribution]:
    """A page of what stands in `asked.state` and has every word in its title or text; never anybody's drafts.

    Callers let moderators in alone. Kind, board, author and conversation narrow it; words are taken as they stand.
    """
    parent = aliased(Contribution)
    typed = parse(asked.q)
    own = select(Contribution.id).where(
        Contribution.state == asked.state,
        # A draft that its author threw away was never anybody else's.
        or_(Contribution.submitted_at.is_not(None), Contribution.published_at.is_not(None)),
    )
    if kind := asked.kind or typed.kind:
        own = own.where(Contribution.kind == kind)
    for author in filter(None, (asked.author, *typed.authors)):
        own = own.where(Contribution.author_id == select(Member.id).where(Member.username == author).scalar_subquery())
    if board_id := narrowed.filters.board_id:
        inside = select(parent.id).where(parent.board_id == board_id)
        own = own.where(or_(Contribution.board_id == board_id, Contribution.parent_id.in_(inside)))
    if root_id := narrowed.filters.root_id:
        own = own.where(or_(Contribution.id == root_id, Contribution.parent_id == root_id))
    newest = own.order_by(Contribution.id.desc()).limit(LOOKED_THROUGH).subquery()
    query: Any = select(Contribution).join(newest, newest.c.id == Contribution.id)
    for word in _words(asked.q):
        query = query.where(or_(contains(Contribution.title, word), contains(Contribution.source, word)))
    above = joinedload(Contribution.parent)
    return paginate(
        query.order_by(Contribution.id.desc()).options(
            joinedload(Contribution.author),
            joinedload(Contribution.board),
            above.joinedload(Contribution.author),
            above.joinedload(Contribution.board),
        ),
        PER_PAGE,
    )


def counts() -> dict[str, int]:
    """How much there is in each state, for the links between them."""
    sent = or_(Contribution.submitted_at.is_not(None), Contribution.published_at.is_not(None))
    rows = db.session.execute(
        select(Contribution.state, func.count().label("number"))
        .where(Contribution.state.in_(("pending", "returned", "hidden", "removed")), sent)
        .group_by(Contribution.state)
    )
    return {row.state: row.number for row in rows}


def _words(typed: str) -> list[str]:
    said = _NARROWING.sub(" ", clean_line(typed)).replace('"', " ").split()
    return [word for word in said if not word.startswith("-")][:MOST_WORDS]
