"""Accounts: signing up, proving an address, changing password and address, asking for the links to do so."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal import activity, clock
from portal import text as texts
from portal.config import settings
from portal.db import db
from portal.members import invitations, links, names, passwords, queries, standing
from portal.members.addresses import normal_email
from portal.members.models import Member, SignUp
from portal.members.sessions import end_other_sessions

CONFIRM, RESET, CHANGE = "confirm", "reset", "change-address"
"""The purposes of links."""


class MemberRefused(Exception):
    """It can't be done; the message says why in a sentence."""


class Taken(MemberRefused):
    """A name or an address belongs to somebody else; `field` says which, the message says so in a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def sign_up(
    email: str, username: str, display_name: str, password: str, browser: str, invited_by: int | None = None
) -> SignUp:
    """Keep what somebody signed up with until the link in the mail is used. All of it parsed by the form.

    Who invited them travels in that link: it is written down when the account is made.

    It does not look whether the address has an account: what the mail says is found out when it is
    written. Raises Taken for a username, which is public.
    """
    password_hash = passwords.hash_password(password)  # before anything here asks the database
    _must_be_free(username, display_name)
    asked = SignUp(
        email=email,
        username=username,
        display_name=display_name,
        password_hash=password_hash,
        browser=browser_digest(browser),
    )
    db.session.add(asked)
    db.session.flush()
    ask_for_proof(asked, invited_by)
    return asked


def ask_for_proof(asked: SignUp, invited_by: int | None = None) -> None:
    """Have the mail with the link sent."""
    activity.record("confirmation_requested", sign_up=asked.id, **({"invited_by": invited_by} if invited_by else {}))


def browser_digest(nonce: str) -> str:
    """What is kept of the browser's own random value."""
    return hashlib.sha256(nonce.encode()).hexdigest()


def confirm(asked: SignUp, username: str | None = None, invited_by: int | None = None) -> Member:
    """Make a member of a sign-up whose address is proven; `username` instead of one that was taken meanwhile.

    Raises Taken, also when the address has got an account in the meantime.
    """
    wanted = username or asked.username
    _must_be_free(wanted, asked.display_name)
    member = _add(
        Member(
            email=asked.email, username=wanted, display_name=asked.display_name, password_hash=asked.password_hash,
            email_confirmed_at=clock.now(),
        )
    )  # fmt: skip
    db.session.execute(delete(SignUp).where(SignUp.email == asked.email))
    if invited_by:
        invitations.joined(member, invited_by)
    activity.record("confirmed", member=member, actor=member)
    return member


def create_member(username: str, email: str, password: str, role: str = "member", display_name: str = "") -> Member:
    """A confirmed member, made by whoever runs the site; `role` is `member` or one of ROLES. Raises MemberRefused."""
    username = names.clean_username(username)
    try:
        address = normal_email(email)
    except ValueError as error:
        raise MemberRefused(str(error)) from None
    reason = "" if names.is_username(username) else names.objection_to_username(username)
    if reason := reason or passwords.objection(password, (username, address)):
        raise MemberRefused(reason)
    member = _add(
        Member(
            email=address, username=username, display_name=texts.clean_line(display_name)[:60] or username,
            password_hash=passwords.hash_password(password), email_confirmed_at=clock.now(),
        )
    )  # fmt: skip
    activity.record("confirmed", member=member)
    if role != "member":
        standing.grant_role(member, role)
    return member


def grant_role_by_name(username: str, role: str) -> bool:
    """Give a role from the command line; says whether anything changed. Raises MemberRefused."""
    member = queries.by_username(username)
    if member is None or member.erased_at is not None:
        raise MemberRefused(f"There is no member {username}.")
    return standing.grant_role(member, role)


def set_password(member: Member, password: str, *, proven: bool = False) -> None:
    """Give a member a new password; every other session ends. `proven`: by a link mailed to their address."""
    member.password_hash = passwords.hash_password(password)
    if proven and not member.confirmed:
        member.email_confirmed_at = clock.now()
        activity.record("confirmed", member=member, actor=member)
    end_other_sessions(member)
    activity.record("password_changed", member=member, actor=member)


