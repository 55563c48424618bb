"""Installations to start, stop and kill."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import SqliteFiles
from tests.grown import Grown
from tests.live import Site


@pytest.fixture
def make_site(databases: Any, tmp_path: Path, grown_services: Grown | None) -> Iterator[Callable[..., Site]]:
    """`make_site(**settings)`: an installation on a migrated database of its own; nothing runs yet."""
    made: list[Site] = []

    def make(**settings: Any) -> Site:
        folder = tmp_path / f"site{len(made)}"
        folder.mkdir()
        if grown_services is not None:
            settings = {"web_processes": 2, **grown_services.settings(), **settings}
        made.append(Site(databases.another(folder, f"site{len(made)}"), folder, **settings))
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """Where SQLite databases come from for what is tried once, on whatever database the other tests run."""
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def make_sqlite_site(sqlite_files: SqliteFiles, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """`make_sqlite_site(**settings)`: one installation on SQLite; nothing runs yet."""
    made: list[Site] = []

    def make(**settings: Any) -> Site:
        made.append(Site(sqlite_files.another(tmp_path, "portal"), tmp_path, **settings))
        return made[-1]

    yield make
    for site in made:
        site.close()
