"""Groups of voices: connected by company, mail domain, invitation and shared origin, and not by what says nothing."""

from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock as house
from portal.advocacy import groups, voices
from portal.advocacy.gate import evidence_of
from portal.advocacy.groups import Joined
from portal.db import db
from portal.members.models import Invited, Member, SignInOrigin
from tests import builders as make
from tests.advocacy.helping import solved


def person(**facts: Any) -> Member:
    return make.member(verified=True, **facts)


def employed(domain: str, organisation: str | None = None) -> Member:
    made = person(organisation=organisation)
    made.email = f"{made.username}@{domain}"
    db.session.flush()
    return made


def invite(member: Member, by: Member) -> None:
    db.session.add(Invited(member_id=member.id, by_id=by.id, at=house.now()))
    db.session.flush()


def seen_at(digest: str, *people: Member) -> None:
    db.session.add_all(SignInOrigin(member_id=m.id, digest=digest, last_at=house.now()) for m in people)
    db.session.flush()


def parts(*people: Member) -> list[list[int]]:
    """The groups of these people, each as their places in the list."""
    found: dict[str, list[int]] = {}
    for n, member in enumerate(people):
        found.setdefault(groups.groups_of([m.id for m in people])[member.id], []).append(n)
    return sorted(found.values())


def test_an_organisation_and_its_own_mail_domain_are_one_group_however_it_is_spelled(app: Flask) -> None:
    a, b = employed("acme.example", "Acme"), employed("acme.example", "ACME  Ltd")
    c, d = employed("acme.example"), employed("example.org", "acme")
    assert parts(a, b, c, d, person()) == [[0, 1, 2, 3], [4]]
    assert groups.groups_of([a.id])[a.id] == "organisation acme"


def test_an_address_that_is_not_confirmed_and_a_public_provider_join_nobody(app: Flask) -> None:
    a, b, c, d = employed("acme.example"), employed("acme.example"), employed("gmail.com"), employed("gmail.com")
    b.email_confirmed_at = None
    db.session.flush()
    assert parts(a, b, c, d) == [[0], [1], [2], [3]]


def test_a_domain_of_many_organisations_is_nobodys_own(app: Flask) -> None:
    firms = [employed("provider.example", f"Firm {n}") for n in range(4)]
    private = [employed("provider.example") for _ in range(2)]
    assert len(parts(*firms, *private)) == 6


def test_a_chain_of_invitations_is_one_group_across_companies(app: Flask) -> None:
    people = [person(organisation="Acme"), person(), person(), person(organisation="Bolt"), person(organisation="Bolt")]
    for member, by in zip(people[1:4], people, strict=False):
        invite(member, by)
    assert parts(*people, person()) == [[0, 1, 2, 3, 4], [5]]


def test_whom_the_company_invited_are_not_one_group(app: Flask) -> None:
    staff = make.member(is_employee=True)
    customers = [person() for _ in range(3)]
    for customer in customers:
        invite(customer, staff)
    assert parts(*customers) == [[0], [1], [2]]


def test_the_part_of_a_group_that_is_asked_for_is_named_as_in_the_whole(app: Flask) -> None:
    a, b, c = person(), person(), person(organisation="Acme")
    invite(b, a)
    seen_at("0" * 32, b, c)
    everybody = groups.groups_of(None)
    for some in ([a], [b], [a, c], [c]):
        assert groups.groups_of([m.id for m in some]).items() <= everybody.items()
    assert everybody[a.id] == "organisation acme"
    assert {voices.of_members([a.id])[a.id].group, voices.of_everybody()[b.id].group} == {"organisation acme"}


def test_the_gate_counts_a_chain_of_invited_customers_as_one_group(app: Flask, settled: Any) -> None:
    helper, customers = make.member(), [person() for _ in range(4)]
    for customer in customers:
        solved(helper, customer)
    settled()
    assert len(evidence_of({helper.id: 9.0})[helper.id].groups) == 4
    for customer, by in zip(customers[1:], customers, strict=False):
        invite(customer, by)
    assert len(evidence_of({helper.id: 9.0})[helper.id].groups) == 1


pairs = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=20)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(pairs, st.randoms(use_true_random=False))
def test_whatever_the_order_of_links_the_groups_and_their_names_are_the_same(several: Any, chance: Any) -> None:
    shuffled = [pair[:: chance.choice((1, -1))] for pair in several]
    chance.shuffle(shuffled)
    found = []
    for order in (several, shuffled):
        joined = Joined()
        for one, other in order:
            joined.join(f"member {one}", f"member {other}")
        found.append({n: joined.name(f"member {n}") for n in range(1, 13)})
    assert found[0] == found[1]
    for one, other in several:
        assert found[0][one] == found[0][other]
    for n, name in found[0].items():
        assert int(name.split()[1]) <= n
