"""What recognition does by the clock: once a day scores age, terms are reviewed, and whoever earned it is proposed."""

from flask import current_app

from portal import clock
from portal.advocacy import commands, reviewing, scoring, terms
from portal.advocacy.ledger import one_at_a_time
from portal.db import writing

DONE_ON = "portal.advocacy.done_on"


def nightly(*, always: bool = False) -> None:
    """The day's work, the first time it is called on a day (UTC) in this process; doing it twice does no harm."""
    today = clock.now().date()
    if not always and current_app.extensions.get(DONE_ON) == today:
        return
    with writing():
        scoring.recompute_all()
    # Each goes through the members from the first one on, and so in a transaction of its own.
    for step in (reviewing.review, commands.propose, terms.look_ahead, terms.propose_levels):
        with writing():
            one_at_a_time()
            step()
    current_app.extensions[DONE_ON] = today
