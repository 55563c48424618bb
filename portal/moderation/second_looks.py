"""A second look at a share of past approvals, drawn by lot, by somebody else: how often moderators agree."""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from portal import activity, clock
from portal import text as texts
from portal.config import settings
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Decision
from portal.contributions.powers import may
from portal.db import db
from portal.members.models import Member
from portal.moderation.models import SecondLook

DAYS = 2
"""Approvals of the last so many days take part."""


class Agreement(NamedTuple):
    """How often the second moderator would have approved too."""

    looked: int
    agreed: int

    @property
    def share(self) -> int | None:
        """In percent; None while nobody has looked."""
        return round(100 * self.agreed / self.looked) if self.looked else None


def draw() -> int:
    """Draw from the approvals of the last days that were not drawn yet; returns how many.

    The lot of a decision is a keyed digest of its number: nobody can foresee it, and drawing again draws the same.
    """
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    drawn = db.session.scalar(select(func.count(SecondLook.id)).where(SecondLook.drawn_at >= today)) or 0
    room = settings().second_looks_a_day - drawn
    if room <= 0:
        return 0
    undone = aliased(Decision)
    approvals = db.session.scalars(
        select(Decision.id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(
            Decision.at > clock.now() - timedelta(days=DAYS),
            Decision.from_state == "pending",
            Decision.to_state == "published",
            Decision.as_moderator.is_(True),
            Contribution.state == "published",
            Decision.id.not_in(select(SecondLook.decision_id)),
            ~select(undone.id).where(undone.undoes_id == Decision.id).exists(),
        )
        .order_by(Decision.id)
    ).all()
    wins = sorted((_lot(number), number) for number in approvals)
    chosen = [number for lot, number in wins if lot < settings().second_look_share / 100][:room]
    db.session.add_all([SecondLook(decision_id=number, drawn_at=clock.now()) for number in chosen])
    db.session.flush()
    return len(chosen)


def _lot(decision_id: int) -> float:
    key = str(current_app.secret_key).encode()
    return int.from_bytes(hmac.digest(key, f"second look {decision_id}".encode(), sha256)[:6]) / 2**48


def waiting(moderator: Member, limit: int = 50) -> Sequence[SecondLook]:
    """What is still to be looked at, by somebody other than who approved it; the oldest first."""
    return db.session.scalars(
        select(SecondLook)
        .join(Decision, Decision.id == SecondLook.decision_id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(
            SecondLook.looked_at.is_(None),
            Decision.actor_id.is_distinct_from(moderator.id),
            Contribution.author_id != moderator.id,
            Contribution.state == "published",
        )
        .options(
            joinedload(SecondLook.decision).joinedload(Decision.contribution).joinedload(Contribution.author),
            joinedload(SecondLook.decision).joinedload(Decision.contribution).joinedload(Contribution.parent),
        )
        .order_by(SecondLook.drawn_at, SecondLook.id)
        .limit(limit)
    ).all()


def look(second_look_id: int, moderator: Member, agrees: bool, note: str = "") -> bool:
    """Say whether one would have approved too; nothing else changes. False if somebody has looked already.

    Raises NotAllowed.
    """
    if not may(moderator, "look a second time"):
        raise NotAllowed("Only moderators look a second time.")
    row = db.session.scalar(
        select(SecondLook)
        .where(SecondLook.id == second_look_id)
        .options(joinedload(SecondLook.decision).joinedload(Decision.contribution))
        .with_for_update(of=SecondLook)
        .execution_options(populate_existing=True)
    )
    if row is None or row.looked_at is not None:
        return False
    if moderator.id in (row.decision.actor_id, row.decision.contribution.author_id):
        raise NotAllowed("A second look is somebody else's.")
    row.looked_at, row.looked_by_id, row.agrees = clock.now(), moderator.id, agrees
    row.note = texts.clean_line(note)[:500]
    db.session.flush()
    activity.record("second_look", row.decision.contribution, actor=moderator, agrees=agrees)
    return True


def agreement(since: datetime) -> Agreement:
    """Of the second looks since then."""
    rows = db.session.execute(
        select(SecondLook.agrees, func.count()).where(SecondLook.looked_at >= since).group_by(SecondLook.agrees)
    )
    found = {bool(row[0]): row[1] for row in rows}
    return Agreement(sum(found.values()), found.get(True, 0))
