"""Backup and restore: what was there is there again, on either database; what is refused changes nothing."""

import json
import stat
import tarfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.backups.archive import BackupFailed, BackupRefused
from portal.backups.models import BackupRun
from portal.backups.restoring import check_backup, restore_backup
from portal.backups.writing import write_backup
from portal.contributions import lifecycle
from portal.contributions.models import Contribution
from portal.db import db, writing
from portal.media import files
from portal.media.models import Picture
from portal.media.storage import storage
from portal.members.models import Member
from tests import builders
from tests.backups.furnishing import contents, furnish, quiet
from tests.databases import SECRET_KEY


@pytest.fixture
def site(app, settled):
    made = furnish()
    settled()
    return made


@pytest.fixture
def archive(site, tmp_path: Path) -> Path:
    file = tmp_path / "backup.tar.gz"
    write_backup(file, quiet)
    return file


def manifest_of(file: Path) -> dict:
    with tarfile.open(file) as archive:
        return json.loads(archive.extractfile("manifest.json").read())


def public() -> dict[str, bytes]:
    return {key: storage().read(key) for key in storage().list("public/")}


def test_what_was_backed_up_is_there_again(site, tmp_path: Path):
    before, shown = contents(), public()
    assert len(shown) >= 6
    written = write_backup(tmp_path / "backup.tar.gz", quiet)
    assert (written.pictures, written.lost) == (2, [])
    assert written.rows == {name: len(rows) for name, rows in before.items()}
    with writing():
        builders.topic(title="After the backup")
    for key in list(storage().list("")):
        storage().delete(key)
    restored = restore_backup(tmp_path / "backup.tar.gz", quiet, replace=True)
    assert contents() == before
    assert public() == shown
    assert (restored.pictures, restored.unshown, restored.same_key, restored.settings) == (2, 0, True, {})


def test_what_is_written_after_a_restore_gets_numbers_of_its_own(site, archive):
    restore_backup(archive, quiet, replace=True)
    highest = db.session.scalar(select(func.max(Contribution.id)))
    with writing():
        assert builders.topic(title="After the restore").id > highest


def test_a_database_that_is_not_empty_is_not_overwritten_unasked(site, archive):
    with pytest.raises(BackupRefused, match="not empty"):
        restore_backup(archive, quiet)


def test_trying_an_archive_touches_nothing(site, archive):
    with writing():
        builders.topic(title="After the backup")
    for key in list(storage().list("private/"))[:3]:
        storage().delete(key)
    before, kept = contents(), sorted(storage().list(""))
    told = check_backup(archive, quiet)
    assert (sum(told.rows.values()), told.pictures) == (sum(map(len, before.values())) - 1 - told_more(before, told), 2)
    assert (contents(), sorted(storage().list(""))) == (before, kept)


def told_more(before, told) -> int:
    """Rows that came with the topic written after the backup, besides its own table's."""
    return sum(len(rows) - told.rows[name] for name, rows in before.items()) - 1


def test_what_was_hidden_meanwhile_is_public_no_more_and_what_was_public_then_is_again(site, archive):
    """The public copies follow the tables that were brought back, not those that were there before."""
    photo = db.session.get(Contribution, site["photo"])
    picture = db.session.scalar(select(Picture).where(Picture.contribution_id == photo.id))
    with writing():
        other = builders.photo(builders.member())
        late = Picture(
            owner_id=other.author_id, contribution_id=other.id, width=1, height=1, bytes=1, media_type="image/jpeg",
            sha256="0" * 64, difference_hash="0" * 16,
        )  # fmt: skip
        db.session.add(late)
        db.session.flush()
        late.public_key = files.public_key_of(late)
    name = f"public/{late.public_key[:2]}/{late.public_key}-320.webp"
    storage().write(name, b"of a picture that the archive does not know")
    with writing():
        lifecycle._move(photo, "hidden", None, reason="for the test")
        files.delete_public(picture.public_key)
        picture.public_key = None
    restore_backup(archive, quiet, replace=True)
    key = db.session.scalar(select(Picture.public_key).where(Picture.contribution_id == site["photo"]))
    assert storage().exists(f"public/{key[:2]}/{key}-320.webp")
    assert not storage().exists(name)


