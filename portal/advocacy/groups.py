"""Who belongs together: people of one company, who brought each other, or who sign in from one place, are one group.

Groups are the connected parts of a graph: A and B share an organisation or a company's mail domain, A
invited C, C and D signed in from one network address in the same week: all four are one group of voices.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Integer, String, bindparam, cast, func, literal_column, select, union_all
from sqlalchemy.orm import aliased

from portal import clock
from portal.advocacy.ledger import in_chunks, plus
from portal.config import settings
from portal.db import UtcDateTime, db
from portal.members.models import Invited, Member, SignInOrigin

PUBLIC_PROVIDERS = frozenset((Path(__file__).parent / "public_mail_domains.txt").read_text().split())
"""Mail domains where anybody can have an address, so that sharing one says nothing; and those of RFC 2606."""
ORGANISATIONS_OF_ONE_DOMAIN = 3
"""Customer lists spell one company in several ways. A mail domain with more organisations than this is nobody's own:
a provider that is not among the public ones, or a holding. It joins nothing, and its people are not one group."""
SAME_TIME = timedelta(days=7)
"""Two who signed in from one address further apart than this were perhaps given it in turn by their provider:
with addresses that change by the day, customers of one provider would all hang together within a season."""


class Joined:
    """Keys that belong together, by union and find. A group is called by its first key: companies before members."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def name(self, key: str) -> str:
        """What the group of this key is called."""
        above = self._above
        root = key
        while (next_one := above.get(root)) is not None:
            root = next_one
        while key != root:
            above[key], key = root, above[key]
        return root

    def join(self, one: str, other: str) -> None:
        """Make one group of two."""
        first, second = sorted((self.name(one), self.name(other)), key=_rank)
        if first != second:
            self._above[second] = first


def _rank(key: str) -> tuple[int, int, str]:
    sort, _, rest = key.partition(" ")
    return (2, int(rest), "") if sort == "member" else (sort == "domain", 0, rest)


def group_of(member: Any) -> str:
    """What one member belongs to, seen alone: the organisation, else a confirmed address's own domain, else themselves.

    `member` is a Member or a row with its id, organisation, email and email_confirmed_at.
    """
    return _organisation(member.organisation) or _domain(member) or f"member {member.id}"


def _organisation(typed: str | None) -> str:
    words = (typed or "").casefold().split()
    return f"organisation {' '.join(words)}" if words else ""


def _domain(member: Any) -> str:
    if member.email_confirmed_at is None or not member.email:
        return ""
    domain = member.email.rpartition("@")[2].casefold()
    return f"domain {domain}" if domain and domain not in PUBLIC_PROVIDERS else ""


def groups_of(member_ids: Collection[int] | None) -> dict[int, str]:
    """The names of these members' groups, or of everybody's. It takes two questions to the database.

    The company's own people have no voice, and join nobody: whom an employee invited is not their friend.
    """
    query = select(*_facts(Member))
    if member_ids is None:
        return name_groups(db.session.execute(query))
    rows = [row for ids in in_chunks(sorted(member_ids)) for row in db.session.execute(query.where(Member.id.in_(ids)))]
    return name_groups(rows)


def name_groups(members: Iterable[Any]) -> dict[int, str]:
    """The names of the groups of these rows, each with what `group_of` wants; one question to the database."""
    joined, crowded = _joined()
    return {member.id: joined.name(_alone(member, crowded)) for member in members}


def _alone(member: Any, crowded: Collection[str]) -> str:
    """As `group_of`, but for mail domains that turned out to be nobody's own."""
    found = group_of(member)
    return f"member {member.id}" if found in crowded else found


def _joined() -> tuple[Joined, set[str]]:
    """All that joins groups which `group_of` keeps apart, and the mail domains that are nobody's own."""
    s, dialect = settings(), db.session.get_bind().dialect.name
    lately = {"since": clock.ago(days=s.score_origin_days), "most": s.score_origin_members}
    rows = db.session.execute(_bundles(dialect), lately).all()
    companies: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if (domain := _domain(row)) and (organisation := _organisation(row.organisation)):
            companies[domain].add(organisation)
    crowded = {domain for domain, several in companies.items() if len(several) > ORGANISATIONS_OF_ONE_DOMAIN}
    joined = Joined()
    for domain in companies.keys() - crowded:
        for organisation in companies[domain]:
            joined.join(organisation, domain)
    for bundle, people in groupby(rows, key=lambda row: row.bundle):
        for one, other in pairwise(people) if bundle else ():
            if other.at - one.at <= SAME_TIME:
                joined.join(_alone(one, crowded), _alone(other, crowded))
    return joined, crowded


@cache  # putting it together takes longer than asking it
def _bundles(dialect: str) -> Any:
    """Members in bundles that belong together: who invited whom, who signed in from one place at about the same time.

    In no bundle: one member for every organisation and mail domain that somebody has both of.
    """
    member, by = aliased(Member), aliased(Member)
    at_sign = (func.strpos if dialect == "postgresql" else func.instr)(member.email, "@")
    domain = func.substr(member.email, at_sign + literal_column("1"))
    has_both = (member.organisation.is_not(None), member.email_confirmed_at.is_not(None), member.email.is_not(None))
    companies: Any = (
        select(
            literal_column("''").label("bundle"), func.min(member.joined_at).label("at"),
            func.min(member.id).label("id"),
            member.organisation, func.min(member.email).label("email"),
            func.min(member.email_confirmed_at).label("email_confirmed_at"),
        )
        .where(*has_both, *_not_the_company(member))
        .group_by(member.organisation, domain)
    )  # fmt: skip
    bundle = cast(Invited.member_id, String).label("bundle")
    invited = select(bundle, Invited.at, *_facts(member)).join(member, member.id == plus(Invited.member_id))
    inviting = select(bundle, Invited.at, *_facts(by)).select_from(Invited).join(by, by.id == Invited.by_id)
    o, since = SignInOrigin, bindparam("since", type_=UtcDateTime())
    shared = (
        select(o.digest)
        .where(o.last_at >= since)
        .group_by(o.digest)
        .having(func.count().between(2, bindparam("most", type_=Integer)))
    )
    origins = (
        select(o.digest, o.last_at, *_facts(member))
        .join(member, member.id == o.member_id)
        .where(o.last_at >= since, o.digest.in_(shared), *_not_the_company(member))
    )
    several = (invited.where(*_not_the_company(member)), inviting.where(*_not_the_company(by)), origins)
    return union_all(companies, *several).order_by("bundle", "at")


def _facts(member: Any) -> tuple[Any, ...]:
    return member.id, member.organisation, member.email, member.email_confirmed_at


def _not_the_company(who: Any) -> tuple[Any, ...]:
    return who.is_employee.is_(False), who.is_admin.is_(False)
