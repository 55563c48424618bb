"""Decisions: one row each, reports settled, nobody overruled by accident, and only by moderators."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.contributions import lifecycle
from portal.contributions.models import Contribution, Decision, Report
from portal.contributions.reports import report
from portal.contributions.writing import edit
from portal.db import db, writing
from portal.members.models import Member
from portal.moderation import commands
from portal.moderation.queries import find_to_decide, fingerprint
from tests import builders as make

SignIn = Callable[..., Any]
VERBS = ("approve", "restore", "keep", "return", "remove", "hide")


@pytest.fixture
def visitor(as_member: SignIn) -> Any:
    return as_member(make.moderator("mara"))


def decisions(contribution: Contribution) -> list[tuple[str, str, str]]:
    query = db.select(Decision).where(Decision.contribution_id == contribution.id, Decision.as_moderator)
    return [(d.from_state, d.to_state, d.rule) for d in db.session.scalars(query.order_by(Decision.id))]


def state(contribution: Contribution) -> str:
    return db.session.scalars(db.select(Contribution.state).where(Contribution.id == contribution.id)).one()


def told_after(visitor: Any, response: Any) -> str:
    """What the page says to which a decision leads."""
    assert response.status_code == 303
    page: str = visitor.get(response.location).text
    return page


def test_approving_publishes_and_goes_on_to_the_next(app: Flask, visitor: Any) -> None:
    first, second = make.topic(state="pending"), make.topic(title="Next in line", state="pending")
    response = visitor.submit(f"/moderation/{first.id}/approve")
    assert (response.status_code, response.location) == (303, f"/moderation/{second.id}")
    assert state(first) == "published"
    assert decisions(first) == [("pending", "published", "")]
    response = visitor.submit(f"/moderation/{second.id}/approve", {"next": "/moderation/?kind=topic"})
    assert response.location == "/moderation/?kind=topic"
    assert "Approved" in visitor.get("/moderation/").text


def test_a_next_that_leads_away_is_not_followed(app: Flask, visitor: Any) -> None:
    response = visitor.submit(f"/moderation/{make.topic(state='pending').id}/approve", {"next": "//evil.example/"})
    assert response.location == "/moderation/"


def test_returning_needs_a_reason_and_tells_it_in_words(app: Flask, visitor: Any) -> None:
    topic = make.topic(make.member(display_name="Nora {name} <b>"), state="pending")
    refused = visitor.submit(f"/moderation/{topic.id}/return", {"reason": "", "words": "  "})
    assert refused.status_code == 422
    assert "Please choose a reason, or write one" in refused.text
    assert state(topic) == "pending"
    visitor.submit(f"/moderation/{topic.id}/return", {"reason": "more_detail", "words": "Which chain is it?"})
    decision = db.session.scalars(db.select(Decision).where(Decision.to_state == "returned")).one()
    assert decision.reason.startswith("Hello Nora {name} <b>, thank you.")
    assert decision.reason.endswith("Which chain is it?")
    assert decisions(topic) == [("pending", "returned", "more_detail")]


def test_what_was_typed_stays_when_a_decision_is_not_taken(app: Flask, visitor: Any) -> None:
    topic = make.topic(state="pending")
    words = "Too much. " * 100
    typed = {"reason": "spam", "words": words, "next": "/moderation/"}
    refused = visitor.submit(f"/moderation/{topic.id}/remove", typed)
    assert refused.status_code == 422
    assert words.strip() in refused.text
    assert 'value="/moderation/"' in refused.text
    assert state(topic) == "pending"


def test_removing_settles_reports_as_right(app: Flask, visitor: Any) -> None:
    topic = make.topic()
    report(topic, make.member(), "spam")
    visitor.submit(f"/moderation/{topic.id}/remove", {"reason": "spam"})
    assert state(topic) == "removed"
    assert [r.upheld for r in db.session.scalars(db.select(Report))] == [True]


def test_hiding_settles_reports_as_right_and_restoring_decides_the_rest(app: Flask, visitor: Any) -> None:
    topic = make.topic()
    report(topic, make.member(), "wrong")
    visitor.submit(f"/moderation/{topic.id}/hide", {"words": "To be checked."})
    assert state(topic) == "hidden"
    visitor.submit(f"/moderation/{topic.id}/restore")
    assert state(topic) == "published"
    assert decisions(topic) == [("published", "hidden", "other"), ("hidden", "published", "")]
    assert [r.upheld for r in db.session.scalars(db.select(Report))] == [True]


def test_keeping_settles_reports_as_wrong_in_one_decision(app: Flask, visitor: Any) -> None:
    topic = make.topic()
    report(topic, make.member(), "wrong")
    visitor.submit(f"/moderation/{topic.id}/keep")
    visitor.submit(f"/moderation/{topic.id}/keep")
    assert decisions(topic) == [("published", "published", "kept")]
    assert [r.upheld for r in db.session.scalars(db.select(Report))] == [False]
    assert "Kept as it is" in visitor.get("/moderation/").text


def test_restoring_what_reports_hid_settles_them_as_wrong(app: Flask, visitor: Any) -> None:
    topic = make.topic()
    for _ in range(3):
        report(topic, make.member(), "spam")
    assert state(topic) == "hidden"
    visitor.submit(f"/moderation/{topic.id}/restore")
    assert {r.upheld for r in db.session.scalars(db.select(Report))} == {False}


def test_who_comes_second_hears_who_decided_and_how(app: Flask, visitor: Any) -> None:
    topic = make.topic(state="pending")
    commands.return_to_author(topic, make.moderator("otto"), "Please say more.")
    page = told_after(visitor, visitor.submit(f"/moderation/{topic.id}/approve"))
    assert "Otto sent this back to its author" in page
    assert "your decision changed nothing" in page
    assert state(topic) == "returned"


def test_what_its_author_took_back_is_not_decided(app: Flask, visitor: Any) -> None:
    topic = make.topic(make.member("nora"), state="pending")
    lifecycle.withdraw(topic, topic.author)
    assert "Nora took this back" in told_after(visitor, visitor.submit(f"/moderation/{topic.id}/approve"))
    assert state(topic) == "draft"


def test_nobody_approves_what_they_did_not_see(app: Flask, visitor: Any) -> None:
    topic = make.topic(state="pending", text="Harmless, at first.")
    found = find_to_decide(topic.id)
    assert found is not None
    seen = fingerprint(found)
    edit(topic, topic.author, source="Something else entirely, after the moderator looked.")
    page = told_after(visitor, visitor.submit(f"/moderation/{topic.id}/approve", {"seen": seen}))
    assert "changed while you looked at it" in page
    assert state(topic) == "pending"
    visitor.submit(f"/moderation/{topic.id}/approve", {"seen": fingerprint(find_to_decide(topic.id) or topic)})
    assert state(topic) == "published"


@pytest.mark.parametrize("verb", ["approve", "restore", "keep"])
def test_moderators_do_not_clear_what_they_wrote_themselves(app: Flask, as_member: SignIn, verb: str) -> None:
    author = make.moderator()
    start = {"approve": "pending", "restore": "hidden", "keep": "published"}[verb]
    topic = make.topic(author, state=start)
    if verb == "keep":
        report(topic, make.member(), "spam")
    assert as_member(author).submit(f"/moderation/{topic.id}/{verb}").status_code == 403
    assert state(topic) == start


@pytest.mark.parametrize("verb", VERBS)
def test_only_moderators_decide(app: Flask, as_member: SignIn, client: Any, verb: str) -> None:
    topic = make.topic(state="pending")
    address = f"/moderation/{topic.id}/{verb}"
    for member in (make.member(), make.member(is_employee=True)):
        assert as_member(member).submit(address, {"reason": "spam"}).status_code == 403
    assert client.submit(address, {"reason": "spam"}).status_code in (303, 401)
    assert state(topic) == "pending"


@pytest.mark.parametrize("address", ["/moderation/", "/moderation/1"])
def test_only_moderators_see_the_queue(app: Flask, as_member: SignIn, client: Any, address: str) -> None:
    assert as_member(make.member()).get(address).status_code == 403
    assert client.get(address).status_code == 303


@pytest.mark.parametrize("verb", VERBS)
def test_a_decision_without_its_token_is_not_taken(app: Flask, visitor: Any, verb: str) -> None:
    topic = make.topic(state="pending")
    assert visitor.post(f"/moderation/{topic.id}/{verb}", data={"reason": "spam"}).status_code == 400
    assert visitor.get(f"/moderation/{topic.id}/{verb}").status_code == 405
    assert state(topic) == "pending"


@pytest.mark.parametrize(
    ("verb", "start"),
    [("approve", "hidden"), ("approve", "returned"), ("restore", "pending"), ("keep", "hidden"), ("hide", "pending"),
     ("return", "published"), ("approve", "removed"), ("remove", "removed"), ("keep", "published")],
)  # fmt: skip
def test_a_move_that_does_not_fit_the_state_changes_nothing(app: Flask, visitor: Any, verb: str, start: str) -> None:
    topic = make.topic(state=start)
    before = decisions(topic)
    assert visitor.submit(f"/moderation/{topic.id}/{verb}", {"reason": "spam", "words": "x"}).status_code == 303
    assert (state(topic), decisions(topic)) == (start, before)


def test_two_moderators_at_once_make_one_decision(app: Flask) -> None:
    topics = [make.topic(state="pending") for _ in range(4)]
    judges = [make.moderator().id for _ in range(4)]
    db.session.commit()
    start, won, failed = threading.Barrier(4), [], []

    def judge(place: int, moderator_id: int) -> None:
        with app.app_context():
            start.wait()
            for topic_id in [t.id for t in topics][:: 1 if place % 2 else -1]:
                try:
                    with writing():
                        contribution = find_to_decide(topic_id)
                        moderator = db.session.get(Member, moderator_id)
                        assert contribution is not None
                        assert moderator is not None
                        if place % 2:
                            done = commands.approve(contribution, moderator)
                        else:
                            done = commands.remove(contribution, moderator, "Spam.", "spam")
                        if done and place % 2:
                            won.append(topic_id)
                except Exception as error:  # told by the assertion below
                    failed.append(error)
            db.session.remove()

    threads = [threading.Thread(target=judge, args=pair) for pair in enumerate(judges)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert not failed
    assert len(won) == len(set(won))
    for topic in topics:
        made = decisions(topic)
        # Approved and removed one after the other is two decisions; the same one twice is not.
        later, at_once = ("published", "removed", "spam"), ("pending", "removed", "spam")
        assert made in ([("pending", "published", ""), later], [at_once])


def test_two_clicks_at_once_on_the_same_button_make_one_decision(app: Flask, as_member: SignIn) -> None:
    topic, people = make.topic(state="pending"), [make.moderator() for _ in range(4)]
    visitors = [as_member(m) for m in people]
    db.session.commit()
    start, answers = threading.Barrier(4), []

    def click(visitor: Any) -> None:
        with app.app_context():
            start.wait()
            answers.append(visitor.submit(f"/moderation/{topic_id}/approve").status_code)
            db.session.remove()

    topic_id = topic.id
    threads = [threading.Thread(target=click, args=(v,)) for v in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert answers == [303] * 4
    assert decisions(topic) == [("pending", "published", "")]
    assert db.session.scalars(db.select(Member.published_count).where(Member.id == topic.author_id)).one() == 11
