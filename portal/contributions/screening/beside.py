"""What readers read of a contribution beside its title and text: place, summary, facts, tags, what pictures show."""

from typing import Any

from sqlalchemy import inspect, select

from portal.contributions.models import Contribution, Tag, contribution_tag
from portal.contributions.placing import shows_pictures
from portal.db import db

Names = dict[str, tuple[str, ...]]

LINES: Names = {"photo": ("taken_at_place",), "article": ("summary",)}
FACTS: Names = {"story": ("figure", "figure_says", "trade", "goal", "pull_quote")}
"""By kind, what only its own table has."""


def lines_of(contribution: Contribution) -> list[str]:
    """Lines of its own, as they are shown: the place of a photo, the summary of an article, the names of tags."""
    return [*said(contribution, LINES), *_tags_of(contribution)]


def facts_of(contribution: Contribution) -> list[str]:
    """The facts of a story, as they are shown; its text has them too, as they were typed."""
    return said(contribution, FACTS)


def descriptions_of(contribution: Contribution) -> dict[int, str]:
    """What its pictures are said to show, by their numbers; in one query, or none: a reply has those in its text."""
    if contribution.is_reply and not shows_pictures(contribution.source):
        return {}
    picture = db.metadata.tables["picture"]
    of_this = picture.c.contribution_id == contribution.id
    return {row.id: row.alt for row in db.session.execute(select(picture.c.id, picture.c.alt).where(of_this))}


def said(contribution: Any, names: Names) -> list[str]:
    """What a contribution, or what stands for one, has under the names of its kind."""
    return [text for name in names.get(contribution.kind, ()) if (text := getattr(contribution, name, ""))]


def _tags_of(contribution: Contribution) -> list[str]:
    if contribution.is_reply:
        return []
    if "tags" not in inspect(contribution).unloaded:
        return [tag.name for tag in contribution.tags]
    own = contribution_tag.c.contribution_id == contribution.id
    return list(db.session.scalars(select(Tag.name).join(contribution_tag).where(own).order_by(Tag.name)))
