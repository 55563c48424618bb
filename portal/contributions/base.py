"""What members publish: the base of all five kinds, with its tags and product."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.contributions.traits import Traits
from portal.db import Model, db
from portal.members.models import Member

if TYPE_CHECKING:
    from portal.forum.models import Board
    from portal.media.models import Picture

KINDS = ("topic", "article", "story", "photo", "reply")
STATES = ("draft", "pending", "published", "returned", "hidden", "removed")

contribution_tag = Table(
    "contribution_tag",
    db.metadata,
    Column("contribution_id", ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Tag(Model):
    """A word by which contributions are found."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Product(Model):
    """Something the company sells, that stories, photos and topics are about."""

    __tablename__ = "product"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    description: Mapped[str] = mapped_column(String(300), default="")
    place_in_list: Mapped[int] = mapped_column(default=0)


class Contribution(Model, Traits):
    """Anything a member publishes. Lists, queue, feeds, search and ledger read this table alone."""

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("(kind = 'reply') = (parent_id IS NOT NULL)", name="only_replies_have_a_parent"),
        UniqueConstraint("parent_id", "position"),
        UniqueConstraint("author_id", "submission_key"),
        Index("ix_contribution_board_list", "board_id", "state", "last_activity_at"),
        Index("ix_contribution_kind_list", "kind", "state", "last_activity_at"),
        Index("ix_contribution_newest", "kind", "state", "published_at"),
        Index("ix_contribution_solved", "kind", "state", "accepted_count"),
        Index(
            "ix_contribution_roots",
            "state",
            "published_at",
            sqlite_where=text("kind <> 'reply'"),  # by its parent, SQLite would take the index of one topic's replies
            postgresql_where=text("kind <> 'reply'"),
        ),
        Index("ix_contribution_queue", "state", "submitted_at"),
        Index("ix_contribution_author_list", "author_id", "state", "published_at"),
        Index("ix_contribution_helpful", "parent_id", "state", "helpfulness", "position"),
        Index("ix_contribution_product_list", "product_id", "kind", "state", "published_at"),
    )
    __mapper_args__ = {"polymorphic_on": "kind", "version_id_col": None}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    position: Mapped[int | None]
    """A reply's number below its parent, given at its first publication, never changed: pages and links rest on it."""
    last_position: Mapped[int] = mapped_column(default=0)
    """The highest number given to a reply of this contribution."""
    board_id: Mapped[int | None] = mapped_column(ForeignKey("board.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id", ondelete="SET NULL"))

    title: Mapped[str] = mapped_column(String(200), default="")
    slug: Mapped[str] = mapped_column(String(80), default="")
    source: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    excerpt: Mapped[str] = mapped_column(String(300), default="")

    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    """The first publication; it stays when the contribution is hidden or removed later."""
    edited_at: Mapped[datetime | None]
    last_activity_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_reply_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)

    reply_count: Mapped[int] = mapped_column(default=0)
    thanks_count: Mapped[int] = mapped_column(default=0)
    anonymous_thanks: Mapped[int] = mapped_column(default=0)
    """Thanks that came with an import, without a giver: shown, and counted for nobody's score."""
    accepted_count: Mapped[int] = mapped_column(default=0)
    """Of a topic: replies that solved it. Of a reply: 1 when it did."""
    view_count: Mapped[int] = mapped_column(default=0)
    views_before: Mapped[int] = mapped_column(default=0)
    """The parent's views when this reply was published: it cannot have been seen by those."""
    helpfulness: Mapped[float] = mapped_column(default=0.0)
    """How replies are ordered by helpfulness: see `contributions.helpfulness`."""
    incentive: Mapped[str] = mapped_column(String(200), default="")
    """What the company promised for it: a copy of the incentive in force, shown beside the author."""

    submission_key: Mapped[str | None] = mapped_column(String(64))
    """Made with the form, so that a form sent twice makes one contribution."""
    imported_from: Mapped[str | None] = mapped_column(String(80), unique=True)

    author: Mapped[Member] = relationship(foreign_keys=[author_id], lazy="raise_on_sql")
    last_reply_by: Mapped[Member | None] = relationship(foreign_keys=[last_reply_by_id], lazy="raise_on_sql")
    parent: Mapped["Contribution | None"] = relationship(
        remote_side=[id], foreign_keys=[parent_id], lazy="raise_on_sql"
    )
    board: Mapped["Board | None"] = relationship(foreign_keys=[board_id], lazy="raise_on_sql")
    product: Mapped[Product | None] = relationship(lazy="raise_on_sql")
    tags: Mapped[list[Tag]] = relationship(secondary=contribution_tag, lazy="raise_on_sql", order_by=Tag.name)
    pictures: Mapped[list["Picture"]] = relationship(
        back_populates="contribution", lazy="raise_on_sql", order_by="Picture.place"
    )


class Reply(Contribution):
    """An answer or a comment below any of the other four kinds; it needs no table of its own."""

    __mapper_args__ = {"polymorphic_identity": "reply"}
