"""Asking for wider rights, withdrawing the question, answering it with yes or no."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from portal import activity, clock
from portal import text as texts
from portal.config import settings
from portal.contributions import consents
from portal.contributions.consents import PURPOSES, WIDER
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member
from portal.rights import queries
from portal.rights.models import RightsRequest


class CannotAsk(Exception):
    """This can't be asked now; the message says why in a sentence."""


def ask(
    contribution: Contribution, moderator: Member, purposes: Sequence[str], words: str, months: int | None = None
) -> list[RightsRequest]:
    """Ask its author for wider purposes, with a term in months. Raises NotAllowed, CannotAsk.

    The contribution's author must be loaded. All are asked, or none.
    """
    if not moderator.moderates:
        raise NotAllowed("Only moderators can ask for rights.")
    consents.hold(contribution)
    wanted = [key for key in WIDER if key in purposes]
    if not wanted:
        raise CannotAsk("Please choose what you would like to use it for.")
    refused = why_not(contribution, moderator, months)
    for key in wanted:
        if key in refused:
            raise CannotAsk(f"{PURPOSES[key].label}: {refused[key]}")
    asked = [
        RightsRequest(
            contribution_id=contribution.id, member_id=contribution.author_id, asked_by_id=moderator.id, purpose=key,
            wording=PURPOSES[key].wording, words=texts.clean_source(words).strip()[:1000], months=months,
            asked_at=clock.now(),
        )
        for key in wanted
    ]  # fmt: skip
    db.session.add_all(asked)
    db.session.flush()
    activity.record("rights_asked", contribution, actor=moderator, requests=[r.id for r in asked], words=asked[0].words)
    return asked


def why_not(contribution: Contribution, moderator: Member, months: int | None = None) -> dict[str, str]:
    """By purpose, why it can't be asked for now, in a sentence; what is not in it can be. The author must be loaded.

    `months` is the term that would be asked for; one that stands and lasts as long need not be asked for.
    """
    author = contribution.author
    if not contribution.is_published:
        return dict.fromkeys(WIDER, "This can't be seen by everybody at the moment.")
    if author.erased_at is not None:
        return dict.fromkeys(WIDER, "Its author has left, so there is nobody to ask.")
    if author.id == moderator.id:
        return dict.fromkeys(WIDER, "This is your own.")
    stands, reasons = consents.standing(contribution), {}
    wanted_until = consents.term_ends(months)
    respected = clock.now() - timedelta(days=settings().rights_ask_again_days)
    for request in reversed(queries.questions_about(contribution)):
        if request.withdrawn_at is not None:
            continue
        if request.answered_at is None:
            reasons[request.purpose] = "You have asked already, and the answer is still to come."
        elif request.answer is False and request.answered_at > respected:
            again = request.answered_at + timedelta(days=settings().rights_ask_again_days)
            reasons[request.purpose] = f"The answer was no. You can ask again from {again:%-d %B %Y}."
    for key in WIDER:
        given = stands.get(key)
        if given is not None and (given.until is None or (wanted_until is not None and wanted_until <= given.until)):
            reasons[key] = "Agreed to already" + (f", until {given.until:%-d %B %Y}." if given.until else ".")
    return reasons


def withdraw(request: RightsRequest, moderator: Member) -> bool:
    """Take an open question back; says whether it was still open. Raises NotAllowed."""
    if not moderator.moderates:
        raise NotAllowed("Only moderators can take a question back.")
    if not _close(request, withdrawn_at=clock.now()):
        return False
    activity.record("rights_withdrawn", _contribution(request), actor=moderator, requests=[request.id])
    return True


def answer(request: RightsRequest, member: Member, yes: bool) -> bool:
    """Say yes or no to an open question; a yes is kept as a consent. Says whether it was still open. Raises NotAllowed.

    Of two answers at the same instant the first one counts.
    """
    if request.member_id != member.id:
        raise NotAllowed("Only who was asked can answer.")
    contribution = _contribution(request)
    consents.hold(contribution)
    if not contribution.is_published or not _close(request, answered_at=clock.now(), answer=yes):
        return False
    if yes:
        consents.give(contribution, request.purpose, until=consents.term_ends(request.months), request=request)
    activity.record("rights_answered", contribution, actor=member, request=request.id, yes=yes)
    return True


def _close(request: RightsRequest, **values: object) -> bool:
    closed = db.session.execute(
        update(RightsRequest)
        .where(RightsRequest.id == request.id, queries.is_open())
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(request, ["answered_at", "answer", "withdrawn_at"])
    return bool(closed.rowcount)  # type: ignore[attr-defined]


def _contribution(request: RightsRequest) -> Contribution:
    return db.session.scalars(select(Contribution).where(Contribution.id == request.contribution_id)).one()
