"""The proof of what was agreed to: all about the rights in one contribution, as plain values, JSON and rows."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from portal import clock
from portal.activity import Activity
from portal.contributions.consents import PURPOSES
from portal.contributions.models import Consent, Contribution, Decision
from portal.db import db
from portal.media.purging import DELETED
from portal.members.models import Member
from portal.rights import queries
from portal.rights.models import RightsRequest
from portal.rights.queries import Agreed
from portal.site import the_site

HEAD = (
    "contribution", "title", "address", "author", "username", "purpose", "wording", "wording_version", "given_at",
    "until", "revoked_at", "stands", "asked_by", "asked_at", "answered_at", "picture_sha256",
)  # fmt: skip


def proof(contribution: Contribution) -> dict[str, Any]:
    """All there is to show; its author and pictures must be loaded. Times are ISO 8601 in UTC."""
    [agreed] = queries.agreed_for([contribution])
    questions = queries.questions_about(contribution)
    by_id = {q.id: q for q in questions}
    standing = {c.id for c in agreed.standing}
    author = contribution.author
    return {
        "site": the_site().name,
        "made_at": clock.now(),
        "contribution": {
            "id": contribution.id,
            "kind": contribution.kind,
            "title": contribution.title,
            "address": _address(contribution),
            "state": contribution.state,
            "submitted_at": contribution.submitted_at,
            "published_at": contribution.published_at,
            "author": {"id": author.id, "username": author.username, "display_name": author.display_name},
        },
        "consents": [_consent(c, c.id in standing, by_id) for c in sorted(_all(agreed), key=lambda c: c.id)],
        "questions": [_question(q) for q in reversed(questions)],
        "decisions": _decisions(contribution),
        "pictures": _pictures(contribution),
        "pictures_say": "sha256 is of the file as its author sent it.",
    }


def as_json(facts: dict[str, Any]) -> str:
    """The same for programs and for keeping."""
    return json.dumps(facts, ensure_ascii=False, indent=2, default=lambda v: v.isoformat())


def rows_of(contributions: Sequence[Contribution], purposes: Iterable[str], *, over: bool = False) -> list[list[Any]]:
    """Lines for a table, one a consent; authors and pictures must be loaded. `over`: those that ended, too."""
    agreed = queries.agreed_for(contributions, purposes)
    asked_with = {c.request_id for a in agreed for c in _all(a)} - {None}
    asked = db.session.scalars(select(RightsRequest).where(RightsRequest.id.in_(asked_with)))
    questions = {question.id: question for question in asked}
    askers = _names({q.asked_by_id for q in questions.values()})
    rows: list[list[Any]] = []
    for one in agreed:
        c = one.contribution
        sums = " ".join(p.sha256 for p in c.pictures)
        for consent in _all(one) if over else one.standing:
            q = questions.get(consent.request_id or 0)
            rows.append([
                c.id, c.title, _address(c), c.author.display_name, c.author.username, consent.purpose, consent.wording,
                consent.wording_version, consent.given_at, consent.until, consent.revoked_at,
                "yes" if consent in one.standing else "no", askers.get(q.asked_by_id or 0, "") if q else "",
                q.asked_at if q else None, q.answered_at if q else None, sums,
            ])  # fmt: skip
    return rows


def _all(agreed: Agreed) -> list[Consent]:
    return [*agreed.standing, *agreed.over]


def _address(contribution: Contribution) -> str:
    return url_for("contributions.jump", contribution_id=contribution.id, _external=True)


def _consent(consent: Consent, stands: bool, questions: dict[int, Any]) -> dict[str, Any]:
    return {
        "id": consent.id,
        "purpose": consent.purpose,
        "label": PURPOSES[consent.purpose].label if consent.purpose in PURPOSES else consent.purpose,
        "wording": consent.wording,
        "wording_version": consent.wording_version,
        "given_at": consent.given_at,
        "until": consent.until,
        "revoked_at": consent.revoked_at,
        "stands": stands,
        "question": consent.request_id if consent.request_id in questions else None,
    }


def _question(question: Any) -> dict[str, Any]:
    return {
        "id": question.id,
        "purpose": question.purpose,
        "wording": question.wording,
        "words": question.words,
        "months": question.months,
        "asked_by": question.asked_by.display_name if question.asked_by else None,
        "asked_at": question.asked_at,
        "answered_at": question.answered_at,
        "answer": None if question.answer is None else "yes" if question.answer else "no",
        "withdrawn_at": question.withdrawn_at,
    }


def _decisions(contribution: Contribution) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        select(Decision).where(Decision.contribution_id == contribution.id).order_by(Decision.id)
    ).all()
    names = _names({d.actor_id for d in rows})
    return [
        {
            "at": d.at, "from": d.from_state, "to": d.to_state, "by": names.get(d.actor_id or 0), "rule": d.rule,
            "as_moderator": d.as_moderator,
        }
        for d in rows
    ]  # fmt: skip


def _pictures(contribution: Contribution) -> list[dict[str, Any]]:
    here = [
        {"sha256": p.sha256, "alt": p.alt, "sent_at": p.created_at, "deleted_at": None} for p in contribution.pictures
    ]
    gone = db.session.scalars(
        select(Activity)
        .where(Activity.contribution_id == contribution.id, Activity.verb == DELETED)
        .order_by(Activity.id)
    )
    return here + [
        {"sha256": sha256, "alt": "", "sent_at": None, "deleted_at": line.at}
        for line in gone
        for sha256 in line.data.get("sha256", ())
    ]


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    wanted = [number for number in ids if number is not None]
    rows = db.session.execute(select(Member.id, Member.display_name).where(Member.id.in_(wanted)))
    return {row.id: row.display_name for row in rows}
