"""What rules look at: a contribution, its author, and what both did before; asked for once, if a rule needs it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import ColumnElement, func, select

from portal import clock
from portal import text as texts
from portal.config import Settings, settings
from portal.contributions import trust
from portal.contributions.base import STATES
from portal.contributions.models import Contribution
from portal.contributions.screening import beside, linking, spam, watching, wordlist
from portal.db import db
from portal.members.models import Member

RECENT_TEXTS = 300
RECENT_CHARS = 4000
OWN_RECENT = 20


@dataclass(frozen=True)
class Text:
    """A text that was sent in before."""

    id: int
    author_id: int
    source: str
    html: str = ""


@dataclass
class Submission:
    """A contribution on its way in, or a published one as its author has just changed it."""

    contribution: Contribution
    author: Member
    s: Settings = field(default_factory=settings)
    """The thresholds; a dry run brings its own."""
    at: datetime = field(default_factory=clock.now)
    words: Sequence[watching.Watch] = field(default_factory=wordlist.current)
    model: "spam.Model | None" = field(default_factory=spam.current)

    @property
    def again(self) -> bool:
        """Whether it was sent before: what was returned is sent again in its author's own time."""
        return self.contribution.submitted_at is not None

    @cached_property
    def trust(self) -> str:
        """The author's level, with what they lost lately."""
        return trust.standing_of(self.author).level

    @cached_property
    def published_before(self) -> int:
        """How many contributions the author has published."""
        return self.author.published_count

    @cached_property
    def told(self) -> str:
        """Title and source in one."""
        return "\n".join(filter(None, (self.contribution.title, self.contribution.source)))

    @cached_property
    def lines(self) -> list[str]:
        """What is shown as it was typed, beside the title: place, summary, tags, what pictures show."""
        return [*beside.lines_of(self.contribution), *filter(None, self.descriptions.values())]

    @cached_property
    def facts(self) -> list[str]:
        """The facts of a story."""
        return beside.facts_of(self.contribution)

    @cached_property
    def text(self) -> str:
        """All that its author wrote, as they typed it."""
        return "\n".join((self.told, *self.lines, *self.facts))

    @cached_property
    def seen(self) -> str:
        """All that readers read: of the text what it becomes, so that no mark inside a word hides it."""
        html = self.contribution.html or ""
        if "*" in html and any(watch.act == "mask" for watch in self.words):
            html = self._without_stars() or html
        return "\n".join((self.contribution.title or "", texts.plain(html), *self.lines, *self.facts))

    def _without_stars(self) -> str:
        try:
            return str(texts.render(self.contribution.source or ""))
        except texts.TextTooLong:  # the limit was higher when it was written
            return ""

    @cached_property
    def readables(self) -> "tuple[watching.Readable, watching.Readable]":
        """As it was typed and as it is read, for watched words to be looked for; the same one if there is no more."""
        typed = watching.Readable(self.text)
        return typed, typed if self.seen.split() == self.text.split() else watching.Readable(self.seen)

    @cached_property
    def starless(self) -> watching.Readable:
        """What has no stars in place of masked words: title and lines, which are kept only as they are shown."""
        return watching.Readable("\n".join((self.contribution.title or "", *self.lines)))

    @cached_property
    def links(self) -> int:
        """How many addresses it has."""
        return linking.count_links(self.contribution) + sum(len(linking.LINK.findall(line)) for line in self.lines)

    @cached_property
    def hosts(self) -> list[str]:
        """Where its links lead, outside of this site."""
        return linking.hosts_in(self.contribution.html or "")

    @cached_property
    def pictures(self) -> set[int]:
        """The numbers of its pictures."""
        return set(self.descriptions)

    @cached_property
    def descriptions(self) -> dict[int, str]:
        """What its pictures are said to show, by their numbers."""
        return beside.descriptions_of(self.contribution)

    @cached_property
    def score(self) -> float | None:
        """What the learned model says, if it says anything."""
        return self.model.score(self.text) if self.model else None

    def last_sent(self, within: timedelta) -> datetime | None:
        """When the author sent something of this sort (a reply, or anything else) before this, if so lately."""
        lately = self._sent_since(self.at - within)
        return db.session.scalar(select(func.max(Contribution.submitted_at)).where(*self._others(), *lately))

    def sent_within_a_day(self) -> int:
        """How many of this sort the author sent in the last 24 hours."""
        day = self._sent_since(self.at - timedelta(days=1))
        return db.session.scalar(select(func.count()).where(*self._others(), *day)) or 0

    def sent_this_already(self) -> bool:
        """Whether the author sent exactly this text in the last 24 hours."""
        c = self.contribution
        return bool(
            db.session.scalar(
                select(Contribution.id)
                .where(
                    Contribution.id != c.id,
                    Contribution.source == c.source,
                    *self._sent_since(self.at - timedelta(days=1)),
                )
                .limit(1)
            )
        )

    def recent_texts(self) -> Sequence[Text]:
        """The newest texts by anybody, of the last days: their first part, the newest 300."""
        table = Contribution.__table__
        rows = db.session.execute(
            select(table.c.id, table.c.author_id, func.substr(table.c.source, 1, RECENT_CHARS).label("source"))
            .where(
                table.c.state.in_(("pending", "published", "hidden", "removed")),
                table.c.submitted_at > self.at - timedelta(days=self.s.repeated_days),
                table.c.id != self.contribution.id,
            )
            .order_by(table.c.submitted_at.desc())
            .limit(RECENT_TEXTS)
        )
        return [Text(row.id, row.author_id, row.source) for row in rows]

    def own_recent_hosts(self) -> list[str]:
        """Where the author's other texts of the last days led."""
        table = Contribution.__table__
        pages = db.session.scalars(
            select(table.c.html)
            .where(
                table.c.author_id == self.author.id,
                table.c.id != self.contribution.id,
                table.c.submitted_at > self.at - timedelta(days=self.s.repeated_days),
            )
            .order_by(table.c.submitted_at.desc())
            .limit(OWN_RECENT)
        )
        return [host for html in pages for host in linking.hosts_in(html)]

    def _sent_since(self, moment: datetime) -> "tuple[ColumnElement[bool], ...]":
        """Sent by the author after this moment: of what was sent by anybody, which an index has by time. By author,
        a database would read all that they ever wrote, and everybody else who posts would wait for it."""
        by_author = Contribution.author_id + 0 == self.author.id
        return (by_author, Contribution.state.in_(STATES), Contribution.submitted_at > moment)

    def _others(self) -> "tuple[ColumnElement[bool], ...]":
        c = self.contribution
        kind = Contribution.kind + ""  # by kind and state, SQLite would read every reply there is
        same = kind == "reply" if c.is_reply else kind != "reply"
        return (same, Contribution.id != c.id)
