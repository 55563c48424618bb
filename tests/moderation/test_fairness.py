"""Nobody clears their own; what was taken back stays away; an appeal changes what it is about and nothing else."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.contributions import consents, lifecycle
from portal.contributions.models import Consent, Contribution, Decision
from portal.db import db
from portal.members import measures
from portal.members.models import Suspension
from portal.members.standing import Refused, name_for_board
from portal.moderation import appeals, commands, undo
from portal.moderation.models import Appeal
from tests import builders as make

SignIn = Callable[..., Any]


def state(contribution: Contribution) -> str:
    db.session.expire_all()
    return db.session.scalars(select(Contribution.state).where(Contribution.id == contribution.id)).one()


def newest_appeal() -> Appeal:
    db.session.expire_all()
    return db.session.scalars(select(Appeal).order_by(Appeal.id.desc())).first()  # type: ignore[return-value]


@pytest.mark.parametrize("role", ["helper", "moderator", "site"])
@pytest.mark.parametrize("start", ["hidden", "pending"])
def test_nobody_sends_back_to_themselves_what_another_decided(
    app: Flask, as_member: SignIn, role: str, start: str
) -> None:
    boss = make.admin("boss")
    me = make.moderator("me") if role == "site" else make.member("me")
    topic = make.topic(me, text="Buy my stuff.", state="published" if start == "hidden" else start)
    if role != "site":
        name_for_board(me, topic.board_id, role, boss)
    if start == "hidden":
        commands.hide(topic, boss, "This is advertising.")
    mine = as_member(me)
    assert mine.submit(f"/moderation/{topic.id}/return", {"reason": "other", "words": "Mine."}).status_code == 403
    mine.submit(f"/c/{topic.id}/submit")
    assert state(topic) == start


def test_a_silenced_admin_does_not_clear_their_own(app: Flask) -> None:
    one, other = make.admin(), make.admin()
    topic = make.topic(one, state="pending")
    measures.silence(one, other, "Too loud.", 7)
    with pytest.raises(lifecycle.NotAllowed):
        commands.approve(topic, one)


@pytest.mark.parametrize("purpose", ["site", "people_shown", "guardian"])
@pytest.mark.parametrize("kind", ["photo", "story"])
def test_what_was_taken_back_does_not_return_by_an_appeal(app: Flask, kind: str, purpose: str) -> None:
    nora, selma, otto = make.member("nora"), make.moderator("selma"), make.moderator("otto")
    shown = getattr(make, kind)(nora)
    consents.record_choices(shown, consents.Choices(("site", "people_shown", "guardian")))
    commands.remove(shown, selma, "No.", "other")
    appeals.appeal_decision(shown, nora, "Please.")
    given = db.session.scalars(select(Consent).where(Consent.purpose == purpose)).one()
    decision = db.session.scalars(select(Decision).where(Decision.to_state == "removed")).one()
    assert consents.revoke(given, nora)
    appeal = newest_appeal()
    assert appeal.decided_at is not None
    assert appeals.waiting(otto) == []
    assert not appeals.answer(appeal.id, otto, True, "Sorry.")
    with pytest.raises(lifecycle.NotAllowed, match="took .* back"):
        lifecycle.overrule(shown, decision, otto)
    with pytest.raises(lifecycle.NotAllowed, match="took .* back"):
        undo.undo(decision.id, selma)
    assert state(shown) == "removed"


def test_what_waited_when_it_was_removed_does_not_come_back_to_the_queue_without_its_consent(app: Flask) -> None:
    nora, selma = make.member("nora"), make.moderator("selma")
    photo = make.photo(nora, state="pending")
    consents.record_choices(photo)
    commands.remove(photo, selma, "No.", "other")
    decision = db.session.scalars(select(Decision).where(Decision.to_state == "removed")).one()
    consents.revoke(db.session.scalars(select(Consent).where(Consent.purpose == "site")).one(), nora)
    with pytest.raises(lifecycle.NotAllowed):
        undo.undo(decision.id, selma)
    assert state(photo) == "removed"


def test_a_consent_that_was_given_anew_stands(app: Flask) -> None:
    nora, selma = make.member("nora"), make.moderator("selma")
    photo = make.photo(nora)
    consents.record_choices(photo)
    commands.remove(photo, selma, "No.", "other")
    decision = db.session.scalars(select(Decision).where(Decision.to_state == "removed")).one()
    consents.revoke(db.session.scalars(select(Consent).where(Consent.purpose == "site")).one(), nora)
    consents.record_choices(photo, consents.Choices(("site", "people_shown")))
    assert undo.undo(decision.id, selma) == 1
    assert state(photo) == "published"


def test_what_an_erased_author_wrote_does_not_return(app: Flask) -> None:
    from portal.profile.commands import erase_member

    nora, selma, otto = make.member("nora"), make.moderator("selma"), make.moderator("otto")
    topic = make.topic(nora)
    commands.remove(topic, selma, "No.", "other")
    decision = db.session.scalars(select(Decision).where(Decision.to_state == "removed")).one()
    erase_member(nora, keep_contributions=True)
    for take_back in (lambda: undo.undo(decision.id, selma), lambda: lifecycle.overrule(topic, decision, otto)):
        with pytest.raises(lifecycle.NotAllowed, match="erased"):
            take_back()
    assert state(topic) == "removed"


def seen_on(page: str, appeal: int) -> str:
    form = page[page.index(f"/moderation/appeals/{appeal}/uphold") :]
    found = re.search(r'name="seen" value="(\w+)"', form)
    assert found
    return found[1]


def sent_back_and_appealed(nora: Any) -> Any:
    topic = make.topic(nora, title="A fair question", text="A fair text about brakes.", state="pending", tags=["a"])
    commands.return_to_author(topic, make.moderator("selma"), "Say more.")
    appeals.appeal_decision(topic, nora, "It says enough.")
    return topic


def test_a_text_that_was_changed_while_its_appeal_was_read_waits_as_from_then(
    app: Flask, as_member: SignIn, clock: Any
) -> None:
    from portal.forum.commands import edit_topic

    nora, otto = make.member("nora", new=True), make.moderator("otto")
    topic, reader = sent_back_and_appealed(nora), as_member(otto)
    appeal = newest_appeal().id
    seen = seen_on(reader.get("/moderation/appeals").text, appeal)
    db.session.refresh(topic, ["tags"])
    edit_topic(topic, nora, title="BUY PILLS", source="http://spam.example", format=topic.format, tags=["a"])
    now = clock.advance(hours=2)
    answer = reader.submit(f"/moderation/appeals/{appeal}/uphold", {"words": "Sorry.", "seen": seen})
    assert "waits" in reader.get(answer.location).text
    assert state(topic) == "pending"
    assert "BUY PILLS" in reader.get("/moderation/").text
    assert topic.submitted_at == now
    last = db.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert (last.from_state, last.to_state, last.rule) == ("returned", "pending", "appeal")  # type: ignore[union-attr]


def test_a_text_that_is_as_it_was_read_is_published(app: Flask, as_member: SignIn) -> None:
    nora, otto = make.member("nora", new=True), make.moderator("otto")
    topic, reader = sent_back_and_appealed(nora), as_member(otto)
    appeal = newest_appeal().id
    seen = seen_on(reader.get("/moderation/appeals").text, appeal)
    reader.submit(f"/moderation/appeals/{appeal}/uphold", {"words": "Sorry.", "seen": seen})
    assert state(topic) == "published"


@pytest.mark.parametrize("seen", ["", "0" * 24, "x'--"])
def test_who_does_not_say_what_they_read_publishes_nothing(app: Flask, as_member: SignIn, seen: str) -> None:
    topic = sent_back_and_appealed(make.member("nora", new=True))
    as_member(make.moderator()).submit(f"/moderation/appeals/{newest_appeal().id}/uphold", {"words": "", "seen": seen})
    assert state(topic) == "pending"


@pytest.mark.parametrize("verb", ["uphold", "decline"])
def test_an_old_appeal_lifts_no_newer_measure(app: Flask, as_member: SignIn, verb: str) -> None:
    nora, selma, otto = make.member("nora"), make.moderator("selma"), make.moderator("otto")
    measures.suspend(nora, selma, "Rude.", 7)
    appeals.appeal_measure(db.session.scalars(select(Suspension)).one(), nora, "I was not.")
    assert len(appeals.waiting(otto)) == 1
    measures.reinstate(nora, selma)
    measures.suspend(nora, selma, "Threatened somebody.", 0)
    assert appeals.waiting(otto) == []
    reader = as_member(otto)
    answer = reader.submit(f"/moderation/appeals/{newest_appeal().id}/{verb}", {"words": "It was too hard."})
    assert "not in force any more" in reader.get(answer.location).text
    db.session.expire_all()
    assert nora.suspended
    assert newest_appeal().answer == "It was too hard."
    assert newest_appeal().upheld == (verb == "uphold")


def test_a_silence_that_ran_out_is_closed_by_the_next(app: Flask, clock: Any) -> None:
    nora, selma, otto = make.member("nora"), make.moderator("selma"), make.moderator("otto")
    clock.freeze()
    measures.silence(nora, selma, "Rude.", 1)
    appeals.appeal_measure(db.session.scalars(select(Suspension)).one(), nora, "I was not.")
    clock.advance(days=2)
    assert measures.silence(nora, selma, "Rude again.", 7)
    appeals.answer(newest_appeal().id, otto, True, "The first was too much.")
    assert nora.silenced


@pytest.mark.parametrize("verb", ["uphold", "decline"])
def test_an_old_appeal_lifts_no_newer_hide(app: Flask, as_member: SignIn, verb: str) -> None:
    nora, selma, otto = make.member("nora"), make.moderator("selma"), make.moderator("otto")
    topic = make.topic(nora)
    commands.hide(topic, selma, "First.")
    appeals.appeal_decision(topic, nora, "No.")
    commands.restore(topic, selma)
    commands.hide(topic, selma, "Second.")
    decided = db.session.scalar(select(func.count(Decision.id)))
    assert appeals.waiting(otto) == []
    reader = as_member(otto)
    answer = reader.submit(f"/moderation/appeals/{newest_appeal().id}/{verb}", {"words": "As you say."})
    assert "not in force any more" in reader.get(answer.location).text
    assert state(topic) == "hidden"
    assert db.session.scalar(select(func.count(Decision.id))) == decided


def test_the_team_is_silenced_like_everybody(app: Flask) -> None:
    from portal.forum.commands import edit_topic

    boss = make.admin("boss")
    for facts in ({"is_employee": True}, {"is_moderator": True}, {"is_admin": True}):
        one = make.member(**facts)
        public = make.topic(one, tags=["a"])
        measures.silence(one, boss, "Wait.", 7)
        topic = make.topic(one, state="draft")
        lifecycle.submit(topic)
        assert topic.state == "pending"
        edit_topic(public, one, title="Another", source="Another text.", format=public.format, tags=["a"])
        assert public.state == "hidden"


@pytest.mark.parametrize("measure", ["silence", "suspend"])
def test_nobody_ends_their_own_and_a_moderator_none_of_the_team(app: Flask, as_member: SignIn, measure: str) -> None:
    boss, other, mod, helper = make.admin("boss"), make.admin(), make.moderator("mod"), make.moderator("helper")
    end = {"silence": measures.end_silence, "suspend": measures.reinstate}[measure]
    for one in (mod, other):
        getattr(measures, measure)(one, boss, "Wait.", 7)
        for by in (one, helper):
            with pytest.raises((Refused, lifecycle.NotAllowed)):
                end(one, by)
            assert as_member(by).submit(f"/moderation/members/{one.id}/end", {"measure": measure}).status_code != 500
            db.session.expire_all()
            assert one.suspended or one.silenced
        assert end(one, boss)


def test_an_appeal_of_one_of_the_team_is_answered_by_an_admin(app: Flask, as_member: SignIn) -> None:
    boss, mod, otto = make.admin("boss"), make.moderator("mod"), make.moderator("otto")
    measures.suspend(mod, boss, "Wait.", 7)
    appeals.appeal_measure(db.session.scalars(select(Suspension)).one(), mod, "Why?")
    assert appeals.waiting(otto) == []
    with pytest.raises(lifecycle.NotAllowed):
        appeals.answer(newest_appeal().id, otto, True, "Why indeed.")
    assert len(appeals.waiting(boss)) == 1  # no other admin is there who could
    assert appeals.answer(newest_appeal().id, boss, True, "")
    assert not mod.suspended
