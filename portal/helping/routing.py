"""Bringing questions to members: open ones by the clock, newcomers' first ones, and those that ask somebody by name.

Nothing is brought that is not public at that instant, nothing twice to the same member, nothing beyond
what each is willing to do. A row and the record that tells the member of it are one transaction.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, update
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal import activity, clock
from portal.activity import Activity
from portal.config import settings
from portal.contributions.models import Contribution
from portal.db import db, writing
from portal.forum.models import Topic
from portal.helping.fitting import Fit, best_fits
from portal.helping.limits import Room, one_at_a_time, rooms_of
from portal.helping.models import Routed, Willingness
from portal.members.models import Member
from portal.members.queries import customers_at_hand

AT_ONCE = 100
"""Questions looked at in one turn, so that a turn stays short."""
WELCOME = "Somebody new here asks for the first time."
BY_NAME = "You were asked by name."


def route() -> int:
    """A turn: bring the questions that are due to whom they fit best; returns to how many members.

    Who fits is found without holding up anybody who writes; what is decided is decided under the lock.
    """
    return bring_found(find_fits())


def find_fits() -> dict[int, list[Fit]]:
    """The questions that are due, by number, and who fits each; those whom nobody fits are left out."""
    due = db.session.scalars(_due().options(*_what_it_is_about()).limit(AT_ONCE)).all()
    fits = {number: several for number, several in best_fits(due).items() if several}
    db.session.rollback()
    return fits


def bring_found(fits: Mapping[int, Sequence[Fit]]) -> int:
    """Bring what was found, as far as it is due still; returns to how many members."""
    if not fits:
        return 0
    with writing():
        one_at_a_time()
        still = db.session.scalars(_due().where(Topic.id.in_(sorted(fits))).options(joinedload(Topic.board))).all()
        return _bring_round(still, fits)


def _bring_round(questions: Sequence[Topic], fits: Mapping[int, Sequence[Fit]]) -> int:
    people = {fit.member_id for q in questions for fit in fits[q.id]}
    if not people:
        return 0
    rooms, before = rooms_of(people), _had(questions)
    gone = people - set(db.session.scalars(select(Member.id).where(Member.id.in_(people), *customers_at_hand())))
    brought = 0
    for q in questions:
        waiting = settings().route_people
        for fit in fits[q.id]:
            room = rooms[fit.member_id]
            if not waiting:
                break
            if fit.member_id in gone or (q.id, fit.member_id) in before or q.board_id in room.paused:
                continue
            if room.has("question"):
                bring(q, fit.member_id, "question", fit.because, room)
                waiting -= 1
                brought += 1
    return brought


def bring(question: Topic, member_id: int, sort: str, because: str, room: Room) -> None:
    """Bring one question to one member, in the transaction at hand, which must hold the lock."""
    row = Routed(contribution_id=question.id, member_id=member_id, sort=sort, because=because, at=clock.now())
    by_mail = room.by_mail
    db.session.add(row)
    db.session.flush()
    room.take(sort)
    activity.record(
        "question_brought", question, member=db.session.get(Member, member_id), routed=row.id, sort=sort,
        because=because, by_mail=by_mail,
    )  # fmt: skip


def settle_new(topic_ids: Collection[int]) -> None:
    """Questions that appeared, or named somebody: to whom they ask by name, a newcomer's first to a welcomer."""
    wanted = select(Topic).where(Topic.id.in_(topic_ids), *_open())
    questions = db.session.scalars(wanted.options(joinedload(Topic.author)).order_by(Topic.id)).all()
    if not questions:
        return
    one_at_a_time()
    for q in questions:
        _ask_by_name(q)
        _find_welcomer(q)


def welcome_late() -> None:
    """Newcomers' first questions for which no welcomer was free: another look, while nobody has answered."""
    s = settings()
    young = select(Topic.id).join(Topic.author).where(
        *_open(), ~_answered(), Topic.published_at >= clock.ago(days=s.route_days), _first_of_its_author(),
        or_(Member.published_count < s.new_until_contributions, Member.joined_at > clock.ago(days=s.new_until_days)),
        ~exists().where(_brought("newcomer")),
    )  # fmt: skip
    numbers = db.session.scalars(young.order_by(Topic.id).limit(AT_ONCE)).all()
    db.session.rollback()
    if numbers:
        with writing():
            settle_new(numbers)


