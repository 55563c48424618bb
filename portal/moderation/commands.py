"""A moderator's verbs: each changes one contribution through the lifecycle, settles its reports, leaves one decision.

Each answers whether anything changed. Deciding what somebody else decided changes nothing.
"""

from portal import clock
from portal.contributions import lifecycle
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Decision
from portal.contributions.reports import settle_reports
from portal.db import db
from portal.members.models import Member

KEPT = "kept"


def approve(contribution: Contribution, moderator: Member) -> bool:
    """Publish what waits. Raises NotAllowed."""
    _must_be_impartial(contribution, moderator)
    return lifecycle.approve(contribution, moderator)


def return_to_author(contribution: Contribution, moderator: Member, reason: str, rule: str = "") -> bool:
    """Ask the author for changes; open reports were right. Raises NotAllowed, ValueError without a reason."""
    done = lifecycle.return_to_author(contribution, moderator, reason, rule)
    if done:
        settle_reports(contribution, upheld=True)
    return done


def remove(contribution: Contribution, moderator: Member, reason: str, rule: str = "") -> bool:
    """Take away for good; open reports were right. Raises NotAllowed, ValueError without a reason."""
    if not reason.strip():
        raise ValueError("a contribution is removed with a reason")
    if contribution.state == "draft":
        return False
    done = lifecycle.remove(contribution, moderator, reason, rule)
    if done:
        settle_reports(contribution, upheld=True)
    return done


def hide(contribution: Contribution, moderator: Member, reason: str, rule: str = "") -> bool:
    """Take a public contribution from view until it is decided; open reports were right. Raises NotAllowed."""
    done = lifecycle.hide(contribution, moderator, reason, rule)
    if done:
        settle_reports(contribution, upheld=True)
    return done


def restore(contribution: Contribution, moderator: Member) -> bool:
    """Show again what was hidden; reports that are still open were not right. Raises NotAllowed."""
    _must_be_impartial(contribution, moderator)
    done = lifecycle.restore(contribution, moderator)
    if done:
        settle_reports(contribution, upheld=False)
    return done


def keep(contribution: Contribution, moderator: Member) -> bool:
    """Leave a reported contribution as it is: its reports found nothing. A decision, though no state changes."""
    if not moderator.moderates:
        raise NotAllowed("Only moderators can decide this.")
    _must_be_impartial(contribution, moderator)
    if not contribution.is_published or not settle_reports(contribution, upheld=False):
        return False
    db.session.add(
        Decision(
            contribution_id=contribution.id, from_state=contribution.state, to_state=contribution.state,
            actor_id=moderator.id, as_moderator=True, rule=KEPT, at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()
    return True


def _must_be_impartial(contribution: Contribution, moderator: Member) -> None:
    """Nobody clears what they wrote themselves, except where an admin may be the only one there is."""
    if contribution.author_id == moderator.id and not moderator.is_admin:
        raise NotAllowed("You wrote this yourself, so another moderator has to decide it.")
