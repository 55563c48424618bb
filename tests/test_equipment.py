"""The tests' own equipment: what it promises holds, or every other test proves less than it says."""

import socket
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from portal import activity
from portal import clock as house_clock
from portal.members.models import Member
from tests import builders
from tests.closed_sockets import LeavesTheMachine


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_finds_the_database_as_the_migrations_leave_it(db, time):
    assert db.session.scalar(select(func.count(Member.id))) == 0
    assert builders.member("ada").id == 1
    db.session.commit()


def test_a_request_sees_what_the_test_changed_and_the_test_what_the_request_changed(client, db):
    member = builders.member("ada")
    assert client.get("/members/ada").status_code == 200
    client.sign_in(member).get("/members/")
    assert db.session.get(Member, member.id).seen_at is not None


def test_a_signed_in_visitor_does_not_leak_into_another(app, as_member):
    member, stranger = as_member(builders.member()), app.test_client()
    assert member.get("/account/").status_code != 303
    assert stranger.get("/account/").status_code == 303
    assert member.get("/account/").status_code != 303


def test_a_form_without_a_token_is_refused(as_member):
    visitor = as_member(builders.member())
    assert visitor.post("/account/sign-out").status_code == 400
    assert visitor.submit("/account/sign-out").status_code in (302, 303)


def test_a_frozen_clock_stands_still_in_requests_too(client, clock, db):
    at = clock.freeze(datetime(2026, 3, 1, 12, tzinfo=UTC))
    member = builders.member()
    assert clock.advance(days=2) == house_clock.now()
    client.sign_in(member).get("/members/")
    assert (db.session.get(Member, member.id).seen_at - at).days == 2


def test_settled_leaves_no_errand(db, settled):
    builders.topic()
    db.session.commit()
    assert activity.owed()[0] > 0
    assert settled() > 0
    assert activity.owed()[0] == 0


@pytest.mark.parametrize("address", ["192.0.2.1", "example.com"])
def test_no_test_leaves_this_machine(address):
    with socket.socket() as sock, pytest.raises(LeavesTheMachine):
        sock.connect((address, 80))
