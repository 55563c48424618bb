"""What goes with a member who leaves: every word of theirs and about them, and what still waited because of them."""

from typing import Any

from sqlalchemy import String, Table, cast, delete, func, literal, or_, select, update

from portal import clock
from portal.advocacy.models import Recognition
from portal.blog.models import Article, FormerAddress
from portal.contributions import turns
from portal.contributions.consents import WIDER
from portal.contributions.models import (
    ComposerDraft,
    Consent,
    Contribution,
    Decision,
    Follow,
    ReadMarker,
    Report,
    Revision,
    Thanks,
    contribution_tag,
)
from portal.contributions.screened import Verdict
from portal.db import db
from portal.guard.models import FindingAppeal
from portal.helping.models import Routed, ThankYou, Willingness
from portal.members.models import BoardRole, Member, SignInOrigin, SignUp, Suspension
from portal.moderation.models import Appeal, Claim, MemberReport, SavedView, SecondLook
from portal.notifications.models import Notification
from portal.rights.models import RightsRequest
from portal.stories.models import Photo, Story, StoryInvitation

OWN = (
    ComposerDraft, Follow, ReadMarker, Notification, SavedView, BoardRole, Claim, Routed, Willingness, SignInOrigin,
    ThankYou,
)  # fmt: skip
"""Rows of a member alone, of which nothing else is made up."""
TOLD_IN = (Story, Photo)
"""Kinds with words beside those that all contributions have."""


def forget_texts(member: Member) -> None:
    """Blank what they wrote and is removed: its text, what it was before, and whatever stood beside it."""
    gone = select(Contribution.id).where(Contribution.author_id == member.id, Contribution.state == "removed")
    table = Contribution.__table__
    turns.keep(table, gone)
    for rows in (Revision.__table__, contribution_tag):
        _do(delete(rows).where(rows.c.contribution_id.in_(gone)))
    for kind in TOLD_IN:
        words = {c.name: "" for c in kind.__table__.c if isinstance(c.type, String) and not c.nullable}
        _do(update(kind.__table__).where(kind.__table__.c.id.in_(gone)).values(**words))
    _do(delete(FormerAddress).where(FormerAddress.article_id.in_(gone)))
    articles: Table = Article.__table__
    path = literal("gone-") + cast(articles.c.id, String)  # an address is one article's alone
    _do(update(articles).where(articles.c.id.in_(gone)).values(summary="", path=path))
    blank = {"title": "", "slug": "", "source": "", "html": "", "excerpt": ""}
    _do(update(table).where(table.c.id.in_(gone)).values(**blank))


def take_notifications(member: Member) -> None:
    """Keep what they were told, and what others were told of them, from whoever tells: that changes these first, and
    names the member last."""
    theirs = or_(Notification.member_id == member.id, Notification.actor_id == member.id)
    turns.keep(Notification.__table__, select(Notification.id).where(theirs))


def forget_what_was_recorded(member: Member) -> None:
    """Delete or blank what was kept of them beside what they wrote; close what waits because of them."""
    for table in OWN:
        _do(delete(table).where(table.member_id == member.id))  # type: ignore[attr-defined]
    member.board_roles = 0
    _close_what_waits(member)
    _forget_words(member)
    recorded = db.metadata.tables["activity"]
    _do(update(recorded).where(recorded.c.member_id == member.id).values(data={}))
    if member.email:
        _do(delete(SignUp).where(SignUp.email == member.email))


def _close_what_waits(member: Member) -> None:
    now = clock.now()
    # Nobody is left who could take back what goes beyond this site, and nobody to be asked.
    ends = Consent.purpose.in_(WIDER) | Consent.contribution_id.in_(
        select(Contribution.id).where(Contribution.state == "removed")
    )
    _do(
        update(Consent)
        .where(Consent.member_id == member.id, Consent.revoked_at.is_(None), ends)
        .values(revoked_at=now)
    )
    _do(
        update(RightsRequest)
        .where(RightsRequest.member_id == member.id, RightsRequest.answered_at.is_(None))
        .values(withdrawn_at=func.coalesce(RightsRequest.withdrawn_at, now))
    )
    # Nobody judged them, so they count neither for nor against who sent them.
    about = (MemberReport.member_id == member.id) & MemberReport.settled_at.is_(None)
    _do(update(MemberReport).where(about).values(settled_at=now, upheld=None))
    for appeals in (Appeal, FindingAppeal):
        own = (appeals.member_id == member.id) & appeals.decided_at.is_(None)
        _do(update(appeals).where(own).values(decided_at=now))


def _forget_words(member: Member) -> None:
    own = select(Contribution.id).where(Contribution.author_id == member.id)
    decided = select(Decision.id).where(Decision.contribution_id.in_(own))
    # Canned reasons begin with the name, and evidence quotes the text.
    for what, whose, words in (
        (Appeal, Appeal.member_id == member.id, {"words": "", "answer": ""}),
        (Decision, Decision.contribution_id.in_(own) & Decision.as_moderator.is_(True), {"reason": ""}),
        (SecondLook, SecondLook.decision_id.in_(decided), {"note": ""}),
        (Verdict, Verdict.contribution_id.in_(own), {"found": []}),
        (Report, or_(Report.reporter_id == member.id, Report.contribution_id.in_(own)), {"note": ""}),
        (MemberReport, or_(MemberReport.reporter_id == member.id, MemberReport.member_id == member.id), {"note": ""}),
        (Suspension, Suspension.member_id == member.id, {"why": ""}),
        (RightsRequest, RightsRequest.member_id == member.id, {"words": ""}),
        (StoryInvitation, StoryInvitation.member_id == member.id, {"words": ""}),
        (Recognition, Recognition.member_id == member.id, {"reason": ""}),
        (FindingAppeal, FindingAppeal.member_id == member.id, {"words": "", "answer": ""}),
        (Thanks, Thanks.giver_id == member.id, {"word": ""}),
        (Notification, (Notification.actor_id == member.id) & (Notification.verb == "thanked"), {"note": ""}),
    ):
        _do(update(what).where(whose).values(**words))


def _do(statement: Any) -> None:
    db.session.execute(statement)
