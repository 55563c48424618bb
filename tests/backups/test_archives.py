"""Backup and restore: what was there is there again, on either database; what is refused changes nothing."""

import json
import shutil
import stat
import tarfile
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.backups import scratch
from portal.backups.archive import BackupFailed, BackupRefused
from portal.backups.models import BackupRun
from portal.backups.restoring import _as_text, check_backup, restore_backup
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


def manifest_of(file: Path) -> dict:
    with tarfile.open(file) as archive:
        return json.loads(archive.extractfile("manifest.json").read())


def public() -> dict[str, bytes]:
    return {key: storage().read(key) for key in storage().list("public/")}


def test_what_was_backed_up_is_there_again(site, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    before, shown, files_before = contents(), public(), sorted(storage().list("private/"))
    storage().write("private/ab/abcdefghijklmnopqrstuv/master.jpg", b"of nobody")
    written = write_backup(archive, quiet)
    assert (written.pictures, written.lost) == (2, [])
    assert written.rows == {name: len(rows) for name, rows in before.items()}
    with writing():
        builders.topic(title="After the backup")
        db.session.add(BackupRun(started_at=written_at(site), file="/here.tar.gz", ok=True))
    for key in list(storage().list("")):
        storage().delete(key)

    with pytest.raises(BackupRefused, match="not empty"):
        restore_backup(archive, quiet)
    meanwhile = contents()
    told = check_backup(archive, quiet)
    assert (told.rows, told.pictures) == (written.rows, 2)
    assert (contents(), list(storage().list(""))) == (meanwhile, []), "trying an archive touches nothing"

    restored = restore_backup(archive, quiet, replace=True)
    assert contents() == before
    assert public() == shown
    assert sorted(storage().list("private/")) == files_before, "what no row names is not kept"
    assert (restored.pictures, restored.unshown, restored.same_key, restored.settings) == (2, 0, True, {})
    assert db.session.scalars(select(BackupRun.file)).all() == ["/here.tar.gz"], "they are a fact of this machine"
    highest = db.session.scalar(select(func.max(Contribution.id)))
    with writing():
        assert builders.topic(title="After the restore").id > highest


def written_at(site):
    return db.session.get(Member, site["bo"]).joined_at


def test_what_is_public_follows_the_tables_and_the_secret_key(site, make_app, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    write_backup(archive, quiet)
    photo = db.session.get(Contribution, site["photo"])
    picture = db.session.scalar(select(Picture).where(Picture.contribution_id == photo.id))
    old_key, old_face = picture.public_key, db.session.get(Member, site["anna"]).face_key
    # Since then: the photo was hidden, and another one was published that the archive does not know.
    with writing():
        lifecycle._move(photo, "hidden", None, reason="for the test")
        files.delete_public(old_key)
        picture.public_key = None
        late = unseen_picture(site)
        late.public_key = files.public_key_of(late)
    name = f"public/{late.public_key[:2]}/{late.public_key}-320.webp"
    storage().write(name, b"of a picture that the archive does not know")
    restore_backup(archive, quiet, replace=True)
    assert list(storage().list(f"public/{old_key[:2]}/{old_key}-"))
    assert not storage().exists(name)

    other = make_app(secret_key="another-key-" + SECRET_KEY, uploads_dir=tmp_path / "elsewhere")
    with other.app_context():
        assert not restore_backup(archive, quiet, replace=True).same_key
        with other.test_request_context():
            face = db.session.get(Member, site["anna"]).portrait_url
            src = db.session.scalar(select(Picture).where(Picture.contribution_id == site["photo"])).src
        assert old_face not in face
        assert old_key not in src
        assert [other.test_client().get(address).status_code for address in (face, src)] == [200, 200]
        db.session.remove()


def unseen_picture(site, size: int = 1) -> Picture:
    made = Picture(
        owner_id=site["bo"], width=1, height=1, bytes=size, media_type="image/jpeg", sha256="0" * 64,
        difference_hash="0" * 16,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


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


def test_a_lost_picture_file_is_named_and_one_deleted_meanwhile_is_no_loss(site, tmp_path: Path):
    face = db.session.scalar(select(Picture).where(Picture.contribution_id.is_(None)))
    lost = files.private_key(face, f"{face.made_widths[0]}.webp")
    storage().delete(lost)
    photo = db.session.scalar(select(Picture).where(Picture.contribution_id == site["photo"]))
    gone = []

    def delete_then(step: str, done: int, total: int) -> None:
        if step == "tables" and not gone:
            gone.append(photo.token)
            with writing():
                files.delete_private(photo.token)
                db.session.delete(db.session.get(Picture, photo.id))

    written = write_backup(tmp_path / "backup.tar.gz", delete_then)
    assert written.rows["picture"] == 2, "its row was read before it was deleted"
    assert written.lost == [lost]
    assert lost in written.words
    restored = restore_backup(tmp_path / "backup.tar.gz", quiet, replace=True)
    assert lost in restored.lacks
    assert sum(photo.token in key for key in restored.lacks) == 3
    assert restored.unshown == 2


def test_a_backup_that_fails_leaves_the_old_one_and_no_scraps(app, tmp_path: Path):
    folder = tmp_path / "kept"
    archive = folder / "backup.tar.gz"
    write_backup(archive, quiet)
    before = archive.read_bytes()

    def break_off(step: str, done: int, total: int) -> None:
        if step == "proving":
            raise OSError(28, "No space left on device")

    with pytest.raises(BackupFailed, match="No space left"):
        write_backup(archive, break_off)
    assert archive.read_bytes() == before
    with scratch.open_alone(scratch.part_of(archive)), pytest.raises(BackupFailed, match="Another backup"):
        write_backup(archive, quiet)
    assert archive.read_bytes() == before
    scratch.sweep(folder)
    assert list(folder.iterdir()) == [archive]


def test_without_room_nothing_is_begun(app, tmp_path: Path):
    most = 2**31 - 1
    with writing():
        bo = {"bo": builders.member().id}
        for _ in range(shutil.disk_usage(tmp_path).free // most + 1):
            unseen_picture(bo, most)
    with pytest.raises(BackupFailed, match="no room.*needs about"):
        write_backup(tmp_path / "kept" / "backup.tar.gz", quiet)
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.slow
def test_it_is_one_moment_though_people_post(app, tmp_path: Path):
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

    def slowly(step: str, done: int, total: int) -> None:
        if step == "tables":
            time.sleep(0.02)

    thread = threading.Thread(target=post)
    thread.start()
    try:
        while len(posted) < 3 and not failed:
            time.sleep(0.01)
        # A row that points at one written later would not stand the proof.
        written = write_backup(tmp_path / "backup.tar.gz", slowly)
    finally:
        stop.set()
        thread.join()
    assert failed == []
    assert len(posted) > written.rows["topic"] + 3, "people posted while it was written"
    assert written.rows["contribution"] == 2 * written.rows["topic"] > 0, "each topic has its one reply"


def test_a_zero_character_which_postgresql_does_not_know_keeps_nothing_out(app):
    assert _as_text({"a": "x\0y", "b": 1, "c": None}) == {"a": "x\ufffdy", "b": 1, "c": None}
