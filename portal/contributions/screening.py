"""Rules that look at a submission before anybody sees it: each allows, holds or refuses, with its reason.

None of them may look at how positive a text is.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from portal import clock
from portal.config import settings
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member

ALLOW, HOLD, REFUSE = "allow", "hold", "refuse"
LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
OUTSIDE_LINK = 'rel="nofollow ugc noopener"'
"""What links that lead elsewhere carry in the HTML of a text."""


@dataclass(frozen=True)
class Verdict:
    """What a rule says of a submission, with the reason in words for its author."""

    outcome: str
    rule: str = ""
    reason: str = ""


class Refused(Exception):
    """A submission was not taken; `reason` tells its author what to do."""

    def __init__(self, reason: str, rule: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.rule = rule


Rule = Callable[[Contribution, Member], Verdict]
_allowed = Verdict(ALLOW)


def screen(contribution: Contribution, author: Member, rules: Iterable[Rule] | None = None) -> Verdict:
    """The sternest verdict of all rules; the first one among equals. Staff are not screened."""
    if author.is_staff:
        return _allowed
    found = _allowed
    for rule in RULES if rules is None else rules:
        verdict = rule(contribution, author)
        if verdict.outcome == REFUSE:
            return verdict
        if verdict.outcome == HOLD and found.outcome == ALLOW:
            found = verdict
    return found


def _others(contribution: Contribution, author: Member) -> "tuple[object, ...]":
    same = Contribution.kind == "reply" if contribution.is_reply else Contribution.kind != "reply"
    return (Contribution.author_id == author.id, same, Contribution.id != contribution.id)


def pause(contribution: Contribution, author: Member) -> Verdict:
    """Somebody who writes this fast is a program, or pressed the button twice."""
    if contribution.submitted_at is not None:
        return _allowed
    s, new = settings(), author.trust == "new"
    if contribution.is_reply:
        seconds = s.new_reply_pause if new else s.reply_pause
    else:
        seconds = s.new_topic_pause if new else s.topic_pause
    last = db.session.scalar(
        select(func.max(Contribution.submitted_at)).where(*_others(contribution, author))  # type: ignore[arg-type]
    )
    if last is not None:
        left = seconds - (clock.now() - last).total_seconds()
        if 0 < left <= seconds:
            wait = (
                f"{-(-left // 60):.0f} minutes" if left > 60 else f"{left:.0f} seconds" if left >= 1.5 else "a second"
            )
            return Verdict(REFUSE, "pause", f"That was quick. Please wait {wait} and send it again; your text is kept.")
    return _allowed


def daily_limit(contribution: Contribution, author: Member) -> Verdict:
    """New members start few topics and write few replies a day."""
    if author.trust != "new" or contribution.submitted_at is not None:
        return _allowed
    s = settings()
    limit = s.new_replies_a_day if contribution.is_reply else s.new_topics_a_day
    count = db.session.scalar(
        select(func.count()).where(
            *_others(contribution, author),  # type: ignore[arg-type]
            Contribution.submitted_at > clock.now() - timedelta(days=1),
        )
    )
    if (count or 0) >= limit:
        what = "replies" if contribution.is_reply else "topics or other contributions"
        return Verdict(
            REFUSE,
            "daily_limit",
            f"New members can post {limit} {what} a day, and you have. Send this one tomorrow; your text is kept.",
        )
    return _allowed


def repeated(contribution: Contribution, author: Member) -> Verdict:
    """The same text by the same author within a day is a mistake or spam."""
    if contribution.submitted_at is not None or len(contribution.source) < 20:
        return _allowed
    twin = db.session.scalar(
        select(Contribution.id)
        .where(
            Contribution.author_id == author.id,
            Contribution.id != contribution.id,
            Contribution.submitted_at > clock.now() - timedelta(days=1),
            Contribution.source == contribution.source,
        )
        .limit(1)
    )
    if twin is not None:
        return Verdict(REFUSE, "repeated", "You posted exactly this text already. Say it in other words, or leave it.")
    return _allowed


def first_contributions(contribution: Contribution, author: Member) -> Verdict:
    """The first contributions of a new member wait for a moderator."""
    if author.trust == "new" and author.published_count < settings().held_contributions:
        return Verdict(HOLD, "first_contributions", "A moderator reads the first contributions of every new member.")
    return _allowed


def links(contribution: Contribution, author: Member) -> Verdict:
    """Many links from somebody new are looked at first."""
    limit = settings().new_links
    if author.trust == "new" and count_links(contribution) > limit:
        return Verdict(HOLD, "links", f"It has more than {limit} links, so a moderator has a look first.")
    return _allowed


def count_links(contribution: Contribution) -> int:
    """Links in a text as typed, or as they came out: `[x](//…)` and `&#104;ttp://…` are links as well."""
    return max(len(LINK.findall(contribution.source or "")), (contribution.html or "").count(OUTSIDE_LINK))


def pictures_of(contribution: Contribution) -> set[int]:
    """The numbers of its pictures."""
    picture = db.metadata.tables["picture"]
    return set(db.session.scalars(select(picture.c.id).where(picture.c.contribution_id == contribution.id)))


def screen_edit(contribution: Contribution, author: Member, links_before: int, pictures_before: set[int]) -> None:
    """What a moderator would have looked at first does not come into a published text of somebody new by an edit.

    Raises Refused.
    """
    s = settings()
    if author.is_staff or author.trust != "new" or not contribution.is_published:
        return
    if count_links(contribution) > max(s.new_links, links_before):
        raise Refused(f"New members can't put more than {s.new_links} links into what is published already.", "links")
    now = pictures_of(contribution)
    early = author.published_count < s.held_contributions
    if now - pictures_before and (early or contribution.kind == "photo" or len(now) > s.new_pictures):
        raise Refused(
            "A moderator looks at the pictures of new members first, so you can't add any to what is published "
            "already. Please send them as a contribution of their own.",
            "pictures",
        )


def pictures(contribution: Contribution, author: Member) -> Verdict:
    """Pictures by somebody new are looked at first, whatever their number in a photo submission."""
    if author.trust != "new":
        return _allowed
    picture = db.metadata.tables["picture"]
    count = db.session.scalar(
        select(func.count()).select_from(picture).where(picture.c.contribution_id == contribution.id)
    )
    if contribution.kind == "photo" or (count or 0) > settings().new_pictures:
        return Verdict(HOLD, "pictures", "A moderator looks at the pictures of new members before others see them.")
    return _allowed


RULES: tuple[Rule, ...] = (pause, daily_limit, repeated, first_contributions, links, pictures)
