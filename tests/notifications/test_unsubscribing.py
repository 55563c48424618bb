"""The link in a mail that stops it: one click, no sign-in, no way for anybody else to make one."""

import pytest

from portal.notifications.unsubscribing import token_for
from tests.builders import member


def off(who, sort):
    return f"/notifications/off/{token_for(who, sort)}"


@pytest.mark.parametrize(
    ("sort", "stopped"),
    [("news", ["mail_replies", "mail_thanks"]), ("digest", ["mail_digest"]), ("recognition", ["mail_recognition"])],
)
def test_one_click_stops_one_sort_of_mail(client, sort, stopped):
    who = member()
    # As a mail program does by itself: no session, no token of a form (RFC 8058).
    answer = client.post(off(who, sort), data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "You get no more mail" in answer.text
    everything = ("mail_replies", "mail_thanks", "mail_recognition", "mail_digest")
    assert [name for name in everything if not getattr(who, name)] == stopped


def test_looking_at_the_link_asks_first_so_that_a_mail_scanner_stops_nothing(client):
    who = member()
    answer = client.get(off(who, "news"))
    assert "Stop this mail" in answer.text
    assert who.mail_replies


def test_stopping_twice_is_stopping(client):
    who = member()
    assert [client.post(off(who, "digest")).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("forge", ["x", "{token}x", "x{token}", "{swapped}", "WzEsIm5ld3MiXQ", "%00", "a.b.c"])
def test_a_forged_link_is_not_found_and_stops_nothing(client, forge):
    who = member()
    token = token_for(who, "news")
    swapped = token_for(member(), "digest").partition(".")[0] + "." + token.partition(".")[2]
    path = "/notifications/off/" + forge.format(token=token, swapped=swapped)
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404
    assert who.mail_replies


def test_a_token_made_for_something_else_is_no_way_in(client, app):
    from itsdangerous import URLSafeSerializer

    who = member()
    for salt, content in (("other", [who.id, "news"]), ("stop-mail", [who.id, "everything"]), ("stop-mail", "x")):
        token = URLSafeSerializer(app.secret_key, salt=salt).dumps(content)
        assert client.post(f"/notifications/off/{token}").status_code == 404
    assert who.mail_replies
