"""Who fits a question: members who solved questions of its board, product or tags in the last year."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from textwrap import shorten
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.advocacy.ledger import standing
from portal.advocacy.models import LedgerEntry
from portal.contributions.models import Contribution, contribution_tag
from portal.db import db
from portal.forum.models import Topic
from portal.members.models import Member
from portal.members.queries import customers_at_hand

BACK_DAYS = 365
"""What somebody solved longer ago no longer speaks for them."""
BOARD, PRODUCT, TAG = 1.0, 2.0, 2.0
"""What one question counts that was helped with before, in the same board, about the same product, with the same tag.
A product or a tag says more of what a question is about than the board does. Set by judgement."""
ONLY_THANKED = 0.5
"""The share of that where the answer was thanked and not accepted."""
CANDIDATES = 40


class Fit(NamedTuple):
    """Somebody who could help with a question, and why, in words for them."""

    member_id: int
    because: str


class Solved(NamedTuple):
    """A question that somebody helped with: what it was about, and whether their answer was accepted."""

    helper_id: int
    topic_id: int
    board_id: int | None
    product_id: int | None
    accepted: bool


def best_fits(questions: Sequence[Topic]) -> dict[int, list[Fit]]:
    """For each of these questions (board, product and tags loaded) who fits, the best first, by its number."""
    if not questions:
        return {}
    tags = _tags_of_solved({tag.id for q in questions for tag in q.tags})
    helped = _solved(questions, tags)
    at_board: dict[int | None, list[Solved]] = defaultdict(list)
    about_product: dict[int | None, list[Solved]] = defaultdict(list)
    by_topic: dict[int | None, list[Solved]] = defaultdict(list)
    for one in helped:
        at_board[one.board_id].append(one)
        about_product[one.product_id].append(one)
        by_topic[one.topic_id].append(one)
    fits = {}
    for q in questions:
        common: list[tuple[Common, Iterable[Solved]]] = []
        if q.board is not None:
            common.append((Common(BOARD, f"in {q.board.name}"), at_board[q.board_id]))
        if q.product is not None:
            common.append((Common(PRODUCT, f"about {q.product.name}"), about_product[q.product_id]))
        for tag in q.tags:
            with_tag = (one for topic_id in tags[tag.id] for one in by_topic[topic_id])
            common.append((Common(TAG, f"about {tag.name}"), with_tag))
        fits[q.id] = _ranked(q.author_id, common)
    return fits


class Common(NamedTuple):
    """What two questions have in common: what it counts, and in words."""

    weight: float
    words: str


def _ranked(author_id: int, common: Iterable[tuple[Common, Iterable[Solved]]]) -> list[Fit]:
    points: dict[int, dict[Common, float]] = defaultdict(lambda: defaultdict(float))
    solved: set[tuple[int, Common]] = set()
    for what, several in common:
        for one in several:
            if one.helper_id != author_id:
                points[one.helper_id][what] += what.weight * (1 if one.accepted else ONLY_THANKED)
                if one.accepted:
                    solved.add((one.helper_id, what))
    best = sorted(points, key=lambda who: (-sum(points[who].values()), who))[:CANDIDATES]
    fits = []
    for who in best:
        strongest = max(points[who], key=lambda what: (points[who][what], what))
        did = "solved" if (who, strongest) in solved else "helped with"
        fits.append(Fit(who, shorten(f"You {did} questions {strongest.words} before.", 200, placeholder=" …")))
    return fits


def _solved(questions: Sequence[Topic], tags: dict[int, set[int]]) -> list[Solved]:
    e, answer, topic = LedgerEntry, aliased(Contribution), aliased(Contribution)
    boards = {q.board_id for q in questions if q.board_id}
    products = {q.product_id for q in questions if q.product_id}
    tagged = select(contribution_tag.c.contribution_id).where(contribution_tag.c.tag_id.in_(sorted(tags)))
    about = [topic.board_id.in_(sorted(boards)), topic.product_id.in_(sorted(products)), topic.id.in_(tagged)]
    rows = db.session.execute(
        select(e.helper_id, topic.id, topic.board_id, topic.product_id, func.min(e.sort) == "accepted")
        .join(answer, answer.id == e.contribution_id)
        .join(topic, topic.id == answer.parent_id)
        .join(Member, Member.id == e.helper_id)
        .where(
            e.at >= clock.ago(days=BACK_DAYS), standing(e), topic.kind == "topic", or_(*about), *customers_at_hand()
        )
        # "accepted" comes before every other sort in the alphabet.
        .group_by(e.helper_id, topic.id, topic.board_id, topic.product_id)
    )
    return [Solved(*row) for row in rows]


def _tags_of_solved(tag_ids: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {tag_id: set() for tag_id in tag_ids}
    rows: Iterable[tuple[int, int]] = db.session.execute(
        select(contribution_tag.c.tag_id, contribution_tag.c.contribution_id).where(
            contribution_tag.c.tag_id.in_(sorted(tag_ids))
        )
    )
    for tag_id, contribution_id in rows:
        found[tag_id].add(contribution_id)
    return found
