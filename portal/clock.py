"""The one clock: every time in the house is asked for here, so that tests and the demo can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_frozen: ContextVar[datetime | None] = ContextVar("portal_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC; the frozen one while `at()` is in force."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let `now()` answer `instant` (aware) inside the block; blocks nest."""
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def freeze(instant: datetime | None) -> None:
    """Let `now()` answer `instant` until told otherwise (`None`: the real time again)."""
    _frozen.set(instant.astimezone(UTC) if instant else None)


def is_frozen() -> bool:
    """Whether `now()` stands still."""
    return _frozen.get() is not None


def ago(**parts: float) -> datetime:
    """The instant that lies `timedelta(**parts)` before now."""
    return now() - timedelta(**parts)


def week_start(instant: datetime | None = None) -> datetime:
    """The Monday, 0:00 UTC, that begins the week (ISO 8601) of `instant`, or of now."""
    day = (instant or now()).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
