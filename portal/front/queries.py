"""What the front page shows a prospect: few queries, whatever the size of the site."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from portal.contributions.models import Contribution
from portal.contributions.rows import CONTRIBUTION
from portal.db import db
from portal.forum.models import Board
from portal.forum.rows import QUESTION, TOPIC_NUMBERS, ListedTopic, in_list, listed
from portal.media.queries import with_pictures
from portal.members.models import Member
from portal.members.queries import listed as listed_members

SHOWN_STORIES, SHOWN_PHOTOS, SHOWN_QUESTIONS, SHOWN_ADVOCATES = 5, 8, 6, 4


def newest_stories() -> list[Contribution]:
    """The latest stories with their pictures."""
    query = _published("story").options(with_pictures()).order_by(Contribution.published_at.desc())
    return list(db.session.scalars(query.limit(SHOWN_STORIES)))


def newest_photos() -> list[Contribution]:
    """The latest photo submissions with their pictures."""
    query = _published("photo").options(with_pictures()).order_by(Contribution.published_at.desc())
    return list(db.session.scalars(query.limit(SHOWN_PHOTOS)))


_ACTIVE = CONTRIBUTION.c.last_activity_at.desc()
_OPEN_QUESTIONS = in_list(
    TOPIC_NUMBERS.where(
        CONTRIBUTION.c.kind == "topic", CONTRIBUTION.c.state == "published", CONTRIBUTION.c.accepted_count == 0,
        QUESTION,
    ).order_by(_ACTIVE).limit(SHOWN_QUESTIONS),
    _ACTIVE,
)  # fmt: skip


def open_questions() -> list[ListedTopic]:
    """The latest questions that nothing has solved yet."""
    return listed(_OPEN_QUESTIONS)


def _published(kind: str) -> Select[Any]:
    """With what cards and rows show here: that is no tags, which would be a query more for each list."""
    return (
        select(Contribution)
        .where(Contribution.kind == kind, Contribution.state == "published")
        .options(
            joinedload(Contribution.author), joinedload(Contribution.board), joinedload(Contribution.last_reply_by)
        )
    )


def advocates() -> list[Member]:
    """Recognised members, those who helped most people first."""
    query = (
        select(Member)
        .where(Member.advocate_since.is_not(None), Member.erased_at.is_(None), Member.suspended_at.is_(None))
        .order_by(Member.helped_count.desc())
        .limit(SHOWN_ADVOCATES)
    )
    return list(db.session.scalars(query))


def numbers(session: Session) -> dict[str, int]:
    """How many people, solved questions, stories and topics there are, in one query that reads indices alone."""
    members = listed_members().with_only_columns(func.count(), maintain_column_froms=True)
    of = select(func.count()).where(CONTRIBUTION.c.state == "published")
    solved = of.where(CONTRIBUTION.c.kind == "topic", CONTRIBUTION.c.accepted_count > 0)
    stories = of.where(CONTRIBUTION.c.kind == "story")
    topics = select(func.coalesce(func.sum(Board.topic_count), 0))
    asked = (members, solved, stories, topics)
    row = session.execute(select(*(query.scalar_subquery() for query in asked))).one()
    return dict(zip(("members", "solved", "stories", "topics"), row, strict=True))
