"""Finding members: by name, by address, by what they say of themselves."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from portal import clock
from portal import text as texts
from portal.config import settings
from portal.db import db
from portal.members.addresses import normal_email
from portal.members.models import Member
from portal.members.names import clean_username, is_username, skeleton
from portal.web import Page, paginate

SEARCH_MAX_CHARS = 60
_BY = {
    "name": (Member.display_name, Member.username),
    "place": (Member.place,),
    "trade": (Member.trade,),
    "owns": (Member.owns,),
}
"""Where a search of the member list looks."""


def customers(member: Any = Member) -> tuple[ColumnElement[bool], ...]:
    """Conditions: nobody of the company, and in good standing."""
    return (
        member.is_employee.is_(False), member.is_admin.is_(False), member.erased_at.is_(None),
        or_(member.suspended_at.is_(None), member.suspended_until <= clock.now()),
    )  # fmt: skip


def customers_at_hand(member: Any = Member) -> tuple[ColumnElement[bool], ...]:
    """Those of them who may write, are not silenced, and were here within the days that mail goes on."""
    return (
        *customers(member), member.email.is_not(None), member.email_confirmed_at.is_not(None),
        or_(member.silenced_until.is_(None), member.silenced_until <= clock.now()),
        func.coalesce(member.seen_at, member.joined_at) >= clock.ago(days=settings().mail_idle_days),
    )  # fmt: skip


def by_username(username: str) -> Member | None:
    """The member of this username, however it is capitalised."""
    name = clean_username(username)
    return db.session.scalar(select(Member).where(Member.username == name)) if is_username(name) else None


def by_email(email: str) -> Member | None:
    """The member whose address this is; None as well for what is no address."""
    try:
        address = normal_email(email)
    except ValueError:
        return None
    return db.session.scalar(select(Member).where(Member.email == address))


def by_login(typed: str) -> Member | None:
    """The member who signs in with this: an e-mail address or a username."""
    return by_email(typed) if "@" in typed.lstrip("@ ") else by_username(typed)


def login_key(typed: str) -> str:
    """One form for everything that `by_login` takes for the same address or username, whether or not it exists."""
    if "@" not in typed.lstrip("@ "):
        return clean_username(typed)
    try:
        return normal_email(typed)
    except ValueError:
        return typed


def staff() -> Sequence[Member]:
    """Those who speak or decide for the company."""
    return db.session.scalars(
        select(Member).where(or_(Member.is_admin, Member.is_moderator, Member.is_employee)).order_by(Member.id)
    ).all()


def passes_for_staff(username: str, display_name: str) -> bool:
    """Whether somebody of this name would be mistaken for one of the staff."""
    wanted = {skeleton(username), skeleton(display_name)}
    return any({skeleton(m.username), skeleton(m.display_name)} & wanted for m in staff())


def listed() -> Select[Member]:
    """Members that the list shows: whoever proved an address or came with an import, and was not erased."""
    return select(Member).where(
        Member.erased_at.is_(None), or_(Member.email_confirmed_at.is_not(None), Member.imported_from.is_not(None))
    )


def is_shown(member: Member, reader: Any) -> bool:
    """Whether this reader finds the member's page: the same rule, and admins and the member find it before."""
    listed_now = member.erased_at is None and (member.confirmed or member.imported_from is not None)
    return listed_now or reader.is_admin or reader.id == member.id


def search(q: str = "", by: str = "") -> Page[Member]:
    """The page that the request asks for, of listed members of whom every word of `q` stands somewhere.

    In name, place, trade or belongings: `by` names one, "" all. Those who helped most come first, then by name.
    """
    columns = _BY.get(by) or tuple(column for several in _BY.values() for column in several)
    ids = listed().with_only_columns(Member.id)
    for word in texts.clean_line(q)[:SEARCH_MAX_CHARS].split()[:6]:
        ids = ids.where(or_(*(contains(column, word) for column in columns)))
    order = Member.helped_count.desc(), Member.published_count.desc(), Member.username
    return paginate(select(Member).order_by(*order), ids=ids.order_by(*order))


def suggest(beginning: str, limit: int = 8) -> Sequence[Member]:
    """A few members whose username, or a word of whose name, begins so: for mentions."""
    start = texts.clean_line(beginning)[:30].removeprefix("@")
    if not start:
        return []
    fits = or_(
        begins(Member.username, start.lower()),
        *(begins(Member.display_name, form) for form in _cases(start)),
        *(contains(Member.display_name, f" {form}") for form in _cases(start)),
    )
    return db.session.scalars(
        listed().where(fits).order_by(Member.helped_count.desc(), Member.username).limit(limit)
    ).all()


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """A condition: `text` stands in `column`, whatever its case, also outside ASCII."""
    return or_(*(column.ilike(f"%{_literal(form)}%", escape="\\") for form in _cases(text)))


def begins(column: Any, text: str) -> ColumnElement[bool]:
    """A condition: `column` begins with `text`, whatever the case of ASCII letters."""
    return column.ilike(f"{_literal(text)}%", escape="\\")  # type: ignore[no-any-return]


def _cases(text: str) -> list[str]:
    # SQLite only folds ASCII, so that "émile" would not find "Émile".
    return [text] if text.isascii() else list(dict.fromkeys((text, text.lower(), text.title(), text.upper())))


def _literal(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
