"""The challenges of the demo: one that is open, with entries from the wall, and one that is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from portal import clock
from portal import text as texts
from portal.demo.agenda import Agenda
from portal.demo.shapes import prose
from portal.members.models import Member
from portal.stories import challenge_queries
from portal.stories.challenge_commands import open_challenge


@dataclass(frozen=True)
class Invitation:
    """A challenge from so many days ago to so many days from now, and the titles of the photos that answer it."""

    title: str
    text: str
    opened_by: str
    from_days_ago: int
    to_days_ahead: int
    entries: tuple[str, ...]


INVITATIONS = (
    Invitation(
        "Show us your first ride",
        """
The first time you rode it with something in it that mattered: a child, a cello, a stack of plants.
Wobbly counts double.

- one to ten pictures, as they came out of the phone
- a line on what you carried, and what went through your head

The workshop hangs its favourite on the wall, beside the welding torch. Everybody else hangs here.
        """,
        "selma", 40, 20,
        (
            "Swimming, all three, one of them voluntarily", "Christmas came early for the Thorsens of Skovvej",
            "A dry morning (documented)", "She watches geese as one watches television", "In tune",
            "Moving day for the ladies 🐝", "First frost, warm biscuits",
        ),
    ),
    Invitation(
        "Before the town wakes up",
        """
Six in the morning belongs to bakers, couriers and people with very small children.
Show us **your** empty street.
        """,
        "wout", 70, -12,
        (
            "Half past six, Leipzig, 38 stops to go", "Ten minutes, from kerb to queue", "Night shift, stop 31",
        ),
    ),
)  # fmt: skip


def plan(agenda: Agenda, member: Callable[[str], Member]) -> None:
    """Let moderators open them before anybody has entered; those that are there already stay as they are."""
    for invitation in INVITATIONS:
        when = agenda.now - timedelta(days=invitation.from_days_ago)
        agenda.add(when, partial(_open, invitation, agenda.now, member))


def entered_by(title: str) -> int | None:
    """The challenge that the photos of this title are an entry in."""
    for invitation in INVITATIONS:
        if title in invitation.entries:
            challenge = challenge_queries.by_slug(texts.slugify(invitation.title))
            return challenge.id if challenge else None
    return None


def _open(invitation: Invitation, now: datetime, member: Callable[[str], Member]) -> None:
    if challenge_queries.by_slug(texts.slugify(invitation.title)) is None:
        open_challenge(
            member(invitation.opened_by), title=invitation.title, source=prose(invitation.text),
            opens=clock.now().date(), closes=(now + timedelta(days=invitation.to_days_ahead)).date(),
        )  # fmt: skip
