"""Files are written wholly or not at all, found again, taken away; no key leads out of the folder."""

import os
from pathlib import Path

import pytest

from portal.config import SettingsError
from portal.media.storage import FolderStorage, UnsafeKey, probe, storage_from_url


@pytest.fixture
def store(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "uploads")


def test_what_is_written_is_read_listed_and_taken_away(store: FolderStorage) -> None:
    store.write("private/ab/abc/master.jpg", b"one")
    store.write("private/ab/abc/master.jpg", b"two")
    store.write("private/ab/abd/640.webp", b"three")
    store.write("public/zz/zzz-640.webp", b"four")
    assert store.read("private/ab/abc/master.jpg") == b"two"
    assert list(store.list("private/ab/abc/")) == ["private/ab/abc/master.jpg"]
    assert list(store.list("private/ab/ab")) == ["private/ab/abc/master.jpg", "private/ab/abd/640.webp"]
    assert len(list(store.list())) == 3
    assert store.exists("public/zz/zzz-640.webp")
    assert store.written_at("public/zz/zzz-640.webp") is not None
    assert store.delete("public/zz/zzz-640.webp")
    assert not store.delete("public/zz/zzz-640.webp")
    assert store.written_at("public/zz/zzz-640.webp") is None
    with pytest.raises(FileNotFoundError):
        store.read("public/zz/zzz-640.webp")
    assert not (store.root / "public" / "zz").exists()


@pytest.mark.parametrize(
    "key",
    ["",
     "/etc/passwd", "../secret", "private/../../secret", "private//x", "private/.hidden", "a\\..\\b", "a/\0", "a/b\n",
     "private/", "./a", "~/a", "c:/a", "a/" + "b" * 200, "/".join("a" * 30), "private/ä.jpg", "%2e%2e/a"],
)  # fmt: skip
def test_no_key_leads_out_of_the_folder(store: FolderStorage, key: str) -> None:
    for verb in (store.read, store.delete, store.exists, store.local_path, store.written_at):
        with pytest.raises(UnsafeKey):
            verb(key)
    with pytest.raises(UnsafeKey):
        store.write(key, b"x")
    with pytest.raises(UnsafeKey):
        list(store.list("../"))


def test_a_write_that_fails_leaves_the_old_file_and_no_scraps(
    store: FolderStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write("private/ab/x.jpg", b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.write("private/ab/x.jpg", b"new")
    assert store.read("private/ab/x.jpg") == b"old"
    assert [path.name for path in (store.root / "private" / "ab").iterdir()] == ["x.jpg"]


def test_an_address_names_a_storage(tmp_path: Path) -> None:
    folder = storage_from_url((tmp_path / "with space").as_uri())
    assert isinstance(folder, FolderStorage)
    assert folder.root == tmp_path / "with space"
    probe(folder)
    assert not list(folder.list())
    for wrong in ("ftp://x/y", "file://host/share", "file://", "s3://", "uploads"):
        with pytest.raises(SettingsError):
            storage_from_url(wrong)
