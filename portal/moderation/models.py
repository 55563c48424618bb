"""What moderators keep of their work: claims, appeals, second looks, saved views; and reports of members."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.contributions.models import Decision
from portal.db import Model
from portal.members.models import Member


class Claim(Model):
    """A moderator has this item open: others see it for some minutes."""

    __tablename__ = "claim"

    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime]

    member: Mapped[Member] = relationship(lazy="raise_on_sql")


class Appeal(Model):
    """An author asks for another moderator's judgement of a decision, once; or a member of a suspension."""

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint("(decision_id IS NULL) <> (suspension_id IS NULL)", name="of_one_thing"),
        UniqueConstraint("decision_id"),
        UniqueConstraint("suspension_id"),
        Index("ix_appeal_open", "decided_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"))
    suspension_id: Mapped[int | None] = mapped_column(ForeignKey("suspension.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(String(2000))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    upheld: Mapped[bool | None]
    """Whether the member was right."""
    answer: Mapped[str] = mapped_column(String(1000), default="")

    decision: Mapped[Decision | None] = relationship(lazy="raise_on_sql")
    member: Mapped[Member] = relationship(foreign_keys=[member_id], lazy="raise_on_sql")
    decided_by: Mapped[Member | None] = relationship(foreign_keys=[decided_by_id], lazy="raise_on_sql")


class SecondLook(Model):
    """A past approval, drawn by lot, that another moderator looks at once more."""

    __tablename__ = "second_look"
    __table_args__ = (UniqueConstraint("decision_id"), Index("ix_second_look_open", "looked_at", "drawn_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"))
    drawn_at: Mapped[datetime] = mapped_column(default=clock.now)
    looked_at: Mapped[datetime | None]
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    agrees: Mapped[bool | None]
    note: Mapped[str] = mapped_column(String(500), default="")

    decision: Mapped[Decision] = relationship(lazy="raise_on_sql")
    looked_by: Mapped[Member | None] = relationship(lazy="raise_on_sql")


class SavedView(Model):
    """A moderator's own choice of filters of the queue, under a name."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("member_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    chosen: Mapped[str] = mapped_column(String(300))
    """The part of the queue's address behind the question mark."""


class MemberReport(Model):
    """A member says that something is wrong with another member's profile or conduct."""

    __tablename__ = "member_report"
    __table_args__ = (
        Index(
            "uq_member_report_open",
            "member_id",
            "reporter_id",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_member_report_settled_at", "settled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    upheld: Mapped[bool | None]

    member: Mapped[Member] = relationship(foreign_keys=[member_id], lazy="raise_on_sql")
    reporter: Mapped[Member] = relationship(foreign_keys=[reporter_id], lazy="raise_on_sql")
