"""Reading the rows of an XML dump, one at a time, in bounded memory; refuses what could do harm."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.parsers import expat

from portal import clock

CHUNK = 64 * 1024
ROW_MAX_BYTES = 8 * 1024 * 1024
"""More than this between two rows is no row of such a dump."""


class DumpRefused(Exception):
    """The dump cannot be imported; the message says which file and line, and why."""


@dataclass(frozen=True)
class Row:
    """One `<row …/>`: its attributes, and where it stands."""

    file: str
    line: int
    attributes: dict[str, str]

    def text(self, name: str) -> str:
        """An attribute as text, empty where it is missing."""
        return self.attributes.get(name, "")

    def number(self, name: str, default: int | None = None) -> int:
        """An attribute as a whole number of at most 15 digits; raises DumpRefused."""
        raw = self.attributes.get(name)
        if raw is None and default is not None:
            return default
        digits = (raw or "").removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
            raise self.refused(f"{name} should be a whole number, not {(raw or 'nothing')[:40]!r}")
        return int(raw or 0)

    def when(self, name: str, default: datetime | None = None) -> datetime:
        """An attribute as an instant in UTC, between 1990 and tomorrow; raises DumpRefused."""
        raw = self.attributes.get(name)
        if raw is None and default is not None:
            return default
        try:
            at = datetime.fromisoformat(raw or "")
        except ValueError:
            raise self.refused(f"{name} should be a time, not {(raw or 'nothing')[:40]!r}") from None
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        if not datetime(1990, 1, 1, tzinfo=UTC) <= at <= clock.now() + timedelta(days=1):
            raise self.refused(f"{name} is {raw}, which cannot be")
        return at

    def refused(self, why: str) -> DumpRefused:
        """What to raise about this row."""
        return DumpRefused(f"{self.file}, line {self.line}: {why}.")


def read_rows(path: Path) -> Iterator[tuple[Row, int]]:
    """The rows of one dump file, each with how many bytes were read by then. Raises DumpRefused."""
    parser = expat.ParserCreate()
    found: list[Row] = []
    seen = {"since": 0, "depth": 0}

    def start(name: str, attributes: dict[str, str]) -> None:
        seen["depth"] += 1
        if seen["depth"] == 2 and name == "row":
            found.append(Row(path.name, parser.CurrentLineNumber, attributes))
        elif seen["depth"] >= 2:
            raise DumpRefused(f"{path.name}, line {parser.CurrentLineNumber}: <{name[:40]}> does not belong there.")

    def end(name: str) -> None:
        seen["depth"] -= 1

    def refuse(*_: object) -> None:
        raise DumpRefused(
            f"{path.name}, line {parser.CurrentLineNumber}: it declares a document type or entities, which no such "
            "dump needs and which can be an attack."
        )

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse  # type: ignore[assignment]
    done = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
                done += len(chunk)
                seen["since"] = 0 if found else seen["since"] + len(chunk)
                if seen["since"] > ROW_MAX_BYTES:
                    raise DumpRefused(f"{path.name}: a row has more than {ROW_MAX_BYTES // 1_048_576} MB.")
                for row in found:
                    yield row, done
                found.clear()
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise DumpRefused(
            f"{path.name}, line {error.lineno}: it is not well-formed XML ({expat.ErrorString(error.code)})."
        ) from None
    except OSError as error:
        raise DumpRefused(f"{path.name} cannot be read: {error.strerror}.") from None
