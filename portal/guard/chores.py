"""What the guard does by the clock: once a day, after the scores, it looks for arranged thanks and notes them."""

import logging

from flask import current_app

from portal import clock
from portal.db import db, writing
from portal.guard import commands, looking

DONE_ON = "portal.guard.done_on"
log = logging.getLogger(__name__)


def nightly(*, always: bool = False) -> None:
    """The day's look, the first time it is called on a day (UTC) in this process; doing it twice does no harm."""
    today = clock.now().date()
    if not always and current_app.extensions.get(DONE_ON) == today:
        return
    try:
        # Reading takes longest and keeps nobody from writing.
        found, usual = looking.look()
        weights = [looking.weigh(pattern) for pattern in found]
    finally:
        db.session.rollback()
    with writing():
        new = commands.note(found, usual, weights)
    if new:
        log.info("%d new findings for moderators", len(new))
    current_app.extensions[DONE_ON] = today
