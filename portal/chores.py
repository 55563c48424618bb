"""What the worker does by the clock, and how often (in seconds)."""

from portal.advocacy import chores as advocacy
from portal.media import followers as media
from portal.notifications import letters
from portal.worker import Chore

MINUTE, HOUR = 60, 3600


CHORES: tuple[Chore, ...] = (
    Chore("send what has gathered", MINUTE, lambda: _ignore(letters.send_gathered())),
    Chore("sweep pictures nobody used", HOUR, media.sweep),
    Chore("send the weekly digest", HOUR, lambda: _ignore(letters.send_digests())),
    Chore("let scores age, review and propose recognition, once a day", 10 * MINUTE, advocacy.nightly),
)


def _ignore(_: object) -> None:
    """A chore answers nothing; the letters say how many they were."""
