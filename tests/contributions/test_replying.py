"""Replying: what is taken, what is refused with everything typed kept, and what two at once do."""

import threading

import pytest
from markupsafe import escape
from sqlalchemy.orm import joinedload

from portal import clock as time
from portal.contributions import lifecycle
from portal.contributions.models import ComposerDraft, Contribution, Follow, Reply
from portal.contributions.replying import post_reply
from portal.forum import commands
from portal.forum.models import Topic
from portal.members.models import Member
from tests.builders import article, member, moderator, photo, reply, story, topic
from tests.finding import at, author_of
from tests.queries import heard


def replies(db):
    return db.session.query(Reply).all()


@pytest.mark.parametrize("build", [topic, article, story, photo])
def test_every_kind_takes_replies_on_its_page(db, as_member, build):
    parent = build()
    visitor = as_member(member())
    page = visitor.get(at(parent)).text
    assert 'id="reply-form"' in page
    answer = visitor.submit(f"/c/{parent.id}/reply", {"source": "So **good**."})
    (made,) = replies(db)
    assert answer.status_code == 303
    assert answer.location == at(made) == f"{at(parent)}#reply-{made.id}"
    assert "<strong>good</strong>" in visitor.get(answer.location).text
    assert db.session.get(Follow, (made.author_id, parent.id))


def test_a_newcomers_reply_waits_and_its_author_is_led_to_it(client, db, as_member):
    t = topic()
    for _ in range(25):
        reply(t)
    visitor = as_member(member(new=True))
    answer = visitor.submit(f"/c/{t.id}/reply", {"source": "My very first words."})
    assert "page=2#reply-" in answer.location
    page = visitor.get(answer.location).text
    assert "My very first words." in page
    assert "Waiting for a moderator" in page
    assert "My very first" not in client.get(f"{at(t)}?page=2").text


def test_a_reply_is_written_in_few_statements_and_nothing_is_asked_for_that_is_known(db, as_member):
    t = topic()
    reply(t)
    as_member(member()).submit(f"/c/{t.id}/reply", {"source": "The first one fills what is remembered."})
    visitor = as_member(member())
    with heard(db.engine) as said:
        visitor.submit(f"/c/{t.id}/reply", {"source": "A second one.", "submission_key": "k"})
    (made,) = (r for r in replies(db) if r.source == "A second one.")
    assert (made.position, made.state, made.submitted_at) == (3, "published", made.published_at)
    asked = [s.sql for s in said.statements if "FOR NO KEY UPDATE" not in s.sql]
    assert sum(sql.startswith("INSERT INTO errand") for sql in asked) == 1, "all that is owed, at once"
    assert not [sql for sql in asked if sql.startswith(("SELECT picture.", "UPDATE picture "))], "it shows none"
    assert len(asked) <= 22, str(said)


def test_how_often_something_was_read_before_a_reply_came_is_kept_for_ever(db):
    t, mara = topic(), moderator()
    t.view_count = 7
    made = post_reply(t, member(), source="Loosen it first.")
    assert (made.views_before, t.reply_count) == (7, 1)
    t.view_count = 20
    lifecycle.hide(made, mara)
    lifecycle.restore(made, mara)
    assert (made.views_before, t.reply_count) == (7, 1)


