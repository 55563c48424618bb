"""Forgotten passwords, new passwords, new addresses: what each ends, and what a link is worth."""

import re

import pytest
from sqlalchemy import select

from portal.activity import Activity
from portal.members import commands, links, passwords
from tests import builders

GOOD, NEW = "green bicycles in the rain", "seven slow horses"


@pytest.fixture
def mara(app, db):
    """A member who has a password."""
    member = builders.member("mara", email="mara@example.org", password_hash=passwords.hash_password(GOOD))
    db.session.commit()
    return member


def link_in(message):
    return re.search(r"https?://[^/\s]+(/\S+)", message.get_body(("plain",)).get_content())[1]


def ask_for_reset(client, settled, outbox, email="mara@example.org"):
    assert client.submit("/account/forgotten", {"email": email}).status_code == 303
    settled()
    return link_in(outbox()[-1])


def follow(client, link, **fields):
    address, _, token = link.partition("?token=")
    return client.submit(address, {"token": token, **fields})


def test_a_forgotten_password_is_set_anew_once(app, client, db, mara, settled, outbox):
    elsewhere = app.test_client().sign_in(mara)
    link = ask_for_reset(client, settled, outbox)
    for _ in range(2):
        assert client.get(link).status_code == 200  # looking at it uses nothing up
    assert follow(client, link, new_password=NEW).status_code == 303
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 303
    assert passwords.matches(mara.password_hash, NEW)
    assert client.get(link).status_code == 410
    assert follow(client, link, new_password="another good one").status_code == 410
    settled()
    assert outbox()[-1]["Subject"].startswith("Your password")


def test_asking_tells_nobody_whether_there_is_an_account(app, db, mara, settled, outbox):
    answers = []
    for email in ("mara@example.org", "nobody@example.org"):
        visitor = app.test_client()
        answer = visitor.submit("/account/forgotten", {"email": email})
        answers.append((answer.status_code, answer.location, visitor.get(answer.location).text))
    assert answers[0] == answers[1]
    settled()
    assert [m["To"] for m in outbox()] == ["mara@example.org"]


def test_of_a_forgotten_password_no_address_stays_in_the_record(client, db, mara, settled):
    client.submit("/account/forgotten", {"email": "stranger@example.org"})
    settled()
    assert [line.data for line in db.session.scalars(select(Activity))] == [{}]


def test_a_reset_proves_the_address(client, db, settled, outbox):
    member = builders.member("new", email="new@example.org", email_confirmed_at=None)
    link = ask_for_reset(client, settled, outbox, "new@example.org")
    follow(client, link, new_password=NEW)
    db.session.expire_all()
    assert member.confirmed


@pytest.mark.parametrize("spoil", ["password", "address", "erased", "expired"])
def test_a_reset_link_is_void_once_anything_changed(client, db, mara, settled, outbox, clock, spoil):
    clock.freeze()
    link = ask_for_reset(client, settled, outbox)
    if spoil == "password":
        commands.set_password(mara, "some other password")
    elif spoil == "address":
        commands.change_email(mara, "other@example.org")
    elif spoil == "erased":
        mara.erased_at = builders.clock.now()
    else:
        clock.advance(hours=49)
    assert client.get(link).status_code == 410
    assert follow(client, link, new_password=NEW).status_code == 410


def test_a_link_of_one_member_does_not_open_another(client, db, mara, settled, outbox):
    other = builders.member("other")
    token = links.make_token(commands.RESET, other.id, links.fingerprint(mara))
    assert client.get("/account/reset", query_string={"token": token}).status_code == 410


@pytest.mark.parametrize("password", ["short", "1234567890", "mara@example.org", "x" * 2000])
def test_a_new_password_has_to_be_a_good_one(client, mara, settled, outbox, password):
    link = ask_for_reset(client, settled, outbox)
    assert follow(client, link, new_password=password).status_code == 422
    assert passwords.matches(mara.password_hash, GOOD)


def test_changing_the_password_asks_for_the_present_one_and_ends_other_sessions(app, db, mara, settled, outbox):
    here, there = app.test_client().sign_in(mara), app.test_client().sign_in(mara)
    wrong = here.submit("/account/password", {"current_password": "guess", "new_password": NEW})
    assert wrong.status_code == 422
    assert there.get("/account/").status_code == 200
    assert here.submit("/account/password", {"current_password": GOOD, "new_password": NEW}).status_code == 303
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 303
    settled()
    assert outbox()[-1]["To"] == "mara@example.org"


