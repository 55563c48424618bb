"""The facts that gather around a contribution: revisions, decisions, reports, thanks, and who follows and reads it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.contributions.base import KINDS, STATES, Contribution, Product, Reply, Tag, contribution_tag
from portal.db import Model
from portal.members.models import Member

__all__ = [
    "KINDS", "STATES", "Acceptance", "ComposerDraft", "Consent", "Contribution", "Decision", "Follow", "Product",
    "ReadMarker", "Reply", "Report", "Revision", "Tag", "Thanks", "contribution_tag",
]  # fmt: skip


class Revision(Model):
    """A text as it was before an edit."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("contribution_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    """When this text was current from."""
    replaced_at: Mapped[datetime] = mapped_column(default=clock.now)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    why: Mapped[str] = mapped_column(String(200), default="")

    replaced_by: Mapped[Member | None] = relationship(lazy="raise_on_sql")


MODERATION = (
    "(as_moderator IS true OR actor_id IS NULL OR rule <> ''"
    " OR to_state = 'removed' AND from_state IN ('published', 'hidden'))"
)
"""Which decisions the public log shows: not an author's plain posting, nor what is done to drafts. A database uses the
index of these only for a query that says it in the very same words."""


class Decision(Model):
    """Who moved a contribution from which state to which, when and why. Never edited."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_at_id", "at", "id"),
        Index("ix_decision_contribution_id_id", "contribution_id", "id"),
        Index("ix_decision_log", "id", sqlite_where=text(MODERATION), postgresql_where=text(MODERATION)),
        Index("ix_decision_batch", "batch", sqlite_where=text("batch <> ''"), postgresql_where=text("batch <> ''")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    from_state: Mapped[str] = mapped_column(String(10))
    to_state: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    """None when the rules or the reports decided."""
    as_moderator: Mapped[bool] = mapped_column(default=False)
    rule: Mapped[str] = mapped_column(String(40), default="")
    """The rule that held or refused it, or the canned reason's key."""
    reason: Mapped[str] = mapped_column(String(1000), default="")
    """In words, for the author."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    batch: Mapped[str] = mapped_column(String(32), default="")
    """Decisions made in one step share it, so that they are undone in one."""
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id", ondelete="SET NULL"), unique=True)
    """The decision this one takes back."""

    contribution: Mapped[Contribution] = relationship(lazy="raise_on_sql")
    actor: Mapped[Member | None] = relationship(lazy="raise_on_sql")


class Report(Model):
    """A member says that something is wrong with a contribution."""

    __tablename__ = "report"
    __table_args__ = (
        Index(
            "uq_report_open",
            "contribution_id",
            "reporter_id",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_report_settled_at", "settled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
    upheld: Mapped[bool | None]

    contribution: Mapped[Contribution] = relationship(lazy="raise_on_sql")
    reporter: Mapped[Member] = relationship(lazy="raise_on_sql")


class Thanks(Model):
    """ "This helped me", by one member to one contribution; withdrawn ones stay as rows."""

    __tablename__ = "thanks"
    __table_args__ = (
        Index(
            "uq_thanks_standing",
            "contribution_id",
            "giver_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    word: Mapped[str] = mapped_column(String(200), default="")
    """Why, in the giver's words, for whoever helped."""

    giver: Mapped[Member] = relationship(lazy="raise_on_sql")


class Incentive(Model):
    """Something of worth that the company promised for a contribution: shown on it from then on, and counted."""

    __tablename__ = "incentive"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    what: Mapped[str] = mapped_column(String(200))
    promised_at: Mapped[datetime] = mapped_column(default=clock.now)
    promised_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    withdrawn_at: Mapped[datetime | None]
    """Only for what was marked by mistake; a promise that was kept stays marked."""


class Acceptance(Model):
    """The asker says that this reply solved it; withdrawn ones stay as rows."""

    __tablename__ = "acceptance"
    __table_args__ = (
        Index(
            "uq_acceptance_standing",
            "reply_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    """The asker: a moderator can help to mark a reply, but only the asker's word makes a ledger line."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]


class Follow(Model):
    """A member wants to hear of new replies to a contribution."""

    __tablename__ = "follow"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime] = mapped_column(default=clock.now)


class ReadMarker(Model):
    """How far a member has read below a contribution: the position of the last reply seen."""

    __tablename__ = "read_marker"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class ComposerDraft(Model):
    """What a member has typed into a form and not sent yet, saved as they type."""

    __tablename__ = "composer_draft"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    """Which form: `topic:new`, `reply:12`, `edit:34`."""
    typed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)


class Consent(Model):
    """A yes to one purpose, with the wording it was given to; revoked ones stay as rows."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    """`site`, `people_shown`, `guardian`; `email`, `advertising`, `print`."""
    wording: Mapped[str] = mapped_column(String(500))
    wording_version: Mapped[str] = mapped_column(String(20), default="")
    """Which edition of the wording, as a date: `2026-11`."""
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]
    """The end of its term; None: until it is revoked."""
    revoked_at: Mapped[datetime | None]
    request_id: Mapped[int | None] = mapped_column(ForeignKey("rights_request.id", ondelete="SET NULL"), index=True)
    """The question it answers, when staff asked."""
