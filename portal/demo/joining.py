"""The members of the demo: they join on their day, prove their purchase, say who they are and show a face."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.demo.agenda import Agenda, share
from portal.demo.painting import Motif
from portal.demo.people import PASSWORD, PEOPLE, SIGN_INS
from portal.demo.shapes import Person
from portal.media.commands import Prepared
from portal.members import standing
from portal.members.commands import confirm, create_member
from portal.members.customers import import_customers
from portal.members.followers import verify_from_list
from portal.members.models import Member, SignUp
from portal.profile.commands import save_profile, show_portrait

BY_RECEIPT = frozenset(("mei", "rami", "ruth"))
"""Customers who bought second-hand or abroad and showed a receipt, instead of standing on the list."""
FIRST_DAY = 1405
"""Days ago on which the customer list was taken in, before anybody joined."""


def address_of(person: Person) -> str:
    """An e-mail address that nobody can have: `.example` is reserved (RFC 2606). Colleagues share their domain."""
    words = person.organisation or ("ferrywright" if "employee" in person.roles else person.username)
    plain = words.lower().replace("ä", "ae").replace("_", "-").replace(" ", "-")
    return f"{person.username}@{plain}.example"


def plan(agenda: Agenda, members: dict[str, int], prepared: Mapping[Motif, Prepared]) -> None:
    """Let everybody join on their day. `members` is filled with numbers by username."""
    agenda.add(agenda.now - timedelta(days=FIRST_DAY), _list_customers)
    for person in PEOPLE:
        agenda.add(agenda.moment(person.joined, person.username), _Joining(person, members, prepared))


def _list_customers() -> None:
    listed = [p for p in PEOPLE if p.customer and p.username not in BY_RECEIPT]
    import_customers("\n".join(f"{address_of(p)},{p.organisation}" for p in listed))


class _Joining:
    """One person joins; done twice, the second time finds them here."""

    def __init__(self, person: Person, members: dict[str, int], prepared: Mapping[Motif, Prepared]) -> None:
        self.person, self.members, self.prepared = person, members, prepared

    def __call__(self) -> None:
        person = self.person
        member = db.session.scalar(select(Member).where(Member.email == address_of(person)))
        if member is not None:
            self.members[person.username] = member.id
            return
        member = self._member()
        self.members[person.username] = member.id
        member.organisation = person.organisation or None
        for role in person.roles:
            standing.grant_role(member, role)
        if person.username in BY_RECEIPT:
            admin = db.session.get_one(Member, self.members["ingrid"])
            standing.verify(member, admin, f"showed the receipt, {clock.now():%B %Y}")
        elif person.customer:
            verify_from_list(member)
        save_profile(
            member, about=person.about, place=person.place, trade=person.trade, owns=person.owns, goals=person.goals
        )
        if person.face:
            show_portrait(member, self.prepared[person])

    def _member(self) -> Member:
        person, email = self.person, address_of(self.person)
        taken = db.session.scalar(select(Member.id).where(Member.username == person.username))
        username = f"{person.username}-2" if taken else person.username
        if person.username in dict(SIGN_INS):
            return create_member(username, email, PASSWORD, display_name=person.name)
        # Nobody signs in as the others: no password matches an empty hash.
        return confirm(
            SignUp(email=email, username=username, display_name=person.name, password_hash="", browser="")
        )


def show_themselves(members: Mapping[str, int]) -> None:
    """Note when everybody was last here, so that nobody seems to have gone."""
    for person in PEOPLE:
        member = db.session.get_one(Member, members[person.username])
        hours = min(24 * person.joined, 144) * share(person.username)
        member.seen_at = clock.now() - timedelta(hours=hours)
        member.digested_at = clock.now()
    db.session.flush()
