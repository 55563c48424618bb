"""Installations to start, stop and kill."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import Site


@pytest.fixture
def make_site(databases: Any, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """`make_site(**settings)`: an installation on a migrated database of its own; nothing runs yet."""
    made: list[Site] = []

    def make(**settings: Any) -> Site:
        folder = tmp_path / f"site{len(made)}"
        folder.mkdir()
        made.append(Site(databases.another(folder, f"site{len(made)}"), folder, **settings))
        return made[-1]

    yield make
    for site in made:
        site.close()
