"""What screening keeps: every verdict with its evidence, the words it watches for, what it learned of spam."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.db import Model
from portal.members.models import Member

ACTS = ("block", "hold", "mask", "tag")
"""What a watched word does: refuse the text, hold it, show stars in its place, put a tag on the contribution."""


class Verdict(Model):
    """What the rules said of one submission, the sternest first."""

    __tablename__ = "verdict"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    outcome: Mapped[str] = mapped_column(String(10))
    rule: Mapped[str] = mapped_column(String(40), default="")
    """The rule that decided; empty when all allowed it."""
    found: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Of each rule that did not simply allow it: `rule`, `outcome`, `reason`, `evidence` (words, numbers, links)."""
    spam_score: Mapped[float | None]
    """0 to 1, as the learned model saw it then; None while it knows too little or is switched off."""
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class WatchedWord(Model):
    """A word or a pattern that moderators watch for."""

    __tablename__ = "watched_word"
    __table_args__ = (CheckConstraint("act IN ('block', 'hold', 'mask', 'tag')", name="act"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(200))
    is_pattern: Mapped[bool] = mapped_column(default=False)
    """A regular expression, of the kind that cannot take for ever."""
    whole_word: Mapped[bool] = mapped_column(default=True)
    act: Mapped[str] = mapped_column(String(10))
    tag: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    added_at: Mapped[datetime] = mapped_column(default=clock.now)

    added_by: Mapped[Member | None] = relationship(lazy="raise_on_sql")


class SpamModel(Model):
    """The one row of what was learned from the moderators' own decisions."""

    __tablename__ = "spam_model"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    enabled: Mapped[bool] = mapped_column(default=True)
    weights: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the trained model is, as plain numbers, so that scoring needs no learning library."""
    spam_examples: Mapped[int] = mapped_column(default=0)
    fair_examples: Mapped[int] = mapped_column(default=0)
    trained_at: Mapped[datetime | None]
