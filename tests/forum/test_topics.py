"""Starting, changing, solving and arranging topics."""

import pytest

from portal import activity, clock
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Acceptance, ComposerDraft, Follow, Product, Revision
from portal.forum import commands
from portal.forum.models import Topic
from tests.builders import board, member, moderator, reply, topic
from tests.finding import at, author_of

TYPED = {"board": "repairs", "format": "question", "title": "Why does it squeak?", "source": "It squeaks when **wet**."}


def only_topic(db):
    return db.session.query(Topic).one()


def test_a_regular_member_starts_a_topic_and_follows_it(db, as_member):
    author, there = member(), board()
    answer = as_member(author).submit("/forum/repairs/new", {**TYPED, "tags": "Brakes, rain"})
    t = only_topic(db)
    assert answer.status_code == 303
    assert answer.location == at(t)
    assert t.state == "published"
    assert "<strong>wet</strong>" in t.html
    db.session.refresh(t, ["tags"])
    assert {tag.name for tag in t.tags} == {"brakes", "rain"}
    assert db.session.get(Follow, (author.id, t.id))
    assert there.topic_count == 1


def test_a_newcomers_topic_waits_and_only_those_concerned_see_it(client, db, as_member):
    board()
    author = as_member(member(new=True))
    answer = author.submit("/forum/new", TYPED)
    t = only_topic(db)
    assert t.state == "pending"
    page = author.get(answer.location).text
    assert "Waiting for a moderator" in page
    assert client.get(at(t)).status_code == 404
    assert as_member(member()).get(at(t)).status_code == 404
    assert as_member(moderator()).get(at(t)).status_code == 200
    assert "squeak" not in client.get("/forum/repairs/").text


def test_sent_twice_it_is_one(db, as_member):
    board()
    visitor = as_member(member())
    answers = [visitor.submit("/forum/new", {**TYPED, "submission_key": "once"}) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert db.session.query(Topic).count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": "   "}, "Please write a title."),
        ({"title": "\u200b\u200d\u2060"}, "Please write a title."),
        ({"title": "x" * 141}, "141 characters"),
        ({"source": ""}, "Please write your text."),
        ({"source": "\u200b \u00ad"}, "Please write your text."),
        ({"source": "x" * 50_001}, "50,001 characters"),
        ({"source": "&nbsp;"}, "nothing would show"),
        ({"board": "nowhere"}, "choose the board"),
        ({"board": ""}, "choose the board"),
        ({"format": "sermon"}, "question or a discussion"),
        ({"tags": "a, b, c, d, e, f"}, "5 tags are possible"),
        ({"product": "77"}, "one of the products"),
        ({"product": "many"}, "product"),
    ],
)
def test_what_cannot_be_posted_comes_back_with_all_that_was_typed(db, as_member, change, sentence):
    board()
    typed = {**TYPED, "tags": "one, two", **change}
    answer = as_member(member()).submit("/forum/new", typed)
    assert answer.status_code == 422
    assert sentence.lower() in answer.text.lower()
    assert db.session.query(Topic).count() == 0
    if "source" not in change:
        assert TYPED["source"] in answer.text
    if "title" not in change:
        assert TYPED["title"] in answer.text


def test_a_second_topic_at_once_is_asked_to_wait_and_kept(db, as_member):
    board()
    visitor = as_member(member())
    visitor.submit("/forum/new", TYPED)
    answer = visitor.submit("/forum/new", {**TYPED, "title": "Another", "source": "Quite another text of mine."})
    assert answer.status_code == 422
    assert "Please wait" in answer.text
    assert "Quite another text of mine." in answer.text
    assert db.session.query(Topic).count() == 1


def test_members_who_may_not_write_are_told_why_and_lose_nothing(db, as_member):
    board()
    for facts in ({"email_confirmed_at": None}, {"suspended_at": clock.now()}):
        answer = as_member(member(**facts)).submit("/forum/new", TYPED)
        assert answer.status_code == 422
        assert "squeaks when **wet**" in answer.text
    assert db.session.query(Topic).count() == 0


@pytest.mark.parametrize(
    "text",
    [
        "שלום עולם, מה שלומכם?",
        "👩‍👩‍👧‍👦 family",
        "a\u0301" * 40,
        "\u202eevil\u202c plain",
        "<script>alert(1)</script> hi",
        "x" * 50_000,
    ],
)
def test_texts_of_every_sort_are_taken(db, as_member, text):
    board()
    answer = as_member(member()).submit("/forum/new", {**TYPED, "title": text[:100], "source": text})
    assert answer.status_code == 303
    t = only_topic(db)
    assert "<script" not in t.html
    assert "\u202e" not in t.title + t.source
    assert as_member(member()).get(answer.location).status_code == 200


