"""Installations to start, stop and kill."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

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
