"""Backups by the clock: one worker makes each, old ones go, the owner sees how it stands."""

import re
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.backups import chores, queries, runs
from portal.backups.models import BackupRun
from portal.backups.writing import Written
from portal.db import db, writing
from portal.doctor import examine
from tests import builders
from tests.things import visit


@pytest.fixture
def app(make_app, tmp_path: Path):
    made = make_app(backup_dir=str(tmp_path / "kept"), backup_keep=3, backup_keep_weeks=2)
    with made.app_context():
        yield made


def taken_on() -> BackupRun | None:
    with writing():
        return runs.take_on()


def ended(run: BackupRun, ok: bool = True, words: str = "") -> None:
    with writing():
        made = Written(Path(run.file), 1234567, {"member": 3}, 2, []) if ok else None
        runs.finish(run.id, made, words)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_one_is_made_a_day_and_after_a_failure_in_an_hour(app, clock):
    clock.freeze(datetime(2026, 11, 22, 3, tzinfo=UTC))
    first = taken_on()
    assert first.file.endswith("/kept/portal-20261122T030000Z.tar.gz")
    assert taken_on() is None, "one is under way"
    ended(first)
    clock.advance(hours=23)
    assert taken_on() is None
    clock.advance(hours=1)
    second = taken_on()
    ended(second, ok=False, words="The disk is full.")
    clock.advance(minutes=59)
    assert taken_on() is None
    clock.advance(minutes=1)
    assert taken_on() is not None


def test_what_was_asked_for_is_made_once_whatever_the_clock_says(app, clock):
    clock.freeze()
    ended(taken_on())
    with writing():
        assert runs.ask()
        assert not runs.ask()
    asked = taken_on()
    assert asked.file
    assert taken_on() is None
    with writing():
        assert not runs.ask(), "it is under way"
    ended(asked)
    assert taken_on() is None


def test_one_that_died_is_told_from_one_that_runs_here_or_elsewhere(app, clock, tmp_path: Path):
    from portal.backups import scratch

    clock.freeze()
    run = taken_on()
    part = scratch.part_of(Path(run.file))
    part.parent.mkdir()
    clock.advance(minutes=1)
    assert taken_on() is None, "it may not have come so far yet"
    clock.advance(minutes=10)
    with scratch.open_alone(part):
        assert taken_on() is None
        assert run.ok is None, "it is being written"
    assert taken_on() is None, "the next try is in an hour"
    assert (run.ok, run.words) == (False, runs.CUT_SHORT)
    part.unlink()

    clock.advance(hours=2)
    elsewhere = taken_on()
    with writing():
        elsewhere.words = "on another machine"
    clock.advance(hours=2)
    assert taken_on() is None
    assert elsewhere.ok is None, "nobody here can know"
    clock.advance(hours=5)
    assert taken_on() is not None
    assert elsewhere.ok is False


def test_old_ones_go_but_never_the_new_one_nor_what_somebody_else_put_there(app, tmp_path: Path):
    folder = tmp_path / "kept"
    folder.mkdir()
    start = datetime(2026, 11, 22, 3, tzinfo=UTC)  # a Sunday
    made = [folder / f"portal-{start - timedelta(days=n):%Y%m%dT%H%M%S}Z.tar.gz" for n in range(20)]
    others = [folder / "before-the-move.tar.gz", folder / "portal-20200101T000000Z.tar.gz.old"]
    for path in [*made, *others]:
        path.touch()
    gone = runs.rotate(made[0])
    # Three newest; the newest of this week is among them, that of the week before is its Sunday.
    assert set(folder.iterdir()) == {*made[:3], made[7], *others}
    assert len(gone) == 16
    late = folder / "portal-20010101T000000Z.tar.gz"  # the clock was set back
    late.touch()
    runs.rotate(late)
    assert late.exists()


def test_the_owner_sees_how_it_stands_and_can_ask_for_one(app, clock, tmp_path: Path):
    clock.freeze()
    owner = visit(app, builders.admin("owner"))

    def page() -> str:
        return re.sub(r"\s+", " ", owner.get("/admin/backups/").text)

    assert "No backup has succeeded yet. The worker makes the first one: is it running?" in page()
    answer = owner.submit("/admin/backups/", {})
    assert answer.status_code in (200, 303)
    assert "waits for the worker" in page()
    assert "Make one now" not in page()
    ended(taken_on(), words="1 picture file was not in the storage, such as private/x")
    assert "1.2 MB" in page()
    assert "1 picture file was not in the storage" in page()
    assert "--check" in page()
    assert queries.standing().warning == ""
    clock.advance(hours=49)
    assert "The last good backup is 2 days old." in page()
    assert "The last good backup is 2 days old." in owner.get("/admin/").text
    ended(taken_on(), ok=False, words="There is no room for a backup.")
    assert "The last try failed: There is no room for a backup." in page()
    finding = next(finding for finding in examine() if finding.what == "backups")
    assert (finding.ok, "is gone" in finding.words) == (True, False) or not finding.ok


def test_the_doctor_looks_whether_the_last_good_one_is_still_there(app, clock, tmp_path: Path):
    clock.freeze()

    def finding():
        return next(found for found in examine() if found.what == "backups")

    run = taken_on()
    Path(run.file).parent.mkdir()
    Path(run.file).touch()
    ended(run)
    assert finding().ok
    Path(run.file).unlink()
    assert "that file is gone" in finding().words
    assert not finding().ok


def test_where_none_are_made_the_page_says_how(make_app):
    made = make_app()
    with made.app_context():
        owner = visit(made, builders.admin("owner"))
        text = owner.get("/admin/backups/").text
        assert "PORTAL_BACKUP_DIR" in text
        assert "Make one now" not in text
        token = owner.csrf_token()
        owner.post("/admin/backups/", data={"csrf_token": token})
        assert queries.newest() == []
        chores.tend()
        assert queries.newest() == []
        assert "No backup" not in owner.get("/admin/").text, "a developer's site needs none"


@pytest.mark.slow
def test_of_two_workers_one_makes_it_in_a_process_of_its_own(make_site, tmp_path: Path):
    folder = tmp_path / "kept"
    site = make_site(backup_dir=folder)
    with site.house(), writing():
        builders.topic()
    site._spawn("work")
    site._spawn("work")

    def wait_for(count: int) -> list[BackupRun]:
        end = time.monotonic() + 90
        while True:
            with site.house():
                db.session.expire_all()
                found = list(db.session.scalars(select(BackupRun).order_by(BackupRun.id)))
                if len(found) >= count and all(run.finished_at for run in found):
                    return found
            assert time.monotonic() < end, site.log.read_text()
            time.sleep(0.2)

    first = wait_for(1)
    with site.house(), writing():
        assert runs.ask()
    both = wait_for(2)
    assert [run.ok for run in both] == [True, True], [run.words for run in both]
    assert names(folder) == sorted(Path(run.file).name for run in both)
    assert (folder.stat().st_mode & 0o777, Path(first[0].file).stat().st_mode & 0o777) == (0o700, 0o600)
    assert first[0].bytes == Path(first[0].file).stat().st_size
    for process in site.processes:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(timeout=20) for process in site.processes] == [0, 0]
    assert "Traceback" not in site.log.read_text()
