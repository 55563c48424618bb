"""What advocates know, by what helped whom lately: people helped in each board, about each product, under each tag."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import Select, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from portal import clock
from portal.advocacy.ledger import in_chunks, standing
from portal.advocacy.models import LedgerEntry
from portal.advocacy.subjects import best_numbers
from portal.advocacy.voices import is_customer
from portal.config import settings
from portal.contributions.models import Contribution, Product, Tag, contribution_tag
from portal.db import db
from portal.forum.models import Board
from portal.members.models import Member

FRESH = timedelta(minutes=1)
"""How old the counts on the page of all advocates may be: they are made of every line of theirs."""
BEST = 6
_KEPT = "portal.advocacy.knowing"


class Subject(NamedTuple):
    """Something that one can know about: `sort` is board, product or tag, `value` what an address calls it."""

    sort: str
    value: str
    label: str


@dataclass(frozen=True)
class Knowledge:
    """Whom a member helped in the last `advocate_days` days, and with what."""

    people: int = 0
    """How many different people said so …"""
    customers: int = 0
    """… and how many of them are verified customers."""
    subjects: Mapping[Subject, int] = field(default_factory=dict)
    """For each subject how many different people were helped, the most first."""
    best: Sequence[int] = ()
    """The numbers of what helped most; a few more than are shown, for what is hidden meanwhile."""

    def of(self, sort: str, value: str) -> int:
        """How many people were helped with this."""
        return next((n for s, n in self.subjects.items() if s.sort == sort and s.value == value), 0)

    def first(self, sort: str) -> Subject | None:
        """What of this sort most people were helped with."""
        return next((s for s in self.subjects if s.sort == sort), None)


NOTHING = Knowledge()


def known_by(member_ids: Collection[int]) -> dict[int, Knowledge]:
    """What each of these members knows; who helped nobody lately is left out. Two queries for each ten thousand."""
    sums: dict[int, dict[str, int]] = {}
    subjects: dict[int, dict[Subject, int]] = {}
    for ids in in_chunks(sorted(member_ids)):
        for sort, helper, value, label, number in db.session.execute(_counted(ids)):
            if sort in ("people", "customers"):
                sums.setdefault(helper, {})[sort] = number
            else:
                subjects.setdefault(helper, {})[Subject(sort, value, label)] = number
    best = best_numbers(sums, BEST)
    return {
        helper: Knowledge(
            counts.get("people", 0), counts.get("customers", 0),
            dict(sorted(subjects.get(helper, {}).items(), key=lambda item: (-item[1], item[0].label.casefold()))),
            best[helper],
        )
        for helper, counts in sums.items()
    }  # fmt: skip


def known_lately(member_ids: Collection[int]) -> Mapping[int, Knowledge]:
    """The same for all advocates there are, at most a minute old."""
    ids, now = tuple(sorted(member_ids)), clock.now()
    kept: tuple[datetime, tuple[int, ...], dict[int, Knowledge]] | None = current_app.extensions.get(_KEPT)
    if kept is None or kept[1] != ids or not kept[0] <= now < kept[0] + FRESH:
        kept = current_app.extensions[_KEPT] = (now, ids, known_by(ids))
    return kept[2]


def _counted(helpers: Collection[int]) -> Any:
    """Rows of sort, helper, value, label, people: each line of the ledger is looked at once."""
    e, text, parent = LedgerEntry, aliased(Contribution), aliased(Contribution)
    lines = (
        select(
            e.helper_id, e.helped_id, is_customer().label("customer"),
            func.coalesce(parent.id, text.id).label("root_id"),
            func.coalesce(text.board_id, parent.board_id).label("board_id"),
            func.coalesce(text.product_id, parent.product_id).label("product_id"),
        )
        .distinct()
        .join(text, text.id == e.contribution_id)
        .outerjoin(parent, parent.id == text.parent_id)
        .join(Member, Member.id == e.helped_id)
        .where(
            e.helper_id.in_(helpers), e.at >= clock.ago(days=settings().advocate_days), standing(),
            text.state == "published", or_(text.parent_id.is_(None), parent.state == "published"),
        )
        .cte("lines")
        .prefix_with("MATERIALIZED")
    ).c  # fmt: skip
    people = func.count(lines.helped_id.distinct())

    def count(sort: str, *named: Any) -> Select[Any]:
        value, label = named or (literal(""), literal(""))
        return select(literal(sort), lines.helper_id, value, label, people).group_by(lines.helper_id, *named)

    return union_all(
        count("people"),
        count("customers").where(lines.customer == 1),
        count("board", Board.slug, Board.name).join(Board, Board.id == lines.board_id),
        count("product", Product.slug, Product.name).join(Product, Product.id == lines.product_id),
        count("tag", Tag.name, Tag.name)
        .join(contribution_tag, contribution_tag.c.contribution_id == lines.root_id)
        .join(Tag, Tag.id == contribution_tag.c.tag_id),
    )
