"""What changed rules would have done with the submissions of the last 30 days; nothing is stored."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.config import Settings
from portal.contributions.models import Contribution, Decision, Tag, contribution_tag
from portal.contributions.screening import beside, contents, judge, newcomers, pace, spam
from portal.contributions.screening.linking import hosts_in
from portal.contributions.screening.refusals import refused_since
from portal.contributions.screening.submission import RECENT_CHARS, Submission, Text
from portal.contributions.screening.verdicts import Finding
from portal.contributions.screening.watching import Watch
from portal.contributions.trust import level_of
from portal.db import db
from portal.members.models import Member

DAYS = 30
SUBMISSIONS_AT_MOST = 2000
SECONDS_AT_MOST = 8.0
EXAMPLES = 20
HTML_CHARS = 20_000
RULES = (
    pace.pause, pace.daily_limit, contents.repeated, contents.watched_words,
    contents.masked_in_the_open, contents.learned_spam,
    newcomers.first_contributions, newcomers.throwaway_mail, contents.links, contents.same_host, newcomers.pictures,
)  # fmt: skip
"""Those with thresholds. Look-alike names and silences hold for who somebody is now, not for what they sent then."""
_OWN = {name: kind for names in (beside.LINES, beside.FACTS) for kind, own in names.items() for name in own}
"""What only the tables of the kinds have, and in which."""
HAPPENED = {
    "held_fair": "held, then approved",
    "held_bad": "held, then sent back or removed",
    "held": "held, not decided yet",
    "shown": "public at once, and left so",
    "shown_bad": "public at once, later hidden or removed",
}
WOULD = {"allow": "public at once", "hold": "held", "refuse": "refused"}


@dataclass(frozen=True)
class Example:
    """A submission with which a changed rule would have done something else."""

    id: int
    name: str
    at: datetime
    happened: str
    would: str
    found: Sequence[Finding]


@dataclass
class Outcome:
    """What came of a dry run: counts by what happened and what would have happened, and some that differ."""

    looked_at: int = 0
    of: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    """What rules refused then, by rule: not tried, as it was not kept."""


def dry_run(s: Settings, words: Sequence[Watch]) -> Outcome:
    """Put the newest 2,000 submissions of the last 30 days, the oldest first, to these settings and words.

    Stops after some seconds and says how far it came.
    """
    rows = _submissions()
    history = _History(s, rows)
    decisions, beside_it = _decisions(rows), _beside(rows)
    model, deadline = spam.current(), monotonic() + SECONDS_AT_MOST
    out = Outcome(of=len(rows), refused=refused_since(clock.ago(days=DAYS)))
    for row, author in rows:
        if monotonic() > deadline:
            break
        c = SimpleNamespace(
            id=row.id, kind=row.kind, is_reply=row.kind == "reply", title=row.title, source=row.source, html=row.html,
            submitted_at=None, author_id=row.author_id, **{name: row._mapping[name] or "" for name in _OWN},
        )  # fmt: skip
        verdict = judge(_Past(c, author, s, row.submitted_at, words, model, history, *beside_it(row.id)), RULES)
        history.add(c, row.submitted_at)
        did = decisions.get(row.id, "shown")
        out.looked_at += 1
        out.counts[did, verdict.outcome] += 1
        out.rules.update({f.rule for f in verdict.found if f.outcome != "allow"})
        if (verdict.outcome == "allow") != did.startswith("shown"):
            name = row.title or row.excerpt[:80] or f"{row.kind} {row.id}"
            found = [f for f in verdict.found if f.outcome != "allow"]
            out.examples.append(Example(row.id, name, row.submitted_at, did, verdict.outcome, found))
    out.examples = out.examples[: -EXAMPLES - 1 : -1]
    return out


class _Past(Submission):
    """A submission as it was then: what the rules ask for comes from memory."""

    def __init__(
        self, c: Any, author: Member, s: Settings, at: datetime, words: Any, model: Any, history: Any,
        tags: Sequence[str], descriptions: dict[int, str],
    ) -> None:  # fmt: skip
        super().__init__(c, author, s, at, words, model)
        self.history = history
        before, days = history.published_before(author.id, at), (at - author.joined_at) / timedelta(days=1)
        self.__dict__ |= {
            "published_before": before, "trust": level_of(s, before, days), "descriptions": descriptions,
            "lines": [*beside.said(c, beside.LINES), *tags, *filter(None, descriptions.values())],
        }  # fmt: skip

    def last_sent(self, within: timedelta) -> datetime | None:
        times: list[datetime] = self.history.times[self.author.id, self.contribution.is_reply]
        return times[-1] if times else None

    def sent_within_a_day(self) -> int:
        times: list[datetime] = self.history.times[self.author.id, self.contribution.is_reply]
        return len(times) - bisect_left(times, self.at - timedelta(days=1))

    def sent_this_already(self) -> bool:
        last = self.history.said.get((self.author.id, self.contribution.source))
        return last is not None and last > self.at - timedelta(days=1)

    def recent_texts(self) -> Sequence[Text]:
        return self.history.like(self.contribution.source, self.at)  # type: ignore[no-any-return]

    def own_recent_hosts(self) -> list[str]:
        since = self.at - timedelta(days=self.s.repeated_days)
        return [host for at, hosts in self.history.hosts[self.author.id] if at > since for host in hosts]


class _History:
    """What had been sent before, as the run goes on."""

    def __init__(self, s: Settings, rows: Sequence[Any]) -> None:
        self.s = s
        self.times: dict[Any, list[datetime]] = defaultdict(list)
        self.said: dict[tuple[int, str], datetime] = {}
        self.hosts: dict[int, list[tuple[datetime, list[str]]]] = defaultdict(list)
        self.by_shingle: dict[int, list[tuple[datetime, Text]]] = defaultdict(list)
        self.published = _published({author.id for _, author in rows}, s.trusted_from_contributions)

    def published_before(self, author_id: int, at: datetime) -> int:
        return bisect_left(self.published.get(author_id, []), at)

    def add(self, c: Any, at: datetime) -> None:
        insort(self.times[c.author_id, c.is_reply], at)
        self.said[c.author_id, c.source] = at
        if hosts := hosts_in(c.html):
            self.hosts[c.author_id].append((at, hosts))
        text = Text(c.id, c.author_id, c.source)
        for shingle in _few(c.source):
            self.by_shingle[shingle].append((at, text))

    def like(self, source: str, at: datetime) -> list[Text]:
        """Earlier texts that share one of the few shingles with the smallest numbers (a minhash)."""
        since = at - timedelta(days=self.s.repeated_days)
        found = {t.id: t for shingle in _few(source) for then, t in self.by_shingle[shingle][-20:] if then > since}
        return list(found.values())


def _few(source: str) -> list[int]:
    return sorted(contents.shingles(source))[:12]


def _submissions() -> list[tuple[Any, Member]]:
    c: Any = Contribution.__table__
    of_all_kinds = c
    for kind in dict.fromkeys(_OWN.values()):
        of_all_kinds = of_all_kinds.outerjoin(db.metadata.tables[kind], db.metadata.tables[kind].c.id == c.c.id)
    newest = db.session.execute(
        select(
            c.c.id, c.c.kind, c.c.author_id, c.c.title, c.c.submitted_at, c.c.excerpt,
            func.substr(c.c.source, 1, RECENT_CHARS).label("source"),
            func.substr(c.c.html, 1, HTML_CHARS).label("html"),
            *(db.metadata.tables[kind].c[name] for name, kind in _OWN.items()),
        )
        .select_from(of_all_kinds)
        .join(Member, Member.id == c.c.author_id)
        .where(
            c.c.submitted_at > clock.ago(days=DAYS), c.c.state != "draft", Member.is_employee.is_(False),
            Member.is_moderator.is_(False), Member.is_admin.is_(False),
        )
        .order_by(c.c.submitted_at.desc(), c.c.id.desc())
        .limit(SUBMISSIONS_AT_MOST)
    ).all()  # fmt: skip
    members = _by_chunk(
        {row.author_id for row in newest}, lambda ids: db.session.scalars(select(Member).where(Member.id.in_(ids)))
    )
    authors = {m.id: m for m in members}
    return [(row, authors[row.author_id]) for row in reversed(newest)]


def _published(author_ids: set[int], most: int) -> dict[int, list[datetime]]:
    """When each author's first contributions came out: as many as the highest threshold asks for."""
    c = Contribution.__table__
    place = func.row_number().over(partition_by=c.c.author_id, order_by=c.c.published_at).label("place")

    def read(ids: list[int]) -> Any:
        numbered = (
            select(c.c.author_id, c.c.published_at, place)
            .where(c.c.author_id.in_(ids), c.c.published_at.is_not(None))
            .subquery()
        )
        return db.session.execute(select(numbered).where(numbered.c.place <= max(most, 1)).order_by(numbered.c.place))

    found: dict[int, list[datetime]] = defaultdict(list)
    for row in _by_chunk(author_ids, read):
        found[row.author_id].append(row.published_at)
    return found


