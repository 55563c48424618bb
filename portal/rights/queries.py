"""Finding consents and questions: a member's own, and those that staff works with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import joinedload

from portal.contributions.consents import PURPOSES, WIDER, ends_soon, is_standing, runs_out
from portal.contributions.models import Consent, Contribution
from portal.contributions.queries import for_list
from portal.db import db
from portal.media.queries import with_pictures
from portal.members.models import Member
from portal.rights.models import RightsRequest

ORDER = {key: number for number, key in enumerate(PURPOSES)}


@dataclass
class Agreed:
    """What was agreed to for one contribution: what stands, and what is over."""

    contribution: Contribution
    standing: list[Consent] = field(default_factory=list)
    over: list[Consent] = field(default_factory=list)
    running_out: list[Consent] = field(default_factory=list)
    """Of both, those that can be renewed now."""


def own_contributions(member: Member) -> Select[Contribution]:
    """The contributions for which a member agreed to something, the latest first; drafts thrown away are left out."""
    agreed = exists().where(Consent.contribution_id == Contribution.id, Consent.member_id == member.id)
    return (
        select(Contribution)
        .where(agreed, Contribution.author_id == member.id)
        .options(with_pictures())
        .order_by(Contribution.id.desc())
    )


def agreed_for(contributions: Sequence[Contribution], purposes: Iterable[str] = PURPOSES) -> list[Agreed]:
    """What was agreed to for each of these, in one query, in the order of the purposes."""
    found = {c.id: Agreed(c) for c in contributions}
    rows = db.session.execute(
        select(Consent, is_standing().label("stands"), runs_out().label("runs_out")).where(
            Consent.contribution_id.in_(found), Consent.purpose.in_(list(purposes))
        )
    )
    for consent, stands, running_out in sorted(rows, key=lambda row: (ORDER.get(row[0].purpose, 99), row[0].id)):
        agreed = found[consent.contribution_id]
        (agreed.standing if stands else agreed.over).append(consent)
        if running_out:
            agreed.running_out.append(consent)
    return list(found.values())


def running_out(member: Member) -> list[Agreed]:
    """What a member agreed to with a term that runs out, or just did, for what can be seen; the first to end first."""
    rows = db.session.scalars(
        select(Contribution)
        .join(Consent, Consent.contribution_id == Contribution.id)
        .where(
            Consent.member_id == member.id, Contribution.author_id == member.id, Contribution.state == "published",
            runs_out(),
        )
        .options(with_pictures())
        .order_by(Consent.until, Consent.id)
    )  # fmt: skip
    return agreed_for(list(dict.fromkeys(rows)))


def find_consent(consent_id: int, member: Member) -> Consent | None:
    """A member's own consent; nobody else's is found."""
    return db.session.scalar(select(Consent).where(Consent.id == consent_id, Consent.member_id == member.id))


def is_open() -> ColumnElement[bool]:
    """A condition: neither answered nor withdrawn."""
    return RightsRequest.answered_at.is_(None) & RightsRequest.withdrawn_at.is_(None)


def open_questions(member: Member) -> Sequence[RightsRequest]:
    """What a member is asked and has not answered, about what can be seen, the first one first."""
    return db.session.scalars(
        select(RightsRequest)
        .join(RightsRequest.contribution)
        .where(RightsRequest.member_id == member.id, is_open(), Contribution.state == "published")
        .options(
            joinedload(RightsRequest.contribution).selectinload(Contribution.pictures),
            joinedload(RightsRequest.asked_by),
        )
        .order_by(RightsRequest.id)
    ).all()


def find_question(request_id: int, member: Member | None = None) -> RightsRequest | None:
    """A question; with a member, only one that was put to them."""
    query = select(RightsRequest).where(RightsRequest.id == request_id)
    return db.session.scalar(query.where(RightsRequest.member_id == member.id) if member is not None else query)


def questions_about(contribution: Contribution) -> Sequence[RightsRequest]:
    """Every question about a contribution, the latest first, with who asked."""
    return db.session.scalars(
        select(RightsRequest)
        .where(RightsRequest.contribution_id == contribution.id)
        .options(joinedload(RightsRequest.asked_by))
        .order_by(RightsRequest.id.desc())
    ).all()


def find_shown(contribution_id: int) -> Contribution | None:
    """A story, a photo submission or whatever else carries consents, for staff, in any state but draft.

    What its author took back to the drafts is as much their own as what they never sent.
    """
    return db.session.scalar(
        select(Contribution)
        .where(
            Contribution.id == contribution_id,
            Contribution.kind.in_(("story", "photo")),
            Contribution.state != "draft",
        )
        .options(joinedload(Contribution.author), with_pictures())
    )


def usable(purpose: str = "", *, soon: bool = False) -> Select[Contribution]:
    """What may be used now beyond this site: published, with a consent that stands (for one purpose or any).

    `soon`: only what may not be used much longer, unless its author renews it.
    """
    wanted = [purpose] if purpose else list(WIDER)
    rule = ends_soon() if soon else is_standing()
    given = exists().where(Consent.contribution_id == Contribution.id, Consent.purpose.in_(wanted), rule)
    return for_list(
        select(Contribution)
        .where(given, Contribution.state == "published")
        .options(with_pictures())
        .order_by(Contribution.id.desc())
    )


def count_usable() -> dict[str, int]:
    """How many published contributions may be used for each purpose now."""
    rows = db.session.execute(
        select(Consent.purpose, func.count(Consent.contribution_id.distinct()).label("n"))
        .join(Contribution, Contribution.id == Consent.contribution_id)
        .where(Contribution.state == "published", is_standing(), Consent.purpose.in_(WIDER))
        .group_by(Consent.purpose)
    )
    counted = {row.purpose: row.n for row in rows}
    return {purpose: counted.get(purpose, 0) for purpose in WIDER}


def count_ending() -> int:
    """How many published contributions have a consent that ends within the notice."""
    return db.session.scalar(
        select(func.count(Consent.contribution_id.distinct()))
        .join(Contribution, Contribution.id == Consent.contribution_id)
        .where(Contribution.state == "published", Consent.purpose.in_(WIDER), ends_soon())
    ) or 0
