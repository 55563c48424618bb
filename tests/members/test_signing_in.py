"""Signing in and out, as a member, as somebody who guesses, and as somebody whose session had ended."""

import re

import pytest
from argon2 import PasswordHasher, extract_parameters

from portal.members import commands, passwords, throttle
from portal.members.sessions import recognise
from tests import builders

GOOD = "green bicycles in the rain"


@pytest.fixture
def mara(app, db):
    """A member who has a password."""
    member = builders.member("mara", email="mara@example.org", password_hash=passwords.hash_password(GOOD))
    db.session.commit()
    return member


def sign_in(client, login="mara", password=GOOD, **more):
    return client.submit("/account/sign-in", {"login": login, "password": password, **more})


def is_in(client):
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize("login", ["mara", "MARA", "@mara", "mara@example.org", " Mara@Example.ORG "])
def test_by_name_or_address_however_capitalised(client, mara, login):
    assert sign_in(client, login).status_code == 303
    assert is_in(client)


def test_letters_typed_on_another_keyboard_are_the_same_password(client, db):
    builders.member("zoe", password_hash=passwords.hash_password("Z\u006f\u0308e im Regen"))
    assert sign_in(client, "zoe", "Z\u00f6e im Regen").status_code == 303


def test_wrong_password_and_no_account_get_the_same_answer(app, mara):
    texts = []
    for login in ("mara", "nobody", "nobody@example.org", "mara@example.org"):
        answer = sign_in(app.test_client(), login, "not the right one")
        assert answer.status_code == 422
        texts.append(re.sub(r'value="[^"]*"', "", answer.text))
    assert len(set(texts)) == 1


def test_as_much_is_done_whether_or_not_there_is_an_account(app, db, mara, monkeypatch):
    """One hash of the same cost: so that the time it takes tells nobody who has an account here."""
    builders.member("imported", email=None, password_hash=None, imported_from="x:1")
    builders.member("gone", erased_at=builders.clock.now(), password_hash=passwords.hash_password(GOOD))
    db.session.commit()
    cost, done = extract_parameters(mara.password_hash), []

    class Counting(PasswordHasher):
        def verify(self, stored, typed):
            done.append(extract_parameters(stored))
            return super().verify(stored, typed)

    counting = Counting(time_cost=cost.time_cost, memory_cost=cost.memory_cost)
    monkeypatch.setattr(passwords, "_hasher", counting)
    for login in ("mara", "nobody", "nobody@example.org", "imported", "gone"):
        assert recognise(login, "not the right one") is None
        assert done == [cost], login
        done.clear()


def test_imported_and_erased_members_cannot_sign_in(app, db):
    builders.member("imported", email=None, password_hash=None, imported_from="x:1")
    builders.member("gone", erased_at=builders.clock.now(), password_hash=passwords.hash_password(GOOD))
    db.session.commit()
    for login, password in (("imported", ""), ("imported", "None"), ("gone", GOOD)):
        client = app.test_client()
        sign_in(client, login, password)
        assert not is_in(client)


def test_suspended_members_can_sign_in_to_read(client, db):
    builders.member(
        "sus", suspended_at=builders.clock.now(), suspended_why="Spam", password_hash=passwords.hash_password(GOOD)
    )
    assert sign_in(client, "sus").status_code == 303
    assert "Spam" in client.get("/account/").text


def test_signing_out_needs_a_form_of_this_site(client, mara):
    sign_in(client, remember="y")
    assert client.get("/account/sign-out").status_code == 405
    assert client.post("/account/sign-out").status_code == 400
    assert is_in(client)
    assert client.submit("/account/sign-out").status_code == 303
    assert not is_in(client)
    assert client.get_cookie("portal_keep") is None


def test_signing_in_needs_a_form_of_this_site(client, mara):
    """Or else somebody could sign you in as themselves and read what you write."""
    assert client.post("/account/sign-in", data={"login": "mara", "password": GOOD}).status_code == 400
    assert not is_in(client)


def test_a_session_prepared_by_somebody_else_is_not_taken_over(client, mara):
    with client.session_transaction() as session:
        session["planted"] = "by the attacker"
        session["csrf_token"] = "known"
    sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known"


