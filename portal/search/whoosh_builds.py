"""Which of the indexes in the folder is in use: the one that `current` names.

While that one can't be read and another is built, some questions are put to the one that `growing` names: to as much of
it as is there. A name tells format, language and a number.
"""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from portal.search import whoosh_doubts as doubts
from portal.search.engine import SearchUnavailable

FORMAT = "3"
"""Goes up when the schema or the way words are cut changes; an index of another format counts as missing."""


class Builds:
    """The folder's indexes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self) -> str:
        """The name of the one in use. Raises SearchUnavailable if there is none."""
        if name := self._named("current"):
            return name
        raise SearchUnavailable("There is no search index yet.")

    def growing(self) -> str:
        """The name of the one that is built because the other can't be read; "" if there is none."""
        return self._named("growing")

    def missed(self) -> bool:
        """Whether somebody who wanted to read met none, or one that can't be read somewhere."""
        name = self._named("current")
        return not name or not (self._folder / name).is_dir() or doubts.is_doubted(self._folder / name)

    @contextlib.contextmanager
    def fresh(self, language: str) -> Iterator[str]:
        """A block with the name of a new folder, which goes if the block raises; the others go if it does not."""
        name = f"{FORMAT}-{language}-{secrets.token_hex(4)}"
        (self._folder / name).mkdir(mode=0o700)
        try:
            yield name
        except BaseException:
            if self._named("growing") == name:
                self._shrink()
            shutil.rmtree(self._folder / name, ignore_errors=True)
            raise
        for entry in self._folder.iterdir():
            if entry.name != name and entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)

    def grow(self, name: str) -> None:
        """Part of this one is there: who finds no other may read it."""
        self._point("growing", name)

    def use(self, name: str) -> None:
        """In one step: a reader sees the one before or this one."""
        self._point("current", name)
        self._shrink()

    def give_up(self, name: str) -> None:
        """Use this one no more."""
        with contextlib.suppress(OSError):
            if (self._folder / "current").read_text() == name:
                (self._folder / "current").unlink()

    def _shrink(self) -> None:
        with contextlib.suppress(OSError):
            (self._folder / "growing").unlink()

    def _point(self, pointer: str, name: str) -> None:
        written = self._folder / f"{name}.new"
        written.write_text(name)
        os.replace(written, self._folder / pointer)

    def _named(self, pointer: str) -> str:
        try:
            name = (self._folder / pointer).read_text().strip()
        except (OSError, UnicodeDecodeError):
            return ""
        return name if name.startswith(f"{FORMAT}-") and name.replace("-", "").isalnum() else ""


def language_of(name: str) -> str:
    """The language in which an index was made."""
    return name.split("-")[1]
