"""Stories, photo submissions and challenges: what customers show, and what invited them to."""

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.contributions.models import Contribution
from portal.db import Model
from portal.members.models import Member


class Story(Contribution):
    """What came of it, in a customer's words. The base's text is made of the five parts."""

    __tablename__ = "story"
    __mapper_args__ = {"polymorphic_identity": "story"}

    id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True)
    who: Mapped[str] = mapped_column(Text, default="")
    hard: Mapped[str] = mapped_column(Text, default="")
    tried: Mapped[str] = mapped_column(Text, default="")
    changed: Mapped[str] = mapped_column(Text, default="")
    advice: Mapped[str] = mapped_column(Text, default="")
    figure: Mapped[str] = mapped_column(String(20), default="")
    """A number, as the member writes it: `11`, `1,400 €`, `2 h`."""
    figure_says: Mapped[str] = mapped_column(String(120), default="")
    """What the number counts: `car trips a week we no longer make`."""
    pull_quote: Mapped[str] = mapped_column(String(300), default="")
    """A sentence of the story that is shown large; empty: none was chosen."""
    trade: Mapped[str] = mapped_column(String(80), default="", index=True)
    company_size: Mapped[str] = mapped_column(String(20), default="")
    goal: Mapped[str] = mapped_column(String(120), default="", index=True)


class Challenge(Model):
    """An invitation to show something, open between two dates; its wall holds the entries."""

    __tablename__ = "challenge"
    __table_args__ = (CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(140))
    source: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime] = mapped_column(index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id", ondelete="SET NULL"), index=True)
    """The product an entry is about unless it says otherwise."""
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def is_open(self) -> bool:
        """Whether entries are taken now."""
        return self.opens_at <= clock.now() < self.closes_at

    @property
    def is_coming(self) -> bool:
        """Whether its first day has not come; only moderators know of it."""
        return clock.now() < self.opens_at

    @property
    def is_over(self) -> bool:
        """Whether it has closed."""
        return self.closes_at <= clock.now()

    @property
    def last_day(self) -> date:
        """The day in whose course, or at whose midnight, it closes."""
        return (self.closes_at - timedelta(microseconds=1)).date()

    @property
    def days_left(self) -> int:
        """Days from today to the last one; 0: today is the last, or it is over."""
        return max(0, (self.last_day - clock.now().date()).days)


class Photo(Contribution):
    """A submission of one to ten pictures; the caption is the base's text."""

    __tablename__ = "photo"
    __mapper_args__ = {"polymorphic_identity": "photo"}

    id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True)
    taken_at_place: Mapped[str] = mapped_column(String(80), default="", index=True)
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenge.id", ondelete="SET NULL"), index=True)

    challenge: Mapped[Challenge | None] = relationship(lazy="raise_on_sql")


class StoryInvitation(Model):
    """Staff asks a member to tell a story: what was solved or reached, and what became of the question."""

    __tablename__ = "story_invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(
        ForeignKey("contribution.id", ondelete="SET NULL"), index=True
    )
    """The question that was solved, if that was the occasion."""
    words: Mapped[str] = mapped_column(String(1000), default="")
    invited_at: Mapped[datetime] = mapped_column(default=clock.now)
    declined_at: Mapped[datetime | None]
    story_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id", ondelete="SET NULL"), index=True)

    member: Mapped[Member] = relationship(foreign_keys=[member_id], lazy="raise_on_sql")
    invited_by: Mapped[Member | None] = relationship(foreign_keys=[invited_by_id], lazy="raise_on_sql")
    contribution: Mapped[Contribution | None] = relationship(foreign_keys=[contribution_id], lazy="raise_on_sql")

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.declined_at is None and self.story_id is None


class ProspectThanks(Model):
    """Somebody without an account says "this helped me decide". Shown as a number, credited to nobody's score."""

    __tablename__ = "prospect_thanks"
    __table_args__ = (UniqueConstraint("contribution_id", "visitor"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    visitor: Mapped[str] = mapped_column(String(64))
    """A keyed hash of what the browser was given when it said so: the same browser counts once."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
