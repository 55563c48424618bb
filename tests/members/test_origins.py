"""From where somebody signs in is kept as a digest for a term, and makes one group of those who share it."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from portal import clock as house
from portal.advocacy import groups
from portal.db import db
from portal.members import chores, origins
from portal.members.models import Member, SignInOrigin
from portal.members.passwords import hash_password
from tests import builders as make

PASSWORD = "three dice on a table"


def person(name: str) -> Member:
    made = make.member(name, password_hash=hash_password(PASSWORD))
    db.session.commit()
    return made


def sign_in(app: Flask, member: Member, address: str) -> None:
    """As a browser does, from this address."""
    visitor: Any = app.test_client()
    visitor.environ_base["REMOTE_ADDR"] = address
    answer = visitor.submit("/account/sign-in", {"login": member.username, "password": PASSWORD})
    assert answer.status_code == 303


def rows() -> list[SignInOrigin]:
    db.session.expire_all()
    return list(db.session.scalars(db.select(SignInOrigin)))


def together(*members: Member) -> bool:
    return len(set(groups.groups_of([m.id for m in members]).values())) == 1


def test_signing_in_twice_from_one_place_is_one_row_with_the_last_time_and_no_address(app: Flask, clock: Any) -> None:
    clock.freeze()
    hanna = person("hanna")
    sign_in(app, hanna, "192.0.2.7")
    clock.advance(days=3)
    sign_in(app, hanna, "192.0.2.7")
    [row] = rows()
    assert row.last_at == house.now()
    assert "192" not in row.digest
    assert len(row.digest) == 32
    sign_in(app, hanna, "192.0.2.8")
    assert len(rows()) == 2


def test_the_digest_is_of_this_sites_key(app: Flask, make_app: Callable[..., Flask]) -> None:
    here = origins.digest("192.0.2.7")
    with make_app(secret_key="0123456789abcdefghijklmnopqrstuvwxyz").app_context():
        assert origins.digest("192.0.2.7") != here


def test_two_in_one_ipv6_network_of_a_household_are_one_place(app: Flask) -> None:
    one, other, far = person("one"), person("other"), person("far")
    sign_in(app, one, "2001:db8:1:2::aaaa")
    sign_in(app, other, "2001:db8:1:2::bbbb")
    sign_in(app, far, "2001:db8:1:3::bbbb")
    assert together(one, other)
    assert not together(one, far)


def test_a_crowd_at_one_address_is_no_group(app: Flask) -> None:
    people = [person(f"guest{n}") for n in range(6)]
    for n, guest in enumerate(people):
        sign_in(app, guest, "192.0.2.7")
        if n == 4:
            assert together(*people[:5])
    assert len(set(groups.groups_of([m.id for m in people]).values())) == 6


def test_who_gets_an_address_weeks_after_somebody_else_is_not_with_them(app: Flask, clock: Any) -> None:
    clock.freeze()
    one, other = person("one"), person("other")
    sign_in(app, one, "192.0.2.7")
    clock.advance(days=8)
    sign_in(app, other, "192.0.2.7")
    assert not together(one, other)


def test_origins_are_forgotten_after_their_term(app: Flask, clock: Any) -> None:
    clock.freeze()
    one, other = person("one"), person("other")
    sign_in(app, one, "192.0.2.7")
    sign_in(app, other, "192.0.2.7")
    clock.advance(days=89)
    chores.forget_origins()
    assert together(one, other)
    assert len(rows()) == 2
    clock.advance(days=2)
    assert not together(one, other)
    chores.forget_origins()
    assert rows() == []
