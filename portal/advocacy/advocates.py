"""Advocates as others find them: narrowed to who is like the reader and knows it, or in sections by what they know."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.advocacy.knowing import NOTHING, Knowledge, Subject, known_by, known_lately
from portal.advocacy.models import Recognition
from portal.advocacy.subjects import public_texts
from portal.config import settings
from portal.contributions.models import Contribution
from portal.db import db
from portal.forum.asking import who_can_be_asked
from portal.members.models import Member
from portal.narrowing import Narrowed, Offer

ANSWERS, KNOWS = 3, 6
"""How many of their answers are named on a card, and how many things they know."""
PER_PAGE = 12
SECTIONS, IN_SECTION, FACES = 8, 3, 8
"""Sections on the page, cards in each, and faces of others who know it too."""
OFFERED_AT_MOST = 40
STORIES = Subject("", "", "Stories, photos and articles")
"""The home of who helped elsewhere than in the forum, and not about a product."""


@dataclass(frozen=True)
class Filters(Narrowed):
    """What the advocates are narrowed to."""

    board: str = ""
    """The board's slug."""
    product: str = ""
    """The product's slug."""
    tag: str = ""
    trade: str = ""
    place: str = ""


class Someone(NamedTuple):
    """An advocate in a line: enough to find them by."""

    recognition_id: int
    member_id: int
    name: str
    trade: str
    place: str
    shows_about: bool


@dataclass(frozen=True)
class Advocate:
    """A recognised member as others see them: what the member chose to show, and nothing else."""

    recognition: Recognition
    knowledge: Knowledge
    answers: Sequence[Contribution] = ()
    can_be_asked: bool = False
    board: str = ""
    """Where a question to them fits; nothing where that is not clear."""

    @property
    def member(self) -> Member:
        """Who it is."""
        return self.recognition.member

    @property
    def days(self) -> int:
        """How far back what they know was counted."""
        return settings().advocate_days

    @property
    def knows(self) -> Sequence[Subject]:
        """What they know, the most first."""
        return list(self.knowledge.subjects)[:KNOWS]


@dataclass(frozen=True)
class Section:
    """A subject, those who know it best, and others who know it too."""

    subject: Subject
    number: int
    """How many advocates know it."""
    advocates: Sequence[Advocate]
    others: Sequence[Member]


@dataclass
class Everybody:
    """All advocates of now, and what they know."""

    people: Sequence[Someone]
    known: Mapping[int, Knowledge] = field(default_factory=dict)

    def of(self, someone: Someone) -> Knowledge:
        """What they know."""
        return self.known.get(someone.member_id, NOTHING)

    def fitting(self, filters: Filters) -> list[Someone]:
        """Those whom all filters fit; who helped most people with what was asked for comes first, then by name."""
        found = [one for one in self.people if all(_fits(one, self.of(one), *f) for f in filters.chosen.items())]
        asked = [(sort, value) for sort, value in filters.chosen.items() if sort in ("board", "product", "tag")]

        def order(one: Someone) -> tuple[int, str, int]:
            return -min((self.of(one).of(*a) for a in asked), default=0), one.name.casefold(), one.member_id

        return sorted(found, key=order)

    def offers(self, filters: Filters) -> dict[str, list[Offer]]:
        """For each filter what some advocate has, with counts that heed the other filters."""
        found: dict[str, list[Offer]] = {}
        for name in Filters.names():
            labels: dict[str, str] = {}
            counted: Counter[str] = Counter()
            for one in self.fitting(filters.without(name)):
                for value, label in _values(name, one, self.of(one)).items():
                    counted[value] += 1
                    labels[value] = min(label, labels.get(value, label))  # of several spellings always the same
            most = sorted(counted, key=lambda value: (-counted[value], value))[:OFFERED_AT_MOST]
            offered = [Offer(name, value, labels[value], counted[value]) for value in most]
            found[name] = sorted(offered, key=lambda offer: offer.label.casefold())
        return found


def everybody() -> Everybody:
    """All advocates whose recognition is in force this instant; what they know is at most five minutes old."""
    r, m = Recognition, Member
    columns = (r.id, r.member_id, m.display_name, m.trade, m.place, r.shows_about)
    rows = db.session.execute(select(*columns).join(m, m.id == r.member_id).where(*in_force()))
    people = [Someone(*row) for row in rows]
    return Everybody(people, known_lately([one.member_id for one in people]))