def test_keep_me_signed_in_outlives_the_session_and_ends_with_it_everywhere(app, client, mara):
    sign_in(client, remember="y")
    kept = client.get_cookie("portal_keep")
    assert kept.http_only
    assert kept.same_site == "Lax"
    client.delete_cookie("portal")
    assert is_in(client)
    other = app.test_client()
    sign_in(other)
    other.submit("/account/sign-out-everywhere")
    assert is_in(other)
    client.delete_cookie("portal")
    assert not is_in(client)


def test_without_the_box_nothing_outlives_the_session(client, mara):
    sign_in(client)
    assert client.get_cookie("portal_keep") is None


def test_a_forged_cookie_signs_nobody_in(subtests, client, mara):
    for forged in ["1.0", "1.0|abc", "|", "", "1.0|" + "0" * 128, "9" * 400, "ü|ü"]:
        with subtests.test(repr(forged)[:60]):
            client.set_cookie("portal_keep", forged)
            assert client.get("/account/").status_code == 303


def test_cookies_travel_only_over_tls_when_the_site_is_there(make_app):
    app = make_app(base_url="https://community.example.com")
    with app.app_context():
        builders.member("mara", password_hash=passwords.hash_password(GOOD))
        client = app.test_client()
        data = {"login": "mara", "password": GOOD, "remember": "y", "csrf_token": client.csrf_token()}
        answer = client.post(
            "/account/sign-in",
            data=data,
            base_url="https://community.example.com",
            headers={"Referer": "https://community.example.com/"},
        )
        cookies = answer.headers.getlist("Set-Cookie")
        assert cookies
        assert all("Secure" in c and "HttpOnly" in c for c in cookies)


@pytest.mark.parametrize("where", ["/forum/", "/members/?q=a&page=2", "/topics/1/x#reply-4"])
def test_on_to_where_one_wanted(app, mara, where):
    assert sign_in(app.test_client(), next=where).location == where


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\t/evil.example",
        "https:evil.example",
        "///evil.example",
        "/\x00/evil",
        "\n//evil.example",
        " //evil.example",
        "http:/evil",
    ],
)
def test_never_on_to_another_site(app, mara, where):
    answer = sign_in(app.test_client(), next=where)
    assert answer.status_code == 303
    assert answer.location == "/"
    signed_in = app.test_client().sign_in(mara)
    assert signed_in.get("/account/sign-in", query_string={"next": where}).location == "/"


def test_a_form_whose_session_had_ended_is_there_again_after_signing_in(app, client, mara, db):
    db.session.commit()
    client.sign_in(mara)
    token = client.csrf_token()
    commands.set_password(mara, GOOD)  # elsewhere: this session ends
    typed = {
        "csrf_token": token,
        "display_name": "Mara",
        "about": "Ä <b>line</b> & more",
        "goals": "one\n\ntwo",
        "password": "secret",
    }
    answer = client.post("/account/profile", data=typed)
    assert answer.status_code == 401
    assert "Ä &lt;b&gt;line&lt;/b&gt; &amp; more" in answer.text
    assert "secret" not in answer.text
    carried = dict(re.findall(r'<textarea name="(again:[^"]+)"[^>]*>\n?([^<]*)</textarea>', answer.text))
    assert carried["again:goals"] == "one\n\ntwo"
    action = re.search(r'name="resume" value="([^"]+)"', answer.text)[1]
    again = sign_in(client, resume=action, **{"again:about": "Ä line", "again:goals": "one\n\ntwo"})
    assert again.status_code == 200
    assert 'action="/account/profile"' in again.text
    assert 'value="Ä line"' in again.text
    assert is_in(client)


def test_a_wrong_password_then_keeps_what_was_carried(client, mara):
    answer = sign_in(client, password="wrong", resume="/forum/new", **{"again:title": "Kept title"})
    assert answer.status_code == 422
    assert "Kept title" in answer.text


