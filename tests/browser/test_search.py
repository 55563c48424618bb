"""Searching in a real browser: suggestions, like questions while asking; also without scripts."""

import re

import pytest
from playwright.sync_api import expect

from portal.db import db
from portal.members.passwords import hash_password
from portal.search import followers
from tests import builders
from tests.browser.people import PASSWORD, Person
from tests.live import Site


@pytest.fixture(scope="module")
def library(databases, tmp_path_factory):
    """A server with some questions about brakes, one of them with markup for a title; one for all tests."""
    folder = tmp_path_factory.mktemp("library")
    site = Site(
        databases.another(folder, "library"), folder, topic_pause=0, sign_in_per_minute=99, sign_in_per_hour=999
    )
    with site.house():
        vera = builders.member("vera", display_name="Vera Stein", password_hash=hash_password(PASSWORD))
        for title in ("Brake squeals in the rain", "Brake pads: how long?", "<img src=x onerror=alert(1)> brake"):
            builders.topic(vera, title, "It is the brake.", tags=["brakes"] if "rain" in title else [])
        db.session.commit()
        followers.rebuild()
    yield site.start()
    site.close()


def box(page):
    return page.get_by_role("combobox", name="Search everything here")


def test_suggestions_are_walked_and_taken_by_keyboard(library, page):
    page.goto(f"{library.url}/forum/")
    field = page.locator("#site-search")
    field.focus()
    field.press_sequentially("bra", delay=30)
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options).to_have_count(4)
    expect(page.get_by_text("4 suggestions", exact=True)).to_have_attribute("role", "status")
    field.press("ArrowDown")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.nth(0).get_attribute("id")
    field.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") is None, "back in the field, with what was typed"
    field.press("ArrowUp")
    expect(options.nth(3)).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    assert field.input_value() == "bra", "Escape closes the list and keeps the words"
    field.press("ArrowDown")
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    label = options.nth(0).locator("span").first.inner_text()
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(label)


def test_a_title_is_text_and_a_click_leads_there(library, page):
    page.goto(f"{library.url}/")
    field = page.locator("#hero-q")
    field.click()
    field.press_sequentially("brake", delay=30)
    option = page.get_by_role("option").filter(has_text="onerror")
    expect(option).to_contain_text("<img src=x onerror=alert(1)> brake")
    assert page.locator("[role=option] img").count() == 0
    option.click()
    expect(page).to_have_url(re.compile(r"/topics/\d+/"))


def test_enter_without_a_choice_searches_and_an_old_answer_is_dropped(library, page):
    page.goto(f"{library.url}/search")
    held = []
    page.route(re.compile(r"/search/suggest\?q=brake$"), lambda route: held.append(route))
    field = page.locator("#search-q")
    field.press_sequentially("brake", delay=10)
    page.wait_for_timeout(400)
    field.press_sequentially(" pads", delay=10)
    options = page.get_by_role("option")
    expect(options).to_have_count(1)
    for route in held:
        route.continue_()
    page.wait_for_timeout(300)
    expect(options).to_have_count(1)
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=brake(\+|%20)pads"))
    expect(page.get_by_role("link", name="Brake pads: how long?")).to_be_visible()


def test_who_types_before_the_script_is_there_is_offered_places_all_the_same(library, page):
    held = []
    page.route(re.compile(r"/suggest\.[^/]*js$|/suggest\.js"), lambda route: held.append(route))
    page.goto(f"{library.url}/forum/")
    field = page.locator("#site-search")
    field.focus()
    field.press_sequentially("brak", delay=10)
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()


def test_the_field_is_left_and_the_list_goes(library, page):
    page.goto(f"{library.url}/search?q=brake")
    field = page.locator("#search-q")
    field.fill("")
    field.press_sequentially("brak", delay=10)
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("ul[role=listbox]")).to_be_hidden()


def test_like_questions_appear_while_asking_and_nothing_typed_is_lost(library, page):
    Person(library, page, "vera").signs_in()
    page.goto(f"{library.url}/forum/new")
    page.get_by_label("Title").press_sequentially("My brake squeals", delay=20)
    panel = page.locator(".similar-found")
    expect(panel.get_by_role("link", name="Brake squeals in the rain")).to_be_visible()
    expect(panel).to_have_attribute("role", "status")
    expect(page.get_by_role("button", name="Look for similar questions")).to_be_hidden()
    with page.context.expect_page() as opened:
        panel.get_by_role("link", name="Brake squeals in the rain").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Brake squeals in the rain")
    assert page.get_by_label("Title").input_value() == "My brake squeals"


WHERE = "e => [e.getBoundingClientRect().top + scrollY, e.getBoundingClientRect().height]"
WATCH = """window.moved = 0;
new PerformanceObserver(list => { for (const e of list.getEntries()) window.moved += e.value; })
  .observe({type: "layout-shift"})"""


@pytest.mark.parametrize("width", [1280, 1000, 360])
def test_nothing_moves_while_like_questions_come_and_go(library, new_page, width):
    page = new_page(width=width)
    Person(library, page, "vera").signs_in()
    page.goto(f"{library.url}/forum/new")
    title, text = page.get_by_label("Title"), page.get_by_label("Text")
    title.click()
    page.evaluate(WATCH)
    before = [place.evaluate(WHERE) for place in (title, text)]
    title.press_sequentially("My brake squeals", delay=20)
    head = page.locator(".similar-list summary")
    expect(head).to_have_text(re.compile("^[1-9] questions? like yours$"))
    link = page.locator(".similar-list").get_by_role("link", name="Brake squeals in the rain")
    if width < 1088:
        expect(link).to_be_hidden()
        head.click()
    expect(link).to_be_visible()
    if width < 1088:
        page.keyboard.press("Escape")
        expect(link).to_be_hidden()
        expect(head).to_be_focused()
    title.fill("Xyzzy")
    expect(page.get_by_text("Questions like yours appear here")).to_be_visible()
    assert [place.evaluate(WHERE) for place in (title, text)] == before
    assert page.evaluate("window.moved") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_all_of_it_is_forms_and_links(library, javascript_off):
    page = javascript_off(width=360)
    page.goto(f"{library.url}/")
    page.locator("#hero-q").fill("brake")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Brake pads: how long?")).to_be_visible()
    page.get_by_text("Narrow down").click()
    page.get_by_role("link", name=re.compile("^brakes 1")).click()
    expect(page.get_by_role("link", name="Remove the filter Tag: brakes")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    Person(library, page, "vera").signs_in()
    page.goto(f"{library.url}/forum/new?title=My+brake+squeals")
    page.get_by_label("Text").fill("Since Monday.")
    page.get_by_role("button", name="Look for similar questions").click()
    expect(page.get_by_role("link", name="Brake squeals in the rain")).to_be_visible()
    assert page.get_by_label("Title").input_value() == "My brake squeals"
    assert page.get_by_label("Text").input_value() == "Since Monday."


def test_facets_stand_open_beside_the_results_where_there_is_room(library, new_page):
    for width, visible in ((1280, True), (360, False)):
        page = new_page(width=width)
        page.goto(f"{library.url}/search?q=brake")
        link = page.get_by_role("link", name=re.compile("^brakes 1"))
        (expect(link).to_be_visible if visible else expect(link).to_be_hidden)()
