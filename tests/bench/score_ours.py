"""People as they are assumed to be, and the portal's voices and formula on events of theirs.

A dump says neither who bought something nor for whom anybody works, so that is drawn (`ASSUMED`), with
another seed each time. Settings are the portal's defaults. score_portal.py asks the whole portal.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import Random

from flask import Flask

from portal import clock
from portal.advocacy import scoring, voices
from portal.advocacy.score import Line, aged_sums, given_away, score_one
from portal.config import Settings
from tests.bench.score_history import CREDITS, Event, History

VERIFIED, IN_ORGANISATIONS, COLLEAGUES = 0.5, 0.2, 4

ASSUMED = f"""\
- {VERIFIED:.0%} of the real members are verified customers, drawn anew for each seed; all have a confirmed address at a
  public provider; {IN_ORGANISATIONS:.0%} belong to organisations of {COLLEAGUES} on average. Nobody is an employee.
- Settings are the defaults, and were before any of this was measured."""


@dataclass(frozen=True)
class Person:
    """What the portal's voices ask of a member; the names are the columns'."""

    id: int
    joined_at: datetime
    verified_at: datetime | None = None
    organisation: str = ""
    published_count: int = 1
    email: str = ""
    email_confirmed_at: datetime | None = None
    is_employee: bool = False
    is_admin: bool = False
    suspended_at: datetime | None = None
    erased_at: datetime | None = None
    invited_by: int = 0
    origin: str = ""
    """What their network address would be kept as, had they all signed in today."""


People = Mapping[int, Person]


def person(
    number: int, joined: datetime, *, verified: bool = False, organisation: str = "", invited_by: int = 0,
    origin: str = "",
) -> Person:  # fmt: skip
    """Somebody with a confirmed address of their own at a public provider, who has published something."""
    return Person(
        number, joined, joined if verified else None, organisation, email=f"m{number}@gmail.com",
        email_confirmed_at=joined, invited_by=invited_by, origin=origin,
    )  # fmt: skip


@contextmanager
def defaults(now: datetime) -> Iterator[None]:
    """The portal's settings as they are without any environment, and its clock at `now`."""
    app = Flask("bench")
    app.extensions["portal.settings"] = Settings()
    with app.app_context(), clock.at(now):
        yield


def people_of(history: History, seed: int, verified: float = VERIFIED) -> People:
    """Everybody who acknowledged or was acknowledged in this history, with what is assumed of them."""
    found: dict[int, Person] = {}
    organisations = max(1, round(len(history.joined) * IN_ORGANISATIONS / COLLEAGUES))
    dice = Random(seed)
    for number in sorted({member for e in history.events if e.sort in CREDITS for member in (e.by, e.to)}):
        is_verified, works = dice.random() < verified, dice.random() < IN_ORGANISATIONS
        where = f"Organisation {int(dice.random() * organisations)}"
        found[number] = person(
            number, history.joined[number], verified=is_verified, organisation=where if works else ""
        )  # fmt: skip
    return found


class Scored:
    """Help scores of everybody as of the clock's day, from these events, whatever is assumed of people."""

    def __init__(self, events: Iterable[Event]) -> None:
        today, weights = clock.now().date(), scoring.weights()
        said = (e for e in events if e.sort in CREDITS)
        lines = (Line(e.to, e.by, weights[e.sort], (today - e.at.date()).days) for e in said)
        self.terms = scoring.terms()
        self.sums = aged_sums(lines, self.terms.half_life)
        self.given = given_away(self.sums)

    def __call__(self, people: People) -> dict[int, float]:
        """Scores by member, if people are these."""
        heard = {number: voices.voice_of(people[number]) for number in {*self.given, *self.sums}}
        return {h: score_one(h, self.sums, self.given, heard, self.terms).total for h in self.sums}
