"""A member's own doing: saying who they are, choosing a picture, choosing their mail, leaving for good."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from portal import activity, clock
from portal.contributions import turns
from portal.contributions.models import Contribution
from portal.contributions.reports import remove_own
from portal.contributions.writing import must_write
from portal.db import db
from portal.media.commands import Prepared, keep_picture, set_face
from portal.media.models import Picture
from portal.media.purging import purge
from portal.members import queries, standing
from portal.members.models import ROLES, Member
from portal.members.names import skeleton
from portal.profile.forgetting import forget_texts, forget_what_was_recorded, take_notifications

FORMER = "a former member"
PROFILE = ("display_name", "about", "owns", "goals", "trade", "place")


def save_profile(member: Member, **said: str) -> bool:
    """Change what a member says of themselves; says whether anything changed. Raises NotAllowed, standing.Refused."""
    must_write(member)
    name = said.get("display_name", member.display_name)
    renamed = skeleton(name) != skeleton(member.display_name)
    if renamed and not member.is_staff and queries.passes_for_staff(member.username, name):
        raise standing.Refused("One of the team has a name like this. Please choose one that can't be mistaken.")
    changed = False
    for field in PROFILE:
        if field in said and getattr(member, field) != said[field]:
            setattr(member, field, said[field])
            changed = True
    if changed:
        db.session.flush()
        activity.record("profile_changed", member=member, actor=member)
    return changed


def show_portrait(member: Member, prepared: Prepared | None) -> bool:
    """Make a prepared picture the member's portrait, or take the present one off; says whether anything changed.

    Raises NotAllowed, PictureRefused.
    """
    must_write(member)
    changed = set_face(member, keep_picture(member, prepared) if prepared is not None else None)
    if changed:
        activity.record("profile_changed", member=member, actor=member)
    return changed


def choose_mail(member: Member, *, replies: bool, thanks: bool, recognition: bool, digest: bool) -> None:
    """Which mail the member wants."""
    member.mail_replies, member.mail_thanks = replies, thanks
    member.mail_recognition, member.mail_digest = recognition, digest
    db.session.flush()


def erase_member(member: Member, *, keep_contributions: bool) -> bool:
    """Make a member nobody: address, names, profile, portrait, sessions, drafts and what was recorded of them go.

    What they published stays by "a former member" or is removed with its pictures; what never was
    published goes in either case. The row stays, so that the help given to others still adds up.
    Raises standing.Refused for the last admin.
    """
    if member.erased_at is not None:
        return False
    if standing.is_last_admin(member):
        raise standing.Refused("Somebody has to run this site: make another member an admin first.")
    goes = _goes(keep_contributions)
    _take_turns(member, goes)
    for role in ROLES:
        standing.revoke_role(member, role)
    for contribution in db.session.scalars(select(Contribution).where(Contribution.author_id == member.id, goes)).all():
        remove_own(contribution, member)
    forget_texts(member)
    forget_what_was_recorded(member)
    pictures = _pictures_to_delete(member)
    _blank(member)
    activity.record("erased", member=member)
    purge(pictures)
    return True


def _take_turns(member: Member, goes: ColumnElement[bool]) -> None:
    """All rows that others may want too, in the order of contributions/turns.py, before the first is changed."""
    blanked = or_(goes, Contribution.state == "removed")
    own = select(Contribution.id).where(Contribution.author_id == member.id, blanked)
    turns.take_with_parents(own)
    take_notifications(member)
    turns.take_member(member.id)
    turns.take_all(own)


def _goes(keep: bool) -> ColumnElement[bool]:
    """Of what they wrote, what is removed."""
    return Contribution.state.not_in(("published", "removed") if keep else ("removed",))


def _pictures_to_delete(member: Member) -> list[Picture]:
    """All but those that kept, published contributions show."""
    shown = select(Contribution.id).where(Contribution.author_id == member.id, Contribution.state == "published")
    unused = or_(Picture.contribution_id.is_(None), Picture.contribution_id.not_in(shown))
    return list(db.session.scalars(select(Picture).where(Picture.owner_id == member.id, unused)))


def _blank(member: Member) -> None:
    nothing: dict[str, Any] = {
        "username": f"former-{member.id}",
        "display_name": FORMER,
        "email": None,
        "email_confirmed_at": None,
        "password_hash": None,
        "session_epoch": member.session_epoch + 1,
        "seen_at": None,
        "suspended_why": None,
        "imported_from": None,
        "verified_how": None,
        "organisation": None,
        "picture_id": None,
        "face_key": None,
        "advocate_since": None,
        "advocate_level": "",
        "mail_replies": False,
        "mail_thanks": False,
        "mail_recognition": False,
        "mail_digest": False,
        "erased_at": clock.now(),
    }
    for name, value in (nothing | dict.fromkeys(("about", "place", "trade", "owns", "goals"), "")).items():
        setattr(member, name, value)
    db.session.flush()
