"""Who looks at a page is read as the driver gives it: the same member, and theirs alone."""

import re

import pytest
from flask import session
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from sqlalchemy import bindparam, select
from wtforms import ValidationError

from portal import clock as time
from portal.contributions.addresses import url_of
from portal.members import passwords
from portal.members.models import Member
from portal.members.raw import COLUMNS, as_member, of_the_session
from portal.members.signing import signed
from portal.prepared import Prepared
from tests import builders
from tests.queries import heard

GOOD = "green bicycles in the rain"


def raw(member):
    (row,) = Prepared(select(*COLUMNS).where(Member.id == bindparam("number"))).rows(number=member.id)
    return as_member(row)


def test_every_column_is_as_the_session_reads_it(app, db):
    for made in (
        builders.member(new=True),
        builders.admin(verified_at=time.now(), suspended_at=time.now(), suspended_until=time.ago(days=-1)),
        builders.moderator(is_employee=True, seen_at=time.now(), help_score=1.5, mail_digest=False, board_roles=2),
    ):
        db.session.commit()
        found = raw(made)
        for column in COLUMNS:
            ours, theirs = getattr(found, column.key), getattr(made, column.key)
            assert (ours, type(ours)) == (theirs, type(theirs)), column.key
        assert found == made
        assert found is not made
        assert found not in db.session
        assert of_the_session(found) is made


def test_what_a_page_changes_of_who_looks_is_written(app, db):
    number = builders.member(owns="a bell").id
    db.session.commit()
    found = raw(db.session.get(Member, number))
    db.session.expunge_all()
    mine = of_the_session(found)
    assert db.session.get(Member, number) is mine
    mine.owns = "two bells"
    db.session.commit()
    db.session.expunge_all()
    assert db.session.get(Member, number).owns == "two bells"


@pytest.mark.parametrize("kind", ["topic", "board"])
def test_a_page_that_strangers_are_shown_alike_needs_no_session(app, as_member, client, kind):
    mara, asked = builders.member("mara"), builders.topic()
    with app.test_request_context():
        address = url_of(asked) if kind == "topic" else f"/forum/{asked.board.slug}/"
    held = []

    @app.after_request
    def look(response):
        held.append((current_user._get_current_object(), app.extensions["sqlalchemy"].session.identity_map.values()))
        return response

    for visitor in (as_member(mara), client):
        assert visitor.get(address).status_code == 200
    (member, known), (_, nobody) = held
    assert member.username == "mara"
    assert not any(one is member for one in known)
    if kind == "topic":
        assert known == nobody == []


def test_on_any_other_page_the_session_has_who_looks(app, as_member):
    held = []

    @app.after_request
    def look(response):
        db = app.extensions["sqlalchemy"]
        held.append(current_user._get_current_object() in db.session)
        return response

    visitor = as_member(builders.member())
    for address in ("/account/", "/notifications/"):
        assert visitor.get(address).status_code == 200
    assert held == [True, True]


def test_a_request_that_only_reads_gives_its_connection_back(app, db, as_member, client):
    asked, visitors = builders.topic(), (client, as_member(builders.member()))
    with app.test_request_context():
        address = url_of(asked)
    db.session.commit()
    for visitor in visitors:
        db.session.remove()
        with heard(db.engine) as found:
            assert visitor.get(address).status_code == 200
        assert len(found.reading) >= 3
        db.session.remove()
        assert db.engine.pool.checkedout() == 0
    for missing in ("/topics/99999999", "/topics/1/%00", "/nothing"):
        assert client.get(missing).status_code in (301, 404)
        db.session.remove()
        assert db.engine.pool.checkedout() == 0


def test_of_two_members_each_sees_their_own_name_and_token(app, as_member, client):
    asked = builders.topic()
    with app.test_request_context():
        address = url_of(asked)
    names = ("Anna of the hill", "Bela of the lake")
    pages = {name: as_member(builders.member(display_name=name)) for name in names}
    for _ in range(2):
        tokens = set()
        for name, visitor in pages.items():
            page = visitor.get(address).text
            assert name in page
            assert not any(other in page for other in names if other != name)
            tokens |= set(re.findall(r'name="csrf-token" content="([^"]+)', page))
        assert len(tokens) == 2
        assert not any(name in client.get(address).text for name in names)


def test_the_token_that_is_signed_ahead_is_taken_in_its_session_alone(app):
    with app.test_request_context():
        session["csrf_token"] = "a" * 40
        validate_csrf(signed(app.config["SECRET_KEY"], "a" * 40))
        with pytest.raises(ValidationError):
            validate_csrf(signed(app.config["SECRET_KEY"], "b" * 40))


def test_who_has_just_signed_in_gets_no_second_cookie(app, db, client):
    builders.member("mara", email="mara@example.org", password_hash=passwords.hash_password(GOOD))
    db.session.commit()
    assert client.submit("/account/sign-in", {"login": "mara", "password": GOOD}).status_code == 303
    asked = builders.topic()
    with app.test_request_context():
        address = url_of(asked)
    assert "Set-Cookie" not in client.get(address).headers
