"""`python -m tests.system.dying STEPS TOPIC`: for each step a worker of its own that is killed when it comes to it.

A step is a statement that is about to go to the database, or a commit. Before each, somebody posts and is
thanked, so that there is something to follow; then a process takes errands as a worker does, and kills itself
with SIGKILL. The next one finds what it left.
"""

import os
import signal
import sys
from typing import Any

from sqlalchemy import event, update

from portal import activity, clock, create_app
from portal.activity import Errand
from portal.contributions.models import Contribution
from portal.contributions.thanks import give_thanks
from portal.db import db, writing
from portal.members.models import Member
from tests import builders


def work_until(app: Any, step: int, topic_id: int) -> None:
    """Make something to follow, then follow, and be killed at the step."""
    with app.test_request_context():
        with writing():
            topic: Any = db.session.get_one(Contribution, topic_id)
            reply = builders.reply(topic, builders.member(f"dying{step}"), text=f"Step{step} is a word of its own.")
            give_thanks(reply, db.session.get_one(Member, topic.author_id))
        with writing():  # as if the lease of whoever was killed before had run out
            db.session.execute(update(Errand).values(leased_until=clock.ago(minutes=1)))
        if step:
            die_at(step)
        activity.follow_up()


def die_at(step: int) -> None:
    """From now on, the step of this number is the last."""
    left = step

    def count(*_: Any, **__: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", count)
    event.listen(db.engine, "commit", count)


if __name__ == "__main__":
    steps, topic_id = map(int, sys.argv[1:])
    app, killed = create_app(), 0
    work_until(app, 0, topic_id)  # to the end; what is imported and compiled by then, the others have
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    for step in range(1, steps + 1):
        child = os.fork()
        if child == 0:
            try:
                work_until(app, step, topic_id)
            except BaseException as error:
                sys.stderr.write(f"step {step}: {error!r}\n")
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
    print(killed)
