"""What people do in these journeys, as they would say it: join, sign in, look into their mail, wait for the worker."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Page, expect

from tests.live import Site

PASSWORD = "seven geese over the lake"
PATIENCE = 60
"""Seconds within which the worker has followed up, whatever else the machine does."""


def comes_true(page: Page, script: str) -> None:
    """Wait until a page says so: `page.wait_for_function` evaluates in the page, which our pages' policy forbids."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(Error):  # it is on its way to another page
            if page.evaluate(script):
                return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {script}")


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, site: Site, page: Page, username: str = "", name: str = "") -> None:
        self.site, self.page = site, page
        self.username, self.name = username, name or username.title()

    @property
    def email(self) -> str:
        """Where their mail goes."""
        return f"{self.username}@example.org"

    def goes_to(self, path: str) -> Any:
        """Open a page by its path, or by a whole address; the answer."""
        return self.page.goto(path if path.startswith("http") else self.site.url + path)

    def joins(self) -> None:
        """Sign up, find the mail, open its link, confirm."""
        self.goes_to("/account/sign-up")
        self.page.get_by_label("Your name").fill(self.name)
        self.page.get_by_label("Username").fill(self.username)
        self.page.get_by_label("E-mail address").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.presses("Join")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
        self.opens_mail()
        self.page.locator("main").get_by_role("link", name="/account/confirm").click()
        self.presses("Yes, this is me")
        expect(self.page.get_by_text(f"Welcome, {self.name}.")).to_be_visible()

    def opens_mail(self) -> None:
        """Find the newest mail to this person; development keeps it at /dev/mail."""
        row = self.page.locator("main").get_by_role("row").filter(has_text=self.email).first
        self.waits_for("/dev/mail/", lambda: row.is_visible())
        row.get_by_role("link").click()

    def signs_in(self) -> None:
        """With a password, from the page of that name."""
        self.goes_to("/account/sign-in")
        self.page.get_by_label("E-mail address or username").fill(self.username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.presses("Sign in")
        expect(self.page.get_by_role("group", name="account").or_(self.page.locator("details.menu"))).to_be_visible()

    def presses(self, button: str, within: Any = None) -> None:
        """Press a button of the page's main part, by what is written on it."""
        (within or self.page.locator("main")).get_by_role("button", name=button, exact=True).click()

    def waits_for(self, path: str, seen: Callable[[], bool]) -> None:
        """Open a page again and again until it shows what the worker has to bring."""
        end = time.monotonic() + PATIENCE
        while True:
            self.goes_to(path)
            if seen():
                return
            assert time.monotonic() < end, f"{path} never showed it"
            self.page.wait_for_timeout(250)

    def finds(self, path: str, words: str) -> None:
        """Wait until the page at `path` shows these words."""
        self.waits_for(path, lambda: self.page.locator("main").get_by_text(words).first.is_visible())


def settle(site: Site) -> None:
    """Wait until the site's own worker has followed up all that is owed."""
    from portal.activity import Errand
    from portal.db import db

    end = time.monotonic() + PATIENCE
    while True:
        with site.house():
            left = [f"{e.reaction} {e.last_error or ''}" for e in db.session.query(Errand)]
        if not left:
            return
        assert time.monotonic() < end, f"still owed: {left}"
        time.sleep(0.2)