def in_force() -> tuple[ColumnElement[bool], ...]:
    """Conditions on a recognition and its member: accepted, not resting, the member in good standing."""
    m = Member
    return (
        Recognition.state == "accepted", m.erased_at.is_(None), m.is_employee.is_(False), m.is_admin.is_(False),
        or_(m.suspended_at.is_(None), m.suspended_until <= clock.now()),
    )  # fmt: skip


def cards(people: Sequence[Someone], all_of_them: Everybody, reader: Any, board: str = "") -> list[Advocate]:
    """These advocates with their answers, in order; a question to them goes to `board`, else to where it fits."""
    return _with_answers(_recognitions([one.recognition_id for one in people]), all_of_them.known, reader, board)


def of_member(member: Member, reader: Any) -> Advocate | None:
    """One member as an advocate; None unless a recognition is in force."""
    if not member.is_advocate:
        return None
    query = select(Recognition).join(Recognition.member).where(Recognition.member_id == member.id, *in_force())
    found = list(db.session.scalars(query.options(joinedload(Recognition.member))))
    return _with_answers(found, known_by([member.id]), reader)[0] if found else None


def sections(all_of_them: Everybody, reader: Any) -> list[Section]:
    """The subjects that most advocates know, each with those who are at home there: everybody stands in one at most."""
    homes: dict[Subject, list[Someone]] = {}
    others: dict[Subject, list[Someone]] = {}
    for one in all_of_them.people:
        known = all_of_them.of(one)
        home = known.first("board") or known.first("product") or STORIES
        homes.setdefault(home, []).append(one)
        for subject in known.subjects:
            if subject != home:
                others.setdefault(subject, []).append(one)

    def best_first(subject: Subject) -> Callable[[Someone], Any]:
        return lambda one: (-all_of_them.of(one).subjects.get(subject, 0), one.name.casefold(), one.member_id)

    def number(subject: Subject) -> int:
        return len(homes[subject]) + len(others.get(subject, ()))

    order = sorted(homes, key=lambda s: (s == STORIES, -number(s), s.label.casefold()))[:SECTIONS]
    shown = {s: sorted(homes[s], key=best_first(s)) for s in order}
    also = {s: [*shown[s][IN_SECTION:], *sorted(others.get(s, ()), key=best_first(s))][:FACES] for s in order}
    first = {one.recognition_id for s in order for one in shown[s][:IN_SECTION]}
    found = _recognitions([*first, *{one.recognition_id for several in also.values() for one in several}])
    faces = {r.id: r.member for r in found}
    made = {a.recognition.id: a for a in _with_answers([r for r in found if r.id in first], all_of_them.known, reader)}
    return [
        Section(
            s, number(s), [made[one.recognition_id] for one in shown[s][:IN_SECTION] if one.recognition_id in made],
            [faces[one.recognition_id] for one in also[s] if one.recognition_id in faces],
        )
        for s in order
    ]  # fmt: skip


def _recognitions(ids: Sequence[int]) -> list[Recognition]:
    if not ids:
        return []
    query = select(Recognition).where(Recognition.id.in_(ids)).options(joinedload(Recognition.member))
    found = {r.id: r for r in db.session.scalars(query)}
    return [found[number] for number in ids if number in found]


def _with_answers(
    recognitions: Sequence[Recognition], known: Mapping[int, Knowledge], reader: Any, board: str = ""
) -> list[Advocate]:
    if not recognitions:
        return []
    best = {r.member_id: known.get(r.member_id, NOTHING).best if r.shows_answers else () for r in recognitions}
    texts = public_texts({number for numbers in best.values() for number in numbers})
    able = who_can_be_asked([r.member_id for r in recognitions], reader)
    found = []
    for r in recognitions:
        own = known.get(r.member_id, NOTHING)
        home = own.first("board")
        where = board or (home.value if home else "")
        answers = [texts[number] for number in best[r.member_id] if number in texts][:ANSWERS]
        found.append(Advocate(r, own, answers, r.member_id in able, where))
    return found


def _fits(one: Someone, known: Knowledge, name: str, value: str) -> bool:
    return value in _values(name, one, known)


def _values(name: str, one: Someone, known: Knowledge) -> dict[str, str]:
    """What an advocate has of one filter: values as addresses say them, and labels."""
    if name in ("trade", "place"):
        said = " ".join(getattr(one, name).split()) if one.shows_about else ""
        return {said.casefold(): said} if said else {}
    return {s.value: s.label for s in known.subjects if s.sort == name}
