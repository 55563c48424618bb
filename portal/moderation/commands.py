"""A moderator's verbs: each changes one contribution through the lifecycle, settles its reports, leaves one decision.

Each answers whether anything changed. Deciding what somebody else decided changes nothing.
"""

from collections.abc import Callable, Collection, Sequence
from secrets import token_hex

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.contributions import lifecycle, turns
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Report
from portal.contributions.placing import place_pictures
from portal.contributions.powers import may
from portal.contributions.reports import settle_reports
from portal.contributions.writing import edit
from portal.db import db
from portal.members.models import Member
from portal.moderation.claims import let_go
from portal.moderation.known import sweep_began, swept

KEPT, EDITED, SPAM = "kept", "edited", "spam"
BULK_AT_MOST = 100


def approve(contribution: Contribution, moderator: Member, batch: str = "") -> bool:
    """Publish what waits. Raises NotAllowed."""
    must_be_impartial(contribution, moderator)
    return _decided(contribution, lifecycle.approve(contribution, moderator, batch=batch))


def approve_with_changes(contribution: Contribution, moderator: Member, *, source: str, title: str = "") -> bool:
    """Change the words and publish, in one step; the change is shown as the moderator's. Raises NotAllowed."""
    must_be_impartial(contribution, moderator)
    _must(moderator, "edit", contribution)
    if contribution.state != "pending":
        return False
    changed = edit(contribution, moderator, source=source, title=title, why="Changed before it was published")
    if changed and contribution.kind in ("topic", "reply", "article"):
        db.session.flush()
        place_pictures(contribution)
    return _decided(contribution, _approved_as_changed(contribution, moderator, changed))


def approve_as_changed(contribution: Contribution, moderator: Member) -> bool:
    """Publish what this moderator has just changed on its own form: a story, which is more than one text.

    Raises NotAllowed.
    """
    must_be_impartial(contribution, moderator)
    return _decided(contribution, _approved_as_changed(contribution, moderator, True))


def _approved_as_changed(contribution: Contribution, moderator: Member, changed: bool) -> bool:
    reason = "A moderator changed some words before publishing it; you can see which under “What was changed”."
    return lifecycle.approve(contribution, moderator, reason if changed else "", EDITED if changed else "")


def return_to_author(contribution: Contribution, moderator: Member, reason: str, rule: str = "") -> bool:
    """Ask the author for changes; open reports were right. Raises NotAllowed, ValueError without a reason."""
    must_be_impartial(contribution, moderator)
    done = lifecycle.return_to_author(contribution, moderator, reason, rule)
    return _decided(contribution, done, upheld=True)


def remove(contribution: Contribution, moderator: Member, reason: str, rule: str = "", batch: str = "") -> bool:
    """Take away for good; open reports were right. Raises NotAllowed, ValueError without a reason."""
    if not reason.strip():
        raise ValueError("a contribution is removed with a reason")
    if contribution.state == "draft":
        return False
    done = lifecycle.remove(contribution, moderator, reason, rule, batch)
    return _decided(contribution, done, upheld=True)


def hide(contribution: Contribution, moderator: Member, reason: str, rule: str = "") -> bool:
    """Take a public contribution from view until it is decided; open reports were right. Raises NotAllowed."""
    return _decided(contribution, lifecycle.hide(contribution, moderator, reason, rule), upheld=True)


def restore(contribution: Contribution, moderator: Member) -> bool:
    """Show again what was hidden; reports that are still open were not right. Raises NotAllowed."""
    must_be_impartial(contribution, moderator)
    return _decided(contribution, lifecycle.restore(contribution, moderator), upheld=False)


def keep(contribution: Contribution, moderator: Member) -> bool:
    """Leave a reported contribution as it is: its reports found nothing. A decision, though no state changes."""
    _must(moderator, "keep", contribution)
    must_be_impartial(contribution, moderator)
    if not contribution.is_published or not _is_reported(contribution):
        return False
    # The decision comes first: undoing it opens the reports that were settled since.
    lifecycle.note_decision(contribution, moderator, KEPT)
    return _decided(contribution, True, upheld=False)


def spam_of(author_id: int) -> Sequence[int]:
    """What `remove_as_spam` would take: waiting, published and hidden contributions of the last days, by number."""
    own = select(Contribution.id).where(Contribution.author_id == author_id, swept()).order_by(Contribution.id)
    return db.session.scalars(own, {"swept_since": sweep_began()}).all()


def remove_as_spam(contribution: Contribution, moderator: Member, reason: str) -> int:
    """Remove this and all that its author sent in the last days, in one step that can be undone as one.

    Returns how many there were. Raises NotAllowed.
    """
    _must(moderator, "remove all of an author's", contribution)
    if contribution.author.is_staff:
        raise NotAllowed("This is by somebody of the team: remove it by itself, if it has to go.")
    ids = {contribution.id, *spam_of(contribution.author_id)}
    return _each(ids, lambda one, batch: remove(one, moderator, reason, SPAM, batch))


def decide_several(ids: Collection[int], moderator: Member, act: str, reason: str = "") -> int:
    """Approve, or remove as spam, several waiting contributions in one step that can be undone as one.

    `{name}` in the reason is each author's. What this moderator may not decide, does not wait any more or was
    never there is passed over. Returns how many were decided.
    """

    def do(contribution: Contribution, batch: str) -> bool:
        try:
            if act == "approve":
                return contribution.state == "pending" and approve(contribution, moderator, batch)
            words = reason.replace("{name}", contribution.author.display_name)
            return contribution.state != "removed" and remove(contribution, moderator, words, SPAM, batch)
        except NotAllowed:
            return False

    return _each(list(ids)[:BULK_AT_MOST], do)


def _each(ids: Collection[int], do: Callable[[Contribution, str], bool]) -> int:
    """In one step. Of two who do this at once, one waits for the other (see contributions/turns.py)."""
    batch = token_hex(16)
    turns.take_all(ids)
    found = db.session.scalars(
        select(Contribution)
        .where(Contribution.id.in_(ids), Contribution.state != "draft")
        .order_by(Contribution.id)
        .options(joinedload(Contribution.author), selectinload(Contribution.pictures))
        .execution_options(populate_existing=True)
    ).all()
    return sum(do(contribution, batch) for contribution in found)


def _decided(contribution: Contribution, done: bool, upheld: bool | None = None) -> bool:
    if done:
        if upheld is not None:
            settle_reports(contribution, upheld=upheld)
        let_go(contribution.id)
    return done


def _is_reported(contribution: Contribution) -> bool:
    still_open = select(Report.id).where(Report.contribution_id == contribution.id, Report.settled_at.is_(None))
    return db.session.scalar(still_open.limit(1)) is not None


def _must(moderator: Member, act: str, contribution: Contribution) -> None:
    if not may(moderator, act, contribution):
        raise NotAllowed("Only moderators can decide this.")


def must_be_impartial(contribution: Contribution, moderator: Member) -> None:
    """Nobody clears what they wrote themselves, except where an admin may be the only one there is.

    Sending it back to oneself clears it too: what is sent in again is screened by trust. A silenced admin is not
    the only one: another has silenced them.
    """
    if contribution.author_id == moderator.id and (moderator.silenced or not moderator.is_admin):
        raise NotAllowed("You wrote this yourself, so another moderator has to decide it.")
