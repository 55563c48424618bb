"""A real browser against a real server; every page is watched for errors and for calls to other hosts."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright
from sqlalchemy import select

from portal import clock
from portal.contributions import consents
from portal.contributions.models import Contribution
from portal.db import db, writing
from portal.demo.load import load
from portal.demo.pictures import FORMATS, Drawing, jpeg
from portal.media.commands import Prepared, prepare
from portal.members.models import Member
from tests.live import Site

HERE = Path(__file__).parent
SEEN = HERE / "seen"
FAILED = pytest.StashKey[bool]()
# Chromium as Debian packages it; it is to talk to our server alone, and root may not have its sandbox.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder; one process runs it all, since one browser and one server fill a core."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """Remember whether a test failed, for the pictures that are taken of its pages then."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def start_site(databases: Any, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """`start_site(**settings)`: a server with its worker on an empty, migrated database of its own."""
    started: list[Site] = []

    def start(**settings: Any) -> Site:
        folder = tmp_path / f"site{len(started)}"
        folder.mkdir()
        site = Site(databases.another(folder, "site"), folder, **settings)
        started.append(site)
        return site.start()

    yield start
    for site in started:
        site.close()


@pytest.fixture
def site(start_site: Callable[..., Site]) -> Site:
    """A server with the settings as they come."""
    return start_site()


@pytest.fixture(scope="session")
def demo_site(databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with the demo community, for tests that only look."""
    folder = tmp_path_factory.mktemp("demo")
    site = Site(databases.another(folder, "demo"), folder)
    with site.house():
        load(lambda step, done, total: None, few_pictures)
        with writing():  # something that its author is asked to renew
            of_sanne = select(Contribution).join(Contribution.author).where(Member.username == "sanne")
            photo = db.session.scalars(of_sanne.where(Contribution.kind == "photo").limit(1)).one()
            consents.give(photo, "email", until=clock.now() + timedelta(days=9))
    yield site.start()
    site.close()


def few_pictures(motifs: Any, progress: Any) -> dict[Any, Prepared]:
    """One picture of each shape for all: drawing every one would take as long as all other journeys together."""
    drawn = {shape: prepare(jpeg(Drawing("poster", "dawn", 1, shape=shape))) for shape in FORMATS}
    return {motif: drawn[getattr(motif, "shape", "square")] for motif in motifs}


def find_chromium() -> str:
    """Where the browser is; without one the test fails."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.fail("There is no Chromium here; `make test` installs it or says how.")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser itself, started once."""
    expect.set_options(timeout=20_000)  # what comes, comes; a busy machine takes its time
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


class Watch:
    """What went wrong on the pages of one test, unseen by whoever looks at the picture alone."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def over(self, context: BrowserContext) -> None:
        """Watch all pages of `context`."""
        context.on("weberror", lambda e: self.complaints.append(f"script error: {e.error}"))
        context.on("console", self._console)
        context.on("request", self._request)
        context.on("response", self._response)

    def forget(self) -> None:
        """Let what was noted so far be; for a test that provokes it."""
        self.complaints.clear()

    def _console(self, message: Any) -> None:
        # A failed request is judged by _response: a form that is refused answers 422, and that is right.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.hostname != "127.0.0.1":
            self.complaints.append(f"another host: {request.url}")

    def _response(self, response: Any) -> None:
        kind = response.request.resource_type
        if response.status >= 500 or (response.status >= 400 and kind not in ("document", "fetch", "xhr")):
            self.complaints.append(f"{response.status} for {kind} {response.url}")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test at its end if any of its pages complained; `watch.forget()` after provoking it."""
    watch = Watch()
    yield watch
    assert not watch.complaints, "\n".join(watch.complaints)


@pytest.fixture
def new_page(browser: Browser, watch: Watch, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """`new_page(javascript=True, width=1280, dark=False, **context)`: a page of a person with own cookies."""
    contexts: list[BrowserContext] = []

    def new(*, javascript: bool = True, width: int = 1280, dark: bool = False, **options: Any) -> Page:
        context = browser.new_context(
            java_script_enabled=javascript,
            viewport={"width": width, "height": 900 if width > 700 else 740},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="en-GB",
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        watch.over(context)
        return context.new_page()

    yield new
    if request.node.stash.get(FAILED, False):
        _take_pictures(request.node.name, [page for context in contexts for page in context.pages])
    for context in contexts:
        context.close()


def _take_pictures(name: str, pages: list[Page]) -> None:
    SEEN.mkdir(exist_ok=True)
    for number, page in enumerate(pages):
        with suppress(Error):
            page.screenshot(path=SEEN / f"{re.sub(r'[^a-z0-9]+', '-', name)}-{number}.png", full_page=True)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One person's page, with JavaScript."""
    return new_page()


@pytest.fixture
def javascript_off(new_page: Callable[..., Page]) -> Callable[..., Page]:
    """`javascript_off()`: as new_page, without JavaScript."""
    return lambda **options: new_page(javascript=False, **options)