def test_whoever_found_an_open_session_cannot_guess_the_password_for_long(make_app):
    app = make_app(sign_in_per_hour=3)
    with app.app_context():
        member = builders.member("mara", password_hash=passwords.hash_password(GOOD))
        client = app.test_client().sign_in(member)
        codes = [
            client.submit("/account/password", {"current_password": f"guess {n}", "new_password": NEW}).status_code
            for n in range(4)
        ]
    assert codes == [422, 422, 422, 429]


def test_a_new_address_counts_once_its_owner_says_so(app, db, mara, settled, outbox):
    here, there = app.test_client().sign_in(mara), app.test_client().sign_in(mara)
    assert here.submit("/account/e-mail", {"email": "M@New.example.org", "current_password": "no"}).status_code == 422
    here.submit("/account/e-mail", {"email": "M@New.example.org", "current_password": GOOD})
    assert mara.email == "mara@example.org"
    settled()
    assert outbox()[-1]["To"] == "m@new.example.org"
    link = link_in(outbox()[-1])
    stranger = app.test_client()
    assert stranger.get(link).status_code == 200
    assert mara.email == "mara@example.org"
    assert follow(here, link).status_code == 303
    db.session.expire_all()
    assert mara.email == "m@new.example.org"
    assert mara.confirmed
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 303
    settled()
    notice = outbox()[-1]
    assert notice["To"] == "mara@example.org"
    assert "m@new.example.org" not in notice.get_body(("plain",)).get_content()
    assert follow(here, link).status_code == 410


def test_the_address_of_somebody_else_is_told_and_not_betrayed(app, db, mara, settled, outbox):
    builders.member("jonas", email="jonas@example.org")
    client = app.test_client().sign_in(mara)
    answers = []
    for email in ("jonas@example.org", "free@example.org"):
        answer = client.submit("/account/e-mail", {"email": email, "current_password": GOOD})
        answers.append((answer.status_code, answer.location))
    assert answers[0] == answers[1]
    settled()
    assert {m["To"]: m["Subject"].split()[0] for m in outbox()} == {
        "jonas@example.org": "You",
        "free@example.org": "Confirm",
    }


def test_an_address_taken_between_asking_and_opening_gets_a_sentence(app, db, mara, settled, outbox):
    client = app.test_client().sign_in(mara)
    client.submit("/account/e-mail", {"email": "soon@example.org", "current_password": GOOD})
    settled()
    builders.member("jonas", email="soon@example.org")
    answer = follow(client, link_in(outbox()[-1]))
    assert answer.status_code == 410
    db.session.expire_all()
    assert mara.email == "mara@example.org"


def test_a_change_of_address_is_void_once_the_password_changed(app, db, mara, settled, outbox):
    """Whoever was in the account asked for it; the owner set a new password: the link must be dead."""
    client = app.test_client().sign_in(mara)
    client.submit("/account/e-mail", {"email": "thief@example.org", "current_password": GOOD})
    settled()
    link = link_in(outbox()[-1])
    commands.set_password(mara, NEW)
    assert follow(app.test_client(), link).status_code == 410


def test_a_member_whose_address_is_not_proven_gets_the_link_again(app, db, settled, outbox):
    member = builders.member("new", email="new@example.org", email_confirmed_at=None)
    client = app.test_client().sign_in(member)
    assert "not confirmed" in client.get("/account/").text
    client.submit("/account/e-mail/send-link")
    settled()
    follow(client, link_in(outbox()[-1]))
    db.session.expire_all()
    assert member.confirmed
    assert member.email == "new@example.org"


def test_none_of_it_without_a_form_of_this_site(subtests, app, mara):
    for path in ["/account/password", "/account/e-mail", "/account/erase", "/account/profile", "/account/mail",
                                      "/account/sign-out-everywhere", "/account/e-mail/send-link"]:  # fmt: skip
        with subtests.test(repr(path)[:60]):
            client = app.test_client().sign_in(mara)
            fields = {
                "current_password": GOOD,
                "new_password": NEW,
                "email": "a@example.org",
                "sure": "y",
                "contributions": "remove",
            }
            assert client.post(path, data=fields).status_code == 400
            other = app.test_client()
            assert client.post(path, data=fields | {"csrf_token": other.csrf_token()}).status_code == 400
            assert passwords.matches(mara.password_hash, GOOD)
