"""What an admin looks at: numbers of the whole site, members with their addresses, boards with what is in them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select

from portal import text as texts
from portal.contributions.models import Contribution, Product
from portal.db import db
from portal.forum.models import Board
from portal.members.models import BoardRole, ListedCustomer, Member, RoleGrant, Suspension
from portal.members.queries import SEARCH_MAX_CHARS, contains

SHOWN = (
    ("", "Everybody"),
    ("staff", "Team"),
    ("suspended", "Suspended"),
    ("verified", "Verified customers"),
    ("new", "Newest first"),
)


def numbers() -> dict[str, int]:
    """How much there is of everything, in one query."""
    here = select(func.count()).select_from(Member).where(Member.erased_at.is_(None))
    count: dict[str, Any] = {
        "members": here,
        "verified": here.where(Member.verified_at.is_not(None)),
        "suspended": here.where(Member.suspended_at.is_not(None)),
        "customers": select(func.count()).select_from(ListedCustomer),
        "published": select(func.count()).select_from(Contribution).where(Contribution.state == "published"),
        "pending": select(func.count()).select_from(Contribution).where(Contribution.state == "pending"),
        "boards": select(func.count()).select_from(Board),
        "products": select(func.count()).select_from(Product),
    }
    row = db.session.execute(select(*(query.scalar_subquery() for query in count.values()))).one()
    return dict(zip(count, row, strict=True))


def members(q: str = "", show: str = "") -> Select[Member]:
    """Members, also by e-mail address; erased ones are gone."""
    query = select(Member).where(Member.erased_at.is_(None))
    for word in texts.clean_line(q)[:SEARCH_MAX_CHARS].split()[:6]:
        columns = (Member.username, Member.display_name, Member.email, Member.organisation)
        query = query.where(or_(*(contains(column, word) for column in columns)))
    if show == "staff":
        query = query.where(or_(Member.is_admin, Member.is_moderator, Member.is_employee))
    elif show == "suspended":
        query = query.where(Member.suspended_at.is_not(None))
    elif show == "verified":
        query = query.where(Member.verified_at.is_not(None))
    if show == "new":
        return query.order_by(Member.joined_at.desc(), Member.id.desc())
    return query.order_by(Member.username)


def grants(member: Member) -> Sequence[Any]:
    """(grant, name of who gave it) of a member, the latest first."""
    return db.session.execute(
        select(RoleGrant, Member.display_name)
        .outerjoin(Member, Member.id == RoleGrant.by_id)
        .where(RoleGrant.member_id == member.id)
        .order_by(RoleGrant.id.desc())
    ).all()

def board_roles(member: Member) -> Sequence[Any]:
    """(board, what the member is of it or nothing) of every board, in their order."""
    there = (BoardRole.board_id == Board.id) & (BoardRole.member_id == member.id)
    query = select(Board, func.coalesce(BoardRole.role, "")).outerjoin(BoardRole, there)
    return db.session.execute(query.order_by(Board.place_in_list, Board.id)).all()


def suspensions(member: Member) -> Sequence[Any]:
    """(suspension, name of who decided it) of a member, the latest first."""
    return db.session.execute(
        select(Suspension, Member.display_name)
        .outerjoin(Member, Member.id == Suspension.by_id)
        .where(Suspension.member_id == member.id)
        .order_by(Suspension.id.desc())
    ).all()


def boards() -> Sequence[Board]:
    """In their order."""
    return db.session.scalars(select(Board).order_by(Board.place_in_list, Board.id)).all()


def products() -> Sequence[Product]:
    """In their order."""
    return db.session.scalars(select(Product).order_by(Product.place_in_list, Product.id)).all()


def contents() -> tuple[dict[int, int], dict[int, int]]:
    """How many contributions that were not removed lie in each board and are about each product, by number."""
    standing = select(Contribution.board_id, func.count()).where(Contribution.state != "removed")
    in_boards = db.session.execute(standing.where(Contribution.board_id.is_not(None)).group_by(Contribution.board_id))
    about = select(Contribution.product_id, func.count()).where(
        Contribution.state != "removed", Contribution.product_id.is_not(None)
    )
    of_products = db.session.execute(about.group_by(Contribution.product_id))
    return {n: count for n, count in in_boards if n}, {n: count for n, count in of_products if n}
