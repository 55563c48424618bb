"""Backup and restore: one archive of every table and every picture, the same for SQLite and PostgreSQL."""

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, text, update

from portal import clock
from portal.db import UtcDateTime, db, writing
from portal.media.storage import storage

FORMAT = 1
ROWS_AT_ONCE = 500

Progress = Callable[[str, int, int], None]


class BackupRefused(Exception):
    """The archive cannot be restored; the message says why."""


def tables() -> list[Table]:
    """Every table, those that others point at first."""
    return [t for t in db.metadata.sorted_tables if t.name != "alembic_version"]


def write_backup(file: Path, progress: Progress) -> dict[str, int]:
    """Write the archive; returns the rows of each table. What it holds is one consistent moment of the database."""
    manifest: dict[str, Any] = {"format": FORMAT, "made_at": clock.now().isoformat(), "revision": _revision()}
    manifest |= {"rows": {}, "sha256": {}}
    part = file.with_name(file.name + ".part")
    with TemporaryDirectory() as scratch, tarfile.open(part, "w:gz", compresslevel=5) as archive:
        if db.engine.dialect.name == "postgresql":
            db.session.rollback()
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        every = tables()
        for number, table in enumerate(every, 1):
            path = Path(scratch) / "table"
            manifest["rows"][table.name] = _write_table(table, path)
            name = f"tables/{table.name}.jsonl"
            manifest["sha256"][name] = _digest(path.read_bytes())
            archive.add(path, name)
            progress("tables", number, len(every))
        db.session.rollback()
        keys = list(storage().list(""))
        for number, key in enumerate(keys, 1):
            try:
                data = storage().read(key)
            except FileNotFoundError:
                continue  # deleted since it was listed
            name = f"pictures/{key}"
            manifest["sha256"][name] = _digest(data)
            _add(archive, name, data)
            progress("pictures", number, len(keys))
        _add(archive, "manifest.json", json.dumps(manifest, indent=1).encode())
    part.replace(file)
    rows: dict[str, int] = manifest["rows"]
    return rows


def _write_table(table: Table, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as out:
        # By key, so that what a row points at in its own table comes before it.
        rows = db.session.execute(select(table).order_by(*table.primary_key), execution_options={"yield_per": 1000})
        for row in rows:
            values = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row._mapping.items()}
            out.write(json.dumps(values, ensure_ascii=False) + "\n")
            count += 1
    return count


def restore_backup(file: Path, progress: Progress, *, replace: bool = False) -> dict[str, int]:
    """Check the archive whole, in a scratch place, and then bring it back in one transaction.

    Raises BackupRefused, with nothing changed, for a damaged archive, one of another revision, or a
    database that is not empty (unless `replace`).
    """
    with TemporaryDirectory() as scratch:
        place = Path(scratch)
        manifest = _unpack(file, place, progress)
        member = db.metadata.tables["member"]
        if not replace and db.session.scalar(select(func.count()).select_from(member)):
            raise BackupRefused("This database is not empty. Add --replace to replace what is in it.")
        with writing():
            _bring_back(place, manifest, progress)
        for number, name in enumerate(pictures := sorted((place / "pictures").rglob("*")), 1):
            if name.is_file():
                storage().write(name.relative_to(place / "pictures").as_posix(), name.read_bytes())
            progress("pictures", number, len(pictures))
        rows: dict[str, int] = manifest["rows"]
        return rows


def _unpack(file: Path, place: Path, progress: Progress) -> dict[str, Any]:
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(place, filter="data")
        manifest: dict[str, Any] = json.loads((place / "manifest.json").read_text())
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError) as error:
        raise BackupRefused(f"{file} is damaged or no backup of this program ({type(error).__name__}).") from None
    if manifest.get("format") != FORMAT:
        raise BackupRefused(f"{file} has a format that this version does not know.")
    if manifest.get("revision") != _revision():
        raise BackupRefused(
            f"{file} is of database revision {manifest.get('revision')}, and this database is at {_revision()}. "
            "Restore with the version that made it, then upgrade."
        )
    found = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()} - {"manifest.json"}
    if unknown := found - set(manifest["sha256"]):
        raise BackupRefused(f"{min(unknown)} in {file} is nothing that a backup wrote.")
    if lacking := {table.name for table in tables()} - set(manifest["rows"]):
        raise BackupRefused(f"{file} lacks the table {min(lacking)}.")
    for number, (name, digest) in enumerate(manifest["sha256"].items(), 1):
        path = place / name
        if not path.is_file() or _digest(path.read_bytes()) != digest:
            raise BackupRefused(f"{name} in {file} is damaged.")
        progress("checking", number, len(manifest["sha256"]))
    return manifest


def _bring_back(place: Path, manifest: dict[str, Any], progress: Progress) -> None:
    every = tables()
    postgres = db.engine.dialect.name == "postgresql"
    if postgres:
        db.session.execute(text("TRUNCATE " + ", ".join(f'"{t.name}"' for t in every) + " RESTART IDENTITY CASCADE"))
    else:
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in reversed(every):
            db.session.execute(table.delete())
    faces: list[dict[str, Any]] = []
    for number, table in enumerate(every, 1):
        count = 0
        for rows in _read_table(table, place / "tables" / f"{table.name}.jsonl"):
            if table.name == "member":  # the one circle: faces come after the pictures
                faces += [{"member_id": r["id"], "face": r.pop("picture_id")} for r in rows]
                rows = [{**row, "picture_id": None} for row in rows]
            db.session.execute(insert(table), rows)
            count += len(rows)
        if count != manifest["rows"][table.name]:
            raise BackupRefused(f"{table.name} has {count} rows, not {manifest['rows'][table.name]}.")
        if postgres and "id" in table.c and table.c.id.autoincrement:
            db.session.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), max(id)) "  # noqa: S608
                    f'FROM "{table.name}" HAVING max(id) IS NOT NULL AND '
                    f"pg_get_serial_sequence('\"{table.name}\"', 'id') IS NOT NULL"
                )
            )
        progress("tables", number, len(every))
    member = db.metadata.tables["member"]
    if faces:
        db.session.connection().execute(
            update(member).where(member.c.id == bindparam("member_id")).values(picture_id=bindparam("face")), faces
        )


def _read_table(table: Table, path: Path) -> Iterator[list[dict[str, Any]]]:
    times = [c.name for c in table.c if isinstance(c.type, UtcDateTime)]
    rows: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            row |= {name: datetime.fromisoformat(row[name]) for name in times if row.get(name)}
            rows.append(row)
            if len(rows) == ROWS_AT_ONCE:
                yield rows
                rows = []
    if rows:
        yield rows


def _revision() -> str | None:
    found: str | None = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = len(data), int(clock.now().timestamp())
    archive.addfile(entry, BytesIO(data))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
