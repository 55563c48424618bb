"""Pictures: uploaded image files with their owner, alternative text and where their bytes are."""

import secrets
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.contributions.models import Contribution
from portal.db import Model
from portal.media.showing import Showing
from portal.members.models import Member


def new_token() -> str:
    """A name nobody can guess: 128 bits, safe in an address."""
    return secrets.token_urlsafe(16)


class Picture(Showing, Model):
    """One picture. Its bytes lie in private storage; public copies exist only while `public_key` is set."""

    __tablename__ = "picture"
    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0", name="has_size"),
        Index("ix_picture_orphans", "contribution_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True, default=new_token)
    owner_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id", ondelete="SET NULL"))
    """None until it is used (swept after 48 h) and for profile pictures."""
    place: Mapped[int] = mapped_column(default=0)
    in_text: Mapped[bool] = mapped_column(default=False)
    """Placed inside the text rather than shown with it."""
    part: Mapped[str] = mapped_column(String(20), default="")
    """Of a story: the part of it after which the picture stands; empty for those that open it."""
    alt: Mapped[str] = mapped_column(String(500), default="")
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    difference_hash: Mapped[str] = mapped_column(String(16), index=True)
    placeholder: Mapped[str] = mapped_column(String(700), default="")
    """A tiny blurred copy as a data: address."""
    made_sizes: Mapped[str] = mapped_column(String(60), default="")
    """The sizes that lie in private storage, with commas between: `320,640,animation`; the worker makes the others."""
    public_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    public_widths: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    owner: Mapped[Member] = relationship(foreign_keys=[owner_id], lazy="raise_on_sql")
    contribution: Mapped[Contribution | None] = relationship(
        foreign_keys=[contribution_id], back_populates="pictures", lazy="raise_on_sql"
    )


class PictureBand(Model):
    """One byte of a picture's difference hash, so that near copies are found by an index.

    Two hashes that differ in at most seven bits have one of their eight bytes in common (pigeonhole).
    """

    __tablename__ = "picture_band"

    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Which byte, 0 to 7."""
    value: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    picture_id: Mapped[int] = mapped_column(
        ForeignKey("picture.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )


class BlockedPicture(Model):
    """A picture that a moderator purged everywhere: it is not taken again, near copies included."""

    __tablename__ = "blocked_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    difference_hash: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(String(500), default="")
    blocked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    blocked_at: Mapped[datetime] = mapped_column(default=clock.now)
    purged: Mapped[int] = mapped_column(default=0)
    """How many pictures went with it."""

    blocked_by: Mapped[Member | None] = relationship(lazy="raise_on_sql")
