"""How long ago something was, in the words that pages use, and until when they are true."""

from calendar import month_name
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from portal import clock

MONTHS = tuple(month_name)
"""From 1; asked for one by one, each is put into words anew."""
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))
"""Seconds, and what they are."""
DAYS_COUNTED = 30
"""What is longer ago is said as a date."""
ALWAYS = datetime.max.replace(tzinfo=UTC)


class Said(NamedTuple):
    """Words, and the instant from which on others are due."""

    words: str
    until: datetime


def ago(at: datetime | None, now: datetime | None = None) -> str:
    """An instant in relative words: "just now", "5 minutes ago", "yesterday", "3 March 2024"; nothing for None."""
    return "" if at is None else said(at, now or clock.now()).words


def said(at: datetime, now: datetime) -> Said:
    """The same with the instant until which it may be said so."""
    seconds = (now - at).total_seconds()
    if seconds < 0:
        return Said(f"{at.day} {MONTHS[at.month]} {at.year}", at)
    for size, word in UNITS:
        if seconds >= size:
            n = int(seconds // size)
            until = at + timedelta(seconds=size * (n + 1))
            if word == "day" and n > DAYS_COUNTED:
                return _date(at, now)
            if word == "day" and n == 1:
                return Said("yesterday", until)
            return Said(f"{n} {word}{'' if n == 1 else 's'} ago", until)
    return Said("just now", at + timedelta(minutes=1))


def _date(at: datetime, now: datetime) -> Said:
    """This year's dates go without it."""
    day = f"{at.day} {MONTHS[at.month]}"
    if at.year != now.year:
        return Said(f"{day} {at.year}", ALWAYS)
    return Said(day, datetime(now.year + 1, 1, 1, tzinfo=now.tzinfo))
