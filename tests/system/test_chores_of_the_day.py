"""What is done once a day is done by a process of its own, which makes no database where one is missing."""

import time

import pytest

from portal.db import db, writing
from portal.members.models import Member
from tests import builders
from tests.live import Site

pytestmark = pytest.mark.slow


@pytest.fixture
def site(databases, tmp_path):
    """A site with a member whose score is wrong."""
    site = Site(databases.another(tmp_path, "daily"), tmp_path)
    with site.house(), writing():
        builders.member("mara").help_score = 99.0
    yield site
    site.close()


def score(site: Site) -> float:
    with site.house():
        db.session.expire_all()
        return db.session.scalars(db.select(Member.help_score).where(Member.username == "mara")).one()


def test_a_worker_has_it_done_when_it_starts(site):
    site.start(worker="own")
    end = time.monotonic() + 60
    while score(site) and time.monotonic() < end:
        time.sleep(0.2)
    assert score(site) == 0
    site.stop()
    said = site.log.read_text()
    assert "Traceback" not in said
    assert "the chores of the day ended" not in said


def test_where_the_database_is_missing_it_ends_with_a_sentence(site):
    with site.house():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("a file is what goes missing")
        file = db.engine.url.database
        db.session.remove()
        db.engine.dispose()
    away = site.folder / "away"
    (site.folder / file).rename(away)
    with pytest.raises(RuntimeError, match="The database is not ready: its file is not there"):
        site.command("chores-of-the-day")
    assert not (site.folder / file).exists()
    away.rename(site.folder / file)
    site.command("chores-of-the-day")
    assert score(site) == 0
