"""A browser that runs no scripts: nothing looks whose page comes back with its Back button, so it stores none."""

import pytest

from portal.members import passwords
from portal.members.sessions import NO_SCRIPTS_COOKIE
from tests import builders

GOOD = "green bicycles in the rain"
WITHOUT = {"no_scripts": "yes"}


@pytest.fixture
def mara(app, db):
    """A member who has a password."""
    member = builders.member("mara", email="mara@example.org", password_hash=passwords.hash_password(GOOD))
    db.session.commit()
    return member


def sign_in(client, **more):
    assert client.submit("/account/sign-in", {"login": "mara", "password": GOOD, **more}).status_code == 303


def told(client):
    """What the browser is told of keeping a member's own page."""
    page = client.get("/account/")
    assert page.status_code == 200
    return page.headers["Cache-Control"]


def test_only_a_browser_without_scripts_is_told_to_store_none_of_its_members_pages(app, mara):
    """Those with scripts look who is signed in when a page comes back; the others would show it after signing out."""
    for more, told in (({}, "private, no-cache"), ({"no_scripts": "yes"}, "private, no-store")):
        client = app.test_client()
        assert 'name="no_scripts"' in client.get("/account/sign-in").text.partition("<noscript>")[2].partition("<")[2]
        sign_in(client, **more)
        assert client.get("/account/").headers["Cache-Control"] == told
        client.submit("/account/sign-out", {})
        assert "no-store" not in client.get("/forum/").headers["Cache-Control"]


def test_it_is_still_known_when_the_browser_was_closed_in_between(client, mara):
    sign_in(client, remember="y", **WITHOUT)
    kept = client.get_cookie(NO_SCRIPTS_COOKIE)
    assert kept.value == "1"
    assert kept.http_only
    assert kept.same_site == "Lax"
    client.delete_cookie("portal")
    for _again in range(2):
        assert told(client) == "private, no-store"


def test_a_browser_with_scripts_is_remembered_as_one(client, mara):
    sign_in(client, remember="y")
    client.delete_cookie("portal")
    assert told(client) == "private, no-cache"


def test_of_a_session_that_is_not_remembered_nothing_else_is(client, mara):
    sign_in(client, **WITHOUT)
    assert client.get_cookie(NO_SCRIPTS_COOKIE) is None


def test_it_lasts_as_long_as_the_session_is_remembered(client, mara):
    sign_in(client, remember="y", **WITHOUT)
    both = [client.get_cookie(name).expires for name in ("portal_keep", NO_SCRIPTS_COOKIE)]
    assert abs((both[0] - both[1]).total_seconds()) < 60


def test_it_is_still_known_when_all_other_sessions_are_ended(client, mara):
    sign_in(client, remember="y", **WITHOUT)
    assert client.submit("/account/sign-out-everywhere").status_code == 303
    client.delete_cookie("portal")
    assert told(client) == "private, no-store"


@pytest.mark.parametrize("closed", [False, True], ids=["in-the-same-session", "in-one-begun-anew"])
def test_signing_out_forgets_it(client, mara, closed):
    sign_in(client, remember="y", **WITHOUT)
    if closed:
        client.delete_cookie("portal")
    client.submit("/account/sign-out", {})
    assert client.get_cookie(NO_SCRIPTS_COOKIE) is None
    assert "no-store" not in client.get("/forum/").headers["Cache-Control"]


def test_erasing_the_account_forgets_it(client, mara):
    sign_in(client, remember="y", **WITHOUT)
    client.submit("/account/erase", {"current_password": GOOD, "sure": "y"})
    assert client.get("/account/").status_code == 303
    assert client.get_cookie(NO_SCRIPTS_COOKIE) is None


def test_who_signs_in_with_scripts_later_is_taken_at_their_word(client, mara):
    sign_in(client, remember="y", **WITHOUT)
    client.delete_cookie("portal")
    client.delete_cookie("portal_keep")
    sign_in(client, remember="y")
    assert client.get_cookie(NO_SCRIPTS_COOKIE) is None
    client.delete_cookie("portal")
    assert told(client) == "private, no-cache"
