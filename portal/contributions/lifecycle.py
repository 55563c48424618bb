"""The one place where a contribution changes its state.

draft → pending → published; returned by a moderator and submitted again; hidden while a decision
is outstanding; removed for good. Every move writes its decision and records its activity in the
same transaction, and answers whether anything changed: of two that want the same move at the same
instant, one makes it.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, case, func, literal, select, update
from sqlalchemy.orm import aliased

from portal import activity, clock
from portal.contributions import screening, turns
from portal.contributions.counting import count, forget_publication, recount
from portal.contributions.models import Contribution, Decision
from portal.contributions.powers import may
from portal.contributions.screening import refusals
from portal.contributions.showing import why_not_shown
from portal.db import db, renew
from portal.members.models import Member

MOVES = {
    ("draft", "pending"): "submitted",
    ("draft", "published"): "published",
    ("returned", "pending"): "submitted",
    ("returned", "published"): "published",
    ("pending", "published"): "published",
    ("pending", "returned"): "returned",
    ("pending", "removed"): "removed",
    ("pending", "draft"): "withdrawn",
    ("published", "hidden"): "hidden",
    ("published", "removed"): "removed",
    ("hidden", "published"): "restored",
    ("hidden", "returned"): "returned",
    ("hidden", "removed"): "removed",
    ("draft", "removed"): "removed",
    ("returned", "removed"): "removed",
}
"""Which moves there are, and the verb each is recorded under. A decision taken back goes any of them backwards."""


class NotAllowed(Exception):
    """This member may not do this; the message says so in a sentence."""


def submit(contribution: Contribution) -> bool:
    """Let the author's draft or returned text be screened: it waits, or is published at once.

    Raises `screening.Refused` with the reason when a rule refuses it.
    """
    author = contribution.author
    if contribution.state not in ("draft", "returned"):
        return False
    turns.take(contribution.parent_id, contribution.id)
    verdict = screening.screen(contribution, author)
    if verdict.outcome == screening.REFUSE:
        refusals.refuse(contribution, author, verdict)
    screening.keep(contribution, verdict)
    to = "pending" if verdict.outcome == screening.HOLD else "published"
    return _move(contribution, to, author, reason=verdict.reason, rule=verdict.rule, submitted=True)


def approve(contribution: Contribution, moderator: Member, reason: str = "", rule: str = "", batch: str = "") -> bool:
    """Publish what waits."""
    _must_be_allowed(moderator, "approve", contribution)
    return contribution.state == "pending" and _move(
        contribution, "published", moderator, reason, rule, moderating=True, batch=batch
    )


def return_to_author(contribution: Contribution, moderator: Member, reason: str, rule: str = "") -> bool:
    """Ask for changes, with a reason in words; the author's text is kept."""
    _must_be_allowed(moderator, "return", contribution)
    if not reason.strip():
        raise ValueError("a contribution is returned with a reason")
    return contribution.state in ("pending", "hidden") and _move(
        contribution, "returned", moderator, reason, rule, moderating=True
    )


def hide(contribution: Contribution, moderator: Member | None, reason: str = "", rule: str = "") -> bool:
    """Take a published contribution from view until it is decided; `moderator` is None when reports did it."""
    if moderator is not None:
        _must_be_allowed(moderator, "hide", contribution)
    return contribution.state == "published" and _move(contribution, "hidden", moderator, reason, rule, moderating=True)


def restore(contribution: Contribution, moderator: Member, reason: str = "") -> bool:
    """Show again what was hidden."""
    _must_be_allowed(moderator, "restore", contribution)
    return contribution.state == "hidden" and _move(contribution, "published", moderator, reason, moderating=True)


def remove(contribution: Contribution, actor: Member, reason: str = "", rule: str = "", batch: str = "") -> bool:
    """Take it away for good: by its author, or by a moderator with a reason."""
    moderating = actor.id != contribution.author_id
    if moderating:
        _must_be_allowed(actor, "remove", contribution)
    return contribution.state != "removed" and _move(
        contribution, "removed", actor, reason, rule, moderating=moderating, batch=batch
    )


