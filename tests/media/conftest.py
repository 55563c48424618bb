"""What tests of pictures can ask for: both kinds of storage, the second on a real server of its protocol."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.media.bucket import Server


@pytest.fixture(scope="session")
def buckets() -> Iterator[Server]:
    """`buckets.bucket()`: the setting that names a new, empty bucket."""
    server = Server()
    yield server
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def app_on_either(request: pytest.FixtureRequest, make_app: Callable[..., Flask]) -> Iterator[Any]:
    """The application, once with its pictures in a folder and once with them in a bucket."""
    settings = {"storage_url": request.getfixturevalue("buckets").bucket()} if request.param == "bucket" else {}
    app = make_app(**settings)
    with app.app_context():
        yield app
