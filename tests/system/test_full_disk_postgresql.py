"""PostgreSQL's own disk is full: reading goes on, writing says so and keeps what was typed, and all recovers."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.activity import Errand
from portal.contributions.models import Contribution
from portal.db import db
from tests.databases import PostgresqlDatabases
from tests.live import Site
from tests.postgres import Cluster
from tests.system.disks import Room, pictures_wait_and_words_do_not
from tests.system.people import UNHURRIED, furnish, ready, signed_in, wait_until

pytestmark = pytest.mark.slow


@dataclass
class Small:
    """A site whose PostgreSQL has a small disk for its tables, another for its log; and a small one for pictures."""

    room: Room
    server: Cluster
    site: Site
    topic: int
    data: Path
    log: Path
    pictures: Path

    def keys(self) -> set[str]:
        """The replies that are there, by what their forms were called."""
        with self.site.house():
            replies = select(Contribution.submission_key).where(Contribution.parent_id == self.topic)
            return {str(key) for key in db.session.scalars(replies)}

    def owed(self) -> int:
        """Errands that nobody carried out yet."""
        with self.site.house():
            return int(db.session.scalar(select(func.count()).select_from(Errand)) or 0)


@pytest.fixture
def small(tmp_path):
    """See Small."""
    room = Room()
    disks = {}

    def prepare(folder: Path, owner: str) -> tuple[list[str], list[str]]:
        for name, size in (("data", "160m"), ("log-of-changes", "240m")):
            disks[name] = folder / name
            room.mount(folder / name, size)
            assert room.does("chown", owner, str(folder / name))
            assert room.does("chmod", "700", str(folder / name))
        words = ["--wal-segsize=1", f"--waldir={folder}/log-of-changes/files"]
        return [word for word in room.before if not word.startswith("--wd=")], words

    server = databases = site = None
    try:
        # No file of its log is used again, and what is acknowledged was written.
        server = Cluster(prepare, min_wal_size="2MB", max_wal_size="1GB", synchronous_commit="on")
        databases = PostgresqlDatabases(server.url(), "small", tmp_path)
        room.mount(tmp_path / "pictures", "32m")
        site = Site(databases.another(tmp_path, "site"), tmp_path, **UNHURRIED, mail_url="folder")
        site.settings["uploads_dir"], site.before = tmp_path / "pictures", room.before
        topic = furnish(site)
        yield Small(room, server, site, topic, disks["data"], disks["log-of-changes"], tmp_path / "pictures")
    finally:
        if site is not None:
            site.close()
        if databases is not None:
            databases._rows.close()  # the rest goes with the server
        if server is not None:
            server.stop()
        room.close()


def test_tables_that_have_no_room_are_said_and_nothing_is_lost(small):
    site, topic = small.site, small.topic
    site.start(worker="own")
    writer = signed_in(site)
    assert writer.post(f"/c/{topic}/reply", source="Before, there is room.", submission_key="before")[0] == 303
    wait_until(lambda: ready(site)[1].get("errands") == 0, "the worker did not follow")
    ballast = small.room.fill(small.data)

    kept, refused = {"before"}, ""
    for n in range(2000):  # until every page that has room is full
        status, _ = writer.post(f"/c/{topic}/reply", source=f"Word{n} " + "and more " * 400, submission_key=f"k{n}")
        if status != 303:
            refused = f"k{n}"
            break
        kept.add(f"k{n}")
    assert status == 503, writer.text
    assert writer.headers["Retry-After"].isdigit()
    assert "could not be saved yet" in writer.text
    assert f"Word{refused[1:]} and more" in writer.text
    assert refused in writer.text
    assert ready(site) == (503, {"status": "unavailable", "database": "full"})
    with pytest.raises(RuntimeError, match="PROBLEM disks +database: the disk is full: make room"):
        site.command("doctor")
    for address in ("/", "/forum/", f"/c/{topic}", "/search?q=room", "/healthz"):
        assert writer.get(address)[0] in (200, 302), address

    ballast.unlink()
    wait_until(lambda: ready(site)[0] == 200, "the site did not notice that there is room")
    assert writer.post(f"/c/{topic}/reply", source="After, there is room.", submission_key=refused)[0] == 303
    wait_until(lambda: ready(site)[1].get("errands") == 0, "the worker did not go on", 60)
    assert small.keys() == kept | {refused}
    said = site.log.read_text()
    assert "the disk is full: make room" in said
    assert "Traceback" not in said


def test_a_log_of_changes_that_has_no_room_ends_postgresql_and_loses_nothing(small):
    """It ends itself in the middle of a post, and cannot start until there is room: who reads and writes waits."""
    site, server, topic = small.site, small.server, small.topic
    site.start(worker="own")
    writer = signed_in(site)
    assert writer.post(f"/c/{topic}/reply", source="Before, there is room.", submission_key="before")[0] == 303
    wait_until(lambda: ready(site)[1].get("errands") == 0, "the worker did not follow")
    ballast = small.room.fill(small.log)

    kept, status = {"before"}, 303
    for n in range(400):  # until the file at hand is full
        status, _ = writer.post(f"/c/{topic}/reply", source=f"Word{n} " + "and more " * 400, submission_key=f"k{n}")
        if status != 303:
            break
        kept.add(f"k{n}")
    assert status == 503
    assert f"Word{n} and more" in writer.text
    assert "PANIC" in server.said
    assert "No space left on device" in server.said
    wait_until(lambda: ready(site) == (503, {"status": "unavailable", "database": "away"}), "nobody noticed", 40)
    assert writer.get("/healthz")[0] == 200
    status, text = writer.get(f"/topics/{topic}/x?page=1")
    assert (status, "Back in a moment" in text) == (503, True)
    wait_until(lambda: server.ended, "PostgreSQL goes on without room for its log", 40)

    ballast.unlink()
    server.go_on()  # as a service manager, or who looks after the machine
    wait_until(lambda: ready(site)[0] == 200, "the site did not notice that its database is back", 40)
    assert writer.post(f"/c/{topic}/reply", source="After, there is room.", submission_key=f"k{n}")[0] == 303
    wait_until(lambda: ready(site)[1].get("errands") == 0, "the worker did not go on", 60)
    there = small.keys()
    assert kept | {f"k{n}"} == there
    assert "Traceback" not in site.log.read_text()


def test_pictures_wait_for_room_while_words_go_to_postgresql(small):
    small.site.start(worker="own")
    pictures_wait_and_words_do_not(small.site, small.topic, small.room, small.pictures)


def test_a_full_data_folder_holds_no_post_up(small):
    """What lies there need not last: compiled templates, kept pages, mail that a development site writes."""
    site, topic = small.site, small.topic
    small.room.mount(site.settings["data_dir"], "16m")
    small.room.fill(site.settings["data_dir"])
    site.start(worker="own")
    writer = signed_in(site)
    assert writer.post(f"/c/{topic}/reply", source="There is room for this.", submission_key="a")[0] == 303
    for address in ("/", "/forum/", f"/c/{topic}", "/healthz"):
        assert writer.get(address)[0] in (200, 302), address
    assert ready(site) == (503, {"status": "unavailable", "data": "full"})
    (small.room.seen(site.settings["data_dir"]) / "ballast").unlink()
    wait_until(lambda: ready(site)[0] == 200, "it is not noticed")
    wait_until(lambda: ready(site)[1].get("errands") == 0, "the worker did not go on", 60)
    assert small.keys() == {"a"}
    assert "Traceback" not in site.log.read_text()
