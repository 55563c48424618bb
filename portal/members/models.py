"""Who is here: members, what they may do, how they were verified."""

from datetime import datetime, timedelta

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.config import settings
from portal.db import Model, db
from portal.members.traits import Traits

ROLES = ("employee", "moderator", "admin")
BOARD_ROLES = ("moderator", "helper")
"""What one can be of a single board; what each may do stands in contributions/powers.py."""
USERNAME = r"[a-z0-9][a-z0-9_-]{1,29}"
"""What a username looks like: it is part of addresses and of mentions."""

LISTED = "erased_at IS NULL AND (email_confirmed_at IS NOT NULL OR imported_from IS NOT NULL)"
"""Of which members the list consists, as its index has it; `queries.listed` says the same."""


class Member(Model, UserMixin, Traits):
    """An account: a person who can sign in, or one an import brought along who cannot yet."""

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint("username = lower(username)", name="username_lower"),
        Index("ix_member_joined", "joined_at"),
        Index(
            "ix_member_list",
            "helped_count",
            "published_count",
            "username",
            sqlite_where=text(LISTED),
            postgresql_where=text(LISTED),
        ),
        Index(
            "ix_member_advocates",
            "helped_count",
            sqlite_where=text("advocate_since IS NOT NULL"),
            postgresql_where=text("advocate_since IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(30), unique=True)
    display_name: Mapped[str] = mapped_column(String(60))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    """As compared: lower case. None for imported and erased members, who cannot sign in."""
    email_confirmed_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Goes up when every other session must end: each cookie names the epoch it was made in."""

    is_employee: Mapped[bool] = mapped_column(default=False)
    is_moderator: Mapped[bool] = mapped_column(default=False)
    is_admin: Mapped[bool] = mapped_column(default=False)
    board_roles: Mapped[int] = mapped_column(default=0)
    """How many boards they look after: a copy, so that no page of anybody else's asks for them."""

    joined_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]
    """The end of its term; None: until a moderator ends it."""
    suspended_why: Mapped[str | None] = mapped_column(String(500))
    silenced_until: Mapped[datetime | None]
    """Until then whatever they send waits for a moderator."""
    erased_at: Mapped[datetime | None]
    imported_from: Mapped[str | None] = mapped_column(String(80), unique=True)

    verified_at: Mapped[datetime | None]
    verified_how: Mapped[str | None] = mapped_column(String(200))
    organisation: Mapped[str | None] = mapped_column(String(100), index=True)

    about: Mapped[str] = mapped_column(String(200), default="")
    """One line about oneself."""
    place: Mapped[str] = mapped_column(String(80), default="")
    trade: Mapped[str] = mapped_column(String(80), default="", index=True)
    owns: Mapped[str] = mapped_column(String(120), default="")
    """What they own, in their words: "rides a Tern since 2022"."""
    goals: Mapped[str] = mapped_column(Text, default="")
    picture_id: Mapped[int | None] = mapped_column(
        ForeignKey("picture.id", ondelete="SET NULL", use_alter=True), index=True
    )
    face_key: Mapped[str | None] = mapped_column(String(64))
    """The public name of the profile picture, once it has one: lists show faces without another query."""

    published_count: Mapped[int] = mapped_column(default=0)
    helped_count: Mapped[int] = mapped_column(default=0)
    """People who said this member helped them; a copy of what the ledger says."""
    help_score: Mapped[float] = mapped_column(default=0.0, index=True)
    advocate_since: Mapped[datetime | None]
    """A copy of the recognition in force, so that the mark shows wherever the name does."""
    advocate_level: Mapped[str] = mapped_column(String(12), default="")
    """A copy of its level: `advocate`, `mentor` or `ambassador`; nothing without one."""

    mail_replies: Mapped[bool] = mapped_column(default=True)
    mail_thanks: Mapped[bool] = mapped_column(default=True)
    mail_recognition: Mapped[bool] = mapped_column(default=True)
    mail_digest: Mapped[bool] = mapped_column(default=True)
    digested_at: Mapped[datetime | None]
    """When the weekly digest last went out."""

    def get_id(self) -> str:
        """What the session cookie names: the member and the epoch of the session."""
        return f"{self.id}.{self.session_epoch}"

    @property
    def moderates(self) -> bool:
        """Moderators, and admins who can do everything they can; nobody while suspended."""
        return (self.is_moderator or self.is_admin) and not self.suspended

    @property
    def looks_after_boards(self) -> bool:
        """Whether they moderate single boards, or help there; a query."""
        own = db.session.scalar(select(BoardRole.id).where(BoardRole.member_id == self.id).limit(1))
        return own is not None and self.may_write

    @property
    def is_staff(self) -> bool:
        """Anyone who speaks or decides for the company; is held by no rule. Employees and admins earn no help score."""
        return self.is_employee or self.is_moderator or self.is_admin

    @property
    def confirmed(self) -> bool:
        """Whether the e-mail address was proven to be theirs."""
        return self.email_confirmed_at is not None

    @property
    def is_advocate(self) -> bool:
        """Whether a recognition is in force; a suspended member's is not, from that instant."""
        return self.advocate_since is not None and not self.suspended

    @property
    def suspended(self) -> bool:
        """Suspended members read, export and appeal; they do not write. A term that is over is over at once."""
        if self.suspended_at is None:
            return False
        return self.suspended_until is None or self.suspended_until > clock.now()

    @property
    def silenced(self) -> bool:
        """Whatever a silenced member sends waits for a moderator, until the term is over."""
        return self.silenced_until is not None and self.silenced_until > clock.now()

    @property
    def may_write(self) -> bool:
        """Whether contributions, thanks and reports are taken from this member now."""
        return self.confirmed and not self.suspended and self.erased_at is None

    @property
    def trust(self) -> str:
        """`new`, `regular` or `trusted`, earned by published contributions and days (thresholds are settings)."""
        s, days = settings(), (clock.now() - self.joined_at) / timedelta(days=1)
        if self.is_staff or (self.published_count >= s.trusted_from_contributions and days >= s.trusted_from_days):
            return "trusted"
        if self.published_count >= s.new_until_contributions and days >= s.new_until_days:
            return "regular"
        return "new"


class SignUp(Model):
    """Somebody who signed up and has not proven the address yet. The link in the mail makes a member of it.

    Until then there is no account and no name is taken, so that signing up tells nobody which exist.
    """

    __tablename__ = "sign_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    username: Mapped[str] = mapped_column(String(30))
    display_name: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str] = mapped_column(String(200))
    browser: Mapped[str] = mapped_column(String(64))
    """A digest of what the browser that signed up keeps: in any other one the password is asked for again."""
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class RoleGrant(Model):
    """A role given or taken: who, to whom, when. The member's flags are a copy of the last lines."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    granted: Mapped[bool]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class ListedCustomer(Model):
    """An e-mail address on the company's customer list; who proves it theirs is a verified customer."""

    __tablename__ = "listed_customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    organisation: Mapped[str | None] = mapped_column(String(100))
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)


class Invited(Model):
    """Who joined by whose invitation: people who brought each other are one group of voices."""

    __tablename__ = "invited"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class SignInOrigin(Model):
    """From where a member signed in: a keyed digest of the network address, never the address, for a term."""

    __tablename__ = "sign_in_origin"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    digest: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)
    last_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class Suspension(Model):
    """What was done about a member: a warning, a silence, a suspension: who, why, from when, until when."""

    __tablename__ = "suspension"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(10), default="suspended")
    """`warned`, `silenced` or `suspended`."""
    why: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]
    """The end of its term as set; None: until it is ended."""
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)


class BoardRole(Model):
    """Somebody looks after one board: as its moderator, or as a helper with fewer powers."""

    __tablename__ = "board_role"
    __table_args__ = (UniqueConstraint("member_id", "board_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(10), default="moderator")
    """`moderator` or `helper`."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