def _ask_by_name(question: Topic) -> None:
    lines = db.session.scalars(
        select(Activity.member_id)
        .distinct()
        .where(
            Activity.contribution_id == question.id, Activity.verb == "asked_by_name",
            Activity.member_id.is_not(None), Activity.actor_id == question.author_id,
        )
    )  # fmt: skip
    asked = {member_id for member_id in lines if member_id is not None} - {question.author_id}
    asked -= {member_id for _, member_id in _had([question])}
    at_hand = select(Member.id).where(Member.id.in_(asked), *customers_at_hand()).order_by(Member.id)
    for member_id in db.session.scalars(at_hand).all() if asked else ():
        room = rooms_of([member_id])[member_id]
        if room.has("asked"):
            bring(question, member_id, "asked", BY_NAME, room)


def _find_welcomer(question: Topic) -> None:
    """At most one for each newcomer's first question; whoever was asked longest ago comes first."""
    if question.author.trust != "new" or not _is_first(question):
        return
    if db.session.scalar(select(exists().where(_brought("newcomer", question.id)))):
        return
    last = (
        select(func.max(Routed.at))
        .where(Routed.member_id == Member.id, Routed.sort == "newcomer")
        .scalar_subquery()
    )
    had = exists().where(Routed.member_id == Member.id, Routed.contribution_id == question.id)
    willing = db.session.scalars(
        select(Member.id)
        .join(Willingness, Willingness.member_id == Member.id)
        .where(Willingness.welcomes.is_(True), Member.id != question.author_id, ~had, *customers_at_hand())
        .order_by(last.is_not(None), last, Member.id)
    ).all()
    rooms = rooms_of(willing)
    for member_id in willing:
        if rooms[member_id].has("newcomer"):
            bring(question, member_id, "newcomer", WELCOME, rooms[member_id])
            return


def decline(routed: Routed) -> bool:
    """Not for me: it leaves the list, and fewer come from that board. Says whether anything changed."""
    changed = db.session.execute(
        update(Routed)
        .where(Routed.id == routed.id, Routed.declined_at.is_(None))
        .values(declined_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        return False
    question, member = db.session.get(Contribution, routed.contribution_id), db.session.get(Member, routed.member_id)
    activity.record("question_declined", question, member=member, actor=member, routed=routed.id)
    return True


def _due() -> Select[Topic]:
    """Questions nobody answered in time and nobody was brought lately; first, and newest first, those never brought."""
    s = settings()
    lately = exists().where(
        _brought("question"), Routed.declined_at.is_(None), Routed.at > clock.ago(hours=s.route_again_hours)
    )
    return (
        select(Topic)
        .join(Topic.author)
        .where(
            *_open(), ~_answered(), ~lately, Member.erased_at.is_(None),
            Topic.published_at <= clock.ago(hours=s.route_after_hours),
            Topic.published_at >= clock.ago(days=s.route_days),
        )
        .order_by(exists().where(_brought("question")), Topic.published_at.desc(), Topic.id)
    )  # fmt: skip


def _open() -> tuple[ColumnElement[bool], ...]:
    """Conditions: a question that everybody can read, that takes replies, and that is not solved."""
    return (
        Topic.state == "published", Topic.format == "question", Topic.locked_at.is_(None), Topic.accepted_count == 0,
    )  # fmt: skip


def _answered() -> ColumnElement[bool]:
    """Whether somebody other than the asker replied, for everybody to read."""
    reply = aliased(Contribution)
    return exists().where(
        reply.parent_id == Topic.id, reply.author_id != Topic.author_id, reply.state == "published"
    )


def _brought(sort: str, question_id: int | None = None) -> ColumnElement[bool]:
    which = Topic.id if question_id is None else question_id
    return (Routed.contribution_id == which) & (Routed.sort == sort)


def _first_of_its_author() -> ColumnElement[bool]:
    earlier = aliased(Topic)
    return ~exists().where(
        earlier.author_id == Topic.author_id, earlier.format == "question", earlier.published_at < Topic.published_at
    )


def _is_first(question: Topic) -> bool:
    return db.session.scalar(select(Topic.id).where(Topic.id == question.id, _first_of_its_author())) is not None


def _had(questions: Iterable[Topic]) -> set[tuple[int, int]]:
    """(question, member) for what was brought already, and for those who write an answer, though it may wait."""
    numbers = [q.id for q in questions]
    rows = db.session.execute(
        select(Routed.contribution_id, Routed.member_id).where(Routed.contribution_id.in_(numbers))
    )
    writers = db.session.execute(
        select(Contribution.parent_id, Contribution.author_id).where(Contribution.parent_id.in_(numbers))
    )
    return {*rows, *((parent, author) for parent, author in writers if parent is not None)}


def _what_it_is_about() -> tuple[Any, ...]:
    return joinedload(Topic.board), joinedload(Topic.product), selectinload(Topic.tags)
