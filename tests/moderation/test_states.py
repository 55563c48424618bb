"""Whatever everybody does in whatever order, even at once: one state, one decision a change, and readers see that."""

import random
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.contributions import lifecycle
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import STATES, Contribution, Decision, Report
from portal.contributions.reports import report
from portal.contributions.screening import Refused
from portal.contributions.writing import edit
from portal.db import db, writing
from portal.forum.models import Board
from portal.members.models import Member
from portal.members.standing import name_for_board
from portal.moderation import appeals, commands, queries, undo
from portal.moderation.models import Appeal
from tests import builders as make

Act = Callable[[Any, Any], Any]
BY_AUTHOR: dict[str, Act] = {
    "submit": lambda c, m: lifecycle.submit(c),
    "edit": lambda c, m: edit(c, m, source=c.source + "\n\nAnd more."),
    "withdraw": lifecycle.withdraw,
    "remove own": lambda c, m: lifecycle.remove(c, m),
    "appeal": lambda c, m: appeals.appeal_decision(c, m, "Please look again."),
}
BY_ANYBODY: dict[str, Act] = {
    "report": lambda c, m: report(c, m, "spam"),
    "approve": commands.approve,
    "change": lambda c, m: commands.approve_with_changes(c, m, source=c.source + "!", title=c.title),
    "return": lambda c, m: commands.return_to_author(c, m, "Say more."),
    "remove": lambda c, m: commands.remove(c, m, "No.", "off_topic"),
    "spam": lambda c, m: commands.remove_as_spam(c, m, "No."),
    "hide": lambda c, m: commands.hide(c, m, "Checking."),
    "restore": commands.restore,
    "keep": commands.keep,
    "bulk": lambda c, m: commands.decide_several([c.id], m, "approve"),
    "undo": lambda c, m: undo.undo(_last(c), m),
    "uphold": lambda c, m: appeals.answer(_appeal(c), m, True, ""),
    "decline": lambda c, m: appeals.answer(_appeal(c), m, False, "It stands."),
}
ROLES = ("author", "reader", "helper", "board moderator", "selma", "otto", "admin")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("author"), st.sampled_from(sorted(BY_AUTHOR))),
        st.tuples(st.sampled_from(ROLES[1:]), st.sampled_from(sorted(BY_ANYBODY))),
    ),
    min_size=4,
    max_size=14,
)


def _last(c: Contribution) -> int:
    return db.session.scalars(select(func.max(Decision.id)).where(Decision.contribution_id == c.id)).one() or 0


def _appeal(c: Contribution) -> int:
    of_this = select(func.max(Appeal.id)).join(Decision, Decision.id == Appeal.decision_id)
    return db.session.scalar(of_this.where(Decision.contribution_id == c.id)) or 0


def people() -> dict[str, Member]:
    board = make.board()
    made = {
        "author": make.member(new=True), "reader": make.member(), "helper": make.member(),
        "board moderator": make.member(), "selma": make.moderator(), "otto": make.moderator(), "admin": make.admin(),
    }  # fmt: skip
    for who, role in (("helper", "helper"), ("board moderator", "moderator")):
        name_for_board(made[who], board.id, role, made["admin"])
    return made


def do(act: Act, c: Contribution, who: Member) -> None:
    """Try it; being refused is fine, as long as nothing changes."""
    with db.session.begin_nested() as attempt:
        try:
            act(c, who)
        except (NotAllowed, Refused, ValueError):
            attempt.rollback()
    db.session.expire_all()


def chain(c: Contribution) -> list[Decision]:
    return list(db.session.scalars(select(Decision).where(Decision.contribution_id == c.id).order_by(Decision.id)))


def must_hang_together(contribution_id: int) -> None:
    """One state; it is where the last decision led; each decision begins where the one before ended."""
    state = db.session.scalars(select(Contribution.state).where(Contribution.id == contribution_id)).one()
    assert state in STATES
    query = select(Decision).where(Decision.contribution_id == contribution_id).order_by(Decision.id)
    now = "draft"
    undone: set[int] = set()
    for decision in db.session.scalars(query):
        assert decision.from_state == now, [(d.from_state, d.to_state, d.rule) for d in db.session.scalars(query)]
        now = decision.to_state
        if decision.undoes_id is not None:
            assert decision.undoes_id not in undone
            undone.add(decision.undoes_id)
    assert now == state


def must_be_counted_right() -> None:
    """Every counter says what the states say."""
    shown = Contribution.state == "published"
    for board in db.session.scalars(select(Board)).all():
        there = (Contribution.board_id == board.id) & (Contribution.kind == "topic")
        assert board.topic_count == db.session.scalar(select(func.count(Contribution.id)).where(there, shown))
    for root in db.session.scalars(select(Contribution).where(Contribution.parent_id.is_(None))).all():
        below = select(func.count(Contribution.id)).where(Contribution.parent_id == root.id)
        assert root.reply_count == db.session.scalar(below.where(shown))
    unpublished = Contribution.state.in_(("pending", "draft")) & Contribution.published_at.is_not(None)
    for odd in db.session.scalars(select(Contribution).where(unpublished)).all():
        # What was public once can wait again only if a moderator had sent it back.
        assert "returned" in {d.to_state for d in chain(odd)}


