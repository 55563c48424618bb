"""Installations to start, stop and kill, here too; and what one database is enough for."""

import pytest

from tests.system.conftest import make_site  # noqa: F401


@pytest.fixture
def on_sqlite(request: pytest.FixtureRequest) -> None:
    """The kind of database makes no difference to it: it is tried with SQLite alone."""
    if request.config.option.database != "sqlite":
        pytest.skip("tried with SQLite")
