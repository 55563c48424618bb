"""Staff invites a member to tell what was solved or reached; the member tells it, or would rather not."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import joinedload

from portal import activity, clock
from portal import text as texts
from portal.activity import Activity
from portal.config import settings
from portal.contributions import incentives, turns
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member
from portal.stories.models import Story, StoryInvitation

WORDS_AT_MOST = 1000


def may_invite(staff: Member) -> bool:
    """Whether this member may invite others: moderators, employees and admins who may write."""
    return bool(staff.is_authenticated and staff.is_staff and staff.may_write)


def why_not_invite(member: Member) -> str:
    """In a sentence, why this member is not invited now; empty when they can be."""
    name = member.display_name
    if member.erased_at is not None or not member.may_write:
        return f"{name} can't write at the moment."
    if member.is_employee:
        return f"{name} works here. Stories are our customers’ own."
    latest = db.session.scalar(
        select(StoryInvitation)
        .where(StoryInvitation.member_id == member.id)
        .order_by(StoryInvitation.id.desc())
        .limit(1)
    )
    if latest is None:
        return ""
    if latest.is_open:
        return f"{name} has an open invitation already."
    days = settings().story_ask_again_days
    if latest.declined_at is not None and clock.now() - latest.declined_at < timedelta(days=days):
        return f"{name} was asked and would rather not. Please don't ask again within {days} days."
    return ""


def invite(
    staff: Member, member: Member, words: str, question: Contribution | None = None, promised: str = ""
) -> StoryInvitation:
    """Ask a member to tell a story, in words of one's own. What is `promised` for it is marked on it from the start.

    Raises NotAllowed with the reason.
    """
    if not may_invite(staff):
        raise NotAllowed("Only moderators and employees invite others to tell a story.")
    if staff.id == member.id:
        raise NotAllowed("You need no invitation to tell your own story.")
    turns.take_people([member.id])  # one invitation at a time
    if reason := why_not_invite(member):
        raise NotAllowed(reason)
    promised = texts.clean_line(promised)[: incentives.WHAT_AT_MOST]
    invitation = StoryInvitation(
        member_id=member.id,
        invited_by_id=staff.id,
        contribution_id=question.id if question is not None else None,
        words=texts.clean_source(with_promise(words, promised)).strip()[:WORDS_AT_MOST],
    )
    db.session.add(invitation)
    db.session.flush()
    activity.record(
        "story_invited", question, member=member, actor=staff, invitation=invitation.id, words=invitation.words,
        promised=promised,
    )  # fmt: skip
    return invitation


def with_promise(words: str, promised: str) -> str:
    """An invitation that says what is promised, and that the story will say so: nobody is asked without knowing."""
    if not promised:
        return words
    return f"{words.strip()}\n\nFor telling it, whatever it says: {promised}. Your story will say so too."


def decline(invitation: StoryInvitation) -> bool:
    """The member would rather not; staff is told. Says whether anything changed: one answered stays as it is."""
    changed = db.session.execute(
        update(StoryInvitation)
        .where(StoryInvitation.id == invitation.id, *_unanswered())
        .values(declined_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        return False
    db.session.refresh(invitation, ["declined_at"])
    _tell_staff("story_declined", invitation)
    return True


def answer(invitation: StoryInvitation, story: Story) -> bool:
    """The member has told it; staff is told. Says whether anything changed."""
    if story.author_id != invitation.member_id:
        raise ValueError("an invitation is answered by a story of the one who was invited")
    if invitation.story_id is not None:
        return False
    # Whoever declined and then tells it all the same has told it.
    invitation.story_id = story.id
    db.session.flush()
    if promised := promised_with(invitation):
        incentives.note_promise(story, promised, db.session.get(Member, invitation.invited_by_id or 0))
    _tell_staff("story_told", invitation, story)
    return True


def promised_with(invitation: StoryInvitation) -> str:
    """What was promised when the member was invited, as it was recorded then; empty if nothing was."""
    sent = select(Activity.data).where(Activity.verb == "story_invited", Activity.member_id == invitation.member_id)
    of_this = [data for data in db.session.scalars(sent) if data.get("invitation") == invitation.id]
    return str(of_this[0].get("promised", "")) if of_this else ""


def find_own(invitation_id: int, member: Member) -> StoryInvitation | None:
    """The invitation with who invited and the question, if it is this member's."""
    return db.session.scalar(
        _with_all().where(StoryInvitation.id == invitation_id, StoryInvitation.member_id == member.id)
    )


def open_for(member: Member) -> Sequence[StoryInvitation]:
    """The member's invitations that wait for an answer, the latest first."""
    waiting = _with_all().where(StoryInvitation.member_id == member.id, *_unanswered())
    return db.session.scalars(waiting.order_by(StoryInvitation.id.desc()).limit(5)).all()


def _unanswered() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return StoryInvitation.declined_at.is_(None), StoryInvitation.story_id.is_(None)


def _with_all() -> Select[StoryInvitation]:
    return select(StoryInvitation).options(
        joinedload(StoryInvitation.invited_by),
        joinedload(StoryInvitation.contribution).joinedload(Contribution.product),
    )


def _tell_staff(verb: str, invitation: StoryInvitation, about: Contribution | None = None) -> None:
    member = db.session.get(Member, invitation.member_id)
    activity.record(verb, about, member=member, actor=member, invitation=invitation.id, staff=invitation.invited_by_id)
