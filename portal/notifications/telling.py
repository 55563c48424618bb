"""Who is told what: from an activity to the notifications it makes. Following up twice tells once."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, select

from portal import text as texts
from portal.activity import Activity
from portal.contributions.models import Consent, Contribution, Decision, Follow, Report
from portal.db import db, insert_new
from portal.members.models import Member
from portal.notifications import bringing, deciding, ending, recognising, setting_aside, thanking
from portal.notifications.models import NEVER, Notification
from portal.rights.models import RightsRequest

BY_MODERATORS = {
    "published": "approved", "returned": "returned", "hidden": "hidden", "removed": "removed", "restored": "restored",
}  # fmt: skip
ABOUT_RIGHTS = ("rights_asked", "rights_withdrawn", "rights_answered", "consent_revoked", "consent_renewed")
ABOUT_INVITATIONS = ("story_invited", "story_declined", "story_told")

Told = dict[str, Any]


def tell(lines: Sequence[Activity]) -> None:
    """Make the notifications that follow from these activities."""
    told: list[Told] = []
    for line in lines:
        told.extend(_told_by(line))
    everyone = {t["member_id"] for t in told}
    reachable = set(
        db.session.scalars(select(Member.id).where(Member.id.in_(everyone), Member.erased_at.is_(None)))
        if everyone
        else ()
    )
    insert_new(Notification.__table__, [t for t in told if t["member_id"] in reachable])


def _told_by(line: Activity) -> Iterator[Told]:
    if line.verb in deciding.VERBS:
        for word in deciding.words_of(line):
            yield _one(line, word.member_id, word.verb, word.key, note=word.note, actor_id=None)
        return
    if line.verb in ABOUT_INVITATIONS:
        yield from _invitation(line)
        return
    if line.verb in bringing.VERBS:
        for told in bringing.told_by(line):
            yield _one(line, **told)
        return
    if line.contribution_id is None:
        if line.verb in recognising.VERBS and line.member_id is not None:
            about = recognising.note_of(line)
            yield _one(line, line.member_id, line.verb, f"{line.verb}:{line.id}", note=about, actor_id=None)
        elif line.verb in setting_aside.VERBS and line.member_id is not None:
            why = str(line.data.get("reason", ""))
            yield _one(line, line.member_id, line.verb, f"{line.verb}:{line.id}", note=why, actor_id=None)
        elif line.verb == "picture_blocked" and line.member_id is not None:
            yield _one(line, line.member_id, line.verb, f"{line.verb}:{line.id}", note=str(line.data.get("reason", "")))
        return
    contribution = db.session.get(Contribution, line.contribution_id)
    if contribution is None:
        return
    if line.verb in ABOUT_RIGHTS:
        yield from _about_rights(line, contribution)
        return
    if line.verb in thanking.ABOUT_WORDS:
        thanking.take_over(line)
        return
    if line.verb == "undone":
        deciding.take_back(line, contribution)
        if contribution.is_published:
            yield from _readers(line, contribution)
        else:
            _take_back(contribution)
        return
    if line.verb in BY_MODERATORS and _was_decided(line, contribution):
        decision = _decision_of(line)
        verb = BY_MODERATORS[line.verb]
        yield _one(line, contribution.author_id, verb, f"{verb}:{line.id}", note=decision.reason if decision else "")
    if line.verb in ("published", "restored", "edited") and contribution.is_published:
        bringing.settle_answered(contribution)
        yield from _readers(line, contribution)
    elif line.verb in ("hidden", "removed", "returned"):
        _take_back(contribution)
    elif line.verb in ("thanked", "accepted") and contribution.is_published:
        note = thanking.word_now(line) if line.verb == "thanked" else ""
        yield _one(line, contribution.author_id, line.verb, thanking.key_of(line, line.verb), note=note)
    elif line.verb == "reports_settled":
        yield from _reporters(line, contribution)
    elif line.verb == "picture_blocked":
        yield _one(line, contribution.author_id, line.verb, f"{line.verb}:{line.id}", note=line.data.get("reason", ""))


def _invitation(line: Activity) -> Iterator[Told]:
    """To tell a story: the member hears of it, whoever of the staff invited them hears the answer."""
    whom = line.member_id if line.verb == "story_invited" else line.data.get("staff")
    if whom is not None:
        key = f"{line.verb}:{line.data.get('invitation')}"
        yield _one(line, int(whom), line.verb, key, note=str(line.data.get("words", "")))


def _readers(line: Activity, contribution: Contribution) -> Iterator[Told]:
    """Those mentioned, and those who follow what was replied to."""
    names = texts.mentions(contribution.source)
    if contribution.parent_id is not None:
        parent_state = db.session.scalar(select(Contribution.state).where(Contribution.id == contribution.parent_id))
        if parent_state != "published":
            return
    mentioned = set(db.session.scalars(select(Member.id).where(Member.username.in_(names[:20])))) if names else set()
    mentioned.discard(contribution.author_id)
    for member_id in mentioned:
        yield _one(line, member_id, "mentioned", f"reply:{contribution.id}", actor_id=contribution.author_id)
    if contribution.parent_id is None or line.verb == "edited":
        return
    followers = db.session.scalars(select(Follow.member_id).where(Follow.contribution_id == contribution.parent_id))
    for member_id in followers:
        if member_id != contribution.author_id and member_id not in mentioned:
            yield _one(line, member_id, "replied", f"reply:{contribution.id}", actor_id=contribution.author_id)


def _reporters(line: Activity, contribution: Contribution) -> Iterator[Told]:
    settled = db.session.execute(
        select(Report.id, Report.reporter_id, Report.upheld).where(
            Report.contribution_id == contribution.id, Report.settled_at.is_not(None)
        )
    )
    for report in settled:
        verb = "report_kept" if report.upheld is False else "report_upheld"
        yield _one(line, report.reporter_id, verb, f"report:{report.id}", actor_id=None)


def _about_rights(line: Activity, contribution: Contribution) -> Iterator[Told]:
    """The author hears of a question while it is open; who asked hears of the answer, and when a yes is taken back."""
    asked = RightsRequest.contribution_id == contribution.id
    if line.verb == "rights_asked":
        still = RightsRequest.id.in_(line.data["requests"]) & RightsRequest.answered_at.is_(None)
        if db.session.scalar(select(RightsRequest.id).where(still, RightsRequest.withdrawn_at.is_(None)).limit(1)):
            yield _one(line, contribution.author_id, line.verb, f"{line.verb}:{line.id}", note=line.data["words"])
    elif line.verb == "rights_withdrawn":
        is_open = RightsRequest.answered_at.is_(None) & RightsRequest.withdrawn_at.is_(None)
        if db.session.scalar(select(RightsRequest.id).where(asked, is_open).limit(1)) is None:
            of_it = Notification.contribution_id == contribution.id
            db.session.execute(delete(Notification).where(of_it, Notification.verb == "rights_asked"))
    elif line.verb == "rights_answered":
        request = db.session.get(RightsRequest, line.data["request"])
        if request is not None and request.asked_by_id is not None:
            verb = "rights_given" if line.data["yes"] else "rights_refused"
            yield _one(line, request.asked_by_id, verb, f"rights:{request.id}")
    else:
        ending.settle(contribution)
    if line.verb == "consent_revoked":
        of_ended = Consent.request_id == RightsRequest.id, Consent.id.in_(line.data["consents"])
        for member_id in set(db.session.scalars(select(RightsRequest.asked_by_id).where(asked, *of_ended))):
            if member_id is not None:
                yield _one(line, member_id, line.verb, f"{line.verb}:{line.id}")


def _was_decided(line: Activity, contribution: Contribution) -> bool:
    """By a moderator, or by the members' reports: not by the author, and not at once on submission."""
    if line.verb == "published":
        return line.data.get("came_from") == "pending"
    return line.actor_id != contribution.author_id