def note_decision(contribution: Contribution, moderator: Member, rule: str, reason: str = "") -> Decision:
    """A decision that leaves the state as it is: reports that found nothing, an appeal that was declined."""
    decision = Decision(
        contribution_id=contribution.id, from_state=contribution.state, to_state=contribution.state,
        actor_id=moderator.id, as_moderator=True, rule=rule, reason=reason[:1000], at=clock.now(),
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    return decision


def take_back(contribution: Contribution, decision: Decision, moderator: Member, batch: str = "") -> bool:
    """Undo a moderator's decision: everything is as it was before it, by a decision of its own. The only way back
    along MOVES; whether it is allowed (who, how late) is the caller's to know.

    Raises NotAllowed for what was removed and may not be shown any more: not even to wait.
    """
    if contribution.state != decision.to_state or not decision.as_moderator:
        return False
    if contribution.state == "removed":
        _must_be_showable(contribution)
    first_time = decision.to_state == "published" and contribution.published_at == decision.at
    done = _move(
        contribution, decision.from_state, moderator, rule="undone", moderating=True, batch=batch,
        verb="undone", undoes=decision,
    )  # fmt: skip
    if done and first_time:
        forget_publication(contribution)
    return done


def overrule(
    contribution: Contribution, decision: Decision, moderator: Member, reason: str = "", *, read: bool = False
) -> bool:
    """Publish what another moderator's decision took from view or sent back: its author's appeal was right.

    What was sent back its author can change: unless the moderator has `read` it as it is now, it waits instead.
    Raises NotAllowed for what may not be shown any more.
    """
    _must_be_allowed(moderator, "answer an appeal", contribution)
    if contribution.state != decision.to_state or contribution.state not in ("returned", "hidden", "removed"):
        return False
    _must_be_showable(contribution)
    to, verb = "published", "restored" if contribution.published_at else "published"
    if waits := contribution.state == "returned" and not read:
        to, verb = "pending", "submitted"
    return _move(
        contribution, to, moderator, reason, "appeal", moderating=True, verb=verb, undoes=decision, submitted=waits
    )


def withdraw(contribution: Contribution, author: Member) -> bool:
    """The author takes a waiting contribution back to the drafts."""
    if author.id != contribution.author_id:
        raise NotAllowed("Only its author can take it back.")
    return contribution.state == "pending" and _move(contribution, "draft", author)


def publish_imported(root_ids: Sequence[int], criterion: ColumnElement[bool]) -> None:
    """Open imported drafts to the public in bulk: the roots among `root_ids` and the replies below them that meet
    `criterion`, with the times they came with. There is nothing to screen or decide; what follows is recorded."""
    table = Contribution.__table__
    below = db.session.execute(
        select(table.c.id, table.c.parent_id)
        .where(criterion, table.c.parent_id.in_(root_ids))
        .order_by(table.c.parent_id, table.c.published_at, table.c.id)
    ).all()
    roots = db.session.execute(select(table.c.id, table.c.last_position).where(table.c.id.in_(root_ids)))
    last = {root.id: root.last_position for root in roots}
    places = []
    for reply_id, parent_id in below:
        last[parent_id] += 1
        places.append({"reply_id": reply_id, "place": last[parent_id]})
    if places:
        db.session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("reply_id"))
            .values(position=bindparam("place"), state="published"),
            places,
        )
    db.session.execute(update(table).where(criterion, table.c.id.in_(root_ids)).values(state="published"))
    recount(root_ids)
    turns.take_all(select(table.c.id).where(table.c.id.in_(root_ids) | table.c.parent_id.in_(root_ids)))
    authors = select(table.c.author_id).where(table.c.id.in_(root_ids) | table.c.parent_id.in_(root_ids))
    member, own = Member.__table__, aliased(table)
    published = select(func.count()).where(own.c.author_id == member.c.id, own.c.state == "published")
    db.session.execute(
        update(member).where(member.c.id.in_(authors)).values(published_count=published.scalar_subquery())
    )
    activity.record_many("imported", root_ids)


def _must_be_allowed(member: Member, act: str, contribution: Contribution) -> None:
    if not may(member, act, contribution):
        raise NotAllowed("Only moderators can decide this.")


def _must_be_showable(contribution: Contribution) -> None:
    if reason := why_not_shown(contribution):
        raise NotAllowed(reason)


def _move(
    contribution: Contribution,
    to: str,
    actor: Member | None,
    reason: str = "",
    rule: str = "",
    *,
    moderating: bool = False,
    batch: str = "",
    verb: str = "",
    undoes: Decision | None = None,
    submitted: bool = False,
) -> bool:
    came_from, now = contribution.state, clock.now()
    verb = verb or MOVES.get((came_from, to), "")
    if not verb:
        return False
    turns.take(contribution.parent_id, contribution.id)
    table = Contribution.__table__
    values: dict[str, object] = {"state": to} | ({"submitted_at": now} if submitted else {})
    first_time = to == "published" and contribution.published_at is None
    if first_time:
        active = table.c.last_activity_at
        replied = table.c.reply_count > 0  # in the seconds before an approval was taken back
        values |= {"published_at": now, "last_activity_at": case((replied, active), else_=literal(now, active.type))}
    moved = db.session.execute(
        update(table)
        .where(table.c.id == contribution.id, table.c.state == came_from)
        .values(**values)
        .returning(*(table.c[name] for name in ("state", "submitted_at", "published_at", "last_activity_at")))
    ).first()
    if moved is None:  # somebody else decided in between
        db.session.refresh(contribution, ["state"])
        return False
    renew(contribution, moved)
    db.session.add(
        Decision(
            contribution_id=contribution.id, from_state=came_from, to_state=to, reason=reason[:1000], rule=rule,
            actor_id=actor.id if actor else None, as_moderator=moderating, at=now,
            batch=batch, undoes_id=undoes.id if undoes else None,
        )
    )  # fmt: skip
    db.session.flush()  # it names its actor: before the author and the board are kept for counting (turns.py)
    count(contribution, (to == "published") - (came_from == "published"), first_time)
    activity.record(verb, contribution, actor=actor, came_from=came_from)
    return True
