"""What the owner says of the site itself: its name, its colour, whom to write to."""

from flask import g
from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

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


def the_site() -> Site:
    """The site's row, read once a request; its defaults while the owner has not written one."""
    if "portal_site" not in g:
        g.portal_site = db.session.get(Site, 1) or Site(
            id=1, name="Portal", tagline="Where our customers help each other", welcome="", company="",
            contact="", accent_hue=250,
        )  # fmt: skip
    site: Site = g.portal_site
    return site
