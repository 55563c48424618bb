"""What follows when help is acknowledged, or no longer holds: ledger lines, then the scores they concern."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.activity import Activity
from portal.advocacy import ledger, scoring
from portal.contributions.models import Contribution
from portal.db import db
from portal.members.models import Member

OF_A_STATE = frozenset({"published", "imported", "returned", "hidden", "restored", "removed", "undone"})
"""Verbs after which a contribution, and with it the replies below, may have appeared or disappeared."""


def credit(lines: Sequence[Activity]) -> None:
    """Bring the ledger in line for the contributions and members of these activities, and the scores with it.

    It goes by what stands now, not by the verb: following twice, late or in another order ends the same.
    """
    ledger.one_at_a_time()
    members = {line.member_id for line in lines if line.member_id}
    texts = {line.contribution_id for line in lines if line.contribution_id}
    moved = {line.contribution_id for line in lines if line.contribution_id and line.verb in OF_A_STATE}
    concerned = texts | ledger.concerning(members) | ledger.below(moved)
    changed = ledger.bring_in_line(concerned, ", ".join(sorted({line.verb for line in lines})))
    scoring.recompute_after(changed, members | _newly_heard(moved))


def _newly_heard(moved: set[int]) -> set[int]:
    """Authors whose first publication this was, or whose last one it was not any longer: their voice changes."""
    return set(
        db.session.scalars(
            select(Member.id)
            .join(Contribution, Contribution.author_id == Member.id)
            .where(Contribution.id.in_(sorted(moved)), Member.published_count <= 1, Member.verified_at.is_(None))
        )
    )
