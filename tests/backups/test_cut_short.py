"""`kill -9`, an orderly stop, a full disk, at any step: no archive that looks whole, and the old state or the new."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.backups import runs
from portal.backups.models import BackupRun
from portal.backups.restoring import restore_backup
from portal.backups.writing import write_backup
from portal.db import db, writing
from portal.media.files import private_folder
from portal.media.models import Picture
from portal.media.storage import storage
from tests import builders
from tests.backups.furnishing import contents, furnish, quiet
from tests.databases import ROOT


@pytest.fixture
def site(app, settled):
    made = furnish()
    settled()
    return made


def killed_at(step: str, number: int, do: Callable[[Callable[[str, int, int], None]], object]) -> bool:
    """Do it in a process that is killed at this step; False if it got by without."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child == 0:

        def die_at(now: str, done: int, total: int) -> None:
            if now == step and done >= number:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            do(die_at)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_a_backup_killed_at_any_step_leaves_nothing_that_looks_whole(on_sqlite, site, tmp_path: Path):
    folder = tmp_path / "kept"
    file = folder / "portal-20261122T000000Z.tar.gz"
    for step, number in (("tables", 1), ("tables", 30), ("pictures", 1), ("checking", 1), ("proving", 20)):
        assert killed_at(step, number, lambda progress: write_backup(file, progress)), step
        assert not file.exists(), step
        assert list(folder.glob(".*.part")), f"what it had written by {step} is there"
    write_backup(file, quiet)
    assert list(folder.iterdir()) == [file], "what was left of the others is gone"


def test_a_restore_killed_at_any_step_leaves_the_old_state_or_the_new(site, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    write_backup(archive, quiet)
    new, kept = contents(), {key: storage().read(key) for key in storage().list("")}
    with writing():
        builders.topic(title="After the backup")
    old = contents()
    for key in kept:
        storage().delete(key)

    last = len(new)
    expected = {
        ("proving", 30): old, ("pictures", 2): old, ("tables", 1): old, ("tables", last): old, ("publishing", 1): new,
    }  # fmt: skip
    for (step, number), state in expected.items():
        assert killed_at(step, number, lambda progress: restore_backup(archive, progress, replace=True)), step
        found = contents()
        assert {name for name in found if found[name] != state[name]} == set(), step
    restore_backup(archive, quiet, replace=True)
    assert contents() == new
    assert {key: storage().read(key) for key in storage().list("")} == kept
    assert not list((tmp_path / "data").glob(".portal-scratch-*"))


# the command itself


def command(make_site, *words: str, **how) -> subprocess.Popen:
    site = make_site()
    with site.house(), writing():
        owner = builders.member("owner")
        for n in range(4):
            token = f"{n}" * 22
            made = Picture(
                token=token, owner_id=owner.id, width=340, height=200, bytes=1, media_type="image/jpeg",
                sha256="0" * 64, difference_hash="0" * 16,
            )  # fmt: skip
            db.session.add(made)
            for name in ("master.jpg", "340.jpg", "340.webp"):
                storage().write(private_folder(token) + name, os.urandom(8 << 20))
    site.process = subprocess.Popen(
        [sys.executable, "-m", "portal", *words], env=site._environment(), cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, **how,
    )  # fmt: skip
    return site


@pytest.mark.slow
def test_a_full_disk_is_said_in_a_sentence_and_shown(on_sqlite, make_site, tmp_path: Path):
    """The limit on a file's size stands in for the disk: writing fails in the middle, as it would there."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20 << 20, 20 << 20))

    file = tmp_path / "kept" / "backup.tar.gz"
    site = command(make_site, "backup", str(file), preexec_fn=limit)
    printed, complained = site.process.communicate(timeout=120)
    assert (site.process.returncode, printed) == (1, "")
    assert "There is no backup." in complained
    assert "could not be written: File too large" in complained
    assert "Traceback" not in complained
    assert list(file.parent.iterdir()) == []
    with site.house():
        run = db.session.scalars(select(BackupRun)).one()
        assert (run.ok, "File too large" in run.words) == (False, True)


@pytest.mark.slow
def test_an_orderly_stop_cleans_up_and_a_kill_is_found_out_later(on_sqlite, make_site, tmp_path: Path, clock):
    file = tmp_path / "kept" / "backup.tar.gz"
    for stop in (signal.SIGTERM, signal.SIGKILL):
        site = command(make_site, "backup", str(file))
        part = file.with_name(f".{file.name}.part")
        end = time.monotonic() + 60
        while not (part.exists() and part.stat().st_size > 1 << 20):
            assert time.monotonic() < end
            assert site.process.poll() is None, site.process.communicate()
            time.sleep(0.01)
        site.process.send_signal(stop)
        _, complained = site.process.communicate(timeout=60)
        assert "Traceback" not in complained
        assert not file.exists()
        with site.house():
            run = db.session.scalars(select(BackupRun)).one()
            if stop == signal.SIGTERM:
                assert (part.exists(), run.ok, run.words) == (False, False, runs.CUT_SHORT)
            else:
                assert (part.exists(), run.ok) == (True, None)
                clock.advance(minutes=3)
                with writing():
                    runs.take_on()
                assert (run.ok, run.words) == (False, runs.CUT_SHORT)
