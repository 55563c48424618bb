"""Who helps whom: the ledger, and the recognition that follows from it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.db import Model
from portal.members.models import Member

SORTS = ("accepted", "asker_thanks", "thanks", "decided")
"""What was said: it solved it; thanks by the asker; thanks; a story or photo helped somebody decide."""
LEVELS = ("advocate", "mentor", "ambassador")
STATES = ("proposed", "confirmed", "accepted", "declined", "refused", "resting", "ended")
TAKEN = ("accepted", "resting")
"""The states of a recognition whose term runs."""
NO_OTHER_TERM = "no other term: "
"""With these words begins the reason of a recognition for which a moderator declined another term."""


class LedgerEntry(Model):
    """One line of who helped whom by what. Lines are only ever added; a reversal is a line too."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint(f"sort IN {SORTS}", name="sort"),
        CheckConstraint("helper_id <> helped_id", name="two_people"),
        Index("ix_ledger_entry_helper_id_at", "helper_id", "at"),
        Index("ix_ledger_entry_helped_id_at", "helped_id", "at"),
        Index("ix_ledger_entry_source", "sort", "source_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    helper_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    helped_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    sort: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[int]
    """The row of thanks or acceptance that this line stands for."""
    at: Mapped[datetime]
    """When the help was acknowledged; age counts from here, for the line and its reversal alike."""
    reverses_id: Mapped[int | None] = mapped_column(
        ForeignKey("ledger_entry.id", ondelete="CASCADE"), unique=True
    )
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    why: Mapped[str] = mapped_column(String(60), default="")
    """Of a reversal: what made it."""

    helper: Mapped[Member] = relationship(foreign_keys=[helper_id], lazy="raise_on_sql")
    helped: Mapped[Member] = relationship(foreign_keys=[helped_id], lazy="raise_on_sql")


class Recognition(Model):
    """An advocate's term: proposed by the numbers, confirmed by a moderator, accepted by the member."""

    __tablename__ = "recognition"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index(
            "uq_recognition_open",
            "member_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'confirmed', 'accepted', 'resting')"),
            postgresql_where=text("state IN ('proposed', 'confirmed', 'accepted', 'resting')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="proposed", index=True)
    level: Mapped[str] = mapped_column(String(12), default="advocate")
    level_proposed: Mapped[str] = mapped_column(String(12), default="")
    """The next level, when the numbers propose it and no moderator has answered yet."""
    level_since: Mapped[datetime | None]
    score_then: Mapped[float]
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    answered_at: Mapped[datetime | None]
    below_since: Mapped[datetime | None]
    """When the score fell below what holds it, and notice was given."""
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    term_notice_at: Mapped[datetime | None]
    """When the member was told that the term runs out."""
    renewal_proposed_at: Mapped[datetime | None]
    """When the numbers proposed another term, and no moderator has answered yet."""
    renewed_at: Mapped[datetime | None]
    shows_numbers: Mapped[bool] = mapped_column(default=True)
    """Whether the advocates page says how many they helped …"""
    shows_answers: Mapped[bool] = mapped_column(default=True)
    """… and names their answers …"""
    shows_about: Mapped[bool] = mapped_column(default=True)
    """… and their trade, place and what they own. The member chooses."""

    member: Mapped[Member] = relationship(foreign_keys=[member_id], lazy="raise_on_sql")
    decided_by: Mapped[Member | None] = relationship(foreign_keys=[decided_by_id], lazy="raise_on_sql")

    @property
    def runs(self) -> bool:
        """Whether the term runs: taken and not over, be it resting."""
        return self.state in TAKEN and self.ends_at is not None and self.ends_at > clock.now()

    @property
    def in_force(self) -> bool:
        """Whether it may be shown to others now: it runs, does not rest, and its member is in good standing.

        The member must be loaded. The nightly review follows at most a day behind; this is what holds this instant.
        """
        m = self.member
        barred = m.suspended or m.erased_at is not None or m.is_employee or m.is_admin
        return self.state == "accepted" and self.runs and not barred

    @property
    def since(self) -> datetime:
        """The day it began, through all its renewals."""
        return self.answered_at or self.proposed_at

    @property
    def no_other_term(self) -> bool:
        """Whether a moderator declined another term: this one ends in its time."""
        return self.reason.startswith(NO_OTHER_TERM)


class SetAside(Model):
    """An acknowledgement that a moderator's decision about a finding keeps from counting, until it is lifted."""

    __tablename__ = "set_aside"
    __table_args__ = (
        Index(
            "uq_set_aside_standing",
            "sort",
            "source_id",
            "finding_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sort: Mapped[str] = mapped_column(String(20))
    """`thanks` for a row of thanks whatever line it makes, `accepted` for an acceptance."""
    source_id: Mapped[int]
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    lifted_at: Mapped[datetime | None]
