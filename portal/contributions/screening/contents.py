"""What is looked at first because of what is in it: links, watched words, repeated texts, what was learned of spam."""

import re
from array import array
from collections import Counter
from functools import lru_cache
from hashlib import blake2b

from portal.contributions.screening.submission import RECENT_CHARS, Submission
from portal.contributions.screening.verdicts import ALLOW, HOLD, REFUSE, Finding
from portal.contributions.screening.watching import Watch

SHINGLE = 3
"""Words in a shingle."""
SHINGLES_NEEDED = 8
"""A text of fewer (about ten words) says too little to be like another."""
_NOT_OWN = re.compile(r"^(?:[ \t]*>|#).*$", re.MULTILINE)
"""Quotations, and the headings that stories share."""


def links(sub: Submission) -> Finding | None:
    """Many links from somebody new are looked at first."""
    limit, count = sub.s.new_links, sub.links
    if sub.trust != "new" or count <= limit:
        return None
    reason = f"It has more than {limit} links, so a moderator has a look first."
    return Finding(HOLD, "links", reason, (f"{count} links", *dict.fromkeys(sub.hosts)))


def same_host(sub: Submission) -> Finding | None:
    """Links that lead to the same place again and again, in this text or with the author's last ones."""
    if sub.trust == "trusted" or not sub.hosts:
        return None
    here = Counter(sub.hosts)
    before = Counter(sub.own_recent_hosts())
    often = {host: n + before[host] for host, n in here.items() if n + before[host] >= sub.s.same_host_links}
    if not often:
        return None
    return Finding(
        HOLD, "same_host", "Several of your links lead to the same site, so a moderator has a look first.",
        tuple(f"{host}: {n} links in {sub.s.repeated_days} days" for host, n in often.items()),
    )  # fmt: skip


def repeated(sub: Submission) -> Finding | None:
    """The same text by the same author within a day is a mistake or spam; nearly the same by anybody, often spam."""
    if not sub.again and len(sub.contribution.source) >= 20 and sub.sent_this_already():
        reason = "You posted exactly this text already. Say it in other words, or leave it."
        return Finding(REFUSE, "repeated", reason, ("word for word",))
    if sub.trust == "trusted":
        return None
    own = shingles(sub.contribution.source)
    if len(own) < SHINGLES_NEEDED:
        return None
    for other in sub.recent_texts():
        theirs = frozenset(shingles_of_recent(other.source[:RECENT_CHARS]))
        likeness = len(own & theirs) / len(own | theirs)
        if likeness >= sub.s.repeated_likeness:
            whose = "the same author" if other.author_id == sub.author.id else "another author"
            return Finding(
                HOLD, "repeated", "Nearly the same text is here already, so a moderator has a look first.",
                (f"{likeness:.0%} the same as contribution {other.id}, by {whose}",),
            )  # fmt: skip
    return None


def shingles(text: str) -> frozenset[int]:
    """The runs of three words in the first part of a text as numbers, without quotations, headings, signs and case."""
    return frozenset(kept_shingles(text))


def kept_shingles(text: str) -> "array[int]":
    """The same as they are remembered: eight bytes each, of at most the first 4,000 characters."""
    words = re.findall(r"\w+", _NOT_OWN.sub("", text[:RECENT_CHARS]).lower())
    runs = (" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))
    return array("Q", {int.from_bytes(blake2b(run.encode(), digest_size=8).digest()) for run in runs})


@lru_cache(maxsize=512)
def shingles_of_recent(first_part: str) -> "array[int]":
    """`kept_shingles`, remembered for texts that the next submissions are compared with as well.

    There are at most 300 of those, so all have room; at the very worst it takes 16 MB.
    """
    return kept_shingles(first_part)


OUTCOMES = {"block": REFUSE, "hold": HOLD, "mask": ALLOW, "tag": ALLOW}
SAID = {
    "block": "It has words that are not wanted here: {words}. Say it without them; your text is kept.",
    "hold": "It has words that a moderator looks at first.",
    "mask": "Readers see stars in place of some words; your text is kept as you wrote it.",
    "tag": "",
}
SAID_IN_THE_OPEN = (
    "Its title, or a line beside its text, has words in whose place readers see stars in texts, so a moderator has a "
    "look first."
)


def watched_words(sub: Submission) -> list[Finding]:
    """Words and patterns that moderators watch for: at most one finding for each act."""
    said: dict[str, list[str]] = {}
    for watch in sub.words:
        mark = f" → {watch.tag}" if watch.act == "tag" else ""
        for word in _places(watch, sub):
            said.setdefault(watch.act, []).append(f"“{word}” (watched: {watch.words[:60]}){mark}")
    return [_finding(OUTCOMES[act], SAID[act], found) for act, found in said.items()]


def masked_in_the_open(sub: Submission) -> Finding | None:
    """Masked words where there are no stars, since what was typed would be lost: a moderator has a look first."""
    found = [
        f"“{sub.starless.text[a:b][:80]}” (watched: {watch.words[:60]})"
        for watch in sub.words
        if watch.act == "mask"
        for a, b in watch.places_in(sub.starless)[:3]
    ]
    return _finding(HOLD, SAID_IN_THE_OPEN, found) if found else None


def tags_of(sub: Submission) -> list[str]:
    """What watched words put on the contribution."""
    return [w.tag for w in sub.words if w.act == "tag" and w.tag and _places(w, sub)]


def _places(watch: Watch, sub: Submission) -> list[str]:
    """A few of the places where a watched word stands, each as it is written there."""
    for readable in dict.fromkeys(sub.readables):
        if places := watch.places_in(readable)[:3]:
            return [readable.text[a:b][:80] for a, b in places]
    return []


def _finding(outcome: str, reason: str, found: "list[str]") -> Finding:
    evidence = tuple(dict.fromkeys(found))
    words = dict.fromkeys(e.split("”")[0] + "”" for e in evidence)
    return Finding(outcome, "watched_words", reason.format(words=", ".join(words)), evidence)


def learned_spam(sub: Submission) -> Finding | None:
    """What looks like the texts that moderators removed as spam; never what is praise or blame."""
    score = sub.score
    if score is None or sub.model is None or sub.trust == "trusted" or score < sub.s.spam_hold_score:
        return None
    speaks_for, _ = sub.model.explain(sub.text)
    return Finding(
        HOLD, "spam_score", "Something in it looks like advertising, so a moderator has a look first.",
        (f"score {score:.2f}; held from {sub.s.spam_hold_score:.2f}", *(f"{w} (+{n:.2f})" for w, n in speaks_for)),
    )  # fmt: skip
