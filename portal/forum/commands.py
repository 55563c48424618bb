"""What is done to topics: started, changed, solved, pinned, locked, moved."""

from collections.abc import Iterable

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal import activity, clock
from portal.contributions import drafts, lifecycle
from portal.contributions.following import follow
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Acceptance, Contribution
from portal.contributions.placing import place_pictures
from portal.contributions.powers import may
from portal.contributions.replying import keep_once, must_show_something
from portal.contributions.thanks import recount_helpfulness
from portal.contributions.writing import already_sent, edit_of, must_write, parse_tags, set_tags, take_turn, write
from portal.db import db
from portal.forum import asking
from portal.forum.models import Board, Topic
from portal.members.models import Member

DRAFT = "topic:new"
"""The draft of a topic that is being written."""


def start_topic(
    author: Member, board: Board, *, title: str, source: str, format: str = "question", tags: Iterable[str] = (),
    product_id: int | None = None, submission_key: str = "", asked: Member | None = None,
) -> Contribution:  # fmt: skip
    """Start a topic and submit it; its author follows it, and the draft goes. `asked` is whom it asks by name.

    Sent twice with the same key, it answers with the first. Raises NotAllowed and screening.Refused.
    """
    must_write(author)
    if (first := already_sent(author, submission_key)) is not None:
        return first
    topic = Topic(
        author=author, board=board, format=format, product_id=product_id, submission_key=submission_key or None
    )
    write(topic, source=source, title=title)
    must_show_something(topic)
    first_or_this = keep_once(topic, submission_key)
    if first_or_this is not topic:
        return first_or_this
    set_tags(topic, tags)
    place_pictures(topic)
    asking.record(topic, asked)
    lifecycle.submit(topic)
    follow(topic, author)
    drafts.discard(author, DRAFT)
    return topic


def edit_topic(
    topic: Topic, editor: Member, *, title: str, source: str, format: str, tags: Iterable[str],
    product_id: int | None = None, why: str = "",
) -> None:  # fmt: skip
    """Change a topic. One that was solved stays a question. Raises NotAllowed and screening.Refused."""
    if format != topic.format and topic.accepted_count:
        raise NotAllowed("A reply solved this, so it stays a question. Take the acceptance back first.")
    with edit_of(topic, editor, why) as edit:
        write(topic, source=source, title=title)
        must_show_something(topic)
        wanted = list(tags)
        if set(parse_tags(wanted)) != {tag.name for tag in topic.tags}:
            set_tags(topic, wanted)
            edit.touched = True
        if (format, product_id) != (topic.format, topic.product_id):
            topic.format, topic.product_id = format, product_id
            edit.touched = True
        place_pictures(topic)


def accept_reply(reply: Contribution, asker: Member) -> bool:
    """The asker says that this reply solved it; several may. Says whether anything changed; raises NotAllowed."""
    topic = _question_of(reply, asker)
    if not reply.is_published:
        raise NotAllowed("This reply is not shown to others, so it can't be accepted.")
    try:
        with db.session.begin_nested():
            db.session.add(Acceptance(reply_id=reply.id, by_id=asker.id))
    except IntegrityError:
        return False
    _count_acceptance(reply, topic, 1)
    activity.record("accepted", reply, actor=asker)
    return True


def withdraw_acceptance(reply: Contribution, asker: Member) -> bool:
    """The asker takes it back; the row stays, marked. Says whether anything changed; raises NotAllowed."""
    topic = _question_of(reply, asker)
    taken = db.session.execute(
        update(Acceptance)
        .where(Acceptance.reply_id == reply.id, Acceptance.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
    )
    if taken.rowcount == 0:  # type: ignore[attr-defined]
        return False
    _count_acceptance(reply, topic, -1)
    activity.record("acceptance_withdrawn", reply, actor=asker)
    return True


def _question_of(reply: Contribution, asker: Member) -> Topic:
    """The question that `reply` answers, held until the end of this transaction; raises NotAllowed."""
    must_write(asker)
    topic = reply.parent
    if not isinstance(topic, Topic) or not topic.is_question:
        raise NotAllowed("Only replies to a question can be accepted.")
    if topic.author_id != asker.id:
        raise NotAllowed("Only the member who asked can say what solved it.")
    take_turn(topic)
    take_turn(reply)
    if not topic.is_published:
        raise NotAllowed("The question is not shown to others now.")
    return topic


def _count_acceptance(reply: Contribution, topic: Topic, step: int) -> None:
    reply.accepted_count = max(0, reply.accepted_count + step)
    if reply.is_published:  # one that is hidden was taken off the topic's count when it was hidden
        topic.accepted_count = max(0, topic.accepted_count + step)
    db.session.flush()
    recount_helpfulness(reply)


def pin(topic: Topic, moderator: Member) -> bool:
    """Let a topic stand first in its board; says whether anything changed."""
    _must_moderate(moderator)
    take_turn(topic)
    if topic.is_pinned:
        return False
    topic.pinned_at, topic.pinned_by_id = clock.now(), moderator.id
    activity.record("pinned", topic, actor=moderator)
    return True


def unpin(topic: Topic, moderator: Member) -> bool:
    """Let it stand among the others again; says whether anything changed."""
    _must_moderate(moderator)
    if not topic.is_pinned:
        return False
    topic.pinned_at = topic.pinned_by_id = None
    activity.record("unpinned", topic, actor=moderator)
    return True


def lock(topic: Topic, moderator: Member) -> bool:
    """Let a topic take no further replies; says whether anything changed."""
    _must_moderate(moderator)
    take_turn(topic)
    if topic.is_locked:
        return False
    topic.locked_at, topic.locked_by_id = clock.now(), moderator.id
    activity.record("locked", topic, actor=moderator)
    return True


def unlock(topic: Topic, moderator: Member) -> bool:
    """Open it to replies again; says whether anything changed."""
    _must_moderate(moderator)
    if not topic.is_locked:
        return False
    topic.locked_at = topic.locked_by_id = None
    activity.record("unlocked", topic, actor=moderator)
    return True


def move(topic: Topic, to: Board, moderator: Member) -> bool:
    """Put a topic into another board, where it is not pinned; says whether anything changed."""
    if not may(moderator, "move and tag", topic):
        raise NotAllowed("Only moderators can do this.")
    take_turn(topic)
    came_from = topic.board_id
    if came_from == to.id:
        return False
    if topic.is_published:
        for board_id, step in sorted([(came_from or 0, -1), (to.id, 1)]):
            board = Board.__table__
            db.session.execute(
                update(board).where(board.c.id == board_id).values(topic_count=board.c.topic_count + step)
            )
    topic.board = to
    topic.pinned_at = topic.pinned_by_id = None
    db.session.flush()
    activity.record("moved", topic, actor=moderator, came_from=came_from, to=to.id)
    return True


def _must_moderate(moderator: Member) -> None:
    if not moderator.moderates:
        raise NotAllowed("Only moderators can do this.")
