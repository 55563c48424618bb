"""Findings: patterns of thanks that look arranged, with their evidence, and what moderators decided about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.db import Model
from portal.members.models import Member

SORTS = ("circle", "one_origin", "reciprocal", "storm", "bought")
STATES = ("open", "cleared", "set_aside")


class Finding(Model):
    """Something a moderator should look at. It changes nothing by itself."""

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint(f"sort IN {SORTS}", name="sort"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_finding_state_weight", "state", "weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sort: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """A digest of the sort and the members: the same pattern is one finding however often it is found."""
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    weight: Mapped[float] = mapped_column(default=0.0)
    """How much score hangs on it: what it would change if it were set aside."""
    state: Mapped[str] = mapped_column(String(10), default="open")
    found_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When the pattern was last there."""
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    """In words, for those concerned."""

    decided_by: Mapped[Member | None] = relationship(lazy="raise_on_sql")


class FindingMember(Model):
    """Somebody whom a finding is about."""

    __tablename__ = "finding_member"

    finding_id: Mapped[int] = mapped_column(
        ForeignKey("finding.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )


class FindingAppeal(Model):
    """Somebody concerned asks for another moderator's judgement, once."""

    __tablename__ = "finding_appeal"
    __table_args__ = (UniqueConstraint("finding_id", "member_id"), Index("ix_finding_appeal_open", "decided_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(String(2000))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    upheld: Mapped[bool | None]
    """Whether the member was right."""
    answer: Mapped[str] = mapped_column(String(1000), default="")

    finding: Mapped[Finding] = relationship(lazy="raise_on_sql")
    member: Mapped[Member] = relationship(foreign_keys=[member_id], lazy="raise_on_sql")
