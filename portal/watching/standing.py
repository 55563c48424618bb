"""How it stands now: what waits, how old it is, how much room is left; looked at when asked, and once a minute.

What there is to look at is named in `portal/gauges.py`, where all rooms can be seen.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import current_app

from portal.db import db
from portal.watching.counting import count
from portal.watching.vocabulary import GAUGE, is_known

log = logging.getLogger(__name__)

GAUGES = "portal.gauges"
"""Where the application has its sources."""


def _always_well(value: float | None) -> str:
    return ""


@dataclass(frozen=True)
class Gauge:
    """One thing to look at. `metric` is what Prometheus calls it, its unit at the end."""

    name: str
    metric: str
    says: str
    label: str
    """On the owner's page."""
    in_words: Callable[[float], str] = "{:,.0f}".format
    trouble: Callable[[float | None], str] = _always_well
    """A sentence that says what to do when this is not as it should be; empty when it is."""
    missing: str = ""
    """What it is when there is no value: the words for it."""
    of: tuple[str, str] | None = None
    """The label that tells it from others of the same metric."""
    page: tuple[str, str] | None = None
    """Where something can be done about it: the endpoint, and the words of the link."""

    @property
    def counted_as(self) -> str:
        """Its name among what is counted."""
        return f"{GAUGE}:{self.name}"


@dataclass(frozen=True)
class Source:
    """Several gauges that are read at once, each by its name; one without a value is not there."""

    gauges: Sequence[Gauge]
    read: Callable[[], Mapping[str, float | None]]


@dataclass(frozen=True)
class Reading:
    """A gauge and what it shows; `failed` if it could not be read."""

    gauge: Gauge
    value: float | None
    failed: bool = False

    @property
    def words(self) -> str:
        """The value for people."""
        if self.failed:
            return "could not be read"
        return self.gauge.missing if self.value is None else self.gauge.in_words(self.value)

    @property
    def trouble(self) -> str:
        """What to do about it, if something is to be done."""
        if self.failed:
            return "Look into the log of the web server: it says why."
        return self.gauge.trouble(self.value)


def sources() -> Sequence[Source]:
    """What there is to look at, as `create_app` put it in."""
    found: Sequence[Source] = current_app.extensions[GAUGES]
    return found


def readings() -> list[Reading]:
    """All gauges now; one that can't be read hides no other."""
    return [reading for source in sources() for reading in _readings(source)]


def _readings(source: Source) -> list[Reading]:
    try:
        found = source.read()
    except Exception:
        log.exception("%s can't be read", ", ".join(gauge.name for gauge in source.gauges))
        db.session.rollback()
        return [Reading(gauge, None, failed=True) for gauge in source.gauges]
    return [Reading(gauge, found.get(gauge.name)) for gauge in source.gauges]


def sample() -> None:
    """The chore: note how it stands, so that it can be plotted."""
    for reading in readings():
        if reading.value is not None and is_known(reading.gauge.counted_as):
            count(reading.gauge.counted_as, 1, reading.value, reading.value)
    db.session.rollback()
