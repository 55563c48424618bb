"""An archive need not be honest: whatever it claims, nothing is written for it and nothing is touched."""

import gzip
import json
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.backups.archive import BackupRefused
from portal.backups.restoring import restore_backup
from portal.backups.writing import write_backup
from portal.contributions.models import Contribution
from portal.db import db, writing
from portal.media.storage import storage
from tests import builders
from tests.backups.furnishing import contents, packed, quiet, tampered

_honest: list[bytes] = []
"""The archive that all others here are made from; made once."""


@pytest.fixture
def honest(on_sqlite, app, tmp_path: Path) -> Path:
    """The archive, in this test's folder; what is refused is refused before the real database is asked."""
    file = tmp_path / "honest.tar.gz"
    if not _honest:
        with writing():
            builders.reply(builders.topic(tags=("bell",)))
        write_backup(file, quiet)
        _honest.append(file.read_bytes())
    file.write_bytes(_honest[0])
    return file


def entry(name: str, size: int = 0, **facts: Any) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size = size
    for fact, value in facts.items():
        setattr(made, fact, value)
    return made


def refused(file: Path, why: str) -> None:
    before, kept = contents(), sorted(storage().list(""))
    around = {path for path in file.parent.rglob("*") if path.is_file()}
    with pytest.raises(BackupRefused, match=why):
        restore_backup(file, quiet, replace=True)
    assert (contents(), sorted(storage().list(""))) == (before, kept)
    new = {path for path in file.parent.rglob("*") if path.is_file()} - around
    assert {path.name for path in new if "-journal" not in path.name} <= {"portal.sqlite3-next", "portal.sqlite3-now"}


LINK, HARD, DEVICE, FIFO, FOLDER = tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE


def test_names_that_lead_elsewhere_and_what_is_no_file(honest: Path):
    for what in (
        entry("../../escaped"), entry("/etc/escaped"), entry("tables/../../escaped.jsonl"),
        entry("pictures/../escaped"), entry("pictures//etc/escaped"), entry("pictures/private/ab/.hidden"),
        entry("tables/member.jsonl/x"), entry("readme.txt"), entry("pictures/private", type=FOLDER),
        entry("pictures/private/a", type=LINK, linkname="/etc/passwd"),
        entry("tables/member.jsonl", type=LINK, linkname="/etc/passwd"),
        entry("pictures/private/a", type=HARD, linkname="manifest.json"),
        entry("pictures/private/a", type=DEVICE, devmajor=1, devminor=5), entry("pictures/private/a", type=FIFO),
    ):  # fmt: skip
        refused(packed(honest.parent / "evil.tar.gz", [(what, b"")]), "nothing that a backup writes")


def test_one_that_was_cut_short(honest: Path):
    data = honest.read_bytes()
    cut = honest.with_name("cut.tar.gz")
    for end in (0, 20, len(data) // 2, len(data) - 200, len(data) - 30):
        cut.write_bytes(data[:end])
        refused(cut, "damaged")


def test_what_is_no_archive_at_all(honest: Path):
    for name, data in {"text": b"hello", "gzip": gzip.compress(b"hello" * 1000), "zeros": bytes(5000)}.items():
        (honest.parent / name).write_bytes(data)
        refused(honest.parent / name, "damaged")


def test_a_changed_byte(honest: Path):
    files: list[tuple[Any, bytes]] = []
    with tarfile.open(honest) as archive:
        for found in archive:
            content = archive.extractfile(found).read()
            files.append((found.name, content.replace(b'"is_admin": false', b'"is_admin": true ')))
    refused(packed(honest.parent / "evil.tar.gz", files), r"member\.jsonl in it is damaged")


def test_the_same_name_twice_and_what_comes_after_the_end(honest: Path):
    with tarfile.open(honest) as archive:
        files = [(found.name, archive.extractfile(found).read()) for found in archive]
    first = files[0]
    refused(packed(honest.parent / "twice.tar.gz", [first, *files]), "twice")
    refused(packed(honest.parent / "after.tar.gz", [*files, ("pictures/private/zz", b"x")]), "after its end")
    refused(packed(honest.parent / "two.tar.gz", [*files, files[-1]]), "twice, or after")


def test_lengths_that_lie_fill_neither_memory_nor_disk(honest: Path):
    """A header of its own that claims to be a gigabyte; a sparse file that claims exabytes; a part of one."""
    long = entry("././@LongLink", 64 << 20, type=tarfile.GNUTYPE_LONGNAME)
    bomb = packed_raw(honest, long.tobuf() + bytes(65 << 20))
    tracemalloc.start()
    refused(bomb, "damaged")
    assert tracemalloc.get_traced_memory()[1] < 24 << 20
    tracemalloc.stop()
    header = entry("x" * 50, 1 << 30, type=tarfile.XHDTYPE)
    refused(packed_raw(honest, header.tobuf() + bytes(2 << 20)), "damaged")
    long = entry("././@LongLink", 1 << 30, type=tarfile.GNUTYPE_LONGNAME)
    refused(packed_raw(honest, long.tobuf() + bytes(2 << 20)), "damaged")
    head = tarfile.TarInfo("pictures/private/a")
    head.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 62)}
    head.size = 1 << 30
    body = b"900000000\n" + b"1\n" * (1 << 20)
    refused(packed_raw(honest, head.tobuf(tarfile.PAX_FORMAT) + body), "damaged")
    refused(packed_raw(honest, entry("tables/member.jsonl", 1 << 40).tobuf() + bytes(1 << 20)), "damaged")


