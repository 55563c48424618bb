"""What stands beside a story: others like it, questions about the same, and who of the staff has edited it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import joinedload

from portal.contributions.models import Contribution, Revision, contribution_tag
from portal.db import db
from portal.media.queries import with_pictures
from portal.stories.models import Story

LIKE = 3
QUESTIONS = 5
WEIGHTS = {"product": 3, "goal": 3, "trade": 2, "tag": 1, "company_size": 1}
"""How much two stories have in common by naming the same: what was wanted and with what says most."""


def stories_like(story: Story) -> Sequence[Story]:
    """Published stories that have most in common with this one, at most three; none that has nothing."""
    score: ColumnElement[int] = literal(0)
    for name in ("goal", "trade", "company_size"):
        value = getattr(story, name)
        if value:
            same = func.lower(getattr(Story, name)) == func.lower(value)
            score = score + case((same, WEIGHTS[name]), else_=0)
    if story.product_id:
        score = score + case((Story.product_id == story.product_id, WEIGHTS["product"]), else_=0)
    if story.tags:
        shared = select(func.count()).where(
            contribution_tag.c.contribution_id == Story.id, contribution_tag.c.tag_id.in_([t.id for t in story.tags])
        )
        score = score + shared.scalar_subquery() * WEIGHTS["tag"]
    return db.session.scalars(
        select(Story)
        .where(Story.state == "published", Story.id != story.id, score > 0)
        .options(joinedload(Story.author), with_pictures())
        .order_by(score.desc(), Story.published_at.desc(), Story.id.desc())
        .limit(LIKE)
    ).all()


def questions_about(story: Story) -> Sequence[Contribution]:
    """Published topics about the same product or under the same tags, solved ones first, at most five."""
    about: list[ColumnElement[bool]] = []
    if story.product_id:
        about.append(Contribution.product_id == story.product_id)
    if story.tags:
        tagged = select(contribution_tag.c.contribution_id).where(
            contribution_tag.c.tag_id.in_([t.id for t in story.tags])
        )
        about.append(Contribution.id.in_(tagged))
    if not about:
        return []
    solved = case((Contribution.accepted_count > 0, 1), else_=0)
    return db.session.scalars(
        select(Contribution)
        .where(Contribution.kind == "topic", Contribution.state == "published", or_(*about))
        .order_by(solved.desc(), Contribution.thanks_count.desc(), Contribution.id.desc())
        .limit(QUESTIONS)
    ).all()


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
