"""Receipts and one appeal per decision: to another moderator, reversed by a decision or declined with a reason."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.contributions import lifecycle
from portal.contributions.models import Contribution, Decision
from portal.contributions.reports import report
from portal.db import db
from portal.members import measures
from portal.members.models import Suspension
from portal.moderation import appeals, commands
from portal.moderation.items import fingerprint
from portal.moderation.models import Appeal
from portal.notifications.models import Notification
from tests import builders as make

SignIn = Callable[..., Any]
WHY = "I wrote what happened to me, and name no names."


def removed(author: Any = None, by: Any = None, start: str = "pending") -> Contribution:
    topic: Contribution = make.topic(author, text="All that happened to me.", state=start)
    commands.remove(topic, by or make.moderator("selma"), "Hello, this is advertising.", "spam")
    return topic


def test_an_author_reads_the_receipt_keeps_the_text_and_appeals_once(app: Flask, as_member: SignIn) -> None:
    nora = make.member("nora")
    topic = removed(nora)
    visitor = as_member(nora)
    page = visitor.get(f"/c/{topic.id}/receipt").text
    assert "Hello, this is advertising." in page
    assert "All that happened to me." in page
    assert "Appeal" in page
    assert "selma" not in page.lower()
    assert visitor.submit(f"/c/{topic.id}/appeal", {"words": " \u200b"}).status_code == 422
    assert visitor.submit(f"/c/{topic.id}/appeal", {"words": WHY}).status_code == 303
    visitor.submit(f"/c/{topic.id}/appeal", {"words": "Again!"})
    assert [a.words for a in db.session.scalars(select(Appeal))] == [WHY]
    page = visitor.get(f"/c/{topic.id}/receipt").text
    assert "Your appeal waits for another moderator." in page
    assert f"/c/{topic.id}/receipt" in visitor.get("/account/contributions?state=removed").text


def test_nobody_elses_receipt_or_appeal(app: Flask, as_member: SignIn, client: Any) -> None:
    topic = removed()
    for reader in (make.member(), make.moderator()):
        visitor = as_member(reader)
        assert visitor.get(f"/c/{topic.id}/receipt").status_code == 404
        assert visitor.submit(f"/c/{topic.id}/appeal", {"words": WHY}).status_code == 404
    assert client.get(f"/c/{topic.id}/receipt").status_code == 303
    with pytest.raises(appeals.NotAllowed):
        appeals.appeal_decision(topic, make.member(), WHY)
    assert db.session.query(Appeal).count() == 0


def test_it_goes_to_another_moderator_who_finds_it_right(app: Flask, as_member: SignIn, settled: Any) -> None:
    selma, nora, other = make.moderator("selma"), make.member("nora"), make.moderator("otto")
    topic = removed(nora, selma)
    appeals.appeal_decision(topic, nora, WHY)
    number = db.session.scalars(select(Appeal.id)).one()
    own = as_member(selma)
    assert WHY not in own.get("/moderation/appeals").text
    assert own.submit(f"/moderation/appeals/{number}/uphold").status_code == 403
    otto = as_member(other)
    assert WHY in otto.get("/moderation/appeals").text
    otto.submit(f"/moderation/appeals/{number}/uphold", {"words": "Sorry about that."})
    assert topic.state == "published"
    last = db.session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()
    assert (last.from_state, last.to_state, last.rule, last.undoes_id is not None) == (
        "removed", "published", "appeal", True,
    )  # fmt: skip
    otto.submit(f"/moderation/appeals/{number}/decline", {"words": "Or not."})
    assert topic.state == "published"
    settled()
    told = {n.verb: n.note for n in db.session.scalars(select(Notification).where(Notification.member_id == nora.id))}
    assert told["appeal_upheld"] == "Sorry about that."


def test_a_no_needs_a_reason_and_is_a_line_in_the_log(app: Flask, as_member: SignIn, client: Any, settled: Any) -> None:
    nora = make.member("nora")
    topic = removed(nora)
    appeals.appeal_decision(topic, nora, WHY)
    number = db.session.scalars(select(Appeal.id)).one()
    otto = as_member(make.moderator("otto"))
    assert otto.submit(f"/moderation/appeals/{number}/decline", {"words": " "}).status_code == 422
    otto.submit(f"/moderation/appeals/{number}/decline", {"words": "It is advertising all the same."})
    assert topic.state == "removed"
    page = client.get("/moderation/log").text
    assert "an appeal was looked into, the decision stands" in page
    assert "all the same" not in page
    assert "It is advertising all the same." in as_member(nora).get(f"/c/{topic.id}/receipt").text
    assert not appeals.receipt(topic).appeal.upheld  # type: ignore[union-attr]
    settled()
    assert "appeal_declined" in set(db.session.scalars(select(Notification.verb)))


def test_where_there_is_one_moderator_alone_they_look_once_more_and_say_so(app: Flask) -> None:
    selma, nora = make.moderator("selma"), make.member("nora")
    topic = removed(nora, selma)
    appeals.appeal_decision(topic, nora, WHY)
    number = db.session.scalars(select(Appeal.id)).one()
    assert appeals.answer(number, selma, False, "No.")
    assert appeals.SAME in db.session.scalars(select(Appeal.answer)).one()


def test_an_admin_answers_where_only_one_moderates(app: Flask) -> None:
    selma, boss, nora = make.moderator("selma"), make.admin("boss"), make.member("nora")
    topic = removed(nora, selma)
    appeals.appeal_decision(topic, nora, WHY)
    assert appeals.waiting(selma) == []
    assert len(appeals.waiting(boss)) == 1


def test_what_reports_hid_and_what_was_sent_back_can_be_appealed(app: Flask) -> None:
    mobbed, sent_back = make.topic(), make.topic(state="pending")
    for _ in range(3):
        report(mobbed, make.member(), "spam")
    commands.return_to_author(sent_back, make.moderator(), "More.")
    for topic in (mobbed, sent_back):
        assert appeals.appeal_decision(topic, topic.author, WHY)
    for appeal in db.session.scalars(select(Appeal)).all():
        found = appeals.find(appeal.id)
        assert found
        assert found[1]
        appeals.answer(appeal.id, make.moderator(), True, "", fingerprint(found[1]))
    assert (mobbed.state, sent_back.state) == ("published", "published")


def test_what_its_author_took_away_and_what_waits_cannot(app: Flask) -> None:
    own, waits = make.topic(), make.topic(state="pending")
    lifecycle.remove(own, own.author)
    for topic in (own, waits, make.topic()):
        with pytest.raises(appeals.NotAllowed):
            appeals.appeal_decision(topic, topic.author, WHY)


def test_the_suspended_read_take_out_and_appeal(app: Flask, as_member: SignIn) -> None:
    selma, nora = make.moderator("selma"), make.member("nora")
    topic = removed(nora, selma)
    measures.suspend(nora, selma, "Too loud.", 7)
    visitor = as_member(nora)
    measure = db.session.scalars(select(Suspension)).one()
    assert f"/account/measures/{measure.id}/appeal" in visitor.get("/account/").text
    assert visitor.submit(f"/account/measures/{measure.id}/appeal", {"words": ""}).status_code == 422
    assert visitor.submit(f"/account/measures/{measure.id}/appeal", {"words": WHY}).status_code == 303
    assert visitor.submit(f"/c/{topic.id}/appeal", {"words": WHY}).status_code == 303
    assert visitor.get("/account/export").status_code == 200
    assert as_member(make.member()).get(f"/account/measures/{measure.id}/appeal").status_code == 404
    number = db.session.scalars(select(Appeal.id).where(Appeal.suspension_id == measure.id)).one()
    assert as_member(make.moderator("otto")).submit(f"/moderation/appeals/{number}/uphold").status_code == 303
    assert not nora.suspended
    assert nora.may_write


@pytest.mark.parametrize("number", [0, 999999, 10**9])
def test_appeals_that_are_not_there(app: Flask, as_member: SignIn, number: int) -> None:
    mo = as_member(make.moderator())
    for verb in ("uphold", "decline"):
        assert mo.submit(f"/moderation/appeals/{number}/{verb}", {"words": "x"}).status_code == 404
    assert mo.submit(f"/account/measures/{number}/appeal", {"words": "x"}).status_code == 404
