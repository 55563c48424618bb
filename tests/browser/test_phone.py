"""What a narrow screen and a finger need, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import PASSWORD, Person
from tests.live import Site


@pytest.fixture(scope="module")
def office(databases, tmp_path_factory):
    """A server with an admin."""
    from portal.members.passwords import hash_password
    from tests import builders

    folder = tmp_path_factory.mktemp("office")
    site = Site(databases.another(folder, "office"), folder)
    with site.house():
        builders.admin("ada", display_name="Ada Berg", password_hash=hash_password(PASSWORD))
    yield site.start()
    site.close()


def test_of_more_tabs_than_fit_the_open_one_is_seen(office, new_page):
    ada = Person(office, new_page(width=360), "ada", "Ada Berg")
    ada.signs_in()
    ada.goes_to("/admin/backups")
    expect(ada.page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=0.9)
    assert ada.page.evaluate("scrollY") == 0
    ada.goes_to("/admin/")
    assert ada.page.locator(".tabs").first.evaluate("tabs => tabs.scrollLeft") == 0, "it fits, and nothing moves"


def test_keys_are_offered_where_there_may_be_some(office, new_page):
    for touch in (False, True):
        page = new_page(has_touch=touch, is_mobile=touch)
        page.goto(office.url)
        assert page.get_by_role("button", name="Keys").is_visible() != touch
