"""Articles."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.contributions.models import Contribution
from portal.db import Model


class Article(Contribution):
    """A blog article; its slug alone is its address, so it is unique among articles."""

    __tablename__ = "article"
    __mapper_args__ = {"polymorphic_identity": "article"}

    id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(String(80), unique=True)
    """The base's slug, which lists read, held unique here."""
    summary: Mapped[str] = mapped_column(String(300), default="")


class FormerAddress(Model):
    """A slug an article had before; it redirects."""

    __tablename__ = "former_address"

    address: Mapped[str] = mapped_column(String(80), primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)
