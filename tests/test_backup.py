"""Backup and restore: what was there is there again, on either database; a damaged archive changes nothing."""

import tarfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.backup import BackupRefused, restore_backup, tables, write_backup
from portal.contributions.models import Contribution
from portal.db import writing
from portal.media.storage import storage
from portal.members.models import Member
from tests import builders


def quiet(step, done, total):
    """No progress bar."""


@pytest.fixture
def filled(app):
    with writing():
        topic = builders.topic(tags=("bell", "squeak"))
        builders.reply(topic, text="Grüße, 王小明 🚲")
        storage().write("public/ab/abc-320.webp", b"a picture")
    return topic


def contents(db):
    return {t.name: sorted(map(str, db.session.execute(select(t)).all())) for t in tables()}


def test_what_was_backed_up_is_there_again(db, filled, tmp_path: Path):
    before = contents(db)
    write_backup(tmp_path / "backup.tar.gz", quiet)
    with writing():
        builders.topic()
    storage().delete("public/ab/abc-320.webp")
    restore_backup(tmp_path / "backup.tar.gz", quiet, replace=True)
    assert contents(db) == before
    assert storage().read("public/ab/abc-320.webp") == b"a picture"


def test_what_is_written_after_a_restore_gets_numbers_of_its_own(db, filled, tmp_path: Path):
    number = filled.id
    write_backup(tmp_path / "backup.tar.gz", quiet)
    restore_backup(tmp_path / "backup.tar.gz", quiet, replace=True)
    db.session.expunge_all()
    with writing():
        assert builders.topic(title="After the restore").id > number


def test_a_database_that_is_not_empty_is_not_overwritten_unasked(db, filled, tmp_path: Path):
    write_backup(tmp_path / "backup.tar.gz", quiet)
    with pytest.raises(BackupRefused, match="not empty"):
        restore_backup(tmp_path / "backup.tar.gz", quiet)


def test_a_damaged_archive_changes_nothing(db, filled, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    write_backup(archive, quiet)
    archive.write_bytes(archive.read_bytes()[:-200])
    before = contents(db)
    with pytest.raises(BackupRefused, match="damaged"):
        restore_backup(archive, quiet, replace=True)
    assert contents(db) == before


def test_a_changed_table_is_noticed(db, filled, tmp_path: Path):
    archive, changed = tmp_path / "backup.tar.gz", tmp_path / "changed.tar.gz"
    write_backup(archive, quiet)
    with tarfile.open(archive) as old, tarfile.open(changed, "w:gz") as new:
        for entry in old:
            data = old.extractfile(entry)
            if entry.name == "tables/member.jsonl":
                content = data.read().replace(b'"is_admin": false', b'"is_admin": true ')
                (tmp_path / "member").write_bytes(content)
                new.add(tmp_path / "member", entry.name)
            else:
                new.addfile(entry, data)
    with pytest.raises(BackupRefused, match=r"member\.jsonl"):
        restore_backup(changed, quiet, replace=True)
    assert db.session.scalar(select(func.count()).select_from(Member).where(Member.is_admin)) == 0


def test_an_archive_that_reaches_outside_is_refused(db, filled, tmp_path: Path):
    archive = tmp_path / "evil.tar.gz"
    with tarfile.open(archive, "w:gz") as out:
        (tmp_path / "x").write_text("x")
        out.add(tmp_path / "x", "../../escaped")
    with pytest.raises(BackupRefused):
        restore_backup(archive, quiet, replace=True)
    assert not (tmp_path.parent / "escaped").exists()
    assert db.session.scalar(select(func.count()).select_from(Contribution)) == 2
