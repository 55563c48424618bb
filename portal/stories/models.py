"""Stories and photo submissions: what customers show."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.contributions.models import Contribution


class Story(Contribution):
    """What came of it, in a customer's words. The base's text is made of the three parts."""

    __tablename__ = "story"
    __mapper_args__ = {"polymorphic_identity": "story"}

    id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True)
    before: Mapped[str] = mapped_column(Text, default="")
    change: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    trade: Mapped[str] = mapped_column(String(80), default="", index=True)
    goal: Mapped[str] = mapped_column(String(120), default="", index=True)


class Photo(Contribution):
    """A submission of one to ten pictures; the caption is the base's text."""

    __tablename__ = "photo"
    __mapper_args__ = {"polymorphic_identity": "photo"}

    id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True)
    taken_at_place: Mapped[str] = mapped_column(String(80), default="")
