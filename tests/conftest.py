"""What every test can ask for: an application on a fresh database, visitors, the worker, the clock, the mail."""

import email
import email.policy
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from tests import closed_sockets
from tests.grown import Grown, is_by_folder
from tests.postgres import Cluster

CLUSTER = pytest.StashKey[Cluster]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database=sqlite` (default) or `--database=postgresql`."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="what the tests run on")
    parser.addoption("--grown", action="store_true", help="with Redis, a bucket and search in PostgreSQL; see grown.py")


def pytest_configure(config: pytest.Config) -> None:
    """Close the doors; start the one PostgreSQL server that all test processes share."""
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        del os.environ[name]
    closed_sockets.close()
    if config.option.grown and config.option.database != "postgresql":
        raise pytest.UsageError("--grown needs --database=postgresql")
    if config.option.database == "postgresql" and not hasattr(config, "workerinput") and not config.option.collectonly:
        config.stash[CLUSTER] = Cluster()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process of pytest-xdist where the server is."""
    if CLUSTER in node.config.stash:
        node.workerinput["postgresql"] = node.config.stash[CLUSTER].url()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server."""
    if CLUSTER in config.stash:
        config.stash[CLUSTER].stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks for no database is run once, with SQLite: PostgreSQL would make no difference to it."""
    if config.option.grown:
        left_out = [item for item in items if is_by_folder(item.path)]
        items[:] = [item for item in items if item not in set(left_out)]
        config.hook.pytest_deselected(items=left_out)
    if config.option.database == "sqlite":
        return
    without = [item for item in items if "databases" not in getattr(item, "fixturenames", ())]
    items[:] = [item for item in items if item not in set(without)]
    config.hook.pytest_deselected(items=without)


@pytest.fixture(autouse=True)
def _leaves_nothing_behind() -> Iterator[None]:
    """A test that went through a request by hand must say that it writes no more: the next would wait for itself."""
    yield
    from portal.db import is_writing, will_write
    from portal.one_by_one import anywhere

    anywhere()  # a page that the test had made by an application as it serves held this thread on one processor
    left = is_writing()
    will_write(False)
    assert not left, "what comes next would write: will_write(False) is missing, or a context of its own"


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Where fresh databases come from; see databases.py."""
    from tests.databases import PostgresqlDatabases, SqliteFiles

    folder = tmp_path_factory.mktemp("template")
    if request.config.option.database == "sqlite":
        found: Any = SqliteFiles(folder)
    else:
        given = getattr(request.config, "workerinput", {})
        server = given.get("postgresql") or request.config.stash[CLUSTER].url()
        found = PostgresqlDatabases(server, given.get("workerid", "alone"), folder)
    yield found
    found.close()


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once a test process: doing it anew for each application would be most of a test's time."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def grown_services(request: pytest.FixtureRequest) -> Iterator[Grown | None]:
    """With `--grown`, what several machines share; else nothing."""
    found = Grown() if request.config.option.grown else None
    yield found
    if found is not None:
        found.stop()


@pytest.fixture
def make_app(
    databases: Any, compiled_templates: Any, tmp_path: Path, grown_services: Grown | None
) -> Iterator[Callable[..., Flask]]:
    """`make_app(**settings)`: an application on this test's database; settings are attributes of Settings."""
    from portal import create_app
    from portal.db import db
    from tests.databases import SECRET_KEY
    from tests.visitors import Visitor

    url = databases.fresh(tmp_path)
    shared = grown_services.settings() if grown_services is not None else {}
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        standard = {
            "database_url": url,
            "data_dir": tmp_path / "data",
            "uploads_dir": tmp_path / "uploads",
            "secret_key": SECRET_KEY,
            "testing": True,
            "pages_seconds": 0,  # tests change things behind the application's back
        }
        app = create_app(**{**standard, **shared, **settings})
        app.test_client_class = Visitor
        app.jinja_env.bytecode_cache = compiled_templates
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The application, its context pushed: queries and commands can be called as they are."""
    app = make_app()
    with app.app_context():
        yield app


@pytest.fixture
def house(make_app: Callable[..., Flask]) -> Iterator[Any]:
    """(application, one member of each role, things that are the customer's), with nobody's haste in the way."""
    from tests.things import Things, people

    app = make_app(posts_per_minute=100_000)
    with app.app_context():
        everyone = people()
        yield app, everyone, Things(app, everyone["customer"])


@pytest.fixture
def db(app: Flask) -> Any:
    """The database: `db.session` is the test's own, committed before each request."""
    from portal.db import db

    return db


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor without an account; see visitors.py for `submit()` and `sign_in()`."""
    return app.test_client()


@pytest.fixture
def as_member(app: Flask) -> Callable[..., Any]:
    """`as_member(client, member)`: sign in; `as_member(member)`: a new visitor who is signed in."""

    def sign_in(*given: Any) -> Any:
        visitor, member = given if len(given) == 2 else (app.test_client(), given[0])
        return visitor.sign_in(member)

    return sign_in


@pytest.fixture
def settled(app: Flask) -> Callable[[], int]:
    """`settled()`: let the worker follow up all that is owed; an errand that fails fails the test."""
    from portal.activity import Errand, follow_up
    from portal.db import db
    from tests.visitors import read_again

    def settle() -> int:
        db.session.commit()
        done = 0
        with app.app_context():
            while more := follow_up():
                done += more
            left = [f"{e.reaction}: {e.last_error}" for e in db.session.query(Errand) if e.last_error]
        read_again()
        assert not left, f"errands that failed: {left}"
        return done

    return settle


class Clock:
    """The house's clock in the hands of a test."""

    def freeze(self, at: datetime | None = None) -> datetime:
        """Stop at `at` (aware; default: this second) and say when that is."""
        from portal import clock

        clock.freeze(at or clock.now().replace(microsecond=0))
        return clock.now()

    def advance(self, **parts: float) -> datetime:
        """Go on by `timedelta(**parts)`, standing still there."""
        from portal import clock

        return self.freeze(clock.now() + timedelta(**parts))


@pytest.fixture
def clock() -> Iterator[Clock]:
    """`clock.freeze(at)`, `clock.advance(days=3)`; runs freely again after the test."""
    from portal import clock

    yield Clock()
    clock.freeze(None)


@pytest.fixture
def outbox(app: Flask) -> Callable[[], list[EmailMessage]]:
    """`outbox()`: all mail written so far, the oldest first."""
    return lambda: read_mail(app.extensions["portal.settings"].mail_folder)


def read_mail(folder: Path) -> list[EmailMessage]:
    """The messages in a mail folder, the oldest first."""
    files = sorted(folder.glob("*.eml"), key=lambda path: path.name)
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]
