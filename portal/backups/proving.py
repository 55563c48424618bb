"""Proof: an archive's rows in a scratch database that the migrations made, at its revision and then at ours.

What holds there (keys, constraints, counts) will hold in the real one, and nothing was touched to find out.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal import db as database
from portal import migrating
from portal.backups import scratch
from portal.backups.archive import BAD, LEFT_OUT, Archive, BackupRefused, Manifest, Progress, table_in
from portal.db import db

ROWS_AT_ONCE = 500
ROW_BYTES = 64 << 20
"""A row that is larger is no row of ours: a text has 50,000 characters, what is learned of spam some megabytes."""
GROWTH = 2
"""What the rows may need in a database, with its indexes and its journal, as a multiple of their bytes as JSON."""


@dataclass
class Proof:
    """What was proven: the manifest, and the rows in a database at our revision."""

    manifest: Manifest
    engine: sa.Engine
    picture_bytes: int

    def rows(self, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
        """The rows of one of our tables, some at a time, by key."""
        query = sa.select(table).order_by(*table.primary_key)
        with self.engine.connect() as connection:
            found = connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})
            for some in found.mappings().partitions():
                yield [dict(row) for row in some]


@contextmanager
def proven(archive: Archive, near: Path, progress: Progress) -> Iterator[Proof]:
    """Prove an archive, with a scratch database in the folder `near` that goes with the block.

    Raises BackupRefused.
    """
    manifest, table_bytes, picture_bytes = archive.look_through(progress)
    if (revision := manifest.revision) not in (known := migrating.revisions()):
        raise BackupRefused(f"It is of revision {revision[:40]}, which this version does not know: upgrade first.")
    if lacking := scratch.room_lacking(near, GROWTH * table_bytes):
        raise BackupRefused(f"There is no room to prove it. {lacking}")
    with scratch.folder_in(near) as folder:
        file = folder / "scratch.sqlite3"
        file.write_bytes(_empty(manifest.revision))
        with _place(file).app_context():
            engine = db.engine
            try:
                _load(engine, archive, manifest, progress)
                if manifest.revision != known[-1]:
                    _migrate("head")
            except (SQLAlchemyError, RuntimeError) as error:
                raise BackupRefused(f"Its rows do not fit together: {_first_line(error)}") from None
        try:
            yield Proof(manifest, engine, picture_bytes)
        finally:
            engine.dispose()


def _place(file: Path) -> Flask:
    """As much of an application as a database needs."""
    place = Flask("scratch")
    database.init_app(place, f"sqlite:///{file}")
    return place


@cache
def _empty(revision: str) -> bytes:
    """The SQLite database that the migrations make up to a revision of ours: a megabyte with nobody in it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.sqlite3"
        with _place(file).app_context():
            _migrate(revision)
            db.engine.dispose()
        return file.read_bytes()


def _migrate(revision: str) -> None:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = migrating.alembic_config()
    from alembic import command

    command.upgrade(config, revision)


def _load(engine: sa.Engine, archive: Archive, manifest: Manifest, progress: Progress) -> None:
    known = sa.MetaData()
    known.reflect(engine)
    tables = {name: table for name, table in known.tables.items() if name not in LEFT_OUT}
    if wrong := set(tables) ^ (set(manifest.rows) - LEFT_OUT):
        raise BackupRefused(f"The table {min(wrong)} is missing in it, or none of revision {manifest.revision}.")
    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        # It is thrown away in any case, and its keys are checked at the end instead of row by row. Within a
        # transaction, which SQLAlchemy would open for it, this would mean nothing.
        driver.execute("PRAGMA synchronous=OFF")
        driver.execute("PRAGMA foreign_keys=OFF")
        for table in tables.values():
            connection.execute(table.delete())  # what the migrations put in
        done = 0
        for name, _, content in archive.entries():
            if table_in(name) is None:
                break  # tables come first
            if (name_here := table_in(name) or "") not in tables:
                continue
            table = tables[name_here]
            count = 0
            for rows in _rows(table, content):
                connection.execute(table.insert(), rows)
                count += len(rows)
            if count != manifest.rows[table.name]:
                raise BackupRefused(f"{table.name} has {count} rows in it, not {manifest.rows[table.name]}.")
            progress("proving", done := done + 1, len(tables))
        if done != len(tables):
            raise BackupRefused("Its tables do not come first, as a backup writes them.")
        for table in tables.values():
            if connection.scalar(sa.select(sa.func.count()).select_from(table)) != manifest.rows[table.name]:
                raise BackupRefused(f"{table.name} does not have {manifest.rows[table.name]} rows.")
        if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise BackupRefused(f"A row of {broken[0]} points at a row of {broken[2]} that is not there.")
        if (found := connection.exec_driver_sql("PRAGMA integrity_check").scalar()) != "ok":
            raise BackupRefused(f"Its rows do not fit together: {found}")
        connection.commit()


def _rows(table: sa.Table, content: IO[bytes]) -> Iterator[list[dict[str, Any]]]:
    readers = {column.name: _reader(column) for column in table.columns}
    rows: list[dict[str, Any]] = []
    number = 0
    try:
        while line := content.readline(ROW_BYTES):
            number += 1
            if not line.endswith(b"\n"):
                raise ValueError("too long")
            row = json.loads(line)
            if row.keys() != readers.keys():
                raise ValueError(f"columns {sorted(row.keys() ^ readers.keys())[:3]}")
            rows.append({name: None if row[name] is None else read(row[name]) for name, read in readers.items()})
            if len(rows) == ROWS_AT_ONCE:
                yield rows
                rows = []
    except BAD as error:
        raise BackupRefused(f"Row {number} of {table.name} in it is none: {_first_line(error)}") from None
    if rows:
        yield rows


def _reader(column: sa.Column[Any]) -> Callable[[Any], Any]:
    """What makes a value of this column from what stands in the archive; raises ValueError or TypeError."""
    kind = column.type
    if isinstance(kind, sa.DateTime):
        return _instant
    if isinstance(kind, sa.Date):
        return date.fromisoformat
    if isinstance(kind, sa.JSON):
        return lambda value: value
    allowed: tuple[type, ...] = (
        (bool,) if isinstance(kind, sa.Boolean) else (int,) if isinstance(kind, sa.Integer)
        else (str,) if isinstance(kind, sa.String) else (int, float)
    )  # fmt: skip
    most = 2 ** (63 if isinstance(kind, sa.BigInteger) else 31)

    def read(value: Any) -> Any:
        if type(value) not in allowed or (allowed == (int,) and not -most <= value < most):
            raise ValueError(f"{column.name} can't be {value!r:.40}")
        if isinstance(value, str):
            value.encode()  # half a character, which JSON can spell, is none that a database keeps
        return value

    return read


def _instant(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found.astimezone(UTC).replace(tzinfo=None)  # as SQLite keeps it


def _first_line(error: BaseException) -> str:
    return (str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__])[0][:300]
