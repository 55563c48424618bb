"""What a text was before each of its edits, as readable differences."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.contributions.models import Contribution, Revision
from portal.db import db
from portal.text import DiffLine, diff
from portal.web import Page, paginate

SHOWN = 10
"""Edits on a page: comparing long texts takes time."""


@dataclass(frozen=True)
class Change:
    """One edit: what was replaced, by whom and when, and what became of it."""

    revision: Revision
    title: Sequence[DiffLine]
    text: Sequence[DiffLine]


def changes_of(contribution: Contribution) -> Page[Change]:
    """The page of edits that the request asks for, the latest first."""
    query = (
        select(Revision)
        .where(Revision.contribution_id == contribution.id)
        .options(joinedload(Revision.replaced_by))
        .order_by(Revision.number.desc())
    )
    page = paginate(query, SHOWN)
    changes: list[Change] = []
    title, source = _after(contribution, page.rows[0].number if page.rows else 0)
    for revision in page.rows:
        changes.append(Change(revision, diff(revision.title, title), diff(revision.source, source)))
        title, source = revision.title, revision.source
    return Page(changes, page.number, page.last, page.total)


def _after(contribution: Contribution, number: int) -> tuple[str, str]:
    """The text that followed the revision with this number: the next revision, or the text of now."""
    following = db.session.scalar(
        select(Revision).where(Revision.contribution_id == contribution.id, Revision.number == number + 1)
    )
    return (following.title, following.source) if following else (contribution.title, contribution.source)
