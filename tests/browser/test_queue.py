"""A moderator who has never seen it clears the queue: fifty mixed items by keyboard alone, a dozen by thumb."""

import itertools
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from portal.contributions.models import Contribution, Decision
from portal.contributions.reports import report
from portal.db import db
from portal.members.passwords import hash_password
from tests import builders
from tests.browser.people import PASSWORD, Person

READING, KEY = 4.0, 0.7
"""Seconds in which somebody reads what waits and makes up their mind, and finds a key."""


def furnish(site: Any, times: int) -> int:
    """Things of every sort that wait, `times` of each; how many there are."""
    with site.house():
        builders.moderator("selma", password_hash=hash_password(PASSWORD))
        people = [builders.member() for _ in range(6)]
        for n in range(times):
            builders.topic(people[n % 6], state="pending", title=f"Fine question {n}")
            builders.reply(builders.topic(), people[n % 6], state="pending", text=f"A fine answer {n}.")
            builders.topic(people[n % 6], state="pending", title=f"Say more {n}")
            builders.topic(builders.member(), state="pending", title=f"Buy this {n}")
            unfair = builders.topic(builders.member(), title=f"Reported for nothing {n}")
            report(unfair, people[0], "other")
        return times * 5


class Keyboard:
    """Hands that touch nothing but keys, and count them."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str, leads_on: bool = True) -> None:
        """A key; most lead to the next page."""
        self.pressed += 1
        if not leads_on:
            self.page.keyboard.press(key)
            return
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.keyboard.press(key)

    def decides(self, title: str) -> None:
        """What a person would do with this one, which is marked and in view: a key, or a key and a reason."""
        current = self.page.locator(".queue-item.is-current")
        expect(current).to_be_in_viewport()
        expect(current.locator("h2")).to_have_text(title)
        if title.startswith("Say more"):
            self.press("r", leads_on=False)
            expect(self.page.locator(".queue-item").first.locator("details[open] [data-key='1']")).to_be_focused()
            self.press("1")
        elif title.startswith("Buy this"):
            self.press("x", leads_on=False)
            expect(self.page.locator(".queue-item").first.locator("details[open] [data-key='1']")).to_be_focused()
            self.press("1")
        else:
            self.press("a")


def test_fifty_mixed_items_by_keyboard_alone(site: Any, new_page: Any) -> None:
    waiting = furnish(site, 10)
    assert waiting == 50
    selma = Person(site, new_page(), "selma")
    selma.signs_in()
    selma.goes_to("/moderation/")
    page, hands, decided = selma.page, Keyboard(selma.page), 0
    hands.press("k", leads_on=False)
    for decided in itertools.count():  # noqa: B007
        first = page.locator(".queue-item h2").first
        if not page.locator(".queue-item").count():
            break
        before = hands.pressed
        hands.decides(first.inner_text())
        assert hands.pressed - before <= 3
        if decided == 4:  # a slip of the finger: taken back, and decided again
            expect(page.get_by_role("button", name="Undo (")).to_be_visible()
            hands.press("u")
            expect(page.get_by_text("Taken back: everything is as it was.")).to_be_visible()
            expect(page).to_have_url(re.compile("#item-"))
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    assert decided == waiting + 1
    assert decided * READING + hands.pressed * KEY < 300, f"{hands.pressed} keys for {decided} decisions"
    with site.house():
        topics = select(Contribution.state, func.count()).where(Contribution.kind == "topic")
        count = topics.group_by(Contribution.state)
        states = {row[0]: row[1] for row in db.session.execute(count)}
        reasons = set(db.session.scalars(select(Decision.rule).where(Decision.as_moderator)))
    assert (states["returned"], states["removed"]) == (10, 10)
    assert reasons == {"", "more_detail", "spam", "kept", "undone"}


def test_several_are_ticked_and_decided_by_keys(site: Any, new_page: Any) -> None:
    with site.house():
        builders.moderator("selma", password_hash=hash_password(PASSWORD))
        for n in range(3):
            builders.topic(state="pending", title=f"Fine question {n}")
    selma = Person(site, new_page(), "selma")
    selma.signs_in()
    selma.goes_to("/moderation/")
    page = selma.page
    page.wait_for_load_state("networkidle")  # the keys are there
    for chosen in (1, 2):
        page.keyboard.press("j")
        page.keyboard.press("t")
        expect(page.locator(".queue-tick input:checked")).to_have_count(chosen)
    expect(page.locator(".queue-tick input:checked")).to_have_count(2)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.get_by_role("button", name="Approve 2").click()
    expect(page.get_by_text("2 contributions approved.")).to_be_visible()
    assert asked == ["Approve 2?"]
    expect(page.locator(".queue-item")).to_have_count(1)
    page.get_by_role("button", name="Undo (").click()
    expect(page.locator(".queue-item")).to_have_count(3)


def test_a_key_decides_nothing_that_is_not_seen(site: Any, new_page: Any) -> None:
    with site.house():
        builders.moderator("selma", password_hash=hash_password(PASSWORD))
        for n in range(3):
            builders.topic(state="pending", title=f"Fine question {n}", text="Words.\n\n" * 60)
    selma = Person(site, new_page(), "selma")
    selma.signs_in()
    selma.goes_to("/moderation/")
    page, current = selma.page, selma.page.locator(".queue-item.is-current")
    page.keyboard.press("j")
    expect(current).to_have_count(1)
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    expect(current).to_have_count(0)
    page.keyboard.press("a")  # only shows which it would be
    expect(current.locator("h2 a")).to_be_focused()
    expect(current).to_be_in_viewport()
    expect(page.get_by_text("Approved")).to_have_count(0)
    page.keyboard.press("r")
    expect(page.locator(".queue-reason[open]")).to_be_in_viewport()
    page.keyboard.press("x")
    expect(page.locator(".queue-reason[open] summary")).to_have_text("Remove")
    page.keyboard.press("Escape")
    expect(page.locator(".queue-reason[open]")).to_have_count(0)
    held = "dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true, repeat: true }))"
    page.evaluate(f"document.activeElement.{held}")
    with page.expect_navigation():
        page.keyboard.press("a")
    expect(current.locator("h2 a")).to_be_focused()
    with site.house():
        approved = select(func.count()).where(Contribution.kind == "topic", Contribution.state == "published")
        assert db.session.scalar(approved) == 1
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("a")  # what waits lies behind the sheet
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Keys")).to_be_hidden()
    with site.house():
        assert db.session.scalar(approved) == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_by_thumb_on_a_small_phone(site: Any, new_page: Any, scripts: bool) -> None:
    waiting = furnish(site, 2)
    selma = Person(site, new_page(width=360, has_touch=True, is_mobile=True, javascript=scripts), "selma")
    selma.goes_to("/account/sign-in")
    selma.page.get_by_label("E-mail address or username").fill("selma")
    selma.page.get_by_label("Password").fill(PASSWORD)
    selma.presses("Sign in")
    selma.goes_to("/moderation/")
    page = selma.page
    for _ in range(waiting):
        item = page.locator(".queue-item").first
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        title = item.locator("h2").inner_text()
        if title.startswith(("Say more", "Buy this")):
            item.locator("summary", has_text="Send back" if title.startswith("Say") else "Remove").first.tap()
            button = item.locator("details[open] .queue-reasons button").first
        else:
            button = item.locator(".queue-decide .button-primary").first
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        with page.expect_navigation(wait_until="domcontentloaded"):
            button.tap()
        expect(page.get_by_role("button", name="Undo (")).to_be_visible()
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