def test_a_preview_without_scripts_keeps_the_form_and_a_draft(db, as_member):
    board()
    visitor = as_member(member())
    answer = visitor.submit("/forum/new", {**TYPED, "preview": "1"})
    assert answer.status_code == 200
    assert "<strong>wet</strong>" in answer.text
    assert TYPED["title"] in answer.text
    assert db.session.query(Topic).count() == 0
    again = visitor.get("/forum/new").text
    assert "Restored your draft" in again
    assert TYPED["title"] in again
    visitor.submit("/forum/new", {"discard_draft": "1"})
    assert TYPED["title"] not in visitor.get("/forum/new").text
    visitor.submit("/forum/new", {**TYPED, "preview": "1"})
    visitor.submit("/forum/new", TYPED)
    assert db.session.query(ComposerDraft).count() == 0


def test_opening_the_form_needs_an_account(client, db):
    board()
    answer = client.get("/forum/new")
    assert answer.status_code == 303
    assert "next=/forum/new" in answer.location.replace("%2F", "/")


def test_the_author_edits_everything(db, as_member, clock):
    clock.freeze()
    t = topic(tags=["old"])
    product = Product(name="Tern", slug="tern")
    db.session.add(product)
    clock.advance(hours=1)
    visitor = as_member(author_of(t))
    form = {"title": "A new title", "source": "A new text.", "format": "discussion", "tags": "fresh", "product": "1"}
    assert visitor.get(f"/forum/topics/{t.id}/edit").status_code == 200
    assert visitor.submit(f"/forum/topics/{t.id}/edit", form).location == f"/topics/{t.id}/a-new-title"
    assert (t.title, t.source, t.format, t.product_id) == ("A new title", "A new text.", "discussion", product.id)
    assert db.session.query(Revision).count() == 1
    page = visitor.get(at(t)).text
    assert "edited" in page
    assert "fresh" in page
    assert visitor.submit(f"/forum/topics/{t.id}/edit", {**form, "tags": "other"}).status_code == 303
    assert db.session.query(activity.Activity).filter_by(verb="edited").count() == 2
    assert db.session.query(Revision).count() == 1


def test_an_edit_that_was_overtaken_says_so_once_and_keeps_the_text(db, as_member):
    t = topic()
    form = {"title": "Mine", "source": "My words.", "format": "question", "seen": "0123456789abcdef"}
    visitor = as_member(author_of(t))
    answer = visitor.submit(f"/forum/topics/{t.id}/edit", form)
    assert answer.status_code == 422
    assert "changed this meanwhile" in answer.text
    assert "My words." in answer.text
    from portal.contributions.forms import version_of

    assert version_of(t) in answer.text


def test_nobody_else_edits(client, db, as_member):
    t = topic(text="As it was.")
    form = {"title": "Stolen", "source": "Stolen.", "format": "question"}
    assert as_member(member()).submit(f"/forum/topics/{t.id}/edit", form).status_code == 403
    assert as_member(member()).get(f"/forum/topics/{t.id}/edit").status_code == 403
    assert client.submit(f"/forum/topics/{t.id}/edit", form).status_code in (303, 401, 200, 403)
    assert t.source == "As it was."


def test_a_solved_question_stays_a_question(db, as_member):
    t = topic()
    commands.accept_reply(reply(t), author_of(t))
    answer = as_member(author_of(t)).submit(
        f"/forum/topics/{t.id}/edit", {"title": t.title, "source": t.source, "format": "discussion"}
    )
    assert answer.status_code == 422
    assert t.format == "question"


def test_a_returned_topic_is_changed_and_sent_again(db, as_member):
    t = topic(member(new=True), state="returned")
    visitor = as_member(author_of(t))
    assert "for the test" in visitor.get(f"/forum/topics/{t.id}/edit").text
    form = {"title": t.title, "source": "Better now, I hope.", "format": "question"}
    visitor.submit(f"/forum/topics/{t.id}/edit", form)
    assert (t.state, t.source) == ("returned", "Better now, I hope.")
    visitor.submit(f"/forum/topics/{t.id}/edit", {**form, "submit_again": "1"})
    assert t.state == "pending"


def test_only_the_asker_accepts(client, db, as_member):
    t = topic()
    r = reply(t)
    for stranger in (member(), moderator(), author_of(r)):
        assert as_member(stranger).submit(f"/c/{r.id}/accept").status_code == 403
    assert client.submit(f"/c/{r.id}/accept").status_code != 200 or r.accepted_count == 0
    assert t.accepted_count == 0
    page = as_member(author_of(t)).get(at(t)).text
    assert "This solved it" in page
    assert "This solved it" not in as_member(member()).get(at(t)).text


