"""The weekly note to helpers: whom they helped, by what, with which words of thanks; only what the ledger says."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from portal import activity, clock
from portal.advocacy.ledger import standing
from portal.advocacy.models import LedgerEntry
from portal.advocacy.subjects import public_texts
from portal.contributions.models import Contribution, Thanks
from portal.db import db, writing
from portal.helping.limits import WEEK, one_at_a_time
from portal.helping.models import Willingness
from portal.helping.willing import row_of, wills_of
from portal.members.models import Member
from portal.members.queries import customers_at_hand

AT_ONCE = 200
"""Notes in one turn, so that errands are not kept waiting."""
APART = timedelta(days=6)
"""What at least lies between two notes: one that went out late must not be followed by the next one at once."""
WORDS, TEXTS = 5, 10
"""Words of thanks, and contributions, that one note names."""


@dataclass
class Helped:
    """What one contribution did in the week: how many different people said so, who one of them is, and how."""

    text: Contribution
    people: set[int] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    sorts: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        root = self.text.parent if self.text.parent is not None else self.text
        what = {"reply": "answer to", "story": "story", "photo": "photo", "article": "article"}
        whom = self.names[0] if len(self.people) == 1 else f"{len(self.people)} people"
        opening = f"Your {what.get(self.text.kind, 'topic')} “{root.name}”"
        if self.text.kind == "topic":
            opening = f"What you wrote, “{root.name}”,"
        if "accepted" in self.sorts:
            solved = "solved it for" if len(self.people) == 1 else "solved the question, and helped"
            return f"{opening} {solved} {whom}."
        if self.sorts == {"decided"}:
            return f"{opening} helped {whom} to decide."
        return f"{opening} helped {whom}."


@dataclass(frozen=True)
class Note:
    """What a note says."""

    helped: list[Helped]
    words: list[tuple[str, str]]
    """(what was said, by whom)."""
    people: int
    """Different people helped in that week, all told."""
    more: int
    """Further contributions that helped and are not named."""


def note_helpers() -> int:
    """Owe a note to whom the last full week (Monday to Sunday, UTC) gives something to read; returns to how many.

    That it went out is noted in the transaction that owes the mail: a crash owes it once or not at all.
    """
    if not db.session.scalars(_turn().limit(1)).first():
        return 0
    with writing():
        one_at_a_time()
        return sum(_owe(member) for member in db.session.scalars(_turn().limit(AT_ONCE)).all())


def _owe(member: Member) -> bool:
    row, will = row_of(member.id), wills_of([member.id])[member.id]
    row.noted_at = clock.now()
    # Who never chose and wants no mail about thanks is not written to about thanks.
    if not (will.chosen or member.mail_thanks):
        return False
    activity.record("weekly_note", member=member, week=(clock.week_start() - WEEK).isoformat())
    return True


def _turn() -> Any:
    """Members who were thanked last week, want the note and have not had it."""
    e, w = LedgerEntry, Willingness
    monday = clock.week_start()
    helped = select(e.helper_id).where(*_in_week(monday - WEEK))
    done = w.noted_at.is_not(None) & or_(w.noted_at >= monday, w.noted_at > clock.now() - APART)
    no = exists().where(w.member_id == Member.id, or_(w.weekly_note.is_(False), done))
    return select(Member).where(Member.id.in_(helped), ~no, *customers_at_hand()).order_by(Member.id)


def note_of(member: Member, week: datetime) -> Note | None:
    """What is to be said to `member` of the week that begins then, as it stands now; None when there is nothing."""
    e = LedgerEntry
    lines = db.session.execute(
        select(e.contribution_id, e.helped_id, e.sort, e.source_id, Member.display_name)
        .join(Member, Member.id == e.helped_id)
        .where(e.helper_id == member.id, *_in_week(week))
        .order_by(e.at, e.id)
    ).all()
    texts = public_texts({line.contribution_id for line in lines})
    lines = [line for line in lines if line.contribution_id in texts]
    if not lines:
        return None
    helped: dict[int, Helped] = {}
    for line in lines:
        one = helped.setdefault(line.contribution_id, Helped(texts[line.contribution_id]))
        if line.helped_id not in one.people:
            one.names.append(line.display_name)
        one.people.add(line.helped_id)
        one.sorts.add(line.sort)
    most = sorted(helped.values(), key=lambda one: -len(one.people))
    names = {line.source_id: line.display_name for line in lines if line.sort != "accepted"}
    said = db.session.execute(
        select(Thanks.id, Thanks.word).where(Thanks.id.in_(sorted(names)), Thanks.word != "").order_by(Thanks.id)
    ).all()
    words = [(row.word, names[row.id]) for row in said[:WORDS]]
    people = len({line.helped_id for line in lines})
    return Note(most[:TEXTS], words, people, max(0, len(most) - TEXTS))


def _in_week(monday: datetime) -> tuple[ColumnElement[bool], ...]:
    e = LedgerEntry
    return e.at >= monday, e.at < monday + WEEK, standing(e)
