"""Whose pictures are decoded when: nobody holds all the cages, however many files one member sends at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from werkzeug.exceptions import TooManyRequests

from portal.config import settings
from portal.media.intake import SENTENCES, PictureRefused
from portal.members import throttle

WAITING = 1
"""Files of one member that may wait, each holding a thread of the server, while another of theirs is decoded."""
PATIENCE = 15.0
RETRY_AFTER = 10


@dataclass
class _Line:
    turn: Lock = field(default_factory=Lock)
    members: int = 0


_lines: dict[int, _Line] = {}
_changing = Lock()


def count(owner_id: int) -> None:
    """Count a picture that a member sends. Raises PictureRefused beyond `pictures_per_hour`."""
    try:
        throttle.count_picture(owner_id)
    except TooManyRequests as full:
        seconds = full.retry_after if isinstance(full.retry_after, int) else 3600
        minutes = -(-seconds // 60)
        raise PictureRefused(
            "often",
            f"You have sent {settings().pictures_per_hour} pictures within an hour. "
            f"Please send more in {minutes} minute{'' if minutes == 1 else 's'}.",
            seconds,
        ) from None


@contextmanager
def one_of(owner_id: int) -> Iterator[None]:
    """A block that one file of a member is in at a time; a second one waits a moment.

    Raises PictureRefused (`busy`) for a third, and when the moment is over.
    """
    with _changing:
        line = _lines.setdefault(owner_id, _Line())
        if line.members > WAITING:
            raise _busy()
        line.members += 1
    try:
        if not line.turn.acquire(timeout=PATIENCE):
            raise _busy()
        try:
            yield
        finally:
            line.turn.release()
    finally:
        with _changing:
            line.members -= 1
            if not line.members:
                _lines.pop(owner_id, None)


def _busy() -> PictureRefused:
    return PictureRefused("busy", SENTENCES["busy"], RETRY_AFTER)
