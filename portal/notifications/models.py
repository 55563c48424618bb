"""What a member is told, on the site and by mail."""

from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.contributions.models import Contribution
from portal.db import Model
from portal.members.models import Member

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""`mailed_at` of what was not mailed and will not be: it must not count as one of the day's mails."""


class Notification(Model):
    """One thing a member is told. `key` names what it is about, so that following up twice tells once."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("member_id", "key"),
        Index("ix_notification_list", "member_id", "at"),
        Index("ix_notification_unmailed", "mailed_at", "at"),
        # Each page of a member counts these, and whoever helps many has read thousands.
        Index(
            "ix_notification_unread", "member_id", sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    verb: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    note: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    """When it was mailed, or when it was settled that it would not be."""

    actor: Mapped[Member | None] = relationship(foreign_keys=[actor_id], lazy="raise_on_sql")
    contribution: Mapped[Contribution | None] = relationship(lazy="raise_on_sql")
