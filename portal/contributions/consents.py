"""What an author agreed to, one purpose at a time and word for word, and how it is taken back."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import aliased

from portal import activity, clock
from portal.contributions import lifecycle, turns
from portal.contributions.models import Consent, Contribution, Decision
from portal.contributions.showing import NEEDED
from portal.db import db
from portal.members.models import Member

WORDING_VERSION = "2026-11"
"""Which edition of the wordings below: change it with them, and what was agreed to before stays as it was."""
TERMS = {12: "one year", 24: "two years"}
"""The terms that are offered, in months, beside "until I take it back"."""
NOTICE_DAYS = 14
"""How long before the end of its term who gave a consent is told, and how long after it they can still renew it: two
weeks, so that somebody on holiday misses neither."""


@dataclass(frozen=True)
class Purpose:
    """What a contribution may be used for. Without those that are `needed` it can't be shown at all."""

    key: str
    label: str
    wording: str

    @property
    def needed(self) -> bool:
        """Whether it can't be shown at all without this."""
        return self.key in NEEDED


PURPOSES: Mapping[str, Purpose] = {
    purpose.key: purpose
    for purpose in (
        Purpose(
            "site", "Shown on this site", "This may be shown on this site, with my name, until I take it back."
        ),
        Purpose(
            "people_shown", "People in the pictures",
            "Everybody who can be recognised agrees, or nobody can be recognised.",
        ),
        Purpose(
            "guardian", "Children and young people",
            "The parents or guardians of everybody under 18 who can be recognised agree, and I can show it.",
        ),
        Purpose("email", "E-mails", "The company may show this in its e-mails and newsletters, with my name."),
        Purpose(
            "advertising", "Advertising",
            "The company may use this in its advertising, on other sites too, with my name.",
        ),
        Purpose(
            "print", "Print", "The company may print this in brochures, in catalogues and on its stands, with my name."
        ),
    )
}  # fmt: skip
ALWAYS_ASKED = ("site", "people_shown")
WIDER = tuple(key for key, purpose in PURPOSES.items() if not purpose.needed)


@dataclass(frozen=True)
class Choices:
    """What somebody agreed to in a form: purposes, and for how many months the wider ones (None: no end)."""

    purposes: Sequence[str] = ALWAYS_ASKED
    months: int | None = None


def is_standing(now: datetime | None = None) -> ColumnElement[bool]:
    """The rule for a query: neither taken back nor past its term."""
    return Consent.revoked_at.is_(None) & or_(Consent.until.is_(None), Consent.until > (now or clock.now()))


def runs_out(now: datetime | None = None) -> ColumnElement[bool]:
    """The rule for what can be renewed: a term that ends within the notice or ended as lately, and nothing outlasts it.

    By days (UTC), so that all that ends on one day comes up together. What outlasted it and was taken back counts too:
    who does not want it any more is not asked whether they do.
    """
    now = now or clock.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    longer = aliased(Consent)
    outlasted = exists().where(
        longer.contribution_id == Consent.contribution_id, longer.purpose == Consent.purpose,
        or_(longer.revoked_at.is_(None), longer.revoked_at > Consent.given_at),
        or_(longer.until.is_(None), longer.until > Consent.until),
    )  # fmt: skip
    soon = Consent.until < today + timedelta(days=NOTICE_DAYS + 1)
    lately = Consent.until > now - timedelta(days=NOTICE_DAYS)
    return Consent.revoked_at.is_(None) & soon & lately & ~outlasted


def ends_soon(now: datetime | None = None) -> ColumnElement[bool]:
    """The rule for what its giver is told of: it stands still, and ends within the notice."""
    now = now or clock.now()
    return runs_out(now) & (Consent.until > now)


def record_choices(contribution: Contribution, choices: Choices = Choices()) -> None:
    """Keep what the author agreed to when sending it; what stands already is not written again."""
    until = term_ends(choices.months)
    for key in choices.purposes:
        give(contribution, key, until=None if PURPOSES[key].needed else until)


