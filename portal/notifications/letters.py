"""Mail that the clock sends: what happened, gathered over some minutes, and the weekly digest."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app, render_template, url_for
from sqlalchemy import distinct, func, or_, select, update

from portal import clock
from portal.config import settings
from portal.contributions.models import Contribution
from portal.contributions.queries import published
from portal.db import db, writing
from portal.members.models import Member
from portal.notifications import ending, mail, unsubscribing
from portal.notifications.models import NEVER, Notification
from portal.notifications.queries import with_words
from portal.notifications.words import BROUGHT, SORT_OF, is_about_own_account, link_of, sentence, wanted_by_mail
from portal.site import the_site

log = logging.getLogger(__name__)

DIGEST_EVERY = timedelta(days=7)
AT_ONCE = 100
"""Letters in one round, so that errands are not kept waiting."""


def send_gathered() -> int:
    """Send each member what has gathered for some minutes, in one mail; returns how many were sent.

    A mail counts as sent after the server took it: a crash in between sends it twice rather than never.
    """
    since = clock.ago(minutes=settings().mail_batch_minutes)
    waiting = db.session.scalars(
        select(Notification.member_id)
        .distinct()
        .where(Notification.mailed_at.is_(None), Notification.at <= since)
        .limit(AT_ONCE)
    ).all()
    db.session.rollback()
    return sum(_send_to(member_id) for member_id in waiting)


def _send_to(member_id: int) -> bool:
    """One member's letter. An address that takes no mail just now keeps nobody else from theirs."""
    try:
        return _send_gathered_to(member_id)
    except mail.NOT_THIS_ADDRESS as error:
        log.warning("member %s gets no mail for now: %r", member_id, error)
        return False


def _send_gathered_to(member_id: int) -> bool:
    with current_app.test_request_context(base_url=settings().base_url):
        member = db.session.get(Member, member_id)
        told = db.session.scalars(
            with_words(select(Notification))
            .where(Notification.member_id == member_id, Notification.mailed_at.is_(None))
            .order_by(Notification.at)
            .limit(50)
        ).all()
        # Each sort that can be switched off by itself goes in a mail of its own.
        letters = [_news_of(member, several) for several in _by_sort(told)] if member is not None else []
        sent = False
        for letter in letters:
            if letter.lines:
                if _mails_today(letter.member) >= settings().mail_per_day:
                    return sent  # they wait for tomorrow
                _post_news(letter)
                sent = True
            settled = clock.now() if letter.lines else NEVER
            with writing():
                own = Notification.id.in_(letter.notifications)
                db.session.execute(update(Notification).where(own).values(mailed_at=settled))
        return sent


@dataclass(frozen=True)
class News:
    """One letter about what happened: its lines (sentence, note, link), and the notifications it settles."""

    member: Member
    sort: str
    """Which mail its foot switches off; empty where none can be."""
    lines: Sequence[tuple[str, str, str]]
    notifications: Sequence[int]


def _by_sort(told: Sequence[Notification]) -> list[list[Notification]]:
    several: dict[str, list[Notification]] = {}
    for notification in told:
        several.setdefault(SORT_OF.get(notification.verb, "news"), []).append(notification)
    return list(several.values())


def _news_of(member: Member, told: Sequence[Notification]) -> News:
    """The letter, written out: what the session holds is gone once the first of several was sent."""
    wanted = [n for n in told if _wants(member, n)]
    lines = [(sentence(n), n.note, link_of(n, external=True)) for n in wanted]
    # A letter about nothing but the member's own account can't be switched off, so it does not offer to be.
    fixed = all(is_about_own_account(n) for n in wanted)
    return News(member, "" if fixed else SORT_OF.get(told[0].verb, "news"), lines, [n.id for n in told])


def _wants(member: Member, notification: Notification) -> bool:
    if notification.read_at is not None or not may_be_mailed(member):
        return False
    if notification.verb == ending.VERB and not ending.still_ending(notification):
        return False
    return wanted_by_mail(notification, member)


def may_be_mailed(member: Member) -> bool:
    """Whether the address is proven and the member was here within the idle limit."""
    if not member.email or not member.confirmed or member.erased_at is not None:
        return False
    last = member.seen_at or member.joined_at
    return clock.now() - last <= timedelta(days=settings().mail_idle_days)


def _mails_today(member: Member) -> int:
    times = select(func.count(distinct(Notification.mailed_at))).where(
        Notification.member_id == member.id, Notification.mailed_at > clock.ago(days=1)
    )
    return db.session.scalar(times) or 0


def _post_news(letter: News) -> None:
    of = "questions for you" if letter.sort in BROUGHT.values() else "things happened"
    subject = letter.lines[0][0] if len(letter.lines) == 1 else f"{len(letter.lines)} {of} at {the_site().name}"
    _post(letter.member, subject, "mail/news.txt", letter.sort, lines=letter.lines)


def send_digests() -> int:
    """Send the weekly digest to those whose turn it is; returns how many were sent."""
    week_ago = clock.now() - DIGEST_EVERY
    turn = or_(Member.digested_at.is_(None), Member.digested_at <= week_ago)
    members = db.session.scalars(
        select(Member)
        .where(turn, Member.mail_digest, Member.email_confirmed_at.is_not(None), Member.joined_at <= week_ago)
        .order_by(Member.id)
        .limit(AT_ONCE)
    ).all()
    if not members:
        return 0
    with current_app.test_request_context(base_url=settings().base_url):
        best = db.session.scalars(
            published()
            .where(Contribution.published_at > week_ago)
            .order_by(Contribution.thanks_count.desc(), Contribution.reply_count.desc(), Contribution.id.desc())
            .limit(6)
        ).all()
        sent = 0
        for member in members:
            if best and may_be_mailed(member):
                sent += _post_digest(member, best)
            with writing():
                db.session.execute(update(Member).where(Member.id == member.id).values(digested_at=clock.now()))
        return sent


def _post_digest(member: Member, best: Sequence[Contribution]) -> bool:
    try:
        _post(member, f"The week at {the_site().name}", "mail/digest.txt", "digest", best=best)
    except mail.NOT_THIS_ADDRESS as error:
        log.warning("member %s gets no digest this week: %r", member.id, error)
        return False
    return True


def _post(member: Member, subject: str, template: str, sort: str, **context: object) -> None:
    token = unsubscribing.token_for(member, sort) if sort else ""
    off = url_for("notifications.stop_mail", token=token, _external=True) if sort else None
    text = render_template(template, member=member, site=the_site(), off=off, sort=sort, **context)
    assert member.email is not None
    mail.send(member.email, subject, text, unsubscribe_url=off)