def test_accepting_marks_reply_and_topic_once_and_can_be_taken_back(db, as_member):
    t = topic()
    r = reply(t)
    asker = as_member(author_of(t))
    for _ in range(2):
        assert asker.submit(f"/c/{r.id}/accept").location == at(r)
    assert (r.accepted_count, t.accepted_count, t.is_solved) == (1, 1, True)
    assert r.helpfulness >= 1
    assert db.session.query(Acceptance).count() == 1
    assert db.session.query(activity.Activity).filter_by(verb="accepted").count() == 1
    asker.submit(f"/c/{r.id}/accept/withdraw")
    asker.submit(f"/c/{r.id}/accept/withdraw")
    assert (r.accepted_count, t.accepted_count) == (0, 0)
    assert r.helpfulness < 1
    asker.submit(f"/c/{r.id}/accept")
    assert t.accepted_count == 1


def test_several_replies_can_solve_it(db):
    t = topic()
    assert commands.accept_reply(reply(t), author_of(t))
    assert commands.accept_reply(reply(t), author_of(t))
    assert t.accepted_count == 2


def test_a_hidden_reply_no_longer_solves_it(db):
    from portal.contributions import lifecycle

    t, judge = topic(), moderator()
    r = reply(t)
    commands.accept_reply(r, author_of(t))
    lifecycle.hide(r, judge)
    assert t.accepted_count == 0
    commands.withdraw_acceptance(r, author_of(t))
    assert t.accepted_count == 0
    lifecycle.restore(r, judge)
    assert (t.accepted_count, r.accepted_count) == (0, 0)
    commands.accept_reply(r, author_of(t))
    lifecycle.hide(r, judge)
    lifecycle.restore(r, judge)
    assert t.accepted_count == 1


def test_what_cannot_be_accepted(db, as_member):
    t = topic(format="discussion")
    r = reply(t)
    with pytest.raises(NotAllowed):
        commands.accept_reply(r, author_of(t))
    q = topic()
    waiting = reply(q, state="pending")
    assert as_member(author_of(q)).submit(f"/c/{waiting.id}/accept").status_code == 404
    assert as_member(author_of(q)).submit(f"/c/{q.id}/accept").status_code == 404
    below = reply(topic(author_of(q), state="hidden"))
    assert as_member(author_of(q)).submit(f"/c/{below.id}/accept").status_code == 403


def test_moderators_pin_lock_and_move(client, db, as_member):
    t, elsewhere = topic(), board("Elsewhere")
    keeper = as_member(moderator())
    for verb in ("pin", "pin", "lock", "lock"):
        assert keeper.submit(f"/forum/topics/{t.id}/{verb}").status_code == 303
    assert (t.is_pinned, t.is_locked) == (True, True)
    assert "takes no more replies" in as_member(member()).get(at(t)).text
    assert keeper.get(f"/forum/topics/{t.id}/move").status_code == 200
    assert keeper.submit(f"/forum/topics/{t.id}/move", {"board": "nowhere"}).status_code == 422
    keeper.submit(f"/forum/topics/{t.id}/move", {"board": "elsewhere"})
    keeper.submit(f"/forum/topics/{t.id}/move", {"board": "elsewhere"})
    assert t.board_id == elsewhere.id
    assert not t.is_pinned
    assert (elsewhere.topic_count, board().topic_count) == (1, 0)
    keeper.submit(f"/forum/topics/{t.id}/unlock")
    keeper.submit(f"/forum/topics/{t.id}/pin")
    keeper.submit(f"/forum/topics/{t.id}/unpin")
    assert (t.is_pinned, t.is_locked) == (False, False)
    verbs = [a.verb for a in db.session.query(activity.Activity).order_by("id") if a.verb not in ("published",)]
    assert verbs == ["pinned", "locked", "moved", "unlocked", "pinned", "unpinned"]


@pytest.mark.parametrize("verb", ["pin", "unpin", "lock", "unlock", "move"])
def test_members_do_not_arrange_topics(client, db, as_member, verb):
    t = topic()
    assert as_member(author_of(t)).submit(f"/forum/topics/{t.id}/{verb}", {"board": "repairs"}).status_code == 403
    assert not t.is_pinned
    assert not t.is_locked


def test_a_removed_topic_is_gone_and_a_hidden_one_not_found(client, db, as_member):
    gone, hidden, draft = topic(state="removed"), topic(state="hidden"), topic(state="draft")
    assert client.get(at(gone)).status_code == 410
    assert client.get(f"/topics/{gone.id}").status_code == 410
    assert client.get(at(hidden)).status_code == 404
    assert client.get(f"/topics/{hidden.id}/guessed").status_code == 404
    assert as_member(author_of(hidden)).get(at(hidden)).status_code == 200
    assert as_member(moderator()).get(at(draft)).status_code == 404
