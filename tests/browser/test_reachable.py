"""Every kind of page, for everybody: by keyboard, by ear, on a phone, enlarged, in the dark, under a strict policy."""

import pytest

from portal.contributions.writing import edit
from portal.db import writing
from portal.demo.people import PASSWORD as DEMO_PASSWORD
from tests import builders
from tests.browser.checkers import LOOKS, axe_violations, w3c_errors
from tests.browser.conftest import Watch
from tests.browser.pages import EMPTY, KINDS, READERS, paths
from tests.browser.people import PASSWORD, comes_true

PHONE, LAPTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
ENLARGED = {"width": 640, "height": 400}
"""What is left of a laptop's screen at 200 % zoom."""

# These pages are made of templates and styles; what the database is makes no difference to them.
pytestmark = pytest.mark.skipif("config.getoption('--database') != 'sqlite'", reason="looked at on one database")


class Readers:
    """A browser window for each sort of reader, kept from page to page."""

    def __init__(self, site, browser, usernames, password):
        self.site, self.browser, self.usernames, self.password = site, browser, usernames, password
        self.watch = Watch()
        self.windows = {}

    def window(self, reader):
        """The window of this reader, signed in."""
        if reader not in self.windows:
            context = self.browser.new_context(viewport=LAPTOP, reduced_motion="reduce", locale="en-GB")
            context.set_default_timeout(15_000)
            self.watch.over(context)
            page = self.windows[reader] = context.new_page()
            if username := self.usernames[reader]:
                page.goto(f"{self.site.url}/account/sign-in")
                page.get_by_label("E-mail address or username").fill(username)
                page.get_by_label("Password").fill(self.password)
                page.locator("main").get_by_role("button", name="Sign in").click()
                page.locator("details.menu").wait_for()
        return self.windows[reader]

    def close(self):
        """Shut all windows."""
        for page in self.windows.values():
            page.context.close()


@pytest.fixture(scope="module")
def demo(demo_site, browser):
    """The readers of the demo, and where its pages are."""
    with demo_site.house(), writing():  # what the demo has none of
        builders.topic(title="It was here", state="removed")
        changed = builders.topic(title="How do I true a wheel?")
        edit(changed, builders.moderator(), source="With a key, and patience.", why="The model was missing.")
    readers = Readers(demo_site, browser, READERS, DEMO_PASSWORD)
    readers.paths = paths(demo_site, KINDS)
    yield readers
    readers.close()


@pytest.fixture(scope="module")
def empty(databases, tmp_path_factory, browser):
    """The readers of a site on which nothing has happened yet."""
    from tests.live import Site

    folder = tmp_path_factory.mktemp("empty")
    site = Site(databases.another(folder, "empty"), folder)
    site.command("member", "create", "ada", "ada@example.org", "--password", PASSWORD, "--role", "admin")
    readers = Readers(site.start(), browser, {"visitor": "", "admin": "ada"}, PASSWORD)
    readers.paths = paths(site, EMPTY)
    yield readers
    readers.close()
    site.close()


def agreed(objections):
    """Nothing is objected to; otherwise each objection on a line of its own."""
    assert not objections, "\n".join(["", *objections])


def wide_as_its_window(page):
    """What sticks out to the side, if the page can be scrolled that way."""
    return page.evaluate(
        """() => {
          const root = document.documentElement;
          if (root.scrollWidth <= root.clientWidth) return [];
          const width = root.clientWidth;
          const sticksOut = (e) => e.getBoundingClientRect().right > width + 1;
          const out = [...document.querySelectorAll("body *")].filter(sticksOut);
          return [`${root.scrollWidth} in ${width} px`, ...out.slice(0, 5).map((e) => e.outerHTML.slice(0, 120))];
        }"""
    )


def look_at(readers, kind):
    """All that is wrong with a page of this kind, in sentences."""
    page, watch = readers.window(kind.reader), readers.watch
    watch.forget()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(LAPTOP)
    answer = page.goto(readers.site.url + readers.paths[kind.name])
    wrong = [] if answer.status == kind.status else [f"answers {answer.status}"]
    for selector in ("h1", "main"):
        if (count := page.locator(selector).count()) != 1:
            wrong.append(f"{count} × {selector}")
    wrong += [f"light, 1280 px: {v}" for v in axe_violations(page)]
    page.set_viewport_size(ENLARGED)
    wrong += [f"at 200 %: {sideways}" for sideways in wide_as_its_window(page)]
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    wrong += [f"on a phone: {sideways}" for sideways in wide_as_its_window(page)]
    wrong += [f"dark, 360 px: {v}" for v in axe_violations(page, LOOKS)]
    wrong += watch.complaints
    watch.forget()
    return wrong


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_page_can_be_used_by_everybody(demo, kind):
    agreed(look_at(demo, kind))


@pytest.mark.parametrize("kind", EMPTY, ids=lambda kind: kind.name)
def test_a_page_of_an_empty_site_can_be_used_by_everybody(empty, kind):
    agreed(look_at(empty, kind))


@pytest.mark.parametrize(
    ("reader", "path", "button"),
    [
        ("visitor", "/account/sign-up", "Join"),
        ("visitor", "/account/sign-in", "Sign in"),
        ("member", "/forum/new", "Post your topic"),
        ("member", "/stories/new", "Send your story"),
        ("member", "/photos/new", "Send your photos"),
        ("member", "/account/password", "Change the password"),
    ],
)
def test_a_form_that_comes_back_can_be_mended_by_everybody(demo, reader, path, button):
    page = demo.window(reader)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(LAPTOP)
    page.goto(demo.site.url + path)
    page.locator("main").get_by_role("button", name=button, exact=True).last.click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").evaluate("alert => alert === document.activeElement")
    agreed(axe_violations(page))
    page.emulate_media(color_scheme="dark")
    agreed(axe_violations(page, LOOKS))
    agreed(demo.watch.complaints)


def test_what_opens_by_touch_can_be_used_by_everybody(demo):
    page = demo.window("moderator")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    page.goto(demo.site.url + "/moderation/")
    page.locator("details.menu > summary").click()
    page.get_by_role("link", name="Moderation queue", exact=False).first.wait_for()
    agreed(axe_violations(page))
    page.keyboard.press("Escape")
    page.get_by_role("article").locator("summary", has_text="Send back").first.click()
    page.locator("details[open]").get_by_label("In your own words").first.wait_for()
    agreed(axe_violations(page))
    agreed(wide_as_its_window(page))


def test_a_picture_opens_large_and_closes_by_keyboard(demo):
    page = demo.window("visitor")
    page.set_viewport_size(LAPTOP)
    page.goto(demo.site.url + demo.paths["photo"])
    page.locator("[data-viewer]").first.click()
    page.locator("dialog[open]").wait_for()
    agreed(axe_violations(page))
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="hidden")
    agreed(demo.watch.complaints)


def test_the_switch_between_light_and_dark_holds(demo):
    page = demo.browser.new_page(color_scheme="light")
    page.goto(demo.site.url)
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.locator(".theme-switch:visible").first.click()
    comes_true(page, f"{background} !== '{light}'")
    page.reload()
    comes_true(page, f"{background} !== '{light}'")
    page.close()


def test_the_w3c_checker_objects_to_no_page(demo, empty):
    html = {}
    for readers, kinds in ((demo, KINDS), (empty, EMPTY)):
        for kind in kinds:
            window = readers.window(kind.reader)
            html[kind.name] = window.request.get(readers.site.url + readers.paths[kind.name]).text()
    agreed(w3c_errors(html))