@pytest.mark.parametrize("action", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", ""])
def test_a_form_is_never_carried_to_another_site(client, mara, action):
    answer = sign_in(client, resume=action, **{"again:title": "x"})
    assert answer.status_code == 303
    assert answer.location == "/"


def test_a_script_whose_session_had_ended_gets_a_sentence(client, mara):
    answer = client.get("/members/suggest?q=m", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "Sign in again" in answer.json["error"]


def test_tries_from_one_address_are_limited(app, mara):
    codes = [sign_in(app.test_client(), f"nobody{n}", "wrong").status_code for n in range(7)]
    assert codes == [422] * 6 + [429]
    answer = sign_in(app.test_client())
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert "seconds" in answer.text


def test_tries_from_one_address_are_limited_by_the_hour_too(make_app):
    app = make_app(sign_in_per_minute=100, sign_in_per_hour=4)
    with app.app_context():
        codes = [sign_in(app.test_client(), f"nobody{n}", "wrong").status_code for n in range(5)]
    assert codes == [422] * 4 + [429]


@pytest.mark.parametrize("login", ["mara", "nobody"])
def test_tries_for_one_account_are_limited_wherever_they_come_from_and_whether_it_exists(make_app, login):
    app = make_app(sign_in_per_hour=5, trusted_proxies=1)
    with app.app_context():
        builders.member("mara", password_hash=passwords.hash_password(GOOD))
        codes = []
        for n in range(6):
            client = app.test_client()
            data = {"login": login.upper() if n % 2 else login, "password": "wrong", "csrf_token": client.csrf_token()}
            answer = client.post("/account/sign-in", data=data, headers={"X-Forwarded-For": f"10.0.0.{n}"})
            codes.append(answer.status_code)
    assert codes == [422] * 5 + [429]


def test_who_gets_in_begins_anew(make_app):
    app = make_app(sign_in_per_hour=3, sign_in_per_minute=100, trusted_proxies=1)
    with app.app_context():
        builders.member("mara", password_hash=passwords.hash_password(GOOD))
        codes = []
        for n, password in enumerate(("wrong", "wrong", GOOD, "wrong", "wrong", "wrong", "wrong")):
            client = app.test_client()
            data = {"login": "mara", "password": password, "csrf_token": client.csrf_token()}
            answer = client.post("/account/sign-in", data=data, headers={"X-Forwarded-For": f"10.0.0.{n}"})
            codes.append(answer.status_code)
    assert codes == [422, 422, 303, 422, 422, 422, 429]


def test_one_customer_of_a_provider_is_one_address(subtests, app):
    for address, counted_as in [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::7", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("nonsense", "unknown"),
    ]:
        with subtests.test(repr(address)[:60]), app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            assert throttle.address() == counted_as


def test_writing_is_limited(make_app):
    app = make_app(posts_per_minute=3)
    with app.app_context():
        client = app.test_client().sign_in(builders.member())
        codes = [client.submit("/account/mail", {"mail_digest": "y"}).status_code for _ in range(4)]
        assert codes == [303, 303, 303, 429]
        assert client.get("/account/").status_code == 200
        other = app.test_client().sign_in(builders.member())
        assert other.submit("/account/mail").status_code == 303


def test_limits_go_on_in_process_when_the_shared_counts_cannot_be_reached(make_app):
    app = make_app(redis_url="redis://127.0.0.1:1/0")
    with app.app_context():
        codes = [sign_in(app.test_client(), "nobody", "wrong").status_code for _ in range(7)]
    assert codes == [422] * 6 + [429]


def test_hashes_of_yesterday_are_made_anew_when_the_password_is_known(client, db):
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD.encode())
    member = builders.member("old", password_hash=weak)
    assert sign_in(client, "old").status_code == 303
    db.session.expire_all()
    assert member.password_hash != weak
    assert passwords.matches(member.password_hash, GOOD)


@pytest.mark.parametrize("login", ["", "\0", "mara\0", "x" * 5000, "' OR 1=1 --", "%", "\ud800x", "mara@example.org\0"])
def test_strange_names_are_nobody(client, mara, login):
    login = login.encode("utf-8", "ignore").decode()
    assert sign_in(client, login, "wrong").status_code == 422


def test_the_password_is_nowhere_on_a_page(client, mara):
    answer = sign_in(client, password="visible-if-wrong")
    assert "visible-if-wrong" not in answer.text


def test_a_member_signed_in_is_not_asked_again(client, mara):
    client.sign_in(mara)
    assert client.get("/account/sign-in?next=/forum/").location == "/forum/"
    assert client.get("/account/sign-up").location == "/account/"


def test_unknown_members_in_a_session_are_visitors(client, db):
    for session_id in ("999.0", "1", "x.y", "1.0.0", "-1.0", "9" * 30 + ".0"):
        with client.session_transaction() as session:
            session["_user_id"] = session_id
        assert client.get("/account/").status_code == 303
