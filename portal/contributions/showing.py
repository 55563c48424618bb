"""Whether something may come back at all: what was taken back by its author stays away, whoever decides otherwise."""

from sqlalchemy import func, select

from portal.contributions.models import Consent, Contribution
from portal.db import db
from portal.members.models import Member

NEEDED = ("site", "people_shown", "guardian")
"""Purposes of consent without which nothing that needed them is shown; they have no term."""


def why_not_shown(contribution: Contribution) -> str:
    """In a sentence, why this can't be shown again; empty when it can.

    A consent that is needed was given and none stands, or nobody is left who wrote it.
    """
    erased = select(Member.erased_at.is_not(None)).where(Member.id == contribution.author_id)
    if db.session.scalar(erased):
        return "Its author was erased, so it can't come back."
    gone = (
        select(Consent.purpose)
        .where(Consent.contribution_id == contribution.id, Consent.purpose.in_(NEEDED))
        .group_by(Consent.purpose)
        .having(func.count(Consent.id) == func.count(Consent.revoked_at))
        .limit(1)
    )
    if db.session.scalar(gone) is not None:
        return "Its author took the consent to show it back, so it can't come back."
    return ""
