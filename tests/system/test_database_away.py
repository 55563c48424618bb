"""A database that goes away and comes back, or is not the one it was: a page that says so, and no restart needed."""

import os
import shutil
import threading
import time

import pytest
from sqlalchemy import func, select

from portal.contributions.models import Contribution
from portal.db import db
from tests.live import Site
from tests.postgres import Cluster, free_port
from tests.system.browser import Browser
from tests.system.people import UNHURRIED, furnish, ready, signed_in, wait_until

pytestmark = pytest.mark.slow


def test_postgresql_is_waited_for(tmp_path):
    """Stopped under load and started again: web and worker go on by themselves, and what was acknowledged is there."""
    from tests.databases import PostgresqlDatabases

    server = Cluster()
    (tmp_path / "site").mkdir()
    databases = PostgresqlDatabases(server.url(), "away", tmp_path)
    site = Site(databases.another(tmp_path, "site"), tmp_path / "site", **UNHURRIED, web_processes=2)
    try:
        topic = furnish(site, writers=3)
        site.start(worker="own")
        acknowledged, odd, over = set[str](), [], threading.Event()

        def write(n: int) -> None:
            browser = signed_in(site, f"writer{n}")
            for k in range(10_000):
                key = f"w{n}k{k}"
                status = 0
                while status != 303 and not over.is_set():
                    status, _ = browser.post(f"/c/{topic}/reply", source=f"This is {key}.", submission_key=key)
                    if status == 503:
                        assert browser.headers["Retry-After"].isdigit()
                        assert f"This is {key}." in browser.text
                        time.sleep(0.2)
                    elif status != 303:
                        odd.append((status, browser.text[:500]))
                        return
                if over.is_set():
                    return
                acknowledged.add(key)
                time.sleep(0.05)

        people = [threading.Thread(target=write, args=(n,)) for n in range(3)]
        for person in people:
            person.start()
        wait_until(lambda: len(acknowledged) > 10 or odd, "nobody could write")
        server.halt()
        wait_until(lambda: ready(site)[0] == 503, "nobody noticed")
        assert ready(site) == (503, {"status": "unavailable", "database": "away"})
        reader = Browser(site.port)
        status, text = reader.get(f"/topics/{topic}/x?page=1")
        assert (status, "Back in a moment" in text) == (503, True)
        assert int(reader.headers["Retry-After"]) > 0
        assert reader.get("/healthz")[0] == 200
        time.sleep(1.5)
        before = len(acknowledged)
        server.go_on()
        wait_until(lambda: len(acknowledged) > before + 10 or odd, "writing did not go on", 30)
        over.set()
        for person in people:
            person.join(timeout=30)
        assert odd == []
        wait_until(lambda: ready(site)[1].get("errands") == 0, "the worker did not go on", 40)
        with site.house():
            keys = set(db.session.scalars(select(Contribution.submission_key).where(Contribution.parent_id == topic)))
        assert acknowledged <= keys
        assert "Traceback" not in site.log.read_text()
    finally:
        over.set()
        site.close()
        databases.close()
        server.stop()


@pytest.fixture
def site(make_sqlite_site, tmp_path):
    """A site on SQLite, furnished; nothing runs yet."""
    made = make_sqlite_site(**UNHURRIED)
    made.topic, made.file = furnish(made), tmp_path / "portal.sqlite3"
    return made


def doctor(site: Site) -> str:
    """What the doctor finds, whatever its exit status."""
    try:
        return site.command("doctor")
    except RuntimeError as found:
        return str(found)


def test_a_sqlite_file_that_is_moved_away_takes_no_posts_with_it(site):
    """Writing goes into an open file though its name is gone: what would be lost is refused instead."""
    site.start(worker="own")
    writer, away = signed_in(site), site.file.with_name("away")
    site.file.rename(away)
    status, _ = writer.post(f"/c/{site.topic}/reply", source="Where does this go?", submission_key="lost")
    assert (status, "Where does this go?" in writer.text) == (503, True)
    assert ready(site) == (503, {"status": "unavailable", "database": "gone"})
    assert "PROBLEM database   its file is not there" in doctor(site)
    assert not site.file.exists(), "nobody makes an empty database where one is missing"
    away.rename(site.file)
    assert writer.post(f"/c/{site.topic}/reply", source="Here it goes.", submission_key="lost")[0] == 303
    wait_until(lambda: ready(site)[1].get("errands") == 0, "the worker did not go on")

    shutil.copy(site.file, site.file.with_name("other"))
    other = site.file.with_name("other")
    site.file.rename(away)
    other.rename(site.file)
    assert ready(site) == (503, {"status": "unavailable", "database": "replaced"})
    site.file.unlink()
    away.rename(site.file)
    assert ready(site)[0] == 200
    said = site.log.read_text()
    assert "python -m portal restore" in said
    assert "Traceback" not in said
    with site.house():
        assert db.session.scalar(select(func.count()).where(Contribution.parent_id == site.topic)) == 1


def test_a_command_says_in_a_sentence_that_the_database_is_away(site):
    """A unit's ExecStartPre says it every two seconds, to whoever reads the log."""
    site.settings["database_url"] = f"postgresql://portal@127.0.0.1:{free_port()}/portal"
    with pytest.raises(RuntimeError) as ended:
        site.command("migrate")
    assert "ended with 1: It could not be done." in str(ended.value)
    assert "it does not answer: start it" in str(ended.value)
    assert str(ended.value).count("\n") <= 1


@pytest.mark.parametrize("where", ["header", "pages"])
def test_a_damaged_sqlite_file_is_said_to_be_damaged(site, where):
    with site.house():
        db.session.remove()
        db.engine.dispose()
    with site.file.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        first = 0 if where == "header" else 4096
        file.seek(first)
        file.write(os.urandom(4096 if where == "header" else size - first))
    found = doctor(site)
    assert "PROBLEM database   it is damaged" in found, found
    assert "python -m portal restore" in found
    assert "Traceback" not in found
    if where == "header":
        with pytest.raises(RuntimeError, match="The database is not ready: it is damaged"):
            site.command("serve")


def test_damage_that_comes_while_the_site_runs_is_said(site):
    site.start(worker="own")
    writer = signed_in(site)
    site.file.write_bytes(os.urandom(site.file.stat().st_size))  # the same file, other contents
    site.file.with_name("portal.sqlite3-wal").write_bytes(b"")
    status, _ = writer.post(f"/c/{site.topic}/reply", source="Into what?", submission_key="what")
    assert (status, "Into what?" in writer.text) == (503, True), writer.text
    wait_until(lambda: ready(site)[0] == 503, "nobody noticed")
    assert ready(site)[1]["database"] == "damaged"
    assert writer.get("/forum/")[0] == 503
    assert "Traceback" not in site.log.read_text()
