"""Looking for patterns in the ledger: what is read, in which portions, and how much score hangs on what is found.

Of the whole ledger only sums are read (who thanked whom how often, in the last `guard_days`); single lines are read
for the few people whom a pattern may concern, so that memory stays small whatever the ledger's length.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.advocacy import scoring
from portal.advocacy.groups import PUBLIC_PROVIDERS
from portal.advocacy.ledger import in_chunks, standing
from portal.advocacy.models import LedgerEntry
from portal.advocacy.score import score_one
from portal.config import settings
from portal.contributions.models import Contribution
from portal.contributions.screening.newcomers import is_throwaway
from portal.db import db
from portal.guard import crowds, patterns
from portal.guard.crowds import Link
from portal.guard.patterns import Limits, Pairs, Pattern, Person, Thank, Usual
from portal.members.models import Invited, Member, SignInOrigin

E = LedgerEntry
CROWD = 30
"""More people than this behind one address are a company's or a provider's door, and say nothing."""
MOST_LINES = 2000
"""So many lines of a pattern are kept, the latest ones: nobody reads more, and the score hears no more."""


def limits() -> Limits:
    """From where on something is worth a look, by the settings."""
    return Limits(**{f.name: getattr(settings(), f"guard_{f.name}") for f in fields(Limits)})


def look() -> tuple[list[Pattern], Usual]:
    """Everything unusual that stands in the ledger now, with its lines; and what is usual here."""
    limit, pairs = limits(), read_pairs()
    by_sums = [  # in the order in which they say most
        *patterns.circles(pairs, limit), *patterns.reciprocal(pairs, limit), *patterns.one_voice(pairs, limit),
        *patterns.devoted(pairs, limit),
    ]  # fmt: skip
    people = _people(pairs)
    joined = _links({who for pair in pairs for who in pair})
    by_sums = [*crowds.of_one_origin(pairs, joined, people, limit), *by_sums]
    whole = [replace(pattern, lines=_lines_of(pattern)) for pattern in by_sums]
    many = {helped for (helped, _), n in pairs.items() if n >= limit.giver_lines}
    often = [t for t in lines_by(many) if pairs.get((t.helped, t.helper), 0) >= limit.giver_lines]
    whole += patterns.hurried(often, limit)
    received, _ = patterns.sums(pairs)
    idle = lines_by({who for who, person in people.items() if person.idle})
    whole += crowds.storms(idle, people, limit) + crowds.bought(idle, people, received, limit)
    return [replace(p, lines=sorted(p.lines, key=_latest)[:MOST_LINES]) for p in whole], patterns.usual(pairs)


def _latest(line: Thank) -> tuple[float, str, int]:
    return (-line.at.timestamp(), line.sort, line.source_id)


def _since() -> Any:
    return clock.ago(days=settings().guard_days)


def read_pairs() -> Pairs:
    """How often everybody acknowledged everybody; the company's own people neither give nor get."""
    helper, helped = aliased(Member), aliased(Member)
    barred = [m for who in (helper, helped) for m in (who.is_employee, who.is_admin)]
    rows = db.session.execute(
        select(E.helped_id, E.helper_id, func.count())
        .join(helper, helper.id == E.helper_id)
        .join(helped, helped.id == E.helped_id)
        .where(E.at >= _since(), standing(), ~or_(*barred))
        .group_by(E.helped_id, E.helper_id)
        .execution_options(yield_per=10_000)
    )
    return {(given_by, to): n for given_by, to, n in rows}


def lines_by(members: Collection[int]) -> list[Thank]:
    """What these people acknowledged."""
    return [line for ids in in_chunks(sorted(members)) for line in _read(E.helped_id.in_(ids))]


def _lines_of(pattern: Pattern) -> list[Thank]:
    """Of a pattern known by its sums: what leads to its centre, or what stays within."""
    to = [pattern.centre] if pattern.centre is not None else sorted(pattern.people)
    return list(_read(E.helped_id.in_(sorted(pattern.people)), E.helper_id.in_(to)))


