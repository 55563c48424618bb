"""The shapes of the demo's plain data: members, boards, products, and what they wrote, in relative days and hours."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.demo.pictures import Drawing

KEEPS_ITS_LINE = ("- ", "* ", "|", ">", "#", "    ", "1. ", "2. ", "3. ", "4. ", "5. ", "6. ")


@dataclass(frozen=True)
class Person:
    """Somebody of the community; `joined` is days ago, `face` the seed of a portrait (0: initials)."""

    username: str
    name: str
    place: str
    about: str
    joined: float
    trade: str = ""
    owns: str = ""
    goals: str = ""
    customer: bool = True
    organisation: str = ""
    roles: tuple[str, ...] = ()
    face: int = 0
    style: str = ""


@dataclass(frozen=True)
class Shelf:
    """A board or a product: name and what it is."""

    name: str
    description: str


@dataclass(frozen=True)
class Answer:
    """A reply so many hours after what it answers; `thanks` are usernames."""

    author: str
    hours: float
    text: str
    thanks: tuple[str, ...] = ()
    accepted: bool = False


@dataclass(frozen=True)
class Question:
    """A topic, `days` ago; `format` is question or discussion."""

    board: str
    author: str
    days: float
    title: str
    text: str
    tags: str = ""
    product: str = ""
    answers: Sequence[Answer] = ()
    format: str = "question"
    thanks: tuple[str, ...] = ()
    pinned: bool = False
    locked: bool = False
    drawing: Drawing | None = None
    alt: str = ""


@dataclass(frozen=True)
class Shot:
    """One drawn picture and what somebody who can't see it needs to know."""

    drawing: Drawing
    alt: str
    after: str = ""
    """Of a story: after which part it stands."""


@dataclass(frozen=True)
class Submission:
    """One to ten pictures for the wall."""

    author: str
    days: float
    title: str
    caption: str
    shots: Sequence[Shot]
    product: str = ""
    place: str = ""
    tags: str = ""
    thanks: tuple[str, ...] = ()
    answers: Sequence[Answer] = ()


@dataclass(frozen=True)
class Tale:
    """A story: its five parts, its number, its facts; `size` as stories name company sizes."""

    author: str
    days: float
    title: str
    who: str
    hard: str
    tried: str
    changed: str
    advice: str
    trade: str
    goal: str
    product: str
    size: str = ""
    figure: str = ""
    figure_says: str = ""
    quote: str = ""
    shots: Sequence[Shot] = ()
    tags: str = ""
    thanks: tuple[str, ...] = ()
    answers: Sequence[Answer] = ()


@dataclass(frozen=True)
class Essay:
    """An article of the blog."""

    author: str
    days: float
    title: str
    summary: str
    text: str
    shots: Sequence[Shot] = ()
    tags: str = ""
    thanks: tuple[str, ...] = ()
    answers: Sequence[Answer] = ()


@dataclass(frozen=True)
class Fate:
    """What moderators or reporters did to a contribution, so many hours after it was sent.

    `what` is waits, returned, removed, hidden or reported; `by` are usernames.
    """

    what: str
    hours: float = 0
    by: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Case:
    """Something for the moderators: a contribution and its fate."""

    thing: "Question | Submission | Tale | Essay | LooseAnswer"
    fate: Fate = field(default_factory=lambda: Fate("waits"))


@dataclass(frozen=True)
class LooseAnswer:
    """A reply to a topic that is found by its title, `days` ago."""

    to: str
    author: str
    days: float
    text: str


def prose(text: str) -> str:
    """Text as somebody would have typed it: lines joined to paragraphs, lists, tables, quotes and code as they are."""
    lines: list[str] = []
    fenced = False
    for line in text.strip().split("\n"):
        if line.startswith("```"):
            fenced = not fenced
            lines.append(line)
        elif fenced or not line or not lines or not lines[-1] or _stands_alone(line, lines[-1]):
            lines.append(line)
        else:
            lines[-1] += " " + line.strip()
    return "\n".join(lines)


def _stands_alone(line: str, before: str) -> bool:
    return line.startswith(KEEPS_ITS_LINE) or before.startswith(("```", "|", "#"))
