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
from portal.contributions.screening import Finding, Refused, Submission, Verdict, contents, newcomers
from portal.contributions.screening.linking import count_links, hosts_in
from portal.contributions.screening.submission import pictures_of
from portal.contributions.screening.verdicts import HOLD, REFUSE, sternest
from portal.contributions.screening.watching import Readable
from portal.db import db
from portal.members.models import Member


@dataclass(frozen=True)
class Before:
    """A published contribution as it was before an edit."""

    title: str
    source: str
    links: int
    hosts: frozenset[str]
    pictures: frozenset[int]


def before(contribution: Contribution) -> Before:
    """What has to be known of a contribution before its author changes it."""
    return Before(
        contribution.title, contribution.source, count_links(contribution),
        frozenset(hosts_in(contribution.html or "")), frozenset(pictures_of(contribution)),
    )  # fmt: skip


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
        raise Refused(verdict.reason, verdict.rule)
    if verdict.outcome == HOLD and contribution.reply_count:
        raise Refused(
            f"{verdict.reason} Others have replied to this already, so it can’t wait out of sight: please undo that "
            "part of the change, or write it as a reply. What you typed is still here.",
            verdict.rule,
        )
    return verdict


def _findings(sub: Submission, was: Before) -> "list[Finding | None]":
    if (sub.contribution.title, sub.contribution.source) == (was.title, was.source):
        return [_more_pictures(sub, was)]
    old = "\n".join(filter(None, (was.title, was.source)))
    watched = [f for f in contents.watched_words(sub) if f.outcome not in (HOLD, REFUSE) or _is_new(f, sub, old)]
    spam = contents.learned_spam(sub)
    if spam and sub.model and sub.model.score(old) >= sub.s.spam_hold_score:
        spam = None  # a moderator has let just that pass
    return [
        _more_links(sub, was), _more_pictures(sub, was), newcomers.silenced(sub), *watched, spam, _rewritten(sub, old),
        contents.same_host(sub) if set(sub.hosts) - was.hosts else None,
        contents.repeated(sub) if _differs(old, sub.text) else None,
    ]  # fmt: skip


def _is_new(finding: Finding, sub: Submission, old: str) -> bool:
    act = "block" if finding.outcome == REFUSE else "hold"
    known = Readable(old)
    return any(len(w.places_in(sub.readable)) > len(w.places_in(known)) for w in sub.words if w.act == act)


def _more_links(sub: Submission, was: Before) -> Finding | None:
    count = count_links(sub.contribution)
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
    likeness = _likeness(_text_at(sub.contribution, passed) or old, sub.text)
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
