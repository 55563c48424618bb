"""Inviting somebody: a personal link for a term, that earns nothing and makes one group of voices."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal import clock as house
from portal.advocacy import groups
from portal.db import db
from portal.members import invitations
from portal.members.models import Invited, Member
from tests import builders as make
from tests.members.test_joining import GOOD, confirm, link_in, typed

SignIn = Callable[..., Any]
Settle = Callable[[], int]


def link_of(visitor: Any) -> str:
    """The personal link as the page shows it, without the host."""
    found = re.search(r'value="https?://[^/]+(/[^"]*invitation=[^"]+)"', visitor.get("/account/invite").text)
    assert found
    return found[1].replace("&amp;", "&")


def join(client: Any, settled: Settle, outbox: Any, address: str = "", **changed: Any) -> str:
    """Open the invitation, sign up, and return the path of the link in the mail."""
    if address:
        client.get(address)
    assert client.submit("/account/sign-up", typed(**changed)).status_code == 303
    settled()
    return link_in(outbox()[-1])


def invited() -> list[tuple[int, int]]:
    return [(row.member_id, row.by_id) for row in db.session.scalars(db.select(Invited))]


def mara() -> Member:
    return db.session.scalars(db.select(Member).where(Member.username == "mara")).one()


def test_who_joins_by_a_link_is_written_down_when_the_account_is_made_and_not_before(
    app: Flask, as_member: SignIn, client: Any, settled: Settle, outbox: Any
) -> None:
    hanna = make.member("hanna")
    link = link_of(as_member(hanna))
    assert "Hanna</bdi> invited you" in client.get(link).text or hanna.display_name in client.get(link).text
    proof = join(client, settled, outbox, link)
    assert invited() == []
    confirm(client, proof)
    assert invited() == [(mara().id, hanna.id)]
    together = groups.groups_of([hanna.id, mara().id])
    assert len(set(together.values())) == 1
    assert mara().display_name in as_member(hanna).get("/account/invite").text


def test_inviting_earns_nothing(app: Flask, as_member: SignIn, client: Any, settled: Settle, outbox: Any) -> None:
    hanna = make.member("hanna")
    confirm(client, join(client, settled, outbox, link_of(as_member(hanna))))
    settled()
    assert (hanna.help_score, mara().help_score) == (0, 0)


def test_the_invitation_counts_in_whichever_browser_the_mail_is_opened(
    app: Flask, as_member: SignIn, client: Any, settled: Settle, outbox: Any
) -> None:
    hanna = make.member("hanna")
    proof = join(client, settled, outbox, link_of(as_member(hanna)))
    confirm(app.test_client(), proof, password=GOOD)
    assert invited() == [(mara().id, hanna.id)]


def test_the_mail_sent_again_knows_of_the_invitation_too(
    app: Flask, as_member: SignIn, client: Any, settled: Settle, outbox: Any
) -> None:
    hanna = make.member("hanna")
    join(client, settled, outbox, link_of(as_member(hanna)))
    client.submit("/account/send-again")
    settled()
    assert len(outbox()) == 2
    confirm(client, link_in(outbox()[-1]))
    assert invited() == [(mara().id, hanna.id)]


@pytest.mark.parametrize("fact", ["suspended_at", "erased_at"])
def test_the_link_of_whoever_is_suspended_or_gone_is_dead(
    app: Flask, as_member: SignIn, client: Any, settled: Settle, outbox: Any, fact: str
) -> None:
    hanna = make.member("hanna")
    link = link_of(as_member(hanna))
    setattr(hanna, fact, house.now())
    db.session.commit()
    page = client.get(link).text
    assert "not good any more" in page
    assert "invited you" not in page
    confirm(client, join(client, settled, outbox))
    assert invited() == []


def test_who_invited_somebody_and_was_suspended_before_they_confirmed_still_brought_them(
    app: Flask, as_member: SignIn, client: Any, settled: Settle, outbox: Any
) -> None:
    hanna = make.member("hanna")
    proof = join(client, settled, outbox, link_of(as_member(hanna)))
    hanna.suspended_at = house.now()
    db.session.commit()
    confirm(client, proof)
    assert invited() == [(mara().id, hanna.id)]


def test_a_link_is_good_for_its_term_and_changed_ones_are_not(
    app: Flask, as_member: SignIn, client: Any, clock: Any
) -> None:
    clock.freeze()
    link = link_of(as_member(make.member("hanna")))
    token = link.partition("invitation=")[2]
    clock.advance(days=13)
    assert invitations.inviter(token) is not None
    assert invitations.inviter(token[:-3] + "abc") is None
    clock.advance(days=2)
    assert invitations.inviter(token) is None
    assert "not good any more" in client.get(link).text


def test_the_page_is_for_those_who_may_write_and_says_what_follows(app: Flask, as_member: SignIn, client: Any) -> None:
    assert client.get("/account/invite").status_code == 303
    assert as_member(make.member(suspended_at=house.now())).get("/account/invite").status_code == 403
    page = as_member(make.member()).get("/account/invite").text
    assert "earns you nothing" in page
    assert "one group of voices" in page