def packed_raw(honest: Path, data: bytes) -> Path:
    file = honest.parent / "raw.tar.gz"
    file.write_bytes(gzip.compress(data, 1))
    return file


def rows_of(files: dict[str, bytes], table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files[f"tables/{table}.jsonl"].splitlines()]


def put(files: dict[str, bytes], table: str, rows: list[dict[str, Any]]) -> None:
    files[f"tables/{table}.jsonl"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def change_row(table: str, **values: Any) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    def change(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
        rows = rows_of(files, table)
        rows[0] |= values
        put(files, table, rows)

    return change


def drop_table(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    del files["tables/thanks.jsonl"], manifest["rows"]["thanks"]


def add_table(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["tables/sqlite_master.jsonl"] = b""
    manifest["rows"]["sqlite_master"] = 0


def drop_column(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    rows = rows_of(files, "member")
    del rows[0]["is_admin"]
    put(files, "member", rows)


def more_rows(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    rows = rows_of(files, "member")
    put(files, "member", [*rows, rows[-1] | {"id": 999, "username": "one-more", "email": None}])


def same_row_twice(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    rows = rows_of(files, "tag")
    put(files, "tag", rows * 2)
    manifest["rows"]["tag"] *= 2


def of_the_future(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["revision"] = "9999"


def unknown_format(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["format"] = 3


def nonsense_in_the_manifest(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["rows"] = ["member"]


def deep(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["tables/activity.jsonl"] = b"[" * 100_000 + b"\n"


def tables_last(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    every = dict(files)
    files.clear()
    files["pictures/private/ab/a/x"] = b""
    files.update(every)


def test_a_forger_whose_sums_are_right(honest: Path):
    for change, why in (
        (drop_table, "thanks is missing"), (add_table, "sqlite_master is missing in it, or none"),
        (drop_column, "is_admin"), (more_rows, "member has 3 rows in it, not 2"), (same_row_twice, "UNIQUE"),
        (of_the_future, "9999, which this version does not know"), (unknown_format, "format"),
        (nonsense_in_the_manifest, "damaged"), (deep, "Row 1 of activity"), (tables_last, "tables do not come first"),
        (change_row("member", is_superuser=True), "is_superuser"),
        (change_row("member", id="1; DROP TABLE member"), "id can't be"),
        (change_row("member", is_admin=1), "is_admin can't be"), (change_row("member", username=None), "NOT NULL"),
        (change_row("member", username=["a"]), "username can't be"), (change_row("member", id=2**40), "id can't be"),
        (change_row("member", joined_at="yesterday"), "Row 1 of member"),
        (change_row("member", joined_at="2026-01-02T03:04:05"), "without a zone"),
        (change_row("contribution", author_id=12345), "contribution points at a row of member"),
    ):  # fmt: skip
        refused(tampered(honest, honest.parent / "evil.tar.gz", change), why)


def test_what_was_not_tampered_with_is_taken(honest: Path):
    """The way of making these archives is not what they are refused for."""
    same = tampered(honest, honest.parent / "same.tar.gz", lambda files, manifest: None)
    restore_backup(same, quiet, replace=True)
    assert db.session.query(Contribution).count() == 2
