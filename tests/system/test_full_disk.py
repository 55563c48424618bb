"""A disk that is full or read-only: reading goes on, writing says so and keeps what was typed, and all recovers."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.activity import Errand
from portal.contributions.models import Contribution
from portal.db import db
from portal.search import followers as search
from tests.live import Site
from tests.system.browser import Browser
from tests.system.disks import Room, pictures_wait_and_words_do_not
from tests.system.people import UNHURRIED, furnish, ready, signed_in, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def room():
    """A mount namespace."""
    made = Room()
    yield made
    made.close()


@dataclass
class Small:
    """A site whose data folder, database and log are on a small disk of their own, and its pictures on another."""

    room: Room
    site: Site
    topic: int
    disk: Path
    pictures: Path

    @contextmanager
    def looked_into(self, folder: Path) -> Iterator[None]:
        """What the stopped site left behind, copied out of the room: the test's own eyes see it by other paths."""
        self.site.stop()
        shutil.copytree(self.room.seen(self.disk), folder)
        copy = Site(f"sqlite:///{folder}/portal.sqlite3", folder, **UNHURRIED)
        with copy.house():
            yield
        copy.close()


@pytest.fixture
def small(room, sqlite_files, tmp_path):
    """See Small."""
    plain = tmp_path / "plain"
    plain.mkdir()
    made = Site(sqlite_files.another(plain, "portal"), plain, **UNHURRIED)
    topic = furnish(made)
    made.close()
    disk, pictures = tmp_path / "disk", tmp_path / "pictures"
    room.mount(disk, "32m")
    room.mount(pictures, "32m")
    shutil.copy(plain / "portal.sqlite3", room.seen(disk))
    site = Site(f"sqlite:///{disk}/portal.sqlite3", disk, **UNHURRIED, mail_url="folder")
    site.settings["uploads_dir"] = pictures
    site.log, site.before = room.seen(disk) / "server.log", room.before
    yield Small(room, site, topic, disk, pictures)
    site.close()


def test_a_full_disk_is_said_and_nothing_is_lost(small, tmp_path):
    site, topic = small.site, small.topic
    site.start(worker="own")
    writer = signed_in(site)
    assert writer.post(f"/c/{topic}/reply", source="Before, there is room.", submission_key="before")[0] == 303
    wait_until(lambda: ready(site)[1].get("errands") == 0, "the worker did not follow")
    ballast = small.room.fill(small.disk)

    kept, refused = 1, None
    for n in range(2000):  # until the log of the database has no room left either
        status, _ = writer.post(f"/c/{topic}/reply", source=f"Word{n} " + "and more " * 400, submission_key=f"k{n}")
        if status == 503:
            refused = f"k{n}"
            break
        assert status == 303
        kept += 1
    assert refused, "the disk was not full"
    assert writer.headers["Retry-After"].isdigit()
    assert "could not be saved yet" in writer.text
    assert f"Word{refused[1:]} and more" in writer.text
    assert refused in writer.text
    assert "Traceback" not in writer.text
    assert ready(site) == (503, {"status": "unavailable", "database": "full", "data": "full"})
    for address in ("/", "/forum/", f"/c/{topic}", "/search?q=room", "/healthz"):
        assert writer.get(address)[0] in (200, 302), address

    ballast.unlink()
    assert writer.post(f"/c/{topic}/reply", source="After, there is room.", submission_key=refused)[0] == 303
    wait_until(lambda: ready(site)[1].get("errands") == 0, "the worker did not go on", 60)
    assert ready(site)[0] == 200
    assert "full: " in site.log.read_text()
    with small.looked_into(tmp_path / "after"):
        rows = select(func.count()).select_from(Contribution).where(Contribution.parent_id == topic)
        assert db.session.scalar(rows) == kept + 1
        assert db.session.scalar(select(func.count()).select_from(Errand)) == 0
        assert search.compare().equal


def test_pictures_wait_for_room_and_words_do_not(small):
    small.site.start(worker="own")
    pictures_wait_and_words_do_not(small.site, small.topic, small.room, small.pictures)


def test_what_is_read_only_can_be_read(small):
    """As a machine comes up whose disk the kernel does not trust."""
    site, topic = small.site, small.topic
    site.start(worker="none")
    writer = signed_in(site)
    assert writer.get(f"/c/{topic}")[0] == 302
    site.stop()
    assert small.room.does("mount", "-o", "remount,ro", str(small.disk))
    site.log = small.room.seen(small.pictures) / "server.log"
    site.start(worker="own")
    for address in ("/", "/forum/", "/healthz"):
        assert Browser(site.port).get(address)[0] == 200, address
    status, _ = writer.post(f"/c/{topic}/reply", source="It can't be kept yet.", submission_key="first")
    assert (status, "It can&#39;t be kept yet." in writer.text) == (503, True)
    assert ready(site) == (503, {"status": "unavailable", "database": "read-only", "data": "read-only"})

    assert small.room.does("mount", "-o", "remount,rw", str(small.disk))
    wait_until(lambda: ready(site)[0] == 200, "the site did not notice that its disk is well")
    assert writer.post(f"/c/{topic}/reply", source="Now it can.", submission_key="first")[0] == 303
    wait_until(lambda: ready(site)[1].get("errands") == 0, "the worker did not go on")
    assert "Traceback" not in site.log.read_text()