def rehash(member: Member, password: str) -> None:
    """Hash a password that just proved right with the parameters of today."""
    member.password_hash = passwords.hash_password(password)
    db.session.flush()


def request_reset(email: str) -> None:
    """Let the owner of this address, if it has one, be mailed a link; nothing is looked up here."""
    activity.record("reset_requested", email=email)


def request_email_change(member: Member, email: str) -> None:
    """Mail a link to a new address (or again to the present one); it holds until password or address change."""
    activity.record("email_change_requested", member=member, actor=member, email=email)


def change_email(member: Member, email: str) -> bool:
    """Make a proven address the member's own; other sessions end, the old address is told.

    Raises Taken. Says whether anything changed.
    """
    before, was_confirmed = member.email, member.confirmed
    if before == email and was_confirmed:
        return False
    try:
        with db.session.begin_nested():
            member.email, member.email_confirmed_at = email, clock.now()
            db.session.flush()
    except IntegrityError:
        db.session.refresh(member)
        raise Taken("email", "This address can't be used for your account.") from None
    if before == email:
        activity.record("confirmed", member=member, actor=member)
        return True
    end_other_sessions(member)
    activity.record("email_changed", member=member, actor=member, before=before)
    return True


def sweep_sign_ups() -> int:
    """Forget sign-ups whose link has expired; returns how many."""
    before = clock.now() - timedelta(hours=settings().link_hours)
    swept: int = db.session.execute(delete(SignUp).where(SignUp.at < before)).rowcount  # type: ignore[attr-defined]
    return swept


def find_sign_up(token: str) -> SignUp | None:
    """The sign-up that a link of a mail stands for, while it is good."""
    facts = links.read_token(CONFIRM, token)
    asked = db.session.get(SignUp, facts[0]) if facts else None
    # A number can be given again once its row is gone, so the link names more than that.
    return asked if facts and asked is not None and facts[1] == mark_of(asked) else None


def inviter_in(token: str) -> int | None:
    """Who invited them, as the link of a mail says."""
    facts = links.read_token(CONFIRM, token)
    return facts[2] if facts and len(facts) > 2 else None


def mark_of(asked: SignUp) -> str:
    """What a link says of a sign-up beside its number: enough to tell it from any other."""
    return asked.browser[:16]


def find_by_reset(token: str) -> Member | None:
    """The member who may set a password with this link: once, since it names the password it replaces."""
    facts = links.read_token(RESET, token)
    return _unless_changed(facts[0], facts[1]) if facts else None


def find_by_change(token: str) -> "tuple[Member, str] | None":
    """The member and the new address that a link stands for."""
    facts = links.read_token(CHANGE, token)
    member = _unless_changed(facts[0], facts[1]) if facts else None
    return (member, str(facts[2])) if facts and member else None


def _unless_changed(member_id: int, fingerprint: str) -> Member | None:
    member = db.session.get(Member, member_id)
    if member is None or member.erased_at is not None or links.fingerprint(member) != fingerprint:
        return None
    return member


def _must_be_free(username: str, display_name: str) -> None:
    if db.session.scalar(select(Member.id).where(Member.username == username)) is not None:
        raise Taken("username", "Somebody else has this username. Please choose another.")
    if queries.passes_for_staff(username, display_name):
        raise Taken("username", "One of the team has a name like this. Please choose one that can't be mistaken.")


def _add(member: Member) -> Member:
    """Write a new member; of two who want the same name at the same instant, one is told."""
    try:
        with db.session.begin_nested():
            db.session.add(member)
    except IntegrityError:
        taken = db.session.scalar(select(Member.id).where(Member.username == member.username))
        if taken is not None:
            raise Taken("username", "Somebody else has this username. Please choose another.") from None
        raise Taken("email", "This address has an account already. Sign in with it, or reset its password.") from None
    return member
