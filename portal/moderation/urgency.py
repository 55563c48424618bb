"""How urgent something is: how long it has waited, plus what harm it may do meanwhile and how many people wait for it.

All in hours, so that a place in the queue can be told in a sentence and added up by hand. What is not
public harms nobody while it waits, so only what can be read gets hours for harm. Nothing looks at how
positive a text is.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, case

from portal import clock
from portal.moderation.instants import hours_between

HARM = {"abuse": 48, "private": 48, "wrong": 48, "impersonation": 24, "rights": 24, "spam": 12, "off_topic": 0}
"""Hours that something public counts as older, by the worst reason it was reported for."""
HARM_OF_OTHERS = 6
PERSON = 4
"""Hours for each further person who waits: a second reporter, the asker for whom a reply is held."""


def hours_for(reason: str) -> int:
    """The hours for a reason."""
    return HARM.get(reason, HARM_OF_OTHERS)


def harm_of(column: Any) -> Any:
    """The hours for the reason in `column`."""
    return case(HARM, value=column, else_=HARM_OF_OTHERS)


def in_all(queue: Any) -> Any:
    """The hours that order a queue with the columns since, harm and people; `now` is to be bound."""
    now = bindparam("now", type_=queue.c.since.type)
    return hours_between(queue.c.since, now) + queue.c.harm + (queue.c.people - 1) * PERSON


def by_urgency(query: Select[Any], queue: Any) -> Select[Any]:
    """The most urgent first; among equals the oldest. `now` is to be bound."""
    return query.order_by(in_all(queue).desc(), queue.c.since, queue.c.what, queue.c.id)


def in_words(since: datetime, harm: int, people: int, reason: str = "") -> list[str]:
    """Why something stands where it does: each part with its hours."""
    waited = max(0.0, (clock.now() - since).total_seconds() / 3600)
    parts = [f"waits {_hours(waited)}"]
    if harm:
        parts.append(f"{_HARMS.get(reason, 'reported')} +{harm} h")
    if people > 1:
        parts.append(f"{people} people +{(people - 1) * PERSON} h")
    return parts


def _hours(hours: float) -> str:
    if hours < 1:
        return f"{int(hours * 60)} min"
    return f"{int(hours)} h" if hours < 72 else f"{int(hours / 24)} days"


_HARMS = {
    "abuse": "insults or threats", "private": "somebody's private matters", "wrong": "dangerously wrong",
    "impersonation": "pretends to be somebody", "rights": "somebody else's work", "spam": "advertising",
}  # fmt: skip
