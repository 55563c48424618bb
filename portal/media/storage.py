"""Storage: where picture files lie. A folder by default, any S3-compatible bucket by one setting.

Keys look like paths (`private/ab/…/master.jpg`). What lies under `private/` has no route of its own;
what lies under `public/` is served to everyone who knows its unguessable name.
"""

import errno
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import url2pathname

from flask import current_app

from portal.config import SettingsError, settings
from portal.one_by_one import give_way

SAFE_KEY = re.compile(r"(?:[a-zA-Z0-9_-][a-zA-Z0-9._-]{0,99}/){0,8}[a-zA-Z0-9_-][a-zA-Z0-9._-]{0,99}")
"""No empty part, none that begins with a dot, no backslash, no absolute path: nothing climbs out of the root."""


class UnsafeKey(ValueError):
    """A key that no part of the portal makes; somebody may be trying to climb out of the folder."""


class StorageAway(OSError):
    """The storage does not answer, or not as it should; what was asked of it may be asked again later."""


class Storage(Protocol):
    """Verbs over keys. `read` raises FileNotFoundError, a bucket StorageAway; `delete` of what is not there is fine."""

    def write(self, key: str, data: bytes | IO[bytes]) -> None:
        """Store `data`, or what a real file holds, under `key`, wholly or not at all, replacing what was there."""

    def read(self, key: str) -> bytes:
        """The bytes under `key`; raises FileNotFoundError."""

    def open(self, key: str) -> IO[bytes]:
        """The same to be read in pieces, for whoever reads everything; raises FileNotFoundError."""

    def delete(self, key: str) -> bool:
        """Take `key` away; says whether it was there."""

    def exists(self, key: str) -> bool:
        """Whether there is something under `key`."""

    def list(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with `prefix`, sorted."""

    def written_at(self, key: str) -> datetime | None:
        """When `key` was written, aware; None if it is not there."""


class FolderStorage:
    """Files below `root`, written to a temporary name, flushed to the disk, then renamed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, key: str, data: bytes | IO[bytes]) -> None:
        """See Storage; raises OSError when the disk is full."""
        target = self._path(key)
        handle, name = self._open_part(target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(BytesIO(data) if isinstance(data, bytes) else data, file, 1 << 20)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name too survives a power cut
        finally:
            os.close(folder)

    def read(self, key: str) -> bytes:
        """See Storage."""
        with self.open(key) as file:
            return file.read()

    def open(self, key: str) -> IO[bytes]:
        """See Storage."""
        try:
            return self._path(key).open("rb")
        except (IsADirectoryError, NotADirectoryError) as error:
            raise FileNotFoundError(errno.ENOENT, "there is no file of this name", key) from error

    def delete(self, key: str) -> bool:
        """See Storage; folders left empty go too."""
        path = self._path(key)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        for folder in path.parents:
            if folder == self.root or folder.parent == self.root:
                break
            try:
                folder.rmdir()
            except OSError:
                break
        return True

    def exists(self, key: str) -> bool:
        """See Storage."""
        return self._path(key).is_file()

    def list(self, prefix: str = "") -> Iterator[str]:
        """See Storage; files still being written, and others whose names begin with a dot, are not listed."""
        if prefix:
            _checked(prefix.removesuffix("/"))
        start = self.root / prefix.rpartition("/")[0]
        keys = (path.relative_to(self.root).as_posix() for path in start.rglob("*") if path.is_file())
        yield from sorted(key for key in keys if key.startswith(prefix) and SAFE_KEY.fullmatch(key))

    def written_at(self, key: str) -> datetime | None:
        """See Storage."""
        try:
            return datetime.fromtimestamp(self._path(key).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def _open_part(self, folder: Path) -> tuple[int, str]:
        for _ in range(3):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                return tempfile.mkstemp(prefix=".part-", dir=folder)
            except FileNotFoundError:
                continue  # somebody deleted the folder's last file, and so the folder, in between
        raise OSError(f"the folder {folder} cannot be kept")

    def _path(self, key: str) -> Path:
        return self.root / _checked(key)


class BucketStorage:
    """Objects in an S3-compatible bucket, through obstore; the bucket needs no public access.

    Every verb raises StorageAway, within PATIENCE, when the bucket does not answer or refuses.
    """

    PATIENCE = timedelta(seconds=10)

    def __init__(self, bucket: str, prefix: str = "", **config: Any) -> None:
        import obstore
        from obstore.exceptions import BaseError
        from obstore.store import S3Store

        self._verbs, self._refusals = obstore, (BaseError, PermissionError)
        patience: Any = {"max_retries": 3, "retry_timeout": self.PATIENCE}
        self._store = S3Store(bucket, prefix=prefix or None, retry_config=patience, **config)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        give_way()
        try:
            yield
        except (*self._refusals, FileNotFoundError) as error:
            if isinstance(error, FileNotFoundError) and "<Code>NoSuchBucket" not in str(error):
                raise
            # The first line says what; the rest of it is for those who write such libraries.
            raise StorageAway(f"{type(error).__name__}: {str(error).strip().splitlines()[0][:300]}") from None

    def write(self, key: str, data: bytes | IO[bytes]) -> None:
        """See Storage; a bucket shows an object only when it is whole."""
        with self._asking():
            self._verbs.put(self._store, _checked(key), data)

    def read(self, key: str) -> bytes:
        """See Storage."""
        with self._asking():
            return bytes(self._verbs.get(self._store, _checked(key)).bytes())

    def open(self, key: str) -> IO[bytes]:
        """See Storage; it is fetched first, so that nobody holds a connection while working with the bytes."""
        with self._asking(), ExitStack() as open_files:
            answer = self._verbs.get(self._store, _checked(key))
            fetched = open_files.enter_context(tempfile.TemporaryFile())
            for piece in answer.stream(min_chunk_size=1 << 20):
                fetched.write(bytes(piece))
            fetched.seek(0)
            open_files.pop_all()  # the caller closes it
        return fetched

    def delete(self, key: str) -> bool:
        """See Storage; S3 itself does not tell, so it is asked before."""
        there = self.exists(key)
        if there:
            with self._asking():
                self._verbs.delete(self._store, key)
        return there

    def exists(self, key: str) -> bool:
        """See Storage."""
        return self.written_at(key) is not None

    def list(self, prefix: str = "") -> Iterator[str]:
        """See Storage. S3 lists by whole folders here, so the rest of the prefix is compared by us."""
        if prefix:
            _checked(prefix.removesuffix("/"))
        folder = prefix.rpartition("/")[0]
        with self._asking():
            keys = [item["path"] for batch in self._verbs.list(self._store, prefix=folder or None) for item in batch]
        yield from sorted(key for key in keys if key.startswith(prefix) and SAFE_KEY.fullmatch(key))

    def written_at(self, key: str) -> datetime | None:
        """See Storage."""
        try:
            with self._asking():
                moment: datetime = self._verbs.head(self._store, _checked(key))["last_modified"]
        except FileNotFoundError:
            return None
        return moment


def storage_from_url(url: str) -> Storage:
    """The storage that `file:///folder` or `s3://[key:secret@]bucket[/prefix]?endpoint=…&region=…` names.

    Without key and secret in the address, the usual AWS_… variables and instance roles are used.
    Raises SettingsError for any other address, and for s3 when obstore is not installed.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.strip("/"):
        return FolderStorage(Path(url2pathname(parts.path)))
    if parts.scheme != "s3" or not parts.hostname:
        raise SettingsError("PORTAL_STORAGE_URL must be file:///folder or s3://bucket?endpoint=…")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {"connect_timeout": "3s", "timeout": "20s"}
    config: dict[str, Any] = {"region": query.get("region", "us-east-1"), "client_options": options}
    if endpoint := query.get("endpoint"):
        config["endpoint"] = endpoint if "://" in endpoint else f"https://{endpoint}"
        config["virtual_hosted_style_request"] = False
        if config["endpoint"].startswith("http://"):
            options["allow_http"] = True
    if parts.username:
        config["access_key_id"] = unquote(parts.username)
        config["secret_access_key"] = unquote(parts.password or "")
    bucket = parts.netloc.rpartition("@")[2]
    try:
        return BucketStorage(bucket, parts.path.strip("/"), **config)
    except ImportError:
        raise SettingsError("Storage in a bucket needs the package obstore: pip install obstore") from None


def storage() -> Storage:
    """The storage of the application at work, as PORTAL_STORAGE_URL names it."""
    found: Storage | None = current_app.extensions.get("portal.storage")
    if found is None:
        found = current_app.extensions["portal.storage"] = storage_from_url(settings().storage_url)
    return found


def probe(store: Storage) -> None:
    """Write, read and delete a small file; raises what the storage raises. For `doctor`."""
    key = f"private/probe/{secrets.token_hex(8)}"
    store.write(key, b"probe")
    try:
        if store.read(key) != b"probe":
            raise OSError("the storage gave back something else than was written")
    finally:
        store.delete(key)


def _checked(key: str) -> str:
    if not SAFE_KEY.fullmatch(key):
        raise UnsafeKey(f"not a key for a picture: {key[:80]!r}")
    return key
