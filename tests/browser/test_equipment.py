"""The browser and the checkers do what the journeys take for granted."""

import re

import pytest

from tests.browser.checkers import axe_violations, w3c_errors


def test_a_page_opens_with_and_without_scripts(site, page, javascript_off):
    for one in (page, javascript_off(width=360)):
        assert one.goto(site.url).ok
        assert one.locator("h1").count() == 1


def test_axe_finds_what_cannot_be_used_even_under_a_strict_policy(site, page):
    page.goto(site.url)
    page.evaluate("document.body.append(document.createElement('button'))")
    assert any(sentence.startswith("button-name") for sentence in axe_violations(page))


def test_the_w3c_checker_names_the_page_that_is_wrong():
    good = "<!doctype html><html lang='en'><head><title>Good</title></head><body><h1>Good</h1></body></html>"
    found = w3c_errors({"good": good, "bad": good.replace("<h1>", "<h1 align=left>")})
    assert found
    assert all(sentence.startswith("bad: ") for sentence in found)


def test_the_watch_hears_of_a_script_that_the_policy_stops(site, page, watch):
    page.goto(site.url)
    page.evaluate("document.body.setAttribute('onclick', 'alert(1)'); document.body.click()")
    page.wait_for_timeout(200)
    assert re.search("content security policy", "".join(watch.complaints), re.IGNORECASE)
    watch.forget()


@pytest.mark.parametrize("signal", ["stop", "kill"])
def test_a_site_can_be_ended_and_started_again(site, page, signal):
    getattr(site, signal)()
    site.start()
    assert page.goto(site.url).ok
