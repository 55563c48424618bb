"""Who is willing to help how much, what was brought to whom, and whom staff want to thank."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.contributions.models import Contribution
from portal.db import Model
from portal.members.models import Member

ROUTES = ("question", "newcomer", "asked")
THANK_STATES = ("open", "done", "skipped")


class Willingness(Model):
    """How much a member likes to do. Without a row: one question a week at the most, and nothing else."""

    __tablename__ = "willingness"
    __table_args__ = (CheckConstraint("questions_a_week BETWEEN 0 AND 20", name="questions_a_week"),)

    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    questions_a_week: Mapped[int] = mapped_column(default=1)
    """Open questions brought to them; 0: none."""
    welcomes: Mapped[bool] = mapped_column(default=False)
    """Whether newcomers' first questions are brought to them too."""
    takes_requests: Mapped[bool] = mapped_column(default=True)
    """Whether others may ask them by name."""
    weekly_note: Mapped[bool] = mapped_column(default=True)
    """Whether they hear once a week whom they helped."""
    noted_at: Mapped[datetime | None]
    """When the last such note went out."""
    changed_at: Mapped[datetime | None]
    """When the member last chose; None: never, these are what the house assumes."""


class Routed(Model):
    """A question that was brought to a member, and why; once for each."""

    __tablename__ = "routed"
    __table_args__ = (
        CheckConstraint(f"sort IN {ROUTES}", name="sort"),
        UniqueConstraint("contribution_id", "member_id"),
        Index("ix_routed_member_id_at", "member_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    sort: Mapped[str] = mapped_column(String(10))
    because: Mapped[str] = mapped_column(String(200), default="")
    """In words, for the member: "you solved such questions about brakes before"."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    declined_at: Mapped[datetime | None]
    """When the member said: not for me."""

    contribution: Mapped[Contribution] = relationship(lazy="raise_on_sql")
    member: Mapped[Member] = relationship(lazy="raise_on_sql")


class ThankYou(Model):
    """Somebody who deserves a call, a present or an invitation; then by whom it was done, and with what."""

    __tablename__ = "thank_you"
    __table_args__ = (
        CheckConstraint(f"state IN {THANK_STATES}", name="state"),
        Index("ix_thank_you_state_suggested_at", "state", "suggested_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    key: Mapped[str | None] = mapped_column(String(80), unique=True)
    """What it was suggested for, once: "helped 10"; None where somebody of staff thought of it."""
    because: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10), default="open")
    suggested_at: Mapped[datetime] = mapped_column(default=clock.now)
    suggested_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    how: Mapped[str] = mapped_column(String(12), default="")
    """`note`, `call`, `present` or `invitation`."""
    what: Mapped[str] = mapped_column(String(200), default="")
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    incentive_id: Mapped[int | None] = mapped_column(ForeignKey("incentive.id", ondelete="SET NULL"), index=True)
    """The mark on the contribution, where what was given was promised for one."""

    member: Mapped[Member] = relationship(foreign_keys=[member_id], lazy="raise_on_sql")
    done_by: Mapped[Member | None] = relationship(foreign_keys=[done_by_id], lazy="raise_on_sql")
