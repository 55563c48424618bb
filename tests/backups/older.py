"""Archives as earlier versions wrote them (format 1), of a database at any released revision."""

import gzip
import hashlib
import io
import json
import tarfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa


def write_as_then(engine: sa.Engine, file: Path, revision: str, pictures: dict[str, bytes]) -> None:
    """Every table of the database, read without our models, and these files of the storage."""
    known = sa.MetaData()
    known.reflect(engine)
    files: dict[str, bytes] = {}
    rows: dict[str, int] = {}
    with engine.connect() as connection:
        for _, table in sorted(known.tables.items()):
            if table.name == "alembic_version":
                continue
            found = connection.execute(sa.select(table).order_by(*table.primary_key)).mappings().all()
            lines = [json.dumps(dict(row), ensure_ascii=False, default=_plain) + "\n" for row in found]
            files[f"tables/{table.name}.jsonl"] = "".join(lines).encode()
            rows[table.name] = len(found)
    files |= {f"pictures/{key}": data for key, data in pictures.items()}
    told = {"format": 1, "made_at": "2026-11-20T10:00:00+00:00", "revision": revision, "rows": rows}
    told["sha256"] = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    with gzip.open(file, "wb") as plain, tarfile.open(fileobj=plain, mode="w") as archive:
        for name, data in [*files.items(), ("manifest.json", json.dumps(told, indent=1).encode())]:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    assert isinstance(value, date)
    return value.isoformat()
