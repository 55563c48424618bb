"""What the worker does by the clock, and how often (in seconds)."""

from portal.advocacy import recognition, scoring
from portal.db import writing
from portal.media import followers as media
from portal.notifications import letters
from portal.worker import Chore

MINUTE, HOUR, DAY = 60, 3600, 86_400


def _recompute() -> None:
    """Help ages, so scores fall by themselves; recognition is proposed, warned of and ended by them."""
    with writing():
        scoring.recompute_all()
    with writing():
        recognition.propose()


CHORES: tuple[Chore, ...] = (
    Chore("send what has gathered", MINUTE, lambda: _ignore(letters.send_gathered())),
    Chore("sweep pictures nobody used", HOUR, media.sweep),
    Chore("send the weekly digest", HOUR, lambda: _ignore(letters.send_digests())),
    Chore("recompute scores", DAY, _recompute),
)


def _ignore(_: object) -> None:
    """A chore answers nothing; the letters say how many they were."""
