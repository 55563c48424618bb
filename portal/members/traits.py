"""What is said of people wherever their name stands, from few columns: for a whole member and for a row of a list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import Boolean, ColumnElement, FromClause, and_, bindparam, or_, type_coerce

from portal import clock
from portal.db import UtcDateTime


class Traits:
    """Predicates and words that need nothing but the columns of `Person`."""

    __slots__ = ()

    @property
    def as_person(self: Any) -> "Person":
        """The same with nothing else: a value, by which pieces of pages are kept."""
        return Person._make(getattr(self, name) for name in Person._fields)

    @property
    def is_verified_customer(self: Any) -> bool:
        """Whether a purchase was confirmed: by invitation, customer list or single sign-on."""
        return self.verified_at is not None

    @property
    def portrait_url(self: Any) -> str | None:
        """Where the profile picture is, if it has public copies."""
        return url_for("media.show_public", name=f"{self.face_key}-320.webp") if self.face_key else None

    @property
    def known_for(self: Any) -> str:
        """What stands beside the name and its marks: "rides a Tern since 2022 · helped 37 people"."""
        helped = f"helped {self.helped_count} {'person' if self.helped_count == 1 else 'people'}"
        parts: list[Any] = [
            self.owns,
            helped if self.helped_count else "",
        ]
        return " · ".join(p for p in parts if p)

    @property
    def initials(self: Any) -> str:
        """One or two letters for the face of a member without a picture."""
        words = [w for w in self.display_name.split() if w[0].isalnum()] or [self.username]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class _Columns(NamedTuple):
    id: int
    username: str
    display_name: str
    erased_at: datetime | None
    face_key: str | None
    is_employee: bool
    is_moderator: bool
    is_admin: bool
    advocate_level: str
    verified_at: datetime | None
    owns: str
    helped_count: int
    is_advocate: bool


class Person(_Columns, Traits):
    """A member as shown beside what they wrote: equal to another if all that is shown is equal."""

    __slots__ = ()


def person_columns(member: FromClause) -> Sequence[ColumnElement[Any]]:
    """What to select of `member`, the table or an alias of it, so that `Person._make` makes a person of it."""
    c = member.c
    now: Any = bindparam("now", callable_=clock.now, type_=UtcDateTime(), unique=True)
    suspended = and_(c.suspended_at.is_not(None), or_(c.suspended_until.is_(None), c.suspended_until > now))
    # As `Member.is_advocate` has it. Asked in the database, it is a value like the others, whatever the hour.
    is_advocate = type_coerce(and_(c.advocate_since.is_not(None), ~suspended), Boolean)
    return [*(c[name] for name in Person._fields[:-1]), is_advocate.label(None)]