def words_of(c: Contribution) -> tuple[Any, ...]:
    table = Contribution.__table__
    columns = (table.c.state, table.c.title, table.c.source, table.c.html, table.c.slug, table.c.position,
               table.c.published_at, table.c.edited_at)  # fmt: skip
    row = db.session.execute(select(*columns).where(table.c.id == c.id)).one()
    reports = db.session.execute(
        select(Report.id, Report.settled_at, Report.upheld).where(Report.contribution_id == c.id).order_by(Report.id)
    ).all()
    return (*row, *map(tuple, reports))


def test_generated_days_of_work(app: Flask, settled: Callable[[], int]) -> None:
    """Sequences of all acts by all roles, about a topic and a reply to it; one community, so that they add up."""
    everybody = people()
    readers = app.test_client()
    calls = 0

    @settings(
        max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # one community lives through all of it: a shorter day would be another one
    )  # fmt: skip
    @given(STEPS, st.sampled_from(("topic", "reply")), st.sampled_from(("draft", "pending", "published")))
    def play(steps: list[tuple[str, str]], kind: str, start: str) -> None:
        nonlocal calls
        calls += 1
        author = everybody["author"]
        parent = make.topic()
        thing: Any = make.topic(author, text="Sent **in**.", state=start) if kind == "topic" else make.reply(
            parent, author, text="Sent **in**.", state=start
        )
        for who, name in steps:
            before, decisions = words_of(thing), len(chain(thing))
            last = chain(thing)[-1] if decisions else None
            act = BY_AUTHOR.get(name) or BY_ANYBODY[name]
            do(act, db.session.get_one(Contribution, thing.id), everybody[who])
            after, made = words_of(thing), chain(thing)[decisions:]
            if before[0] != after[0]:
                # Enough reports hide by a decision of their own; everything else is one change, one decision.
                assert len(made) == 1, (who, name, [(d.from_state, d.to_state) for d in made])
            assert len(made) <= 1
            if made and made[0].rule == "undone":
                assert last is not None
                assert made[0].undoes_id == last.id
            must_hang_together(thing.id)
            if made and made[0].as_moderator and made[0].actor_id and name not in ("undo", "uphold", "decline"):
                # Whatever was decided: taken back, every byte is as it was. Then it is decided again, and goes on.
                with db.session.begin_nested() as trial:
                    undo.undo(made[0].id, everybody[who])
                    db.session.expire_all()
                    assert words_of(thing) == before, (who, name)
                    trial.rollback()
                db.session.expire_all()
        must_be_counted_right()
        if calls % 8 == 0:
            must_show_what_is_published(readers, thing, parent)

    play()
    settled()


def must_show_what_is_published(readers: Any, thing: Any, parent: Any) -> None:
    db.session.commit()
    c, parent = (db.session.get_one(Contribution, one.id) for one in (thing, parent))
    root, public = parent if c.parent_id else c, c.state == "published"
    title, reply, words = c.title, c.parent_id is not None, (c.state, c.id)
    address = f"/topics/{root.id}/{root.slug}"
    assert (readers.get(f"/c/{c.id}").status_code == 302) == public, words
    assert ("<strong>in</strong>" in readers.get(address).text) == public, words
    if not reply:
        assert (title in readers.get("/feeds/all.atom").text) == public, words


def test_everybody_at_once(app: Flask) -> None:
    """Eight people with connections of their own act at random on the same few contributions."""
    everybody = people()
    author = everybody["author"]
    parent = make.topic()
    things = [make.topic(author, state="pending"), make.reply(parent, author, state="pending"), make.topic(author)]
    ids = [t.id for t in things]
    who = {name: m.id for name, m in everybody.items()}
    db.session.commit()
    crowd = ("selma", "otto", "selma", "otto", "board moderator", "admin", "author", "reader")
    start, failed = Barrier(len(crowd)), []

    def work(seed: int, role: str) -> None:
        dice = random.Random(seed)  # noqa: S311 (a test's dice)
        acts = BY_AUTHOR if role == "author" else BY_ANYBODY
        with app.app_context():
            start.wait()
            for _ in range(10):
                name, number = dice.choice(sorted(acts)), dice.choice(ids)
                try:
                    with writing():
                        c = queries.find_to_decide(number)
                        if c is not None:
                            acts[name](c, db.session.get_one(Member, who[role]))
                except (NotAllowed, Refused, ValueError):
                    pass
                except Exception as error:  # told below
                    failed.append((role, name, repr(error)[:300]))
            db.session.remove()

    threads = [Thread(target=work, args=pair) for pair in enumerate(crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    db.session.rollback()
    db.session.expire_all()
    assert failed == []
    for number in ids:
        must_hang_together(number)
    must_be_counted_right()


def test_two_approvals_at_the_same_instant_by_two_browsers(app: Flask, as_member: Any) -> None:
    topic = make.topic(state="pending")
    visitors = [as_member(make.moderator()) for _ in range(2)]
    number = topic.id
    db.session.commit()
    start, pages = Barrier(2), []

    def press(visitor: Any) -> None:
        with app.app_context():
            start.wait()
            response = visitor.submit(f"/moderation/{number}/approve")
            pages.append(visitor.get(response.location).text)
            db.session.remove()

    threads = [Thread(target=press, args=(v,)) for v in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.expire_all()
    made = db.session.scalars(select(Decision).where(Decision.contribution_id == number, Decision.as_moderator)).all()
    assert [(d.from_state, d.to_state) for d in made] == [("pending", "published")]
    assert sorted("your decision changed nothing" in page for page in pages) == [False, True]
    assert sorted("Undo (" in page for page in pages) == [False, True]
