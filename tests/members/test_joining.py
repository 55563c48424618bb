"""Joining, as somebody who means well and as somebody who does not."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from portal import text as texts
from portal.members import commands, links, passwords
from portal.members.models import Member, SignUp
from portal.members.names import objection_to_display_name
from tests import builders

GOOD = "green bicycles in the rain"


def typed(**changed):
    return {
        "display_name": "Mara Keller",
        "username": "mara",
        "email": "mara@example.org",
        "password": GOOD,
    } | changed


def link_in(message):
    return re.search(r"https?://[^/\s]+(/\S+)", message.get_body(("plain",)).get_content())[1]


def join(client, settled, outbox, **changed):
    """Sign up and return the path of the link in the mail."""
    answer = client.submit("/account/sign-up", typed(**changed))
    assert answer.status_code == 303
    settled()
    return link_in(outbox()[-1])


def confirm(client, path, **fields):
    address, _, token = path.partition("?token=")
    return client.submit(address, {"token": token, **fields})


def test_who_came_from_a_page_goes_back_to_it_once_they_are_a_member(client, settled, outbox):
    client.get("/account/sign-up?next=/forum/new")
    assert confirm(client, join(client, settled, outbox)).location == "/forum/new"


def test_where_one_goes_after_joining_is_a_page_of_this_site(client, settled, outbox):
    client.get("/account/sign-up?next=https://elsewhere.example/")
    assert confirm(client, join(client, settled, outbox)).location == "/account/profile"


def test_signing_up_confirming_and_being_signed_in(client, db, settled, outbox):
    link = join(client, settled, outbox)
    assert db.session.scalar(select(func.count(Member.id))) == 0
    page = client.get(link)
    assert page.status_code == 200
    assert "Yes, this is me" in page.text
    assert 'type="password"' not in page.text
    assert confirm(client, link).location == "/account/profile"
    member = db.session.scalars(select(Member)).one()
    assert (member.username, member.email, member.display_name) == ("mara", "mara@example.org", "Mara Keller")
    assert member.confirmed
    assert member.password_hash.startswith("$argon2id$")
    assert client.get("/account/").status_code == 200
    assert db.session.scalar(select(func.count(SignUp.id))) == 0


def test_opening_the_link_alone_makes_no_account(client, db, settled, outbox):
    link = join(client, settled, outbox)
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert db.session.scalar(select(func.count(Member.id))) == 0


def test_in_another_browser_the_password_is_asked_for(app, client, settled, outbox):
    link = join(client, settled, outbox)
    elsewhere = app.test_client()
    assert 'type="password"' in elsewhere.get(link).text
    assert confirm(elsewhere, link).status_code == 422
    assert confirm(elsewhere, link, password="not the right one").status_code == 422
    assert confirm(elsewhere, link, password=GOOD).status_code == 303


def test_somebody_elses_sign_up_with_my_address_is_not_mine_by_a_click(app, client, db, settled, outbox):
    """The attacker chose the password and waits for the owner of the address to click."""
    link = join(client, settled, outbox, username="attacker", password="what the attacker knows")
    owner = app.test_client()
    assert confirm(owner, link).status_code == 422
    assert db.session.scalar(select(func.count(Member.id))) == 0


def test_the_answer_is_the_same_whether_or_not_the_address_has_an_account(app, db, settled, outbox):
    builders.member("jonas", email="jonas@example.org")
    db.session.commit()
    answers = []
    for address in ("jonas@example.org", "nobody@example.org"):
        visitor = app.test_client()
        answer = visitor.submit("/account/sign-up", typed(email=address, username=f"u{len(answers)}"))
        page = visitor.get(answer.location)
        answers.append((answer.status_code, answer.location, page.status_code, page.text.replace(address, "…")))
    strip = [(a, b, c, re.sub(r'value="[^"]+"|content="[^"]+"', "", d)) for a, b, c, d in answers]
    assert strip[0] == strip[1]
    assert db.session.scalar(select(func.count(SignUp.id))) == 2
    settled()
    subjects = {m["To"]: m["Subject"] for m in outbox()}
    assert subjects["jonas@example.org"].startswith("You already have an account")
    assert subjects["nobody@example.org"].startswith("Confirm your e-mail address")
    assert "/account/confirm" not in outbox()[0].get_body(("plain",)).get_content()


def test_a_username_is_not_taken_by_signing_up_so_that_it_betrays_no_address(app, db):
    builders.member("jonas", email="jonas@example.org")
    for address in ("jonas@example.org", "nobody@example.org"):
        first, second = app.test_client(), app.test_client()
        first.submit("/account/sign-up", typed(email=address, username="probe"))
        again = second.submit("/account/sign-up", typed(email="other@example.org", username="probe"))
        assert again.status_code == 303


def test_the_request_does_not_look_at_the_address(app, db, client):
    """What is not asked can't be measured: no statement of a sign-up names the address' account."""
    from sqlalchemy import event

    seen = []
    engine = db.engine

    def note(conn, cursor, statement, parameters, context, many):
        seen.append((statement, str(parameters)))

    event.listen(engine, "before_cursor_execute", note)
    try:
        client.submit("/account/sign-up", typed())
    finally:
        event.remove(engine, "before_cursor_execute", note)
    about = [s for s, p in seen if "mara@example.org" in p]
    assert len(about) == 1
    assert about[0].startswith("INSERT INTO sign_up")


def test_a_name_taken_meanwhile_is_asked_for_again(client, db, settled, outbox):
    link = join(client, settled, outbox)
    builders.member("mara", email="other@example.org")
    answer = confirm(client, link)
    assert answer.status_code == 422
    assert 'name="username"' in answer.text
    assert confirm(client, link, username="admin").status_code == 422
    assert confirm(client, link, username="mara-k").status_code == 303


def test_two_who_confirm_the_same_sign_up_at_once_make_one_account(app, settled, client, outbox, db):
    link = join(client, settled, outbox)

    def attempt(_):
        with app.app_context():
            return confirm(app.test_client(), link, password=GOOD).status_code

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(attempt, range(4)))
    assert codes[0] == 303
    assert set(codes[1:]) <= {410, 422}
    assert db.session.scalar(select(func.count(Member.id))) == 1


def test_two_new_members_with_one_name_get_a_sentence(app, db):
    builders.member("mara", email="first@example.org")
    asked = SignUp(email="b@example.org", username="mara", display_name="B", password_hash="x", browser="y")
    db.session.add(asked)
    db.session.flush()
    with pytest.raises(commands.Taken) as taken:
        commands._add(Member(username="mara", display_name="B", email="b@example.org"))
    assert taken.value.field == "username"
    with pytest.raises(commands.Taken) as taken:
        commands._add(Member(username="berta", display_name="B", email="first@example.org"))
    assert taken.value.field == "email"
    assert db.session.scalar(select(func.count(Member.id))) == 1


def test_the_link_works_once_and_then_says_what_to_do(client, settled, outbox):
    link = join(client, settled, outbox)
    confirm(client, link)
    again = client.get(link)
    assert again.status_code == 410
    assert "Sign in" in again.text
    assert confirm(client, link).status_code == 410


def test_a_link_expires(client, settled, outbox, clock):
    clock.freeze()
    link = join(client, settled, outbox)
    clock.advance(hours=47)
    assert client.get(link).status_code == 200
    clock.advance(hours=2)
    assert client.get(link).status_code == 410
    assert commands.sweep_sign_ups() == 1


def test_a_changed_link_is_worth_nothing(subtests, client, settled, outbox, db):
    token = join(client, settled, outbox).partition("?token=")[2]
    for spoil in [
        lambda t: t[:-8] + ("A" if t[-8] != "A" else "B") + t[-7:],
        lambda t: "x" + t,
        lambda t: t + t,
        lambda t: t.partition(".")[0],
        lambda t: "",
        lambda t: "\0",
        lambda t: "ü" * 30,
        lambda t: "A" * 100_000,
        lambda t: ".eJw" + t,
    ]:  # fmt: skip
        with subtests.test(spoil(token)[:60]):
            assert client.get("/account/confirm", query_string={"token": spoil(token)}).status_code == 410
            assert client.submit("/account/confirm", {"token": spoil(token)}).status_code == 410
            assert db.session.scalar(select(func.count(Member.id))) == 0


def test_a_link_is_good_for_its_purpose_only(app, client, settled, outbox):
    token = join(client, settled, outbox).partition("?token=")[2]
    for path in ("/account/reset", "/account/e-mail/confirm"):
        assert client.get(path, query_string={"token": token}).status_code == 410
    for purpose in (commands.RESET, commands.CHANGE, "stop-mail"):
        asked = commands.find_sign_up(links.make_token(purpose, 1, "x"))
        assert asked is None


def test_an_old_link_does_not_open_a_later_sign_up_of_the_same_number(db):
    first = commands.sign_up("a@example.org", "anna", "Anna", GOOD, "one")
    token, number = links.make_token(commands.CONFIRM, first.id, commands.mark_of(first)), first.id
    db.session.delete(first)
    db.session.flush()
    second = commands.sign_up("b@example.org", "berta", "Berta", GOOD, "two")
    second.id = number
    db.session.flush()
    assert commands.find_sign_up(token) is None


def test_the_mail_can_be_sent_again(client, settled, outbox):
    join(client, settled, outbox)
    assert client.submit("/account/send-again").status_code == 303
    settled()
    assert len(outbox()) == 2
    assert confirm(client, link_in(outbox()[-1])).status_code == 303


def test_send_again_without_a_sign_up_leads_to_the_form(client):
    assert client.submit("/account/send-again").location == "/account/sign-up"


def test_usernames_that_cannot_be_had(subtests, client, db):
    for name in [
        "Admin", "moderator", "s-u-p-p-o-r-t", "adm1n", "rnoderator", "ROOT", "former-12", "a", "ab cd", "mära", "маra",
        "-mara", "x" * 31, "../etc", "<b>", "suggest", "",
    ]:  # fmt: skip
        with subtests.test(repr(name)[:60]):
            answer = client.submit("/account/sign-up", typed(username=name))
            assert answer.status_code == 422
            assert 'value="mara@example.org"' in answer.text
            assert db.session.scalar(select(func.count(SignUp.id))) == 0


def test_invisible_signs_are_taken_out_and_what_remains_is_an_honest_name(client, db):
    for name in ("mara\u202egro", "mara\0gro", "mar\u200bagro"):
        assert client.submit("/account/sign-up", typed(username=name)).status_code == 303
    assert set(db.session.scalars(select(SignUp.username))) == {"maragro"}


def test_usernames_differ_by_more_than_case(subtests, client):
    builders.member("mara")
    for name in ["MARA", "@mara", " mara ", "Mara"]:
        with subtests.test(repr(name)[:60]):
            assert "Somebody else has this username" in client.submit("/account/sign-up", typed(username=name)).text


def test_nobody_passes_for_the_team(subtests, client):
    builders.moderator("mod-berger", display_name="Mod Berger")
    for username, display_name in [("lena", "Mod Berger"), ("rnod-berger", "X"), ("x1", "MОD BERGER")]:
        with subtests.test(repr(username)[:60]):
            answer = client.submit("/account/sign-up", typed(username=username, display_name=display_name))
            assert answer.status_code == 422


def test_display_names_that_show_nothing_or_deceive(subtests, client):
    for name in [
        "", "   ", "\u200b\u200b", "\u3164", "\u2800\u2800", "\u0301", "Moderator", "Ａｄｍｉｎ", "Mara ✅", "Mara ★",
        "www.spam.example", "https://spam.example", "Маra", "x" * 61,
    ]:  # fmt: skip
        with subtests.test(repr(name)[:60]):
            assert client.submit("/account/sign-up", typed(display_name=name)).status_code == 422


def test_display_names_of_the_whole_world(subtests):
    for name, kept in [
        ("Mara 🚲", "Mara 🚲"),
        ("👩‍👩‍👧 Keller", "👩‍👩‍👧 Keller"),
        ("دانيال كريم", "دانيال كريم"),
        ("Zoe\u202e evil", "Zoe evil"),
        ("M\u0061\u0308rz", "März"),
        ("李小龍", "李小龍"),
        ("O'Brien-Łęcka", "O'Brien-Łęcka"),
        ("a\u200bb", "ab"),
    ]:  # fmt: skip
        with subtests.test(repr(name)[:60]):
            assert texts.clean_line(name) == kept
            assert objection_to_display_name(kept) == ""


def test_addresses_one_cannot_write_to(subtests, client, db):
    for address in [
        "", "mara", "mara@", "@example.org", "a b@example.org", "mara@example.org\r\nBcc: all@example.org",
        "mara@example.org,other@example.org", "<mara@example.org>", "x" * 250 + "@example.org", "mara@localhost",
        "mara@[127.0.0.1]", '"a b"@example.org', "mara@example.org\0@evil.example",
    ]:  # fmt: skip
        with subtests.test(repr(address)[:60]):
            answer = client.submit("/account/sign-up", typed(email=address))
            assert answer.status_code == 422
            assert db.session.scalar(select(func.count(SignUp.id))) == 0


def test_passwords_that_are_guessed_first(subtests, client):
    for password in [
        "",
        "short",
        "1234567890",
        "QwertyUiop",
        "aaaaaaaaaaaaaaaa",
        "mara@example.org",
        "Mara Keller",
        "x" * 1001,
    ]:
        with subtests.test(repr(password)[:60]):
            answer = client.submit("/account/sign-up", typed(password=password))
            assert answer.status_code == 422
            assert 'type="password" value="">' in answer.text


def test_a_password_of_ten_megabytes_costs_nothing(client, db):
    long = "x" * 10_000_000
    assert client.submit("/account/sign-up", typed(password=long)).status_code == 413
    assert client.submit("/account/sign-in", {"login": "mara", "password": long}).status_code == 413
    began = time.process_time()
    assert passwords.objection("x\u0344" * 5_000_000)
    assert not passwords.matches(None, "x\u0344" * 5_000_000)
    assert time.process_time() - began < 5


def test_roles_and_confirmation_cannot_be_typed_in(client, db, settled, outbox):
    extra = {
        "is_admin": "1",
        "is_moderator": "y",
        "roles": "admin",
        "email_confirmed_at": "2020-01-01",
        "id": "1",
        "verified_at": "x",
    }
    link = join(client, settled, outbox, **extra)
    confirm(client, link, **extra)
    member = db.session.scalars(select(Member)).one()
    assert not member.is_staff
    assert not member.is_verified_customer
    client.submit(
        "/account/profile",
        {"display_name": "Mara", "is_admin": "1", "trust": "trusted", "username": "boss", "organisation": "X"},
    )
    db.session.expire_all()
    assert (member.is_admin, member.username, member.organisation) == (False, "mara", None)


def test_mail_to_one_address_is_limited_whoever_asks(make_app):
    app = make_app(sign_in_per_minute=100, sign_in_per_hour=100)
    with app.app_context():
        codes = [app.test_client().submit("/account/sign-up", typed(username=f"u{n}")).status_code for n in range(6)]
    assert codes == [303] * 5 + [429]


def test_confirmed_customers_on_the_list_are_verified(client, db, settled, outbox):
    from portal.members.customers import import_customers

    import_customers("Mara@Example.org; Example Ltd")
    confirm(client, join(client, settled, outbox))
    settled()
    member = db.session.scalars(select(Member)).one()
    assert member.is_verified_customer
    assert member.organisation == "Example Ltd"
