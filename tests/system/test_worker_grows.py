"""A worker that has grown is replaced by a fresh copy all the time: nothing is lost, done twice or said about it."""

import time

import pytest
from sqlalchemy import select

from portal.advocacy.models import LedgerEntry
from portal.contributions.models import Contribution
from portal.contributions.thanks import give_thanks
from portal.db import db, writing
from portal.members.models import Member
from portal.notifications.models import Notification
from portal.search import followers as search
from tests import builders
from tests.system.people import furnish, wait_until
from tests.system.test_starting import workers
from tests.system.test_worker_dies import owed

pytestmark = pytest.mark.slow

SECONDS = 10


def test_workers_take_each_others_place_all_the_time_and_everything_is_followed_once(make_site):
    site = make_site(mail_url="folder")
    topic = furnish(site)
    site.program = ["-m", "tests.system.growing"]
    site.start()
    seen, written, end = set(), [], time.monotonic() + SECONDS
    while time.monotonic() < end:
        with site.house() as app, app.test_request_context(), writing():
            about = db.session.get_one(Contribution, topic)
            reply = builders.reply(about, builders.member(f"writer{len(written)}x"), text="Something to follow.")
            give_thanks(reply, db.session.get_one(Member, about.author_id))
            written.append(reply.id)
        seen |= workers(site)
        time.sleep(0.2)
        seen |= workers(site)
    assert len(seen) > 2, "few took another's place"
    with site.house():
        wait_until(lambda: owed() == 0, "something was left undone")
        lines = db.session.scalars(select(LedgerEntry.contribution_id).where(LedgerEntry.reverses_id.is_(None)))
        assert sorted(lines) == written
        told = db.session.scalars(select(Notification.contribution_id).where(Notification.verb == "thanked"))
        assert sorted(told) == written
        assert search.compare().equal
    site.stop()
    said = site.log.read_text()
    assert "started again" not in said
    assert "Traceback" not in said