def test_another_secret_key_gives_pictures_new_addresses_that_work(site, archive, make_app, tmp_path: Path):
    old = db.session.get(Member, site["anna"]).face_key
    assert old
    other = make_app(secret_key="another-key-" + SECRET_KEY, uploads_dir=tmp_path / "elsewhere")
    with other.app_context():
        restored = restore_backup(archive, quiet, replace=True)
        assert not restored.same_key
        anna = db.session.get(Member, site["anna"])
        assert anna.face_key != old
        for address in (anna.portrait_url, f"/photos/{site['photo']}"):
            assert other.test_client().get(address).status_code == 200
        shown = db.session.scalar(select(Picture).where(Picture.contribution_id == site["photo"]))
        with other.test_request_context():
            assert other.test_client().get(shown.src).status_code == 200
        db.session.remove()


def test_only_its_owner_reads_it_and_no_secret_stands_in_its_settings(make_app, tmp_path: Path):
    secrets = {
        "mail_url": "smtp://robot:pa/ss@w0rd-in-mail@mail.example.org:587",
        "redis_url": "redis://:word-in-redis@127.0.0.1:1/0",
        "metrics_token": "word-in-the-token-of-metrics",
    }
    storage_url = f"file://{tmp_path}/uploads"
    app = make_app(**secrets, storage_url=storage_url, replies_per_page=7, leaderboards=True, testing=True)
    with app.app_context():
        write_backup(tmp_path / "backup.tar.gz", quiet)
        db.session.remove()
    assert stat.S_IMODE((tmp_path / "backup.tar.gz").stat().st_mode) == 0o600
    with tarfile.open(tmp_path / "backup.tar.gz") as archive:
        everything = b"".join(archive.extractfile(entry).read() for entry in archive).decode()
    for word in (SECRET_KEY, "w0rd", "word-in", "robot", "pa/ss"):
        assert word not in everything
    told = manifest_of(tmp_path / "backup.tar.gz")
    assert told["settings"]["PORTAL_REPLIES_PER_PAGE"] == "7"
    assert told["settings"]["PORTAL_LEADERBOARDS"] == "yes"
    assert told["settings"]["PORTAL_MAIL_URL"] == "smtp://mail.example.org:587"
    assert "PORTAL_REPLY_PAUSE" not in told["settings"]
    assert {"PORTAL_SECRET_KEY", "PORTAL_MAIL_URL", "PORTAL_REDIS_URL", "PORTAL_METRICS_TOKEN"} <= set(told["secrets"])


def test_a_lost_picture_file_is_named_and_stops_nothing(site, tmp_path: Path):
    lost = next(key for key in storage().list("private/") if "320.webp" in key)
    storage().delete(lost)
    written = write_backup(tmp_path / "backup.tar.gz", quiet)
    assert written.lost == [lost]
    assert lost in written.words
    restored = restore_backup(tmp_path / "backup.tar.gz", quiet, replace=True)
    assert (restored.lacks, restored.unshown) == ([lost], 1)


def test_a_picture_deleted_meanwhile_is_no_loss(site, tmp_path: Path):
    """Its row is in the archive, its files may not be: the tables were read before it was deleted."""
    photo = db.session.scalar(select(Picture).where(Picture.contribution_id == site["photo"]))
    gone = []

    def delete_then(step: str, done: int, total: int) -> None:
        if step == "tables" and not gone:
            gone.append(photo.token)
            with writing():
                files.delete_private(photo.token)
                db.session.delete(db.session.get(Picture, photo.id))

    written = write_backup(tmp_path / "backup.tar.gz", delete_then)
    assert (written.lost, written.words) == ([], "")
    assert len(manifest_of(tmp_path / "backup.tar.gz")["lacks"]) >= 5
    assert written.rows["picture"] == 2


