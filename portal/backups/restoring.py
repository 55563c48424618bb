"""Bringing an archive back: proven first, then pictures, then all tables in one transaction, then what follows.

Killed at any instant it leaves the old state or the new one. Private files come first and harm nobody: their names
are unguessable and the same for the same picture. What is public is made after the tables say so; a restore that
did not get there finishes when it is run again, or by `rebuild`.
"""

import tarfile
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from portal.backups import queries, scratch
from portal.backups.archive import Archive, BackupRefused, Progress, digest_of
from portal.backups.kept_settings import differing, key_mark
from portal.backups.proving import Proof, proven
from portal.config import settings
from portal.db import db, writing
from portal.media import files, publishing
from portal.media.models import Picture
from portal.media.storage import FolderStorage, storage
from portal.members.models import Member

IN_MEMORY = 8 << 20
PRIVATE = "pictures/private/"


@dataclass(frozen=True)
class Restored:
    """What an archive holds, and what is to be known when it is brought here."""

    made_at: datetime
    revision: str
    rows: dict[str, int]
    pictures: int
    lacks: list[str]
    settings: dict[str, str]
    """Those of the site it was made of that are other here."""
    secrets: list[str]
    same_key: bool
    unshown: int = 0
    """Pictures that could not be made public, because files of theirs are missing."""


def check_backup(file: Path, progress: Progress) -> Restored:
    """Prove an archive and touch nothing. Raises BackupRefused."""
    with _proof(file, progress) as proof:
        return _told(proof)


def restore_backup(file: Path, progress: Progress, *, replace: bool = False) -> Restored:
    """Prove an archive, then bring it back.

    Raises BackupRefused, with no row changed, for one that cannot be proven, and for a database that is not empty
    (unless `replace`).
    """
    if not replace and not queries.is_empty():
        raise BackupRefused("This database is not empty. Add --replace to replace what is in it.")
    db.session.rollback()
    with _proof(file, progress) as proof:
        _need_room(proof)
        try:
            _bring_files(Archive(file), proof, progress)
            with writing():
                _bring_rows(proof, progress)
        except SQLAlchemyError as error:
            words = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise BackupRefused(f"The database does not take it: {words}") from None
        except (tarfile.TarError, EOFError, zlib.error):
            raise BackupRefused("It changed while it was read.") from None
        except OSError as error:
            raise BackupRefused(f"Its pictures cannot be written: {error.strerror or error}.") from None
        told = _told(proof)
    db.session.expunge_all()
    return Restored(**{**told.__dict__, "unshown": settle_public(progress)})


def _proof(file: Path, progress: Progress) -> Any:
    place = settings().data_dir
    scratch.sweep(place)
    return proven(Archive(file), place, progress)


def _told(proof: Proof) -> Restored:
    here, _ = differing(settings())
    manifest = proof.manifest
    try:
        made_at = datetime.fromisoformat(manifest.made_at)
    except ValueError:
        raise BackupRefused("It does not say when it was made.") from None
    return Restored(
        made_at=made_at, revision=manifest.revision, rows=manifest.rows,
        pictures=sum(name.startswith(f"{PRIVATE}") and "/master." in name for name in manifest.sha256),
        lacks=manifest.lacks, secrets=manifest.secrets, same_key=manifest.key_mark == key_mark(settings()),
        settings={name: value for name, value in manifest.settings.items() if here.get(name) != value},
    )  # fmt: skip


def _need_room(proof: Proof) -> None:
    store = storage()
    if isinstance(store, FolderStorage) and (lacking := scratch.room_lacking(store.root, proof.picture_bytes)):
        raise BackupRefused(f"There is no room for its pictures. {lacking}")