def give(contribution: Contribution, purpose: str, *, until: datetime | None = None, request: Any = None) -> Consent:
    """The author agrees to a purpose, until an instant or until it is taken back.

    One that stands and lasts at least as long is given back instead. `request` is the question this answers.
    """
    hold(contribution)
    for given in _of(contribution, purpose):
        if _lasts(given.until) >= _lasts(until):
            return given
    consent = Consent(
        contribution_id=contribution.id, member_id=contribution.author_id, purpose=purpose,
        wording=request.wording if request is not None else PURPOSES[purpose].wording,
        wording_version=WORDING_VERSION, until=until,
        request_id=request.id if request is not None else None, given_at=clock.now(),
    )  # fmt: skip
    db.session.add(consent)
    db.session.flush()
    return consent


def renew(consent: Consent, member: Member, months: int | None) -> Consent | None:
    """Another term after one that runs out, by who gave it alone and in today's words; None if there is none to renew.

    Raises NotAllowed. What was asked for by staff stays known as an answer to them, so that they hear when it ends.
    """
    if consent.member_id != member.id:
        raise lifecycle.NotAllowed("Only who agreed to something can renew it.")
    contribution = db.session.get_one(Contribution, consent.contribution_id)
    hold(contribution)
    if contribution.state != "published" or not db.session.scalar(
        select(Consent.id).where(Consent.id == consent.id, runs_out())
    ):
        return None
    assert consent.until is not None
    given = give(contribution, consent.purpose, until=term_ends(months, max(consent.until, clock.now())))
    given.request_id = consent.request_id
    activity.record("consent_renewed", contribution, actor=member, purpose=consent.purpose, consent=given.id)
    return given


def standing(contribution: Contribution) -> dict[str, Consent]:
    """By purpose, the consent that stands now; of several the one that lasts longest."""
    return {c.purpose: c for c in sorted(_of(contribution), key=lambda c: _lasts(c.until))}


def revoke(consent: Consent, member: Member) -> bool:
    """Take a consent back, by who gave it alone; says whether it still stood. Raises NotAllowed.

    Without one that is needed to be shown, the contribution is removed for good, and every other purpose
    ends with it; so does an appeal that waits for an answer.
    """
    if consent.member_id != member.id:
        raise lifecycle.NotAllowed("Only who agreed to something can take it back.")
    contribution = db.session.get_one(Contribution, consent.contribution_id)
    hold(contribution)
    if consent not in _of(contribution, consent.purpose):
        return False
    needed = PURPOSES[consent.purpose].needed
    ending = [c for c in _of(contribution) if needed or c.purpose == consent.purpose]
    for one in ending:
        one.revoked_at = clock.now()
    activity.record(
        "consent_revoked",
        contribution,
        actor=member,
        purpose=consent.purpose,
        purposes=sorted({one.purpose for one in ending}),
        consents=[one.id for one in ending],
    )
    if needed:
        lifecycle.remove(contribution, member, rule="consent_revoked")
        _close_appeals(contribution)
    return True


def term_ends(months: int | None, since: datetime | None = None) -> datetime | None:
    """The instant at which a term of so many calendar months ends; None has no end."""
    if months is None:
        return None
    since = since or clock.now()
    years, month = divmod(since.month - 1 + months, 12)
    year, month = since.year + years, month + 1
    return since.replace(year=year, month=month, day=min(since.day, monthrange(year, month)[1]))


def hold(contribution: Contribution) -> None:
    """Of two who write about a contribution's rights at once, let the second see what the first wrote.

    On SQLite the lock that every writing request takes does it.
    """
    turns.take(contribution.parent_id, contribution.id)
    db.session.refresh(contribution, ["state"])


def _close_appeals(contribution: Contribution) -> None:
    """There is nothing left to be judged: whatever the answer, it would not come back."""
    appeal = db.metadata.tables["appeal"]
    about = select(Decision.id).where(Decision.contribution_id == contribution.id)
    db.session.execute(
        update(appeal)
        .where(appeal.c.decision_id.in_(about), appeal.c.decided_at.is_(None))
        .values(decided_at=clock.now(), answer="You took the consent to show this back, so nobody has to answer.")
    )


def _of(contribution: Contribution, purpose: str = "") -> Sequence[Consent]:
    """Its consents that stand now, for one purpose or for all."""
    query = select(Consent).where(Consent.contribution_id == contribution.id, is_standing()).order_by(Consent.id)
    return db.session.scalars(query.where(Consent.purpose == purpose) if purpose else query).all()


def _lasts(until: datetime | None) -> float:
    return until.timestamp() if until is not None else float("inf")