def test_files_that_no_row_names_are_not_kept(site, tmp_path: Path):
    storage().write("private/ab/abcdefghijklmnopqrstuv/master.jpg", b"of nobody")
    write_backup(tmp_path / "backup.tar.gz", quiet)
    assert not [name for name in manifest_of(tmp_path / "backup.tar.gz")["sha256"] if "abcdefghij" in name]


@pytest.mark.slow
def test_it_is_one_moment_though_people_post(make_app, app, site, tmp_path: Path):
    stop, failed, posted = threading.Event(), [], []

    def post() -> None:
        with app.app_context():
            try:
                while not stop.is_set():
                    with writing():
                        topic = builders.topic(builders.member(), title="While it is backed up", tags=("meanwhile",))
                        builders.reply(topic)
                    posted.append(topic.id)
            except Exception as error:
                failed.append(error)
            finally:
                db.session.remove()

    thread = threading.Thread(target=post)
    thread.start()
    try:
        # A row that points at one written later would not stand the proof.
        written = [write_backup(tmp_path / f"{n}.tar.gz", quiet) for n in range(3)]
    finally:
        stop.set()
        thread.join()
    assert failed == []
    assert len(posted) > 3
    replies = [made.rows["contribution"] - made.rows["topic"] - made.rows["photo"] for made in written]
    assert replies == [made.rows["topic"] for made in written], "each topic has its one reply, in the same moment"


def test_there_is_no_second_backup_into_the_same_file_at_the_same_time(site, tmp_path: Path):
    from portal.backups import scratch

    held = scratch.open_alone(scratch.part_of(tmp_path / "backup.tar.gz"))
    with held, pytest.raises(BackupFailed, match="Another backup"):
        write_backup(tmp_path / "backup.tar.gz", quiet)
    write_backup(tmp_path / "backup.tar.gz", quiet)


def test_without_room_nothing_is_begun(site, tmp_path: Path):
    with writing():
        db.session.scalars(select(Picture)).first().bytes = 2**31 - 1
        for _ in range(40):
            db.session.add(
                Picture(
                    owner_id=site["bo"], width=1, height=1, bytes=2**31 - 1, media_type="image/jpeg", sha256="0" * 64,
                    difference_hash="0" * 16,
                )
            )  # fmt: skip
    import shutil

    if shutil.disk_usage(tmp_path).free > 41 * 2**31:
        pytest.skip("this disk is too large")
    with pytest.raises(BackupFailed, match="no room.*needs about"):
        write_backup(tmp_path / "backup.tar.gz", quiet)
    assert list(tmp_path.glob("*.tar.gz*")) == list(tmp_path.glob(".*.part")) == []


def test_an_old_backup_stays_when_a_new_one_fails(site, archive, tmp_path: Path, monkeypatch):
    before = archive.read_bytes()
    told = []

    def break_off(step: str, done: int, total: int) -> None:
        told.append(step)
        if step == "proving":
            raise OSError(28, "No space left on device")

    with pytest.raises(BackupFailed, match="No space left"):
        write_backup(archive, break_off)
    assert archive.read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_a_zero_character_that_postgresql_does_not_know_keeps_nothing_out(app, site, tmp_path: Path):
    if db.engine.dialect.name == "postgresql":
        pytest.skip("it can't be written there")
    from portal.backups.restoring import _as_text

    assert _as_text({"a": "x\0y", "b": 1, "c": None}) == {"a": "x\ufffdy", "b": 1, "c": None}


def test_which_backups_there_are_is_not_brought_back(site, archive):
    with writing():
        db.session.add(BackupRun(started_at=db.session.get(Member, site["bo"]).joined_at, file="/here.tar.gz", ok=True))
    restore_backup(archive, quiet, replace=True)
    assert db.session.scalars(select(BackupRun.file)).all() == ["/here.tar.gz"]
