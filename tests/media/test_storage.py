"""Files are written wholly or not at all, found again, taken away; no key leads out of the folder."""

import os
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from portal.config import SettingsError
from portal.media.storage import FolderStorage, Storage, StorageAway, UnsafeKey, probe, storage_from_url
from portal.one_by_one import Home, OneByOne
from tests.media.bucket import Server


@pytest.fixture
def store(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "uploads")


@pytest.fixture(params=["folder", "bucket"])
def either(request: pytest.FixtureRequest, store: FolderStorage) -> Storage:
    if request.param == "folder":
        return store
    return storage_from_url(request.getfixturevalue("buckets").bucket())


def test_what_is_written_is_read_listed_and_taken_away(either: Storage) -> None:
    store = either
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
    probe(store)
    assert len(list(store.list())) == 2


def test_who_asks_a_bucket_lets_the_next_page_be_made(either: Storage) -> None:
    pages: list[OneByOne] = []

    def page(environ: object, start_response: object) -> list[bytes]:
        either.exists("public/zz/zzz-640.webp")
        return [str(pages[0]._turn.locked()).encode()]

    pages.append(OneByOne(page, 60, Home(wanted=False)))
    held = pages[0]({"REQUEST_METHOD": "GET"}, lambda *_: None)
    assert held == [b"True" if isinstance(either, FolderStorage) else b"False"]


def test_large_files_go_through_it_in_pieces(either: Storage, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(os.urandom(6 << 20))
    with (tmp_path / "large").open("rb") as file:
        either.write("private/ab/abc/master.jpg", file)
    either.write("private/ab/abc/small.jpg", BytesIO(b"small"))
    with either.open("private/ab/abc/master.jpg") as found:
        assert found.read(100) + found.read() == (tmp_path / "large").read_bytes()
    assert either.read("private/ab/abc/small.jpg") == b"small"
    with pytest.raises(FileNotFoundError):
        either.open("private/ab/abc/none.jpg")


def test_a_folder_left_empty_goes(store: FolderStorage) -> None:
    store.write("public/zz/zzz-640.webp", b"four")
    assert store.delete("public/zz/zzz-640.webp")
    assert not (store.root / "public" / "zz").exists()


@pytest.mark.parametrize(
    "key",
    ["",
     "/etc/passwd", "../secret", "private/../../secret", "private//x", "private/.hidden", "a\\..\\b", "a/\0", "a/b\n",
     "private/", "./a", "~/a", "c:/a", "a/" + "b" * 200, "/".join("a" * 30), "private/ä.jpg", "%2e%2e/a"],
)  # fmt: skip
def test_no_key_leads_out_of_the_folder(either: Storage, key: str) -> None:
    store = either
    verbs = [store.read, store.delete, store.exists, store.written_at]
    for verb in verbs:
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


def test_what_is_in_one_bucket_is_in_no_other_and_below_its_prefix(buckets: Any) -> None:
    url = buckets.bucket()
    one, other = storage_from_url(url), storage_from_url(buckets.bucket())
    one.write("private/ab/x.jpg", b"one")
    assert not other.exists("private/ab/x.jpg")
    assert not storage_from_url(url.replace("/portal?", "/another?")).exists("private/ab/x.jpg")
    assert list(one.list()) == ["private/ab/x.jpg"]


def test_a_bucket_that_is_away_or_not_there_says_so_soon(buckets: Any) -> None:
    gone = Server()
    url = gone.bucket()
    gone.stop()
    nowhere = buckets.bucket().replace("pictures-", "no-such-")
    for store in (storage_from_url(url), storage_from_url(nowhere)):
        started = time.monotonic()
        with pytest.raises(StorageAway):
            store.write("private/ab/x.jpg", b"one")
        assert time.monotonic() - started < 15
    store = storage_from_url(url)
    for verb in (store.read, store.exists, store.delete, store.written_at, lambda key: list(store.list(key))):
        with pytest.raises(StorageAway):
            verb("private/ab/x.jpg")