def test_sent_twice_it_is_one(db, as_member):
    t, visitor = topic(), as_member(member())
    answers = [visitor.submit(f"/c/{t.id}/reply", {"source": "Once.", "submission_key": "k"}) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert len(replies(db)) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Please write your reply."), (" \u200b\n", "Please write your reply."), ("&nbsp;", "nothing would show"),
     ("long " * 10_001, "characters")],
)  # fmt: skip
def test_what_cannot_be_posted_is_kept(db, as_member, typed, sentence):
    t = topic()
    answer = as_member(member()).submit(f"/c/{t.id}/reply", {"source": typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert escape(typed[:2000].strip()) in answer.text
    assert not replies(db)


def test_too_quick_a_second_reply_is_kept(db, as_member):
    t, visitor = topic(), as_member(member())
    visitor.submit(f"/c/{t.id}/reply", {"source": "First of all."})
    answer = visitor.submit(f"/c/{t.id}/reply", {"source": "And another thing, at once."})
    assert answer.status_code == 422
    assert "Please wait" in answer.text
    assert "And another thing, at once." in answer.text


def test_a_topic_locked_meanwhile_keeps_the_text(db, as_member):
    t, visitor = topic(), as_member(member())
    commands.lock(t, moderator())
    answer = visitor.submit(f"/c/{t.id}/reply", {"source": "I took an hour to write this."})
    assert answer.status_code == 422
    assert "closed meanwhile" in answer.text
    assert "I took an hour to write this." in answer.text


@pytest.mark.parametrize(("state", "status"), [("hidden", 404), ("pending", 404), ("draft", 404), ("removed", 410)])
def test_no_reply_to_what_is_not_shown(client, db, as_member, state, status):
    t = topic(state=state)
    answer = as_member(member()).submit(f"/c/{t.id}/reply", {"source": "Hello?"})
    assert answer.status_code == status
    assert as_member(member()).get(f"/c/{t.id}").status_code == status
    assert not replies(db)
    if state != "removed":
        own = as_member(author_of(t)).submit(f"/c/{t.id}/reply", {"source": "Hello, me?"})
        assert own.status_code == 422
        assert "Hello, me?" in own.text


def test_a_reply_below_something_hidden_is_found_by_nobody_else(client, db, as_member):
    below = reply(topic(state="hidden"))
    other = as_member(member())
    for path in (f"/c/{below.id}", f"/c/{below.id}/report", f"/c/{below.id}/history", f"/c/{below.id}/edit"):
        assert other.get(path).status_code == 404
    for path in ("thanks", "follow", "unfollow", "remove", "withdraw", "submit", "accept"):
        assert other.submit(f"/c/{below.id}/{path}").status_code == 404
    gone = reply(topic(state="removed"))
    assert client.get(f"/c/{gone.id}").status_code == 410


def test_a_reply_to_a_reply_goes_to_what_it_replies_to(as_member, db):
    r = reply(topic())
    assert as_member(member()).get(f"/c/{r.id}/reply").location == f"/c/{r.parent_id}/reply"


def test_those_who_may_not_write_are_told_why(client, db, as_member):
    t = topic()
    assert "Sign in" in client.get(at(t)).text
    unconfirmed = as_member(member(email_confirmed_at=None))
    assert "Confirm your e-mail" in unconfirmed.get(at(t)).text
    assert unconfirmed.submit(f"/c/{t.id}/reply", {"source": "Hi there."}).status_code == 422
    suspended = as_member(member(suspended_at=time.now()))
    assert "suspended" in suspended.get(at(t)).text
    assert "Hi there." in suspended.submit(f"/c/{t.id}/reply", {"source": "Hi there."}).text
    assert not replies(db)


def test_quoting_works_without_scripts(db, as_member):
    t = topic()
    r = reply(t, text="Turn it *left*.\n\n> older words\n\nThen right.")
    hidden = reply(t, text="Secret words.", state="hidden")
    visitor = as_member(member())
    assert f"quote={r.id}#reply-form" in visitor.get(at(t)).text
    page = visitor.get(f"{at(t)}?quote={r.id}").text
    assert f"@{author_of(r).username} wrote:\n\n&gt; Turn it *left*." in page
    assert "&gt; older words" not in page
    for nonsense in (hidden.id, 99999, "x", "", "9" * 40):
        answer = visitor.get(f"{at(t)}?quote={nonsense}")
        assert answer.status_code == 200
        assert "wrote:" not in answer.text
        assert "Secret" not in answer.text


def test_a_draft_comes_back_and_goes_when_it_is_posted(db, as_member):
    t, visitor = topic(), as_member(member())
    answer = visitor.submit(f"/c/{t.id}/reply", {"source": "Half a **thought**", "preview": "1"})
    assert answer.status_code == 200
    assert "<strong>thought</strong>" in answer.text
    assert "Half a **thought**" in visitor.get(at(t)).text
    assert "Half a **thought**" in visitor.get(f"/c/{t.id}/reply").text
    assert "Half a **thought**" not in as_member(member()).get(at(t)).text
    visitor.submit(f"/c/{t.id}/reply", {"source": "A whole thought."})
    assert db.session.query(ComposerDraft).count() == 0


def test_a_discarded_draft_is_gone(db, as_member):
    t, visitor = topic(), as_member(member())
    visitor.submit(f"/c/{t.id}/reply", {"source": "Not this.", "preview": "1"})
    visitor.submit(f"/c/{t.id}/reply", {"source": "Not this.", "discard_draft": "1"})
    assert "Not this." not in visitor.get(at(t)).text
    assert not replies(db)


def test_a_stale_form_loses_nothing(db, as_member):
    t = topic()
    answer = as_member(member()).post(f"/c/{t.id}/reply", data={"source": "An hour's work.", "csrf_token": "old"})
    assert answer.status_code == 400
    assert "An hour&#39;s work." in answer.text
    assert not replies(db)


def test_a_picture_in_the_text_becomes_the_replys_own(db, as_member):
    from portal.media.models import Picture

    author, other = member(), member()
    facts = {
        "width": 10,
        "height": 10,
        "bytes": 1,
        "media_type": "image/png",
        "sha256": "0" * 64,
        "difference_hash": "0" * 16,
    }
    own, foreign = Picture(owner_id=author.id, **facts), Picture(owner_id=other.id, **facts)
    db.session.add_all([own, foreign])
    db.session.flush()
    text = f"Look: ![my bike](picture:{own.token}) and ![theirs](picture:{foreign.token})"
    as_member(author).submit(f"/c/{topic().id}/reply", {"source": text})
    (made,) = replies(db)
    assert (own.contribution_id, own.in_text, own.alt) == (made.id, True, "my bike")
    assert foreign.contribution_id is None


def together(app, *jobs):
    """Run each in a thread and a context of its own, all starting at the same instant; returns what each returned."""
    from portal.db import db, will_write

    start, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(n, job):
        with app.test_request_context():
            start.wait()
            will_write()
            try:
                results[n] = job()
                db.session.commit()
            except Exception as error:  # noqa: BLE001
                results[n] = error
                db.session.rollback()
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(n, job)) for n, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_the_same_form_sent_twice_at_once_makes_one_reply(app, db):
    t, author = topic(), member()
    db.session.commit()

    def send():
        who = db.session.get(Member, author.id)
        parent = db.session.get(Topic, t.id)
        return post_reply(parent, who, source="Twice at once.", submission_key="same").id

    numbers = [author.id, t.id]
    found = together(app, *[send] * 4)
    db.session.expire_all()
    assert len(set(found)) == 1, (found, numbers)
    assert len(replies(db)) == 1
    assert t.reply_count == 1


def test_replies_at_once_get_different_numbers(app, db):
    t = topic()
    authors = [member().id for _ in range(4)]
    number = t.id
    db.session.commit()

    def write(author_id):
        return lambda: (
            post_reply(
                db.session.get(Topic, number), db.session.get(Member, author_id), source=f"I am number {author_id}."
            ).position
        )

    assert sorted(together(app, *[write(a) for a in authors])) == [1, 2, 3, 4]


def test_two_accepts_at_once_make_one(app, db):
    t = topic()
    r = reply(t)
    asker_id, reply_id = t.author_id, r.id
    db.session.commit()

    def accept():
        found = db.session.query(Contribution).options(joinedload(Contribution.parent)).filter_by(id=reply_id).one()
        return commands.accept_reply(found, db.session.get(Member, asker_id))

    assert sorted(together(app, accept, accept, accept)) == [False, False, True]
    db.session.expire_all()
    assert (t.accepted_count, r.accepted_count) == (1, 1)
