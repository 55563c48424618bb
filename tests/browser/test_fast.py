"""What makes a page feel fast, in a real browser: little to fetch, the next page fetched ahead, the last one kept."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests import builders
from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.browser.people import PASSWORD, Person, comes_true
from tests.live import Site

PATIENCE = 60


@pytest.fixture(scope="module")
def board(databases, tmp_path_factory) -> Iterator[Site]:
    """A topic with 25 replies, some others, and Ada, who can sign in. `board.topic`, `board.others`."""
    from portal.contributions.addresses import url_of
    from portal.db import writing
    from portal.members.passwords import hash_password

    folder = tmp_path_factory.mktemp("fast")
    site = Site(databases.another(folder, "fast"), folder)
    with site.house() as app, app.test_request_context():
        with writing():
            builders.member("ada").password_hash = hash_password(PASSWORD)
            topics = [builders.topic(title=f"How do I true wheel number {n}?") for n in range(6)]
            for n in range(25):
                builders.reply(topics[0], text=f"Loosen the {n}. spoke, a quarter turn at a time. " * 8)
        site.topic, *site.others = [url_of(topic) for topic in topics]
        site.first = topics[0].id
    yield site.start()
    site.close()


def views(site: Site, wanted: int) -> int:
    """How often the topic was looked at, as soon as it is so often: views are gathered before they are written."""
    from portal.contributions.models import Contribution
    from portal.db import db

    end = time.monotonic() + PATIENCE
    while True:
        with site.house():
            db.session.expire_all()
            found = db.session.get(Contribution, site.first).view_count
        if found == wanted or wanted < 0 or time.monotonic() > end:
            return found
        time.sleep(0.2)


def asked_ahead(page: Page) -> list[str]:
    """The paths that this page has asked its browser to fetch ahead."""
    return page.eval_on_selector_all("link[rel=prefetch]", "links => links.map(link => link.getAttribute('href'))")


def rest_on(page: Page, name: str, milliseconds: int = 300) -> None:
    page.get_by_role("link", name=name, exact=True).first.hover()
    page.wait_for_timeout(milliseconds)


# little to fetch


@pytest.mark.parametrize("width", [360, 1280])
def test_a_first_visit_to_a_topic_takes_60_kb_and_six_requests_at_the_most(board, new_page, width):
    page = new_page(width=width)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    kinds, sizes, answers = {}, {}, []
    page.on("response", lambda answer: answers.append(answer))
    session.on("Network.requestWillBeSent", lambda e: kinds.update({e["requestId"]: e.get("type")}))
    session.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    page.goto(board.url + board.topic, wait_until="networkidle")
    fetched = {number: size for number, size in sizes.items() if kinds.get(number) != "Image"}
    assert page.locator("article").count() >= 20
    assert len(fetched) <= 6, kinds
    assert 5_000 < sum(fetched.values()) <= 60_000
    packed = {a.url.rpartition("/")[2]: a.headers.get("content-encoding") for a in answers if "/static/" in a.url}
    assert packed["site.js"] == packed["site.css"] == "br"


def test_pictures_below_the_fold_wait_until_they_are_near(demo_site, new_page):
    page = new_page()
    page.goto(demo_site.url + "/photos/", wait_until="networkidle")
    below = """images => images.filter(i => i.getBoundingClientRect().top > 2 * innerHeight && i.loading !== "lazy")
        .map(i => i.outerHTML)"""
    assert page.locator("main img[loading=lazy]").count() > 5
    assert page.eval_on_selector_all("main img:not([src^='data:'])", below) == []


# the next page


def test_a_link_that_a_reader_rests_on_is_fetched_ahead_once_and_counts_as_a_view_when_it_is_opened(board, page):
    before = views(board, -1)
    page.goto(board.url + "/forum/")
    with page.expect_response(lambda r: board.topic in r.url) as fetched:
        rest_on(page, "How do I true wheel number 0?")
    assert fetched.value.status == 200
    page.mouse.move(0, 0)
    rest_on(page, "How do I true wheel number 0?")
    comes_true(page, "document.querySelector('link[rel=prefetch]')")
    assert asked_ahead(page) == [board.topic]
    page.wait_for_timeout(1000)
    assert views(board, -1) == before
    page.get_by_role("link", name="How do I true wheel number 0?").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How do I true wheel number 0?")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].transferSize") < 1000  # still true: no body
    assert views(board, before + 1) == before + 1


def test_nothing_is_fetched_ahead_in_passing_nor_what_begins_something(board, page):
    page.clock.install()
    page.goto(board.url + "/forum/")
    rest_on(page, "Stories", 0)  # what fetches ahead is there
    page.clock.run_for(1000)
    comes_true(page, "document.querySelectorAll('link[rel=prefetch]').length === 1")
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    rest_on(page, "How do I true wheel number 1?", 0)
    page.mouse.move(0, 0)
    page.clock.run_for(1000)
    for name in ("Sign in", "Join"):
        rest_on(page, name, 0)
        page.clock.run_for(1000)
    assert asked_ahead(page) == ["/stories/"]


def test_a_page_fetches_a_dozen_others_ahead_at_the_most(board, page):
    page.goto(board.url + "/forum/")
    page.evaluate("""() => { for (let n = 0; n < 20; n++) {
        const link = document.createElement("a");
        link.href = `/topics/${n + 900}`;
        link.textContent = `far ${n}`;
        document.querySelector("main").append(link, " "); } }""")
    page.route("**/topics/9*", lambda route: route.fulfill(body="", content_type="text/html"))
    for n in range(12):
        rest_on(page, f"far {n}", 0)
        comes_true(page, f"document.querySelectorAll('link[rel=prefetch]').length === {n + 1}")
    for n in range(12, 20):
        rest_on(page, f"far {n}", 150)
    assert len(asked_ahead(page)) == 12


def test_what_is_a_members_own_is_not_fetched_ahead(board, page):
    Person(board, page, "ada").signs_in()
    page.goto(board.url + "/forum/")
    rest_on(page, "How do I true wheel number 2?")
    assert asked_ahead(page) == []


def test_who_saves_data_fetches_nothing_ahead(board, page):
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    page.goto(board.url + "/forum/")
    rest_on(page, "How do I true wheel number 3?")
    assert asked_ahead(page) == []


# the last page


@pytest.fixture
def keeping_page(browser, watch) -> Iterator[Page]:
    """A page of a browser that keeps whole pages for going back; Playwright's others do not."""
    keeping = browser.browser_type.launch(
        executable_path=find_chromium(), args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
    )
    page = keeping.new_page()
    watch.over(page.context)
    yield page
    keeping.close()


