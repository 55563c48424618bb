"""Every test of this room runs with each engine that the database at hand allows."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.search.engine import Engine
from portal.search.postgresql_engine import PostgresqlEngine
from portal.search.whoosh_engine import WhooshEngine


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`engine_name` is `whoosh`, and on PostgreSQL `postgresql` as well."""
    of_one = metafunc.module.__name__.startswith("tests.search.test_whoosh_")
    if "engine_name" in metafunc.fixturenames and not of_one:
        both = metafunc.config.option.database == "postgresql"
        metafunc.parametrize("engine_name", ["whoosh", "postgresql"] if both else ["whoosh"])


@pytest.fixture(autouse=True)
def _in_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search says what it found in a fraction of a second; here it takes as long as a busy machine makes it."""
    for where in ("whoosh_engine", "whoosh_vocabulary", "postgresql_reading"):
        monkeypatch.setattr(f"portal.search.{where}.SECONDS", 60.0)


@pytest.fixture
def app(make_app: Callable[..., Flask], engine_name: str) -> Iterator[Flask]:
    """The application with this engine, and no index yet."""
    from portal.db import db

    app = make_app(search=engine_name)
    with app.app_context():
        if engine_name == "postgresql":
            with db.engine.begin() as connection:
                connection.execute(text("DROP SCHEMA IF EXISTS portal_search CASCADE"))
        yield app


@pytest.fixture
def make_engine(app: Flask, engine_name: str, tmp_path: Path) -> Callable[..., Engine]:
    """`make_engine(…)`: an engine over one index, the same at each call; arguments are the engine's own."""

    def make(*given: Any) -> Engine:
        if engine_name == "postgresql":
            return PostgresqlEngine(*given)
        return WhooshEngine(tmp_path / "index", *given)

    return make


@pytest.fixture
def built(make_engine: Callable[..., Engine]) -> Callable[..., Engine]:
    """`built(*documents)`: an engine whose index has these."""

    def build(*documents: Any, given: tuple[Any, ...] = ()) -> Engine:
        engine = make_engine(*given)
        engine.rebuild(lambda change: change.put(documents), lambda change: None)
        return engine

    return build
