"""The queue as a workplace: its order, claims, edits before approving, several at once, views kept under a name."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.contributions.models import Decision, Revision
from portal.contributions.reports import report
from portal.contributions.screened import Verdict
from portal.db import db
from portal.moderation import claims, commands, filters, queries
from portal.moderation.models import Claim, MemberReport, SavedView
from tests import builders as make

SignIn = Callable[..., Any]


@pytest.fixture
def mara(as_member: SignIn) -> Any:
    return as_member(make.moderator("mara"))


def test_harm_age_and_people_make_the_order_and_it_says_so(app: Flask, mara: Any, clock: Any) -> None:
    now = clock.freeze()
    old = make.topic(title="Waits long", state="pending")
    old.submitted_at = now - make.clock.timedelta(hours=30)
    make.topic(title="Just sent", state="pending")
    threat = make.topic(title="A threat")
    report(threat, make.member(), "abuse")
    report(threat, make.member(), "spam")
    spam = make.topic(title="An advert")
    report(spam, make.member(), "spam")
    names = [i.contribution.title for i in queries.page(1, 10)]
    assert names == ["A threat", "Waits long", "An advert", "Just sent"]
    page = mara.get("/moderation/").text
    assert "waits 0 min · insults or threats +48 h · 2 people +4 h" in page
    assert "waits 30 h" in page
    assert "waits 0 min · advertising +12 h" in page


def test_a_reported_member_is_in_the_same_list(app: Flask, mara: Any, settled: Callable[[], int]) -> None:
    bad, reporter = make.member("badger"), make.member("rita")
    db.session.add(MemberReport(member_id=bad.id, reporter_id=reporter.id, reason="abuse", note="Look at the page"))
    page = mara.get("/moderation/").text
    assert "A member was reported" in page
    assert "Look at the page" in page
    assert "Badger" in mara.get("/moderation/?waits=member").text
    assert mara.submit(f"/moderation/members/{bad.id}/keep").status_code == 303
    assert "Badger" not in mara.get("/moderation/").text
    settled()
    from portal.notifications.models import Notification

    assert [n.verb for n in db.session.scalars(select(Notification))] == ["report_kept"]


def test_what_the_rules_saw_is_shown_with_its_evidence(app: Flask, mara: Any) -> None:
    topic = make.topic(state="pending")
    found = [{"rule": "links", "outcome": "hold", "reason": "Many links.", "evidence": ["a.example", "<b>"]}]
    db.session.add(Verdict(contribution_id=topic.id, outcome="hold", rule="links", found=found, spam_score=0.87))
    for address in ("/moderation/", f"/moderation/{topic.id}"):
        page = mara.get(address).text
        assert "What the rules saw" in page
        assert "a.example, &lt;b&gt;" in page
        assert "0.87" in page


def test_the_conversation_the_history_and_the_difference_stand_beside_it(app: Flask, mara: Any) -> None:
    author, topic = make.member("nora"), make.topic()
    make.reply(topic, text="Said just before.")
    make.topic(author, title="Something else of mine")
    reply = make.reply(topic, author, text="The first version.", state="pending")
    commands.return_to_author(reply, make.moderator(), "Say more.")
    from portal.contributions.writing import edit

    edit(reply, author, source="The second version.")
    from portal.contributions import lifecycle

    lifecycle._move(reply, "pending", author)
    page = mara.get(f"/moderation/{reply.id}").text
    assert "Said just before." in page
    assert "Something else of mine" in page
    assert "What is different from the earlier version" in page
    assert "<del>first" in page
    assert "<ins>second" in page


def test_opening_claims_for_minutes_and_others_see_it(app: Flask, mara: Any, as_member: SignIn, clock: Any) -> None:
    clock.freeze()
    topic, other = make.topic(title="Taken", state="pending"), make.topic(state="pending")
    otto = as_member(make.moderator("otto"))
    mara.get(f"/moderation/{topic.id}")
    assert "Mara" in otto.get("/moderation/").text
    assert "has this open" in otto.get(f"/moderation/{topic.id}").text
    assert "has this open" not in mara.get("/moderation/").text
    # A colleague's is not offered next.
    assert otto.submit(f"/moderation/{other.id}/approve").location == "/moderation/"
    clock.advance(minutes=5, seconds=1)
    assert "has this open" not in otto.get("/moderation/").text
    otto.get(f"/moderation/{topic.id}")
    assert "Otto" in mara.get(f"/moderation/{topic.id}").text
    mara.submit(f"/moderation/{topic.id}/approve")
    assert db.session.scalars(select(Claim.contribution_id)).all() == []


def test_a_claim_of_somebody_else_is_not_taken(app: Flask) -> None:
    topic, one, two = make.topic(state="pending"), make.moderator(), make.moderator()
    assert claims.claim(topic.id, one.id)
    assert not claims.claim(topic.id, two.id)
    assert claims.claim(topic.id, one.id)


def test_editing_and_approving_is_one_step_and_shown_as_the_moderators(app: Flask, mara: Any) -> None:
    topic = make.topic(text="Teh question, plaese?", state="pending")
    seen = queries.fingerprint(queries.find_to_decide(topic.id) or topic)
    typed = {"title": topic.title, "source": "The question, please?", "seen": seen}
    assert mara.submit(f"/moderation/{topic.id}/approve-with-changes", typed | {"source": " "}).status_code == 422
    assert mara.submit(f"/moderation/{topic.id}/approve-with-changes", typed | {"seen": "0"}).status_code == 303
    assert topic.state == "pending"
    mara.submit(f"/moderation/{topic.id}/approve-with-changes", typed)
    assert (topic.state, topic.source) == ("published", "The question, please?")
    revision = db.session.scalars(select(Revision)).one()
    assert revision.source == "Teh question, plaese?"
    assert db.session.scalars(select(Decision.rule).where(Decision.as_moderator)).all() == ["edited"]
    assert "Mara changed some words and approved this" in mara.get(f"/moderation/{topic.id}").text


def test_several_at_once_are_one_step_and_invented_numbers_do_nothing(app: Flask, mara: Any) -> None:
    some = [make.topic(state="pending") for _ in range(3)]
    draft, gone = make.topic(state="draft"), make.topic(state="removed")
    changed = some[2]
    ids = [*(str(t.id) for t in some), str(draft.id), str(gone.id), "999999", "-1", "x", "²", str(10**12)]
    response = mara.submit("/moderation/bulk", {"act": "approve", "ids": ids, f"seen-{changed.id}": "another text"})
    assert response.status_code == 303
    assert [t.state for t in (*some, draft, gone)] == ["published", "published", "pending", "draft", "removed"]
    assert "passed over" in mara.get("/moderation/").text
    approvals = select(Decision).where(Decision.as_moderator, Decision.to_state == "published")
    decisions = db.session.scalars(approvals).all()
    assert len({d.batch for d in decisions}) == 1
    mara.submit(f"/moderation/decisions/{decisions[0].id}/undo")
    assert {t.state for t in some} == {"pending"}
    mara.submit("/moderation/bulk", {"act": "spam", "ids": ids})
    assert [t.state for t in (*some, draft)] == ["removed", "removed", "removed", "draft"]
    assert db.session.scalars(select(Decision.reason).where(Decision.rule == "spam")).first() == (
        f"Hello {some[0].author.display_name}, this is advertising, which has no place here."
    )
    assert mara.submit("/moderation/bulk", {"act": "explode", "ids": ids}).status_code == 400


def test_a_moderators_own_is_passed_over_in_bulk(app: Flask, as_member: SignIn) -> None:
    mo = make.moderator()
    own, other = make.topic(mo, state="pending"), make.topic(state="pending")
    as_member(mo).submit("/moderation/bulk", {"act": "approve", "ids": [str(own.id), str(other.id)]})
    assert (own.state, other.state) == ("pending", "published")


def test_the_spammers_button_takes_all_and_never_the_teams(app: Flask, mara: Any) -> None:
    topic, staff = make.topic(state="pending"), make.topic(make.member(is_employee=True), state="pending")
    more = make.topic(topic.author)
    assert mara.submit(f"/moderation/{topic.id}/spam").status_code == 303
    assert (topic.state, more.state) == ("removed", "removed")
    assert mara.submit(f"/moderation/{staff.id}/spam").status_code == 403
    assert staff.state == "pending"


def test_views_are_ones_own_and_hold_nothing_but_filters(app: Flask, mara: Any, as_member: SignIn) -> None:
    board = make.board()
    hostile = {"kind": "topic", "board": str(board.id), "next": "//evil.example", "x": "1", "name": "<b>Mine</b> &amp;"}
    assert mara.submit("/moderation/views", hostile).status_code == 303
    view = db.session.scalars(select(SavedView)).one()
    assert view.chosen == f"kind=topic&board={board.id}"
    page = mara.get("/moderation/").text
    assert "&lt;b&gt;Mine&lt;/b&gt;" in page
    assert f"/moderation/?kind=topic&amp;board={board.id}" in page
    for nonsense in ({"kind": "' OR 1=1"}, {"board": "1;"}, {"waits": "javascript:"}, {"who": "all"}, {"age": "old"}):
        assert mara.submit("/moderation/views", {"name": "x", **nonsense}).status_code == 404
    view.chosen = "kind=nonsense&next=//evil.example"
    assert "evil" not in mara.get("/moderation/").text
    assert filters.arguments_of(view) == {}
    as_member(make.moderator()).submit(f"/moderation/views/{view.id}/delete")
    assert db.session.get(SavedView, view.id) is not None
    mara.submit(f"/moderation/views/{view.id}/delete")
    assert db.session.query(SavedView).count() == 0


def test_filters_by_age_author_and_pictures(app: Flask, mara: Any, clock: Any) -> None:
    now = clock.freeze()
    make.topic(title="Ancient one", state="pending").submitted_at = now - make.clock.timedelta(hours=25)
    make.topic(make.member(new=True), title="By a newcomer", state="pending")
    assert "By a newcomer" not in mara.get("/moderation/?age=late").text
    assert "Ancient one" in mara.get("/moderation/?age=late").text
    assert "Ancient one" not in mara.get("/moderation/?age=overdue").text
    assert "Ancient one" not in mara.get("/moderation/?who=new").text
    assert "By a newcomer" in mara.get("/moderation/?who=new").text
    assert "By a newcomer" not in mara.get("/moderation/?waits=pictures").text


def test_sorting_moves_and_tags(app: Flask, mara: Any) -> None:
    topic, there = make.topic(state="pending", tags=["oil"]), make.board("Elsewhere")
    mara.submit(f"/moderation/{topic.id}/sort", {"board": str(there.id), "tags": "Chain, new bike"})
    assert topic.board_id == there.id
    assert "new-bike" in mara.get(f"/moderation/{topic.id}").text
    mara.submit(f"/moderation/{topic.id}/sort", {"board": "99999", "tags": "x"})
    assert topic.board_id == there.id


def test_a_waiting_story_is_changed_on_its_own_form_and_approved_in_one_step(app: Flask, mara: Any) -> None:
    story = make.story(title="One car less", state="pending", hard="Teh second car.")
    address = f"/moderation/{story.id}/story"
    page = mara.get(address).text
    assert "Approve with these changes" in page
    assert "Teh second car." in page
    typed = {
        "title": "One car less", "hard": "The second car.", "changed": story.changed, "why": "",
        "seen": queries.fingerprint(queries.find_to_decide(story.id) or story),
    }  # fmt: skip
    assert mara.submit(address, typed | {"title": ""}).status_code == 422
    assert mara.submit(address, typed | {"seen": "0"}).location.endswith(f"/moderation/{story.id}")
    assert (story.state, story.hard) == ("pending", "Teh second car.")
    assert mara.submit(address, typed | {"preview": "1"}).status_code == 200
    assert (story.state, story.hard) == ("pending", "Teh second car.")
    assert mara.submit(address, typed).status_code == 303
    assert (story.state, story.hard) == ("published", "The second car.")
    assert db.session.scalars(select(Decision.rule).where(Decision.as_moderator)).all() == ["edited"]
    assert "Mara changed some words and approved this" in mara.get(f"/moderation/{story.id}").text
    assert mara.get(address).status_code == 303
    assert mara.submit(address, typed | {"hard": "Mine!"}).status_code == 303
    assert story.hard == "The second car."


def test_taking_back_the_approval_of_a_changed_story_keeps_the_change_and_its_trace(app: Flask, mara: Any) -> None:
    story = make.story(state="pending", hard="Teh second car.")
    typed = {"title": story.title, "hard": "The second car.", "changed": story.changed}
    mara.submit(f"/moderation/{story.id}/story", typed)
    last = db.session.scalars(select(Decision.id).order_by(Decision.id.desc())).first()
    mara.submit(f"/moderation/decisions/{last}/undo")
    assert (story.state, story.hard) == ("pending", "The second car.")
    assert "Teh second car." in db.session.scalars(select(Revision.source)).one()
    assert "The second car." in story.html


def test_who_told_a_story_does_not_approve_it_by_changing_it(app: Flask, as_member: Any) -> None:
    moderator = make.moderator("otto")
    story = make.story(moderator, state="pending", hard="Teh second car.")
    typed = {"title": story.title, "hard": "The second car.", "changed": story.changed}
    assert as_member(moderator).submit(f"/moderation/{story.id}/story", typed).status_code == 403
    db.session.expire_all()
    assert (story.state, story.hard) == ("pending", "Teh second car.")
