"""Making a backup: one archive of every table and every picture at one moment, read back before it gets its name."""

import gzip
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.backups import queries, scratch
from portal.backups.archive import (
    MANIFEST,
    Archive,
    BackupFailed,
    BackupRefused,
    Manifest,
    Progress,
    digest_of,
)
from portal.backups.kept_settings import differing, key_mark
from portal.backups.proving import GROWTH, proven
from portal.config import settings
from portal.db import db
from portal.media.storage import storage

COMPRESSION = 3
"""Most of it is pictures, which cannot be packed more; text is packed nearly as well as by more work."""


@dataclass(frozen=True)
class Written:
    """What an archive holds. `lost`: files of pictures that should be there and are not in the storage."""

    file: Path
    bytes: int
    rows: dict[str, int]
    pictures: int
    lost: list[str]

    @property
    def words(self) -> str:
        """What whoever runs the site should know of it; nothing if all is well."""
        if not self.lost:
            return ""
        files = "1 picture file was" if len(self.lost) == 1 else f"{len(self.lost)} picture files were"
        return f"{files} not in the storage, such as {self.lost[0]}"


def write_backup(file: Path, progress: Progress) -> Written:
    """Write an archive, prove it in a scratch place, and only then give it the name `file`.

    Raises BackupFailed; then there is no new file, and an old one of that name is as it was.
    """
    file = file.absolute()
    part = scratch.part_of(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch.sweep(file.parent)
        _need_room(file.parent)
        written = scratch.open_alone(part)
        if written is None:
            raise BackupFailed(f"Another backup is being written to {file} at this moment.")
        try:
            with written:
                result = _fill(written, file, progress)
                written.flush()
                os.fsync(written.fileno())
                with proven(Archive(part), file.parent, progress):
                    pass
                part.replace(file)
            scratch.settle(file.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return result
    except BackupRefused as refused:
        raise BackupFailed(f"What was written did not stand the proof. {refused}") from None
    except OSError as error:
        raise BackupFailed(f"{file} could not be written: {error.strerror or error}.") from None
    except SQLAlchemyError as error:
        raise BackupFailed(f"The database failed: {str(getattr(error, 'orig', error)).splitlines()[0]}") from None
    finally:
        db.session.rollback()


def _need_room(folder: Path) -> None:
    database, pictures = queries.size_guess()
    if lacking := scratch.room_lacking(folder, pictures + (1 + GROWTH) * database):
        raise BackupFailed(f"There is no room for a backup. {lacking}")


def _fill(written: IO[bytes], file: Path, progress: Progress) -> Written:
    s = settings()
    kept, secrets = differing(s)
    manifest = Manifest(
        revision=queries.revision(), made_at=clock.now().isoformat(), settings=kept, secrets=secrets,
        key_mark=key_mark(s),
    )  # fmt: skip
    with _packing(written) as archive:
        every = queries.tables()
        with queries.one_moment() as connection:
            wanted = list(queries.picture_files(connection))
            for number, table in enumerate(every, 1):
                # Without a name, so that it is gone with us; its length has to be known before it is packed.
                with tempfile.TemporaryFile(dir=file.parent) as rows:
                    manifest.rows[table.name] = _write_rows(connection, table, rows)
                    _add(archive, manifest, f"tables/{table.name}.jsonl", rows)
                progress("tables", number, len(every))
        pictures = 0
        for number, (_token, keys) in enumerate(wanted, 1):
            missing = [key for key in keys if not _add_picture(archive, manifest, key)]
            manifest.lacks += missing
            pictures += len(missing) < len(keys)
            progress("pictures", number, len(wanted))
        content = manifest.as_json()
        _pack(archive, MANIFEST, BytesIO(content), len(content))
    lacking = {token for token, keys in wanted if set(keys) & set(manifest.lacks)} if manifest.lacks else set()
    kept_rows = queries.still_there(lacking)  # the others were deleted meanwhile, which is fine
    lost = [key for key in manifest.lacks if key.split("/")[2] in kept_rows]
    written.flush()
    return Written(file, os.fstat(written.fileno()).st_size, manifest.rows, pictures, lost)


@contextmanager
def _packing(written: IO[bytes]) -> Iterator[tarfile.TarFile]:
    with (
        gzip.GzipFile(fileobj=written, mode="wb", compresslevel=COMPRESSION, filename="") as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        yield archive


def _write_rows(connection: Connection, table: Table, out: IO[bytes]) -> int:
    count = 0
    query = select(table).order_by(*table.primary_key)
    for row in connection.execute(query, execution_options={"yield_per": 1000}).mappings():
        # In ASCII: a draft may hold half a character, which UTF-8 cannot write, and must not stop every backup.
        out.write(json.dumps(dict(row), default=_plain).encode() + b"\n")
        count += 1
    return count


def _plain(value: Any) -> str:
    if isinstance(value, date):  # times are dates too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value of a column")


def _add(archive: tarfile.TarFile, manifest: Manifest, name: str, content: IO[bytes]) -> None:
    """Its digest is of what is read here; if what is packed differs, the proof finds it."""
    content.seek(0)
    manifest.sha256[name] = digest_of(content)
    size = content.tell()
    content.seek(0)
    _pack(archive, name, content, size)


def _add_picture(archive: tarfile.TarFile, manifest: Manifest, key: str) -> bool:
    try:
        content = storage().open(key)
    except FileNotFoundError:
        return False
    with content:
        _add(archive, manifest, f"pictures/{key}", content)
    return True


def _pack(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, int(clock.now().timestamp()), 0o600
    archive.addfile(entry, content)
    archive.members.clear()  # type: ignore[attr-defined]
