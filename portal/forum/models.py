"""Boards and the topics in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.contributions.models import Contribution
from portal.db import Model

FORMATS = ("question", "discussion")


class Board(Model):
    """A place in the forum for topics of one sort."""

    __tablename__ = "board"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    description: Mapped[str] = mapped_column(String(300), default="")
    place_in_list: Mapped[int] = mapped_column(default=0)
    topic_count: Mapped[int] = mapped_column(default=0)
    """Published topics; a copy kept by the lifecycle's follow-up."""


class TopicTraits:
    """What is said of a topic, from its own columns."""

    __slots__ = ()

    @property
    def is_question(self: Any) -> bool:
        """Questions can be solved; discussions cannot."""
        return bool(self.format == "question")

    @property
    def is_pinned(self: Any) -> bool:
        """Pinned topics stand first in their board."""
        return self.pinned_at is not None

    @property
    def is_locked(self: Any) -> bool:
        """Locked topics take no further replies."""
        return self.locked_at is not None

    @property
    def open_to_replies(self: Any) -> bool:
        """Published and not locked."""
        return bool(self.is_published and not self.is_locked)


class Topic(TopicTraits, Contribution):
    """A question or a discussion, in a board."""

    __tablename__ = "topic"
    __table_args__ = (CheckConstraint(f"format IN {FORMATS}", name="format"),)  # type: ignore[assignment]
    __mapper_args__ = {"polymorphic_identity": "topic"}

    id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True)
    format: Mapped[str] = mapped_column(String(10), default="question")
    pinned_at: Mapped[datetime | None] = mapped_column(index=True)
    pinned_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    locked_at: Mapped[datetime | None]
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
