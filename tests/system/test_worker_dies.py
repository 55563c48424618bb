"""A worker killed at every step of an errand: what it was at is done by the next one, once."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from portal.activity import Errand
from portal.advocacy.models import LedgerEntry
from portal.contributions.models import Contribution
from portal.db import db
from portal.notifications.models import Notification
from portal.search import followers as search
from tests.system.people import furnish, wait_until

pytestmark = pytest.mark.slow

STEPS = 48


def test_a_worker_killed_at_every_step_leaves_nothing_undone_and_nothing_twice(make_site):
    site = make_site(mail_url="folder")
    topic = furnish(site)
    site.program = ["-m", "tests.system.dying"]
    killed = int(site.command(str(STEPS), str(topic)))
    assert killed == STEPS, "each of them was to be killed"
    site.program = ["-m", "portal"]
    with site.house():
        assert db.session.scalar(select(func.count()).select_from(Errand)), "something is left to do"
        db.session.execute(Errand.__table__.update().values(leased_until=None))
    site._spawn("work")
    with site.house():
        wait_until(lambda: owed() == 0, "the worker did not take over what was left", 40)
        replies = Counter(db.session.scalars(select(Contribution.id).where(Contribution.parent_id == topic)))
        assert len(replies) == STEPS + 1, "one for each, and one before"
        lines = db.session.execute(select(LedgerEntry.contribution_id, LedgerEntry.sort, LedgerEntry.reverses_id))
        assert Counter(line.contribution_id for line in lines if line.reverses_id is None) == replies
        told = select(Notification.contribution_id).where(Notification.verb == "thanked")
        assert Counter(db.session.scalars(told)) == replies
        assert search.compare().equal
    assert "Traceback" not in site.log.read_text()


def owed() -> int:
    """How many errands wait."""
    count = db.session.scalar(select(func.count()).select_from(Errand))
    db.session.rollback()
    return count or 0
