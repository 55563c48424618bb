"""Backups by the clock: the worker takes one on and has it made by a process of its own, which it looks after."""

import logging
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.backups import queries, runs
from portal.backups.archive import BackupFailed, Progress
from portal.backups.models import BackupRun
from portal.backups.writing import Written, write_backup
from portal.config import settings
from portal.db import db, writing

log = logging.getLogger(__name__)

_UNDER_WAY = "portal.backup_under_way"
NICE = 10
"""How far a backup made by the clock steps back behind whoever is being served."""


def tend() -> None:
    """The chore: begin what is due, if nobody else did; note what ended without a word."""
    if not settings().backup_dir:
        return
    _look_after()
    if not (queries.unfinished() or queries.is_due(clock.now())):
        return
    with writing():
        run = runs.take_on()
    if run is not None:
        # A process of its own: errands go on meanwhile, and its memory goes back with it.
        words = [sys.executable, "-m", "portal", "backup", "--scheduled", str(run.id)]
        current_app.extensions[_UNDER_WAY] = (run.id, subprocess.Popen(words, stdin=subprocess.DEVNULL))  # noqa: S603


def _look_after() -> None:
    run_id, process = current_app.extensions.get(_UNDER_WAY, (0, None))
    if process is None or (status := process.poll()) is None:
        return
    del current_app.extensions[_UNDER_WAY]
    with writing():
        runs.give_up(run_id, f"Its process ended with {status} and without a word.")


def make_scheduled(run_id: int) -> Written:
    """Make the backup that was taken on under this number, and let old ones go. Raises BackupFailed."""
    run = db.session.get(BackupRun, run_id)
    if run is None or run.finished_at is not None or not run.file:
        raise BackupFailed("That backup is not waiting to be made.")
    file = Path(run.file)
    db.session.rollback()
    os.nice(NICE)
    written = _carry_out(run_id, file, lambda *_: None)
    for path in runs.rotate(file):
        log.info("the backup %s is old and was deleted", path)
    return written


def make_by_hand(file: Path, progress: Progress) -> Written:
    """Make a backup now, into `file`; the owner's page shows it too. Raises BackupFailed."""
    run_id = 0
    # It must be made even where the database can only be read.
    with suppress(SQLAlchemyError), writing():
        run_id = runs.begin(file.absolute())
    return _carry_out(run_id, file, progress)


def _carry_out(run_id: int, file: Path, progress: Progress) -> Written:
    try:
        written = write_backup(file, progress)
    except BackupFailed as failed:
        _note(run_id, None, str(failed))
        raise
    except BaseException:
        _note(run_id, None, runs.CUT_SHORT)
        raise
    _note(run_id, written, written.words)
    return written


def _note(run_id: int, written: Written | None, words: str) -> None:
    try:
        with writing():
            runs.finish(run_id, written, words)
    except SQLAlchemyError:
        log.warning("how the backup ended could not be noted", exc_info=True)