def _decision_of(line: Activity) -> Decision | None:
    """The decision that this activity records: the last one to that state, made an instant before it."""
    to_state = "published" if line.verb == "restored" else line.verb
    return db.session.scalar(
        select(Decision)
        .where(Decision.contribution_id == line.contribution_id, Decision.to_state == to_state, Decision.at <= line.at)
        .order_by(Decision.id.desc())
        .limit(1)
    )


def _take_back(contribution: Contribution) -> None:
    """What is not public any more is not announced any more, nor what was said below it."""
    below = select(Contribution.id).where(Contribution.parent_id == contribution.id)
    db.session.execute(
        delete(Notification).where(
            Notification.verb.in_(("replied", "mentioned", *bringing.BROUGHT)),
            (Notification.contribution_id == contribution.id) | Notification.contribution_id.in_(below),
        )
    )
    ending.take_back(contribution)


def _one(
    line: Activity, member_id: int, verb: str, key: str, *, note: str = "", actor_id: "int | None | str" = "line",
    by_mail: bool = True,
) -> Told:  # fmt: skip
    # Moderators decide as moderators, not under their own name.
    actor = line.actor_id if actor_id == "line" else actor_id
    return {
        "member_id": member_id,
        "verb": verb,
        "key": key[:80],
        "contribution_id": line.contribution_id,
        "actor_id": None if verb in (*BY_MODERATORS.values(), "picture_blocked") else actor,
        "note": note[:1000],
        "at": line.at,
        "mailed_at": None if by_mail else NEVER,
    }
