"""The tries: asked for, taken on by one worker of several, finished in words; and which archives are kept."""

import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, text, update

from portal import clock
from portal.backups import queries, scratch
from portal.backups.models import BackupRun
from portal.backups.writing import Written
from portal.config import settings
from portal.db import db

ELSEWHERE = timedelta(hours=6)
"""After so long a try that another machine took on is given up; of those on this one we know at once."""
KEPT_DAYS = 400
CUT_SHORT = "It was cut short before it was whole; what it had written is gone."
_OURS = re.compile(r"portal-(\d{8}T\d{6})Z\.tar\.gz")


def ask() -> bool:
    """Ask the worker for a backup soon; False if one waits or is under way."""
    _alone()
    if queries.unfinished():
        return False
    db.session.add(BackupRun(started_at=clock.now()))
    db.session.flush()
    return True


def take_on() -> BackupRun | None:
    """The try that is ours to carry out now, if any: one that was asked for, or that the clock asks for.

    Tries that died are given up first. Whoever calls it commits.
    """
    _alone()
    now = clock.now()
    for run in queries.unfinished():
        if run.file and not _is_dead(run, now):
            return None
        if run.file:
            run.ok, run.finished_at, run.words = False, now, CUT_SHORT
        else:
            run.file, run.words, run.started_at = str(_new_file(now)), _here(), now
            return run
    if not queries.is_due(now):
        return None
    run = BackupRun(started_at=now, file=str(_new_file(now)), words=_here())
    db.session.add(run)
    db.session.flush()
    return run


def begin(file: Path) -> int:
    """Note that somebody makes a backup by hand; returns the number of the try. Whoever calls it commits."""
    run = BackupRun(started_at=clock.now(), file=str(file)[-300:], words=_here())
    db.session.add(run)
    db.session.flush()
    return run.id


def finish(run_id: int, written: Written | None, words: str) -> None:
    """Note how a try ended: with an archive, or without. Whoever calls it commits."""
    values: dict[str, object] = {"ok": written is not None, "finished_at": clock.now(), "words": words[:500]}
    if written is not None:
        values |= {"bytes": written.bytes, "rows": sum(written.rows.values()), "pictures": written.pictures}
    db.session.execute(update(BackupRun).where(BackupRun.id == run_id).values(**values))
    db.session.execute(delete(BackupRun).where(BackupRun.started_at < clock.ago(days=KEPT_DAYS)))


def give_up(run_id: int, words: str) -> None:
    """Note that the process of a try ended without a word. Whoever calls it commits."""
    ended = update(BackupRun).where(BackupRun.id == run_id, BackupRun.finished_at.is_(None))
    db.session.execute(ended.values(ok=False, finished_at=clock.now(), words=words[:500]))


def rotate(new: Path) -> Sequence[Path]:
    """Delete old archives beside `new`, which was proven, and that made by the clock alone; returns which went.

    The newest PORTAL_BACKUP_KEEP stay, and the newest of each of the latest PORTAL_BACKUP_KEEP_WEEKS weeks.
    Whatever the clock says, `new` stays, and so do files that have another name.
    """
    s = settings()
    found = sorted((p for p in new.parent.iterdir() if _OURS.fullmatch(p.name)), key=lambda p: p.name, reverse=True)
    weeks: dict[tuple[int, int], Path] = {}
    for path in found:
        weeks.setdefault(_made_at(path).isocalendar()[:2], path)
    kept = {new, *found[: max(s.backup_keep, 1)], *list(weeks.values())[: s.backup_keep_weeks]}
    gone = [path for path in found if path not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def _made_at(path: Path) -> datetime:
    found = _OURS.fullmatch(path.name)
    assert found is not None
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _new_file(now: datetime) -> Path:
    return Path(settings().backup_dir).resolve() / f"portal-{now:%Y%m%dT%H%M%S}Z.tar.gz"


def _is_dead(run: BackupRun, now: datetime) -> bool:
    """Whether nobody carries it out any more. One that has just begun may not hold its file yet."""
    part = scratch.part_of(Path(run.file))
    if run.started_at > now - timedelta(minutes=2) or scratch.is_held(part):
        return False
    return run.words == _here() or part.exists() or run.started_at < now - ELSEWHERE


def _here() -> str:
    """What stands as the words of a try while it is carried out on this machine."""
    return f"on {platform.node()}"[:500]


def _alone() -> None:
    """One at a time decides; SQLite's writers are that in any case."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE backup_run IN SHARE ROW EXCLUSIVE MODE"))