def _read(*where: Any) -> Iterator[Thank]:
    helper = aliased(Member)
    query = (
        select(E.sort, E.source_id, E.contribution_id, E.helper_id, E.helped_id, E.at)
        .join(helper, helper.id == E.helper_id)
        .where(*where, E.at >= _since(), standing(), ~helper.is_employee, ~helper.is_admin)
        .order_by(E.id)
    )
    for row in db.session.execute(query.execution_options(yield_per=10_000)):
        yield Thank(*row)


def _people(pairs: Pairs) -> dict[int, Person]:
    """Whoever acknowledged anything."""
    found = {}
    for ids in in_chunks(sorted({helped for helped, _ in pairs})):
        rows = select(Member.id, Member.joined_at, Member.verified_at, Member.published_count).where(Member.id.in_(ids))
        for number, joined, verified, published in db.session.execute(rows):
            found[number] = Person(joined, verified is not None, published)
    return found


def _links(wanted: set[int]) -> list[Link]:
    """What some of these people have in common: an address, an invitation, an organisation or a mail domain."""
    groups: dict[tuple[str, str], set[int]] = {}
    staff = set(db.session.scalars(select(Member.id).where(or_(Member.is_employee, Member.is_admin))))
    recent = select(SignInOrigin.digest, SignInOrigin.member_id).where(
        SignInOrigin.last_at >= clock.ago(days=settings().score_origin_days)
    )
    for digest, member in db.session.execute(recent.execution_options(yield_per=10_000)):
        groups.setdefault(("origin", digest), set()).add(member)
    for key in [key for key, members in groups.items() if len(members) > CROWD]:
        del groups[key]
    for member, by in db.session.execute(select(Invited.member_id, Invited.by_id)):
        if by not in staff:  # whom the company invites are its customers
            groups.setdefault(("invited", str(by)), {by}).add(member)
    for ids in in_chunks(sorted(wanted)):
        rows = select(Member.id, Member.organisation, Member.email, Member.email_confirmed_at)
        for number, organisation, email, confirmed in db.session.execute(rows.where(Member.id.in_(ids))):
            domain = (email or "").rpartition("@")[2].casefold()
            named = " ".join((organisation or "").casefold().split())
            if domain and is_throwaway(domain):
                groups.setdefault(("throwaway", domain), set()).add(number)
            elif domain and confirmed and domain not in PUBLIC_PROVIDERS:
                groups.setdefault(("company", f"@{domain}"), set()).add(number)
            if named:
                groups.setdefault(("company", named), set()).add(number)
    shared = ((sort, frozenset(members & wanted)) for (sort, _), members in sorted(groups.items()))
    return list(dict.fromkeys(one for one in shared if len(one[1]) > 1))


def weigh(pattern: Pattern) -> float:
    """How much score would go if these lines did not count: of all helpers in it together, as of today."""
    helpers = {line.helper for line in pattern.lines}
    account = scoring.account_of(helpers)
    sums_without = {h: dict(of) for h, of in account.sums.items()}
    given_without = dict(account.given)
    weights, today, half_life = scoring.weights(), clock.now().date(), scoring.terms().half_life
    for line in pattern.lines:
        part = weights[line.sort] * 2.0 ** (-max(0, (today - line.at.date()).days) / half_life)
        of = sums_without.get(line.helper, {})
        if line.helped in of:
            of[line.helped] = max(0.0, of[line.helped] - part)
            given_without[line.helped] = max(0.0, given_without[line.helped] - part)
    lost = 0.0
    for helper in sorted(helpers):
        after = score_one(helper, _heard(sums_without), given_without, account.voices, scoring.terms())
        lost += account.score(helper).total - after.total
    return round(max(0.0, lost), 4)


def _heard(sums: dict[int, dict[int, float]]) -> dict[int, dict[int, float]]:
    """Without what is as good as nothing: the rest of a subtraction."""
    return {h: {who: x for who, x in of.items() if x > 1e-9} for h, of in sums.items()}


def still_there(contribution_ids: Iterable[int]) -> Sequence[int]:
    """Of these contributions, those that were not deleted since."""
    return [
        number
        for ids in in_chunks(sorted(set(contribution_ids)))
        for number in db.session.scalars(select(Contribution.id).where(Contribution.id.in_(ids)))
    ]
