"""Edits of what is public: what a moderator would have looked at first does not come in by the back door.

An edit that would be held as a new text is kept, and the contribution waits out of sight until a moderator has
looked: nothing the author wrote is lost, and nobody reads what was not screened. Where others have replied below,
their words would go out of sight with it, so there the edit is not taken and stays in its author's form.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.contributions.models import Contribution, Decision, Revision
from portal.contributions.screening import Finding, Submission, Verdict, contents, newcomers
from portal.contributions.screening.refusals import refuse
from portal.contributions.screening.verdicts import HOLD, REFUSE, sternest
from portal.contributions.screening.watching import Readable, Watch
from portal.db import db
from portal.members.models import Member


@dataclass(frozen=True)
class Before:
    """A published contribution as it was before an edit."""

    told: str
    text: str
    readables: tuple[Readable, Readable]
    starless: Readable
    links: int
    hosts: frozenset[str]
    pictures: frozenset[int]


def before(contribution: Contribution, author: Member) -> Before:
    """What has to be known of a contribution before its author changes it."""
    sub = Submission(contribution, author, model=None)
    return Before(
        sub.told, sub.text, sub.readables, sub.starless, sub.links, frozenset(sub.hosts), frozenset(sub.pictures)
    )


def screen_edit(contribution: Contribution, author: Member, was: Before) -> Verdict:
    """The verdict on a published text as its author has just changed it.

    Raises Refused for what is refused, and for what would be held where others have replied.
    """
    if (author.is_staff and not author.silenced) or not contribution.is_published:
        return Verdict()
    sub = Submission(contribution, author)
    found = [f for f in ([newcomers.silenced(sub)] if author.is_staff else _findings(sub, was)) if f is not None]
    verdict = sternest(found, sub.score, contents.tags_of(sub))
    if verdict.outcome == REFUSE:
        refuse(contribution, author, verdict)
    if verdict.outcome == HOLD and contribution.reply_count:
        refuse(
            contribution, author, verdict,
            f"{verdict.reason} Others have replied to this already, so it can’t wait out of sight: please undo that "
            "part of the change, or write it as a reply. What you typed is still here.",
        )  # fmt: skip
    return verdict


def _findings(sub: Submission, was: Before) -> "list[Finding | None]":
    if sub.text == was.text:
        return [_more_pictures(sub, was)]
    watched = [f for f in contents.watched_words(sub) if f.outcome not in (HOLD, REFUSE) or _is_new(f, sub, was)]
    spam = contents.learned_spam(sub)
    if spam and sub.model and sub.model.score(was.text) >= sub.s.spam_hold_score:
        spam = None  # a moderator has let just that pass
    return [
        _more_links(sub, was), _more_pictures(sub, was), newcomers.silenced(sub), *watched, _starless(sub, was), spam,
        _rewritten(sub, was.told),
        contents.same_host(sub) if set(sub.hosts) - was.hosts else None,
        contents.repeated(sub) if _differs(was.told, sub.told) else None,
    ]  # fmt: skip


def _is_new(finding: Finding, sub: Submission, was: Before) -> bool:
    act = "block" if finding.outcome == REFUSE else "hold"
    pairs = list(zip(sub.readables, was.readables, strict=True))
    return any(_more(watch, now, then) for watch in sub.words if watch.act == act for now, then in pairs)


def _starless(sub: Submission, was: Before) -> Finding | None:
    more = any(_more(watch, sub.starless, was.starless) for watch in sub.words if watch.act == "mask")
    return contents.masked_in_the_open(sub) if more else None


def _more(watch: Watch, now: Readable, then: Readable) -> bool:
    places = watch.places_in(now)
    return bool(places) and len(places) > len(watch.places_in(then))


def _more_links(sub: Submission, was: Before) -> Finding | None:
    count = sub.links
    if sub.trust != "new" or count <= max(sub.s.new_links, was.links):
        return None
    reason = f"New members can't put more than {sub.s.new_links} links into what is published already."
    return Finding(REFUSE, "links", reason, (f"{count} links",))


def _more_pictures(sub: Submission, was: Before) -> Finding | None:
    early = sub.published_before < sub.s.held_contributions
    too_many = early or sub.contribution.kind == "photo" or len(sub.pictures) > sub.s.new_pictures
    if sub.trust != "new" or not (sub.pictures - was.pictures and too_many):
        return None
    return Finding(
        REFUSE, "pictures",
        "A moderator looks at the pictures of new members first, so you can't add any to what is published "
        "already. Please send them as a contribution of their own.",
    )  # fmt: skip


def _rewritten(sub: Submission, old: str) -> Finding | None:
    """A new member's text that a moderator let pass is not replaced by another, all at once or bit by bit."""
    if sub.trust != "new":
        return None
    passed = _passed_at(sub.contribution)
    if passed is None:
        return None
    likeness = _likeness(_text_at(sub.contribution, passed) or old, sub.told)
    if likeness >= sub.s.edit_likeness:
        return None
    return Finding(
        HOLD, "rewritten", "You changed much of a text that a moderator had read, so a moderator reads it again.",
        (f"{likeness:.0%} of its words are those that were approved; below {sub.s.edit_likeness:.0%} it waits",),
    )  # fmt: skip


def _passed_at(contribution: Contribution) -> datetime | None:
    """When a moderator last let it pass, if one ever did."""
    return db.session.scalar(
        select(Decision.at)
        .where(
            Decision.contribution_id == contribution.id,
            Decision.to_state == "published",
            Decision.as_moderator.is_(True),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )


def _text_at(contribution: Contribution, then: datetime) -> str:
    """Title and text as they were at that time; empty when they have not changed since."""
    first = db.session.execute(
        select(Revision.title, Revision.source)
        .where(Revision.contribution_id == contribution.id, Revision.replaced_at >= then)
        .order_by(Revision.number)
        .limit(1)
    ).first()
    return "\n".join(filter(None, first)) if first else ""


def _likeness(one: str, other: str) -> float:
    """The share of words that two texts have in common, each as often as it stands there."""
    a, b = Counter(one.lower().split()), Counter(other.lower().split())
    return (a & b).total() / ((a | b).total() or 1)


def _differs(one: str, other: str) -> bool:
    return contents.shingles(one) != contents.shingles(other)
