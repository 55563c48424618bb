""""This helped me decide", by somebody without an account: a number, counted once a browser, and nobody's score."""

import pytest

from portal.advocacy.models import LedgerEntry
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Thanks
from portal.contributions.thanks import give_thanks
from portal.stories import deciding
from portal.stories.models import ProspectThanks
from tests.builders import article, bring, member, moderator, photo, story, topic
from tests.finding import at, author_of


def said(visitor, c, **typed):
    return visitor.submit(f"/c/{c.id}/decided", typed)


def count_of(db, c):
    return db.session.get_one(Contribution, c.id).anonymous_thanks


@pytest.mark.parametrize("make", [story, photo])
def test_a_click_counts_once_is_shown_and_taken_back(client, db, make):
    c = make()
    page = client.get(at(c)).text
    assert "This helped me decide" in page
    assert not any(k[2].startswith("portal_decided") for k in client._cookies), "reading leaves no such cookie"
    answer = said(client, c)
    assert (answer.status_code, answer.location) == (303, at(c) + "#decided")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    said(client, c)
    assert count_of(db, c) == 1
    page = client.get(at(c)).text
    assert "helped 1 person" in page
    assert 'name="take_back"' in page
    said(client, c, take_back="1")
    said(client, c, take_back="1")
    assert count_of(db, c) == 0
    assert db.session.query(ProspectThanks).count() == 0
    said(client, c)
    assert count_of(db, c) == 1


def test_it_earns_nobody_anything(client, db, settled):
    c = story()
    said(client, c)
    settled()
    assert db.session.query(LedgerEntry).count() == 0
    assert db.session.query(Thanks).count() == 0
    assert (author_of(c).help_score, author_of(c).helped_count) == (0, 0)
    assert c.thanks_count == 0
    assert c.total_thanks == 1


def test_what_is_kept_says_nothing_about_the_browser(client, db):
    c = story()
    cookie = said(client, c).headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    row = db.session.query(ProspectThanks).one()
    name = deciding.browser_in(cookie)
    assert name
    assert name not in row.visitor
    assert row.visitor not in cookie
    assert len(row.visitor) == 64


@pytest.mark.parametrize("state", ["draft", "pending", "returned", "hidden", "removed"])
def test_what_is_not_public_is_not_there(client, db, state):
    c = story(state=state)
    assert said(client, c).status_code in (404, 410)
    assert count_of(db, c) == 0


def test_it_is_taken_back_from_nothing_that_was_hidden_since(client, db):
    c = story()
    said(client, c)
    bring(c, "hidden")
    assert said(client, c, take_back="1").status_code == 404
    assert count_of(db, c) == 1



@pytest.mark.parametrize("make", [topic, article])
def test_only_stories_and_photos_help_to_decide(client, db, make):
    assert said(client, make()).status_code == 404
    assert db.session.query(ProspectThanks).count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)  # fmt: skip
def test_what_another_sites_page_sends_counts_for_nothing(client, db, headers):
    c = story()
    assert client.post(f"/c/{c.id}/decided", headers=headers).status_code == 400
    assert count_of(db, c) == 0


@pytest.mark.parametrize("token", [{}, {"csrf_token": "forged"}])
def test_a_members_click_needs_the_token_of_the_own_session(client, db, token):
    c = story()
    client.sign_in(member())
    assert client.post(f"/c/{c.id}/decided", data=token).status_code == 400
    assert count_of(db, c) == 0


@pytest.mark.parametrize("forged", ["", "x", "abc.def", "é" * 10, "x" * 3000])
def test_a_made_up_cookie_counts_as_none(client, db, forged):
    c = story()
    client.set_cookie(deciding.COOKIE, forged)
    assert client.get(at(c)).status_code == 200
    said(client, c, take_back="1")
    assert count_of(db, c) == 0
    answer = said(client, c)
    assert deciding.COOKIE in answer.headers.get("Set-Cookie", ""), "it gets a name of its own"
    assert count_of(db, c) == 1


def test_a_bot_that_throws_its_cookie_away_is_stopped(app, db):
    c = story()
    answers = [said(app.test_client(), c).status_code for _ in range(13)]
    assert answers == [303] * 10 + [429] * 3
    assert count_of(db, c) == 10


def test_to_and_fro_is_counted_as_what_it_is(client, db):
    c = story()
    for _ in range(10):
        said(client, c)
        said(client, c, take_back="1")
    assert said(client, c).status_code == 429
    assert count_of(db, c) == 0


def test_members_thank_under_their_name_instead(as_member, db):
    c = story()
    visitor = as_member(member())
    page = visitor.get(at(c)).text
    assert "This helped me decide" in page
    assert f'action="/c/{c.id}/decided"' not in page
    said(visitor, c)
    assert (c.thanks_count, count_of(db, c)) == (1, 0)
    assert said(as_member(author_of(c)), c).status_code == 403


def test_the_count_of_members_and_of_prospects_stand_together(client, db):
    c = story()
    give_thanks(c, member())
    said(client, c)
    assert "helped 2 people" in client.get(at(c)).text


def test_a_moderator_who_looks_at_a_hidden_story_cannot_say_so_either(as_member, db):
    c = story(state="hidden")
    assert said(as_member(moderator()), c).status_code == 403
    with pytest.raises(NotAllowed):
        deciding.say_decided(c, "a browser")
    assert count_of(db, c) == 0
