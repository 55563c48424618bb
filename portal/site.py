"""What the owner says of the site itself: its name, its colour, whom to write to."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, FromClause, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import here
from portal.db import Model, db


class Site(Model):
    """The one row that names and colours the site."""

    __tablename__ = "site"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("accent_hue BETWEEN 0 AND 359", name="hue"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(60), default="Portal")
    tagline: Mapped[str] = mapped_column(String(160), default="Where our customers help each other")
    welcome: Mapped[str] = mapped_column(Text, default="")
    company: Mapped[str] = mapped_column(String(80), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    """How to reach the people who run the site: an e-mail address or a link."""
    accent_hue: Mapped[int] = mapped_column(default=250)


class SiteRow(NamedTuple):
    """The same as every page reads it: equal to another if it says the same."""

    name: str = "Portal"
    tagline: str = "Where our customers help each other"
    welcome: str = ""
    company: str = ""
    contact: str = ""
    accent_hue: int = 250


WORDS = [Site.__table__.c[name] for name in SiteRow._fields]
"""To select from `beside_the_site(…)`, for `note_words`."""
_SITE = select(*WORDS)


def the_site() -> SiteRow:
    """What the site says, read once a request; the defaults while the owner has not written anything."""
    noted = here.g()
    if "portal_site" not in noted:
        noted.portal_site = read_site()
    site: SiteRow = noted.portal_site
    return site


def read_site() -> SiteRow:
    """The same, read now: for what outlives the request. What it was when the request began may be over."""
    row = db.session.execute(_SITE).one_or_none()
    return SiteRow._make(row) if row is not None else SiteRow()


def beside_the_site(source: FromClause) -> FromClause:
    """`source` with the site's one row beside each of its own, so that what every page needs is no query more."""
    return source.outerjoin(Site.__table__, Site.__table__.c.id == 1)


def note_words(words: Sequence[Any]) -> None:
    """What of a row was selected as WORDS: for `the_site` to answer with, in this request."""
    here.g().portal_site = SiteRow._make(words) if words[0] is not None else SiteRow()
