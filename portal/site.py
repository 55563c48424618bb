"""What the owner says of the site itself: its name, its colour, whom to write to."""

from collections.abc import Sequence
from typing import Any

from flask import g
from sqlalchemy import CheckConstraint, String, Text, literal, select
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
        _keep(db.session.get(Site, 1))
    site: Site = g.portal_site
    return site


def the_site_and(*values: Any) -> Sequence[Any]:
    """The values of these expressions, asked for together with the site's row, so that a page's frame is one query."""
    if "portal_site" in g:
        return db.session.execute(select(*values)).one()
    always = select(literal(1).label("id")).subquery()
    row = db.session.execute(select(Site, *values).select_from(always).outerjoin(Site, Site.id == always.c.id)).one()
    _keep(row[0])
    return row[1:]


def _keep(site: Site | None) -> None:
    g.portal_site = site or Site(
        id=1, name="Portal", tagline="Where our customers help each other", welcome="", company="", contact="",
        accent_hue=250,
    )  # fmt: skip
