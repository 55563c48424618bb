"""What stands beside a story: others like it, questions about the same, and who of the staff has edited it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, union_all
from sqlalchemy.orm import joinedload

from portal.contributions.models import Contribution, Revision, contribution_tag
from portal.db import db
from portal.stories.models import Story

LIKE = 3
QUESTIONS = 5
WEIGHTS = {"product": 3, "goal": 3, "trade": 2, "tag": 1, "company_size": 1}
"""How much two stories have in common by naming the same: what was wanted and with what says most."""


@dataclass(frozen=True)
class Beside:
    """What a reader may want to see next."""

    stories: Sequence[Contribution]
    """Published ones that have most in common with this one, at most three; none that has nothing."""
    questions: Sequence[Contribution]
    """Published topics about the same product or under the same tags, solved ones first, at most five."""


def beside(story: Story) -> Beside:
    """Others like it and questions about the same, in one query; product and tags of `story` must be loaded."""
    wanted = [query for query in (_stories_like(story), _questions_about(story)) if query is not None]
    if not wanted:
        return Beside([], [])
    chosen = union_all(*wanted).subquery()
    rows = db.session.execute(
        select(Contribution)
        .join(chosen, chosen.c.id == Contribution.id)
        .options(joinedload(Contribution.author), joinedload(Contribution.pictures))
        .order_by(chosen.c.score.desc(), Contribution.thanks_count.desc(), Contribution.id.desc())
    )
    found = rows.scalars().unique().all()
    return Beside([c for c in found if c.kind == "story"], [c for c in found if c.kind == "topic"])


def _stories_like(story: Story) -> Select[Any] | None:
    """Numbers of the stories that score highest, with their scores."""
    common: list[ColumnElement[int]] = []
    for name in ("goal", "trade", "company_size"):
        if value := getattr(story, name):
            common.append(case((func.lower(getattr(Story, name)) == func.lower(value), WEIGHTS[name]), else_=0))
    if story.product_id:
        common.append(case((Story.product_id == story.product_id, WEIGHTS["product"]), else_=0))
    if story.tags:
        shared = select(func.count()).where(contribution_tag.c.contribution_id == Story.id, _tagged_like(story))
        common.append(shared.scalar_subquery() * WEIGHTS["tag"])
    if not common:
        return None
    score = reduce(add, common).label("score")
    told = Story.kind == "story", Story.state == "published"  # by state alone, SQLite may begin with all replies
    others = select(Story.id.label("id"), score).where(*told, Story.id != story.id, score > 0)
    best = others.order_by(score.desc(), Story.published_at.desc(), Story.id.desc()).limit(LIKE).subquery()
    return select(best.c.id, best.c.score)


def _questions_about(story: Story) -> Select[Any] | None:
    about: list[ColumnElement[bool]] = []
    if story.product_id:
        about.append(Contribution.product_id == story.product_id)
    if story.tags:
        about.append(Contribution.id.in_(select(contribution_tag.c.contribution_id).where(_tagged_like(story))))
    if not about:
        return None
    solved = case((Contribution.accepted_count > 0, 1), else_=0).label("score")
    topics = select(Contribution.id.label("id"), solved).where(
        Contribution.kind == "topic", Contribution.state == "published", or_(*about)
    )
    newest = Contribution.published_at.desc(), Contribution.id.desc()
    best = topics.order_by(solved.desc(), Contribution.thanks_count.desc(), *newest).limit(QUESTIONS).subquery()
    return select(best.c.id, best.c.score)


def _tagged_like(story: Story) -> ColumnElement[bool]:
    return contribution_tag.c.tag_id.in_([tag.id for tag in story.tags])


def edits_by_others(story: Story) -> Sequence[Any]:
    """What moderators changed in a customer's text, the latest first: each edit with who, when and why."""
    if story.edited_at is None:
        return []
    by_others = and_(Revision.replaced_by_id.is_not(None), Revision.replaced_by_id != story.author_id)
    return db.session.scalars(
        select(Revision)
        .where(Revision.contribution_id == story.id, by_others)
        .options(joinedload(Revision.replaced_by))
        .order_by(Revision.number.desc())
        .limit(5)
    ).all()