def leave_and_come_back(page: Page, leave: Callable[[], object]) -> dict[str, object]:
    """How a page is found again: `same` as it was left, and why it was not, in the browser's words."""
    page.evaluate("window.left = true")
    leave()
    comes_true(page, "!window.left")
    page.evaluate("history.back()")
    page.wait_for_timeout(1500)
    return page.evaluate("""() => {
        const [entry] = performance.getEntriesByType("navigation");
        return { same: window.left === true, why: JSON.stringify(entry.notRestoredReasons ?? null) }; }""")


@pytest.mark.parametrize("path", ["/", "/topics", "/photos/", "/search?q=wheel"])
def test_going_back_finds_the_page_as_it_was_left(board, keeping_page, path):
    keeping_page.goto(board.url + (board.topic if path == "/topics" else path))
    rest_on(keeping_page, "Stories")  # what is fetched ahead does not hinder it
    found = leave_and_come_back(keeping_page, lambda: keeping_page.goto(board.url + "/about/how-this-works"))
    assert found["same"], found["why"]


def test_a_members_pages_are_found_again_too_but_not_after_signing_out(board, keeping_page):
    ada = Person(board, keeping_page, "ada")
    ada.signs_in()
    ada.goes_to(board.topic)
    found = leave_and_come_back(keeping_page, lambda: ada.goes_to("/forum/"))
    assert found["same"], found["why"]

    def sign_out() -> None:
        keeping_page.locator("details.menu summary").click()
        keeping_page.get_by_role("button", name="Sign out").click()

    assert not leave_and_come_back(keeping_page, sign_out)["same"]
    assert keeping_page.evaluate("location.pathname") == board.topic
    assert keeping_page.evaluate("document.body.textContent.includes('@ada')") is False
    assert keeping_page.evaluate("getComputedStyle(document.documentElement).display") == "block"


def test_a_form_keeps_whoever_leaves_it_only_while_something_typed_is_not_sent(board, keeping_page):
    heard = """() => { window.heard = [];
        for (const [name, mark] of [["addEventListener", ""], ["removeEventListener", "-"]]) {
            const own = window[name];
            window[name] = function (type, ...rest) { heard.push(mark + type); return own.call(this, type, ...rest); };
        } }"""
    keeping_page.goto(board.url + "/account/sign-in")
    keeping_page.evaluate(heard)
    keeping_page.evaluate("document.querySelector('main form').dataset.behaviour = 'guard'")
    assert keeping_page.evaluate("heard") == []
    keeping_page.get_by_label("E-mail address or username").fill("ada")
    comes_true(keeping_page, "heard.includes('beforeunload')")
    keeping_page.evaluate("document.querySelector('main form').reset()")
    assert keeping_page.evaluate("heard").count("-beforeunload") == 1


def test_without_scripts_no_page_comes_back_after_signing_out(board, keeping_page):
    """No script looks who is signed in when a page comes back as it was left: their session's pages are not stored."""
    context = keeping_page.context.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    ada = Person(board, page, "ada")
    ada.signs_in()
    page.goto(board.url + board.topic)
    page.goto(board.url + "/forum/")
    line = context.new_cdp_session(page)

    def goes_back() -> str:
        history = line.send("Page.getNavigationHistory")
        line.send("Page.navigateToHistoryEntry", {"entryId": history["entries"][history["currentIndex"] - 1]["id"]})
        page.wait_for_timeout(1500)
        return page.content()

    assert "@ada" in goes_back()  # asked for again
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    assert "@ada" not in goes_back()
    assert page.url == board.url + board.topic
    context.close()