def _decisions(rows: Sequence[Any]) -> dict[int, str]:
    """What happened to each: whether it was held first, and what moderators made of it in the end."""

    def read(ids: list[int]) -> Any:
        return db.session.execute(
            select(Decision.contribution_id, Decision.from_state, Decision.to_state, Decision.as_moderator)
            .where(Decision.contribution_id.in_(ids))
            .order_by(Decision.id)
        )

    held: set[int] = set()
    last: dict[int, str] = {}
    for d in _by_chunk({row.id for row, _ in rows}, read):
        if d.to_state == "pending":
            held.add(d.contribution_id)
        elif d.as_moderator:
            last[d.contribution_id] = d.to_state
    out = {}
    for row, _ in rows:
        end = last.get(row.id)
        bad = end in ("returned", "removed", "hidden")
        if row.id in held:
            out[row.id] = "held_bad" if bad else "held_fair" if end == "published" else "held"
        else:
            out[row.id] = "shown_bad" if bad else "shown"
    return out


def _beside(rows: Sequence[Any]) -> Any:
    """A function from a number to the tags, and what the pictures are said to show, by their numbers."""
    picture, ids = db.metadata.tables["picture"], {row.id for row, _ in rows}
    descriptions: dict[int, dict[int, str]] = defaultdict(dict)
    tags: dict[int, list[str]] = defaultdict(list)

    def read_pictures(some: list[int]) -> Any:
        facts = (picture.c.contribution_id, picture.c.id, picture.c.alt)
        return db.session.execute(select(*facts).where(picture.c.contribution_id.in_(some)))

    def read_tags(some: list[int]) -> Any:
        on = contribution_tag.c.contribution_id
        return db.session.execute(select(on, Tag.name).join(Tag).where(on.in_(some)).order_by(Tag.name))

    for row in _by_chunk(ids, read_pictures):
        descriptions[row.contribution_id][row.id] = row.alt
    for row in _by_chunk(ids, read_tags):
        tags[row.contribution_id].append(row.name)
    return lambda number: (tags.get(number, []), descriptions.get(number, {}))


def _by_chunk(ids: set[int], read: Any) -> list[Any]:
    ordered = sorted(ids)
    return [row for n in range(0, len(ordered), 500) for row in read(ordered[n : n + 500])]
