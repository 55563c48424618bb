"""The archive: how it is laid out, and how one is looked through before anything in it is believed.

A gzipped tar: `tables/<name>.jsonl` (a row a line), `pictures/<key>` (as in storage), and last `manifest.json` with
the revision, the rows of each table and the SHA-256 of each file. It can be read without this program.
"""

import gzip
import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from portal.media.storage import SAFE_KEY

FORMAT = 2
"""1 also held the public copies of pictures; they are made again from the private ones."""
READABLE = (1, 2)
MANIFEST = "manifest.json"
LEFT_OUT = frozenset({"alembic_version", "backup_run"})
"""The tables no archive holds: which backups there are is a fact of the machine they lie on."""

PIECE = 1 << 20
HEADER_BYTES = 256 * 1024
"""More than any header of ours, by far: what tells names and sizes may not fill the memory."""
MANIFEST_BYTES = 512 << 20
"""Some 200 bytes a picture file: enough for two million."""
BAD = (
    tarfile.TarError, OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, AttributeError,
    OverflowError, RecursionError,
)  # fmt: skip
"""What reading a damaged or forged archive can raise."""

Progress = Callable[[str, int, int], None]
"""Called with the step, how much of it is done, and how much there is."""
_TABLE = re.compile(r"tables/([a-z][a-z_]{0,62})\.jsonl")


class BackupFailed(Exception):
    """No archive was made; the message says why, for whoever runs the site."""


class BackupRefused(Exception):
    """The archive cannot be restored; the message says why."""


@dataclass
class Manifest:
    """What an archive says of itself."""

    revision: str
    made_at: str
    rows: dict[str, int] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)
    lacks: list[str] = field(default_factory=list)
    """Files of pictures that the tables name and that were not there to be kept."""
    settings: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    """Settings that hold secrets, by name alone."""
    key_mark: str = ""
    """Tells whether the secret key is the same, not which it is."""
    format: int = FORMAT

    def as_json(self) -> bytes:
        """As it stands in the archive."""
        return json.dumps(self.__dict__, indent=1, ensure_ascii=False).encode()

    @classmethod
    def read(cls, data: bytes) -> "Manifest":
        """From what stands in an archive. Raises one of BAD, or BackupRefused for a format that is not known."""
        told = json.loads(data)
        if told.get("format") not in READABLE:
            raise BackupRefused("It has a format that this version does not know.")
        found = cls(revision=told["revision"], made_at=told["made_at"], format=told["format"])
        for name in ("rows", "sha256", "lacks", "settings", "secrets", "key_mark"):
            value = told.get(name, getattr(found, name))
            if type(value) is not type(getattr(found, name)):
                raise ValueError(name)
            setattr(found, name, value)
        if not isinstance(found.revision, str) or not all(type(count) is int for count in found.rows.values()):
            raise ValueError("revision or rows")
        return found


class Archive:
    """An archive that is read, from its beginning as often as needed. It need not be honest.

    Nothing is unpacked; what is read is bounded; a link, a device, a name that leads elsewhere ends it.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def entries(self) -> Iterator[tuple[str, int, IO[bytes]]]:
        """Each file in it: name, bytes, and something to read it from before the next one is asked for.

        Raises BackupRefused.
        """
        with self._refusing(), self.file.open("rb") as packed, gzip.GzipFile(fileobj=packed) as plain:
            bounded: Any = _Bounded(plain)
            with tarfile.open(fileobj=bounded, mode="r:") as tar:
                while True:
                    bounded.left = HEADER_BYTES
                    entry = tar.next()
                    if entry is None:
                        break
                    tar.members.clear()  # type: ignore[attr-defined]  # it would remember every one
                    if not entry.isreg() or entry.issparse() or not _is_ours(entry.name):
                        raise BackupRefused(f"{entry.name[:80]!r} in it is nothing that a backup writes.")
                    bounded.left = entry.size + HEADER_BYTES
                    content = tar.extractfile(entry)
                    assert content is not None
                    yield entry.name, entry.size, content
                    self.read_bytes = packed.tell()
            if len(plain.read(HEADER_BYTES)) == HEADER_BYTES:  # to its end, where gzip's own sum stands
                raise BackupRefused("Something follows after its end.")

    def look_through(self, progress: Progress) -> tuple[Manifest, int, int]:
        """Read all of it and compare every digest: the manifest, and the bytes of all tables and all pictures.

        Raises BackupRefused.
        """
        found: dict[str, str] = {}
        manifest: Manifest | None = None
        sizes = {"tables": 0, "pictures": 0}
        length = self.file.stat().st_size
        for name, size, content in self.entries():
            if manifest is not None or name in found:
                raise BackupRefused(f"{name} in it is there twice, or after its end.")
            if name == MANIFEST:
                if size > MANIFEST_BYTES:
                    raise BackupRefused("Its manifest is too large.")
                with self._refusing():
                    manifest = Manifest.read(content.read())
                continue
            with self._refusing():
                found[name] = digest_of(content)
            sizes[name.partition("/")[0]] += size
            progress("checking", min(getattr(self, "read_bytes", 0), length), length)
        progress("checking", length, length)
        if manifest is None:
            raise BackupRefused("It is damaged: its end is missing.")
        if unknown := set(found) - set(manifest.sha256):
            raise BackupRefused(f"{min(unknown)} in it is nothing that its manifest names.")
        for name, digest in manifest.sha256.items():
            if found.get(name) != digest:
                raise BackupRefused(f"{name} in it is damaged or missing.")
        if {f"tables/{table}.jsonl" for table in manifest.rows} != {n for n in found if n.startswith("tables/")}:
            raise BackupRefused("Its tables are not those that its manifest names.")
        return manifest, sizes["tables"], sizes["pictures"]

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except BAD as error:
            raise BackupRefused(f"It is damaged or no backup of this program ({type(error).__name__}).") from None


class _Bounded:
    """The unpacked bytes, of which no more are handed out than the part at hand may have."""

    def __init__(self, plain: gzip.GzipFile) -> None:
        self._plain, self.left = plain, HEADER_BYTES
        self.seek, self.tell = plain.seek, plain.tell

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, or ValueError when they are more than there may be."""
        if not 0 <= size <= self.left:
            raise ValueError("a header that is too large")
        self.left -= size
        return self._plain.read(size)


def table_in(name: str) -> str | None:
    """The table whose rows the file `name` holds, if it holds any."""
    found = _TABLE.fullmatch(name)
    return found[1] if found else None


def _is_ours(name: str) -> bool:
    key = name.removeprefix("pictures/")
    return name == MANIFEST or table_in(name) is not None or (key != name and SAFE_KEY.fullmatch(key) is not None)


def digest_of(content: IO[bytes], copy_to: IO[bytes] | None = None) -> str:
    """The SHA-256 of all that is read from `content`, written to `copy_to` on the way if that is given."""
    digest = hashlib.sha256()
    while piece := content.read(PIECE):
        digest.update(piece)
        if copy_to is not None:
            copy_to.write(piece)
    return digest.hexdigest()