def _bring_files(archive: Archive, proof: Proof, progress: Progress) -> None:
    """Those that are there already, as they are in the archive, are not written again."""
    store, done, total = storage(), 0, sum(name.startswith(PRIVATE) for name in proof.manifest.sha256)
    for name, size, content in archive.entries():
        if not name.startswith(PRIVATE):
            continue
        key, digest = name.removeprefix("pictures/"), proof.manifest.sha256[name]
        done += 1
        progress("pictures", done, total)
        try:
            with store.open(key) as there:
                if digest_of(there) == digest:
                    continue
        except FileNotFoundError:
            pass
        with BytesIO() if size <= IN_MEMORY else tempfile.TemporaryFile(dir=settings().data_dir) as copy:
            if digest_of(content, copy) != digest:
                raise BackupRefused(f"{name} changed while it was read.")
            copy.seek(0)
            store.write(key, copy)


def _bring_rows(proof: Proof, progress: Progress) -> None:
    every = queries.tables()
    connect = _postgresql_keys if db.engine.dialect.name == "postgresql" else _sqlite_keys
    again = connect(every)
    for number, table in enumerate(every, 1):
        for rows in proof.rows(table):
            db.session.execute(insert(table), [_as_text(row) for row in rows])
        progress("tables", number, len(every))
    again()


def _sqlite_keys(every: list[Table]) -> Callable[[], None]:
    """Empty the tables; keys are checked when it commits."""
    db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    for table in reversed(every):
        db.session.execute(table.delete())
    return lambda: None


def _postgresql_keys(every: list[Table]) -> Callable[[], None]:
    """Empty the tables and take the foreign keys off, so that rows may come in any order, circles included.

    All in the transaction at hand. What is returned puts the keys back, which checks them, and sets the sequences.
    """
    run = db.session.execute
    run(text("SET LOCAL lock_timeout = '20s'"))
    run(text("SET LOCAL statement_timeout = 0"))
    run(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    names = ", ".join(f'"{table.name}"' for table in every)
    keys = run(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND conrelid::regclass = ANY(CAST(:names AS regclass[]))"
        ),
        {"names": [f'"{table.name}"' for table in every]},
    ).all()
    for table, name, _ in keys:
        run(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    run(text(f"TRUNCATE {names} RESTART IDENTITY"))

    def again() -> None:
        for table, name, definition in keys:
            run(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))
        for table in every:
            if "id" in table.c and run(
                text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table.name}"'}
            ).scalar():
                sequence = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
                run(text(f'SELECT setval({sequence}, max(id)) FROM "{table.name}" HAVING max(id) IS NOT NULL'))  # noqa: S608

    return again


def _as_text(row: dict[str, Any]) -> dict[str, Any]:
    """PostgreSQL knows no character 0, which SQLite does; it becomes the sign for a character that is none."""
    return {k: v.replace("\0", "\ufffd") if isinstance(v, str) and "\0" in v else v for k, v in row.items()}


def settle_public(progress: Progress) -> int:
    """Make public what the tables say is, under the names that the secret key of here gives, and nothing else.

    Returns of how many pictures that could not be done. It can be done again at any time.
    """
    db.session.rollback()
    ids = db.session.scalars(select(Picture.id).where(Picture.public_key.is_not(None)).order_by(Picture.id)).all()
    unshown = 0
    for number, picture_id in enumerate(ids, 1):
        with writing():
            picture = db.session.get(Picture, picture_id)
            if picture is not None and picture.public_key is not None:
                before = picture.public_key
                try:
                    publishing.republish(picture)
                    faces = update(Member).where(Member.face_key == before).values(face_key=picture.public_key)
                    db.session.execute(faces)
                except FileNotFoundError:
                    unshown += 1
        progress("publishing", number, len(ids))
    named = set(db.session.scalars(select(Picture.public_key).where(Picture.public_key.is_not(None))))
    db.session.rollback()
    for key in list(storage().list("public/")):
        if files.PUBLIC_NAME.fullmatch(key.rpartition("/")[2]) and key.rpartition("/")[2][:22] not in named:
            storage().delete(key)
    return unshown
