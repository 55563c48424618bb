"""What advocates know, by what helped whom lately: in which boards, about which products, under which tags."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import Select, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from portal import clock
from portal.advocacy.ledger import in_chunks, standing
from portal.advocacy.models import LedgerEntry
from portal.advocacy.scoring import weights
from portal.advocacy.voices import is_customer
from portal.config import settings
from portal.contributions.models import Contribution, Product, Tag, contribution_tag
from portal.db import db
from portal.forum.models import Board
from portal.members.models import Member

FRESH = timedelta(minutes=5)
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
    """For each subject how often somebody was helped, by different people or contributions, the most first."""
    best: Sequence[int] = ()
    """The numbers of what helped most; a few more than are shown, for what is hidden meanwhile."""

    def of(self, sort: str, value: str) -> int:
        """How often somebody was helped with this."""
        return next((n for s, n in self.subjects.items() if s.sort == sort and s.value == value), 0)

    def first(self, sort: str) -> Subject | None:
        """What of this sort others were helped with most."""
        return next((s for s in self.subjects if s.sort == sort), None)


NOTHING = Knowledge()


def known_by(member_ids: Collection[int]) -> dict[int, Knowledge]:
    """What each of these members knows; who helped nobody lately is left out. Two queries for each ten thousand."""
    found: dict[int, Knowledge] = {}
    for ids in in_chunks(sorted(member_ids)):
        subjects: dict[int, dict[Subject, int]] = {}
        best: dict[int, list[int]] = {}
        for sort, helper, value, label, number in db.session.execute(_placed(ids)):
            if sort == "best":
                best.setdefault(helper, []).append(int(number))  # PostgreSQL adds up to decimals
            else:
                subjects.setdefault(helper, {})[Subject(sort, value, label)] = int(number)
        for helper, people, customers in db.session.execute(_people(ids)):
            known = sorted(subjects.get(helper, {}).items(), key=lambda item: (-item[1], item[0].label.casefold()))
            found[helper] = Knowledge(people, customers, dict(known), best.get(helper, ()))
    return found


def known_lately(member_ids: Collection[int]) -> Mapping[int, Knowledge]:
    """The same for all advocates there are, at most five minutes old."""
    ids, now = tuple(sorted(member_ids)), clock.now()
    kept: tuple[datetime, tuple[int, ...], dict[int, Knowledge]] | None = current_app.extensions.get(_KEPT)
    if kept is None or kept[1] != ids or not kept[0] <= now < kept[0] + FRESH:
        kept = current_app.extensions[_KEPT] = (now, ids, known_by(ids))
    return kept[2]


def _lately() -> tuple[Any, ...]:
    return LedgerEntry.at >= clock.ago(days=settings().advocate_days), standing()


def _people(helpers: Collection[int]) -> Any:
    """Rows of helper, people, customers."""
    e = LedgerEntry
    each = (
        select(e.helper_id, e.helped_id, func.max(is_customer()).label("customer"))
        .join(Member, Member.id == e.helped_id)
        .where(e.helper_id.in_(helpers), *_lately())
        .group_by(e.helper_id, e.helped_id)
        .subquery()
    ).c
    return select(each.helper_id, func.count(), func.sum(each.customer)).group_by(each.helper_id)


def _placed(helpers: Collection[int]) -> Any:
    """Rows of sort, helper, value, label, number: the subjects, then as `best` the numbers of what helped most.

    Lines are added up by contribution first, so that what follows looks up each contribution once.
    """
    e, text, parent = LedgerEntry, aliased(Contribution), aliased(Contribution)
    helps = (
        select(
            e.helper_id, e.contribution_id, func.count(e.helped_id.distinct()).label("people"),
            func.sum(case(weights(), value=e.sort, else_=0.0)).label("weight"), func.max(e.at).label("last_at"),
        )
        .where(e.helper_id.in_(helpers), *_lately())
        .group_by(e.helper_id, e.contribution_id)
        .cte("helps")
        .prefix_with("MATERIALIZED")
    ).c  # fmt: skip
    public = (text.state == "published", or_(text.parent_id.is_(None), parent.state == "published"))
    the_most_first = (helps.weight.desc(), helps.last_at.desc(), text.id)
    placed = (
        select(
            helps.helper_id, text.id, helps.people, func.coalesce(parent.id, text.id).label("root_id"),
            func.coalesce(text.board_id, parent.board_id).label("board_id"),
            func.coalesce(text.product_id, parent.product_id).label("product_id"),
            func.row_number().over(partition_by=helps.helper_id, order_by=the_most_first).label("place"),
        )
        .join(text, text.id == helps.contribution_id)
        .outerjoin(parent, parent.id == text.parent_id)
        .where(*public)
        .cte("placed")
        .prefix_with("MATERIALIZED")
    ).c  # fmt: skip

    def count(sort: str, value: Any, label: Any) -> Select[Any]:
        number = func.sum(placed.people)
        return select(literal(sort), placed.helper_id, value, label, number).group_by(placed.helper_id, value, label)

    empty = literal("")
    best = select(literal("best"), placed.helper_id, empty, empty, placed.id).where(placed.place <= BEST)
    return union_all(
        count("board", Board.slug, Board.name).join(Board, Board.id == placed.board_id),
        count("product", Product.slug, Product.name).join(Product, Product.id == placed.product_id),
        count("tag", Tag.name, Tag.name)
        .join(contribution_tag, contribution_tag.c.contribution_id == placed.root_id)
        .join(Tag, Tag.id == contribution_tag.c.tag_id),
        select(best.order_by(placed.helper_id, placed.place).subquery()),
    )
