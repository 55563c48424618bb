"""The notice before a consent's term ends: who gave it is told once, on the site and by mail, and can renew it."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import delete, select, update

from portal import clock
from portal.contributions.consents import PURPOSES, ends_soon
from portal.contributions.models import Consent, Contribution
from portal.db import db, insert_new, writing
from portal.members.models import Member
from portal.notifications.models import Notification

VERB = "consent_ends"


def tell_of_ends() -> int:
    """Tell those whose consents end within the notice, once for each contribution and day; returns of how many days.

    The notification's own key keeps it to once, whoever does this how often: a term that was renewed ends on another
    day. What was taken back, renewed or hidden is not told of; what came back or was missed for days is told late.
    """
    with writing():
        due = db.session.execute(
            _ending()
            .join(Member, Member.id == Consent.member_id)
            .where(Member.erased_at.is_(None))
            .order_by(Consent.contribution_id, Consent.until, Consent.id)
        )
        several = [(key, [row.purpose for row in rows]) for key, rows in groupby(due, _whose_and_when)]
        told = [_notification(*key, purposes) for key, purposes in several]
        insert_new(Notification.__table__, told)
    return len(told)


def settle(contribution: Contribution) -> None:
    """After something was renewed or taken back: what is unread says what ends still, or counts as read if nothing."""
    notices = db.session.scalars(
        select(Notification).where(
            Notification.contribution_id == contribution.id, Notification.verb == VERB, Notification.read_at.is_(None)
        )
    ).all()
    for notice in notices:
        ending = still_ending(notice)
        values: dict[str, Any] = {"note": note_of(_day(notice), ending)} if ending else {"read_at": clock.now()}
        db.session.execute(update(Notification).where(Notification.id == notice.id).values(**values))


def take_back(contribution: Contribution) -> None:
    """It can't be seen: forget what nobody has read or been mailed, so that it is told when it is back in time."""
    db.session.execute(
        delete(Notification).where(
            Notification.contribution_id == contribution.id, Notification.verb == VERB,
            Notification.read_at.is_(None), Notification.mailed_at.is_(None),
        )
    )  # fmt: skip
    settle(contribution)


def still_ending(notice: Notification) -> Sequence[str]:
    """The purposes whose term ends on the day this notice is about, neither renewed nor taken back since."""
    rows = db.session.execute(_ending().where(Consent.contribution_id == notice.contribution_id))
    return [row.purpose for row in rows if row.until.date() == _day(notice)]


def note_of(day: date, purposes: Iterable[str]) -> str:
    """What stands below the sentence."""
    chosen = set(purposes)
    labels = [purpose.label for key, purpose in PURPOSES.items() if key in chosen]
    return (
        f"On {day:%-d %B %Y} this ends: {', '.join(labels)}. You can renew it, or take it back before. "
        "If you do nothing, it ends by itself."
    )


def _ending() -> Any:
    return (
        select(Consent.member_id, Consent.contribution_id, Consent.until, Consent.purpose)
        .join(Contribution, Contribution.id == Consent.contribution_id)
        .where(Contribution.state == "published", Contribution.author_id == Consent.member_id, ends_soon())
    )


def _whose_and_when(row: Any) -> tuple[int, int, date]:
    return row.member_id, row.contribution_id, row.until.date()


def _notification(member_id: int, contribution_id: int, day: date, purposes: Sequence[str]) -> dict[str, Any]:
    return {
        "member_id": member_id, "verb": VERB, "key": f"{VERB}:{contribution_id}:{day}",
        "contribution_id": contribution_id, "actor_id": None, "note": note_of(day, purposes), "at": clock.now(),
    }  # fmt: skip


def _day(notice: Notification) -> date:
    return date.fromisoformat(notice.key.rpartition(":")[2])
