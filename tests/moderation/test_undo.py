"""Ten seconds to take a decision back: state, words, reports, counters, pictures and what was told are as before."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.contributions.counting import recount
from portal.contributions.history import Revision
from portal.contributions.models import Contribution, Decision, Report
from portal.contributions.reports import report
from portal.contributions.writing import edit
from portal.db import db
from portal.forum.models import Board
from portal.members.models import Member
from portal.moderation import commands, undo
from portal.notifications.models import Notification
from tests import builders as make

SignIn = Callable[..., Any]


def picture_of(contribution: Any) -> dict[str, Any]:
    """All columns of a contribution, of its author's and parent's counters, its reports and its revisions."""
    db.session.flush()
    c, m = Contribution.__table__, Member.__table__
    row = dict(db.session.execute(select(c).where(c.c.id == contribution.id)).one()._mapping)
    parent = db.session.execute(
        select(c.c.reply_count, c.c.last_position, c.c.accepted_count, c.c.last_reply_by_id, c.c.last_activity_at)
        .where(c.c.id == contribution.parent_id)
    ).all()  # fmt: skip
    reports = db.session.execute(
        select(Report.id, Report.settled_at, Report.upheld).where(Report.contribution_id == contribution.id)
    ).all()
    revisions = db.session.execute(select(Revision.id).where(Revision.contribution_id == contribution.id)).all()
    author = db.session.scalar(select(m.c.published_count).where(m.c.id == contribution.author_id))
    boards = db.session.execute(select(Board.id, Board.topic_count)).all()
    # Where nobody had replied, what happened last is that it was written.
    row["last_activity_at"] = row["published_at"] and row["last_activity_at"]
    return {"row": row, "parent": parent, "reports": reports, "revisions": revisions, "n": (author, boards)}


def last_decision_id() -> int:
    return db.session.scalars(select(Decision.id).order_by(Decision.id.desc()).limit(1)).one()


ACTS: dict[str, tuple[str, Callable[[Any, Member], bool]]] = {
    "approve": ("pending", commands.approve),
    "edit": ("pending", lambda c, m: commands.approve_with_changes(c, m, source="Other *words*.", title="Other")),
    "return": ("pending", lambda c, m: commands.return_to_author(c, m, "More, please.")),
    "remove waiting": ("pending", lambda c, m: commands.remove(c, m, "Spam.", "spam")),
    "remove shown": ("published", lambda c, m: commands.remove(c, m, "Spam.", "spam")),
    "remove hidden": ("hidden", lambda c, m: commands.remove(c, m, "Spam.", "spam")),
    "hide": ("published", lambda c, m: commands.hide(c, m, "To be checked.")),
    "restore": ("hidden", commands.restore),
    "keep": ("published", commands.keep),
}


@pytest.mark.parametrize("kind", ["topic", "reply"])
@pytest.mark.parametrize("act", ACTS)
def test_everything_is_as_it_was(app: Flask, act: str, kind: str) -> None:
    start, do = ACTS[act]
    moderator = make.moderator()
    if kind == "topic":
        thing: Any = make.topic(text="Some *words*,\nwith a line.", state=start)
    else:
        topic = make.topic()
        make.reply(topic)
        thing = make.reply(topic, text="Some *words*,\nwith a line.", state=start)
    if start == "published":
        report(thing, make.member(), "spam", "Look!")
    before = picture_of(thing)
    assert do(thing, moderator)
    decided = last_decision_id()
    assert picture_of(thing) != before
    assert undo.undo(decided, moderator) == 1
    assert picture_of(thing) == before
    undoing = db.session.get_one(Decision, last_decision_id())
    assert (undoing.undoes_id, undoing.rule, undoing.as_moderator) == (decided, "undone", True)
    assert undo.undo(decided, moderator) == 0
    assert undo.undo(undoing.id, moderator) == 0
    db.session.refresh(thing)
    assert do(thing, moderator), "it can be decided anew"


def test_a_spammers_everything_goes_and_comes_back_in_one_step(app: Flask) -> None:
    moderator, author = make.moderator(), make.member()
    shown, old, other = make.topic(author), make.topic(author), make.topic()
    waiting = make.topic(author, state="pending")
    old.submitted_at = old.created_at = make.clock.ago(days=31)
    draft = make.topic(author, state="draft")
    before = [picture_of(c) for c in (shown, waiting, old, other, draft)]
    assert commands.remove_as_spam(waiting, moderator, "Advertising.") == 2
    assert [c.state for c in (shown, waiting)] == ["removed", "removed"]
    assert [c.state for c in (old, other, draft)] == ["published", "published", "draft"]
    both = db.session.scalars(select(Decision).where(Decision.rule == "spam")).all()
    assert len({d.batch for d in both}) == 1
    assert both[0].batch
    assert undo.undo(both[0].id, moderator) == 2
    assert [picture_of(c) for c in (shown, waiting, old, other, draft)] == before


def test_another_moderator_and_latecomers_take_nothing_back(app: Flask, clock: Any) -> None:
    clock.freeze()
    moderator, other, topic = make.moderator(), make.moderator(), make.topic(state="pending")
    commands.approve(topic, moderator)
    decided = last_decision_id()
    with pytest.raises(undo.NotAllowed, match="your own"):
        undo.undo(decided, other)
    clock.advance(seconds=15)
    assert undo.undo(decided, moderator) == 1
    commands.approve(topic, moderator)
    clock.advance(seconds=15.1)
    with pytest.raises(undo.NotAllowed, match="too late"):
        undo.undo(last_decision_id(), moderator)
    assert topic.state == "published"


def test_what_somebody_decided_since_is_not_taken_back(app: Flask) -> None:
    moderator, other, topic = make.moderator(), make.moderator(), make.topic(state="pending")
    commands.approve(topic, moderator)
    mine = last_decision_id()
    commands.hide(topic, other, "To be checked.")
    assert undo.undo(mine, moderator) == 0
    assert topic.state == "hidden"


def test_an_edit_by_the_author_since_stays(app: Flask) -> None:
    moderator, topic = make.moderator(), make.topic(text="First words here.", state="pending")
    commands.approve_with_changes(topic, moderator, source="The moderator's words.", title=topic.title)
    decided = last_decision_id()
    edit(topic, topic.author, source="What I really meant.")
    assert undo.undo(decided, moderator) == 1
    assert (topic.state, topic.source) == ("pending", "What I really meant.")


def test_reports_by_those_who_reported_again_stay_settled(app: Flask) -> None:
    moderator, reporter, topic = make.moderator(), make.member(), make.topic()
    report(topic, reporter, "spam")
    commands.keep(topic, moderator)
    report(topic, reporter, "abuse")
    undo.undo(last_decision_id(), moderator)
    assert [r.settled_at is None for r in db.session.scalars(select(Report).order_by(Report.id))] == [False, True]


def test_nobody_hears_of_what_was_taken_back(app: Flask, settled: Callable[[], int]) -> None:
    moderator, asker, helper, rita = make.moderator(), make.member(), make.member(), make.member()
    topic = make.topic(asker)
    from portal.contributions.following import follow

    follow(topic, asker)
    reply = make.reply(topic, helper, state="pending")
    commands.approve(reply, moderator)
    settled()
    assert {n.verb for n in db.session.scalars(select(Notification))} == {"approved", "replied"}
    undo.undo(last_decision_id(), moderator)
    report(topic, rita, "spam")
    commands.remove(topic, moderator, "No.", "spam")
    undo.undo(last_decision_id(), moderator)
    settled()
    assert list(db.session.scalars(select(Notification))) == []
    commands.approve(reply, moderator)
    settled()
    assert {n.verb for n in db.session.scalars(select(Notification))} == {"approved", "replied"}


def test_the_bar_takes_back_without_scripts_and_goes_away(app: Flask, as_member: SignIn, clock: Any) -> None:
    clock.freeze()
    mara, topic = as_member(make.moderator("mara")), make.topic(state="pending")
    mara.submit(f"/moderation/{topic.id}/approve")
    page = mara.get("/moderation/").text
    assert "Undo (10 s)" in page
    decided = last_decision_id()
    assert f"/moderation/decisions/{decided}/undo" in page
    otto = as_member(make.moderator("otto"))
    assert otto.submit(f"/moderation/decisions/{decided}/undo").status_code == 403
    assert mara.post(f"/moderation/decisions/{decided}/undo").status_code == 400
    assert mara.submit(f"/moderation/decisions/{10**9}/undo").status_code == 404
    assert mara.submit(f"/moderation/decisions/{decided}/undo").status_code == 303
    page = mara.get("/moderation/").text
    assert "Taken back: everything is as it was." in page
    assert "Undo (" not in page
    mara.submit(f"/moderation/{topic.id}/approve")
    clock.advance(seconds=11)
    assert "Undo (" not in mara.get("/moderation/").text


def test_too_late_is_told_in_the_queue_and_in_time_leads_to_the_item(app: Flask, as_member: SignIn, clock: Any) -> None:
    clock.freeze()
    mara, topic = as_member(make.moderator("mara")), make.topic(state="pending")
    mara.submit(f"/moderation/{topic.id}/approve")
    bar = mara.get("/moderation/?kind=topic").text
    assert 'name="next" value="/moderation/?kind=topic"' in bar
    assert 'data-seconds="10"' in bar
    undoing = f"/moderation/decisions/{last_decision_id()}/undo"
    answer = mara.submit(undoing, {"next": "/moderation/?kind=topic"})
    assert answer.location == f"/moderation/?kind=topic#item-{topic.id}"
    mara.submit(f"/moderation/{topic.id}/approve")
    undoing = f"/moderation/decisions/{last_decision_id()}/undo"
    clock.advance(seconds=60)
    answer = mara.submit(undoing, {"next": "/moderation/?kind=topic"})
    assert (answer.status_code, answer.location) == (303, "/moderation/?kind=topic")
    assert "Too late to take back. Open it to decide anew." in mara.get("/moderation/").text
    db.session.refresh(topic)
    assert topic.state == "published"
    other = mara.submit(undoing, {"next": "//evil.example/"})
    assert other.location == "/moderation/"


def test_a_question_answered_before_its_approval_was_taken_back_stands_where_the_answer_puts_it(
    app: Flask, clock: Any
) -> None:
    """Among others in its board, whatever is decided next; counting anew says the same."""
    clock.freeze()
    mara = make.moderator()
    topic = make.topic(state="pending")
    commands.approve(topic, mara)
    approved = last_decision_id()
    clock.advance(seconds=2)
    answered_at = make.reply(topic).published_at
    places = []
    for act in (lambda: undo.undo(approved, mara), lambda: commands.approve(topic, mara), lambda: recount([topic.id])):
        clock.advance(seconds=2)
        act()
        db.session.refresh(topic)
        places.append(topic.last_activity_at)
    assert places == [answered_at] * 3
