"""Questions for wider rights: staff asks the author for one more purpose, the author says yes or no."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.contributions.models import Contribution
from portal.db import Model
from portal.members.models import Member


class RightsRequest(Model):
    """One question about one purpose; at most one is open for a contribution and a purpose."""

    __tablename__ = "rights_request"
    __table_args__ = (
        Index(
            "uq_rights_request_open",
            "contribution_id",
            "purpose",
            unique=True,
            sqlite_where=text("answered_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("answered_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    """Who is asked: the author."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    wording: Mapped[str] = mapped_column(String(500))
    """What the member agrees to by a yes, word for word."""
    words: Mapped[str] = mapped_column(String(1000), default="")
    """What staff wrote beside it."""
    months: Mapped[int | None]
    """The term asked for; None: until it is revoked."""
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]
    answer: Mapped[bool | None]
    withdrawn_at: Mapped[datetime | None]

    contribution: Mapped[Contribution] = relationship(lazy="raise_on_sql")
    member: Mapped[Member] = relationship(foreign_keys=[member_id], lazy="raise_on_sql")
    asked_by: Mapped[Member | None] = relationship(foreign_keys=[asked_by_id], lazy="raise_on_sql")
