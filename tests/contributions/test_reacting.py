"""Thanks, reports, following, editing, removing: by whom, once, and never by looking."""

import pytest

from portal.activity import Activity
from portal.contributions import lifecycle
from portal.contributions.models import Decision, Follow, Report, Revision, Thanks
from tests.builders import article, member, moderator, reply, topic
from tests.finding import at, author_of


def test_thanks_are_given_once_and_taken_back(db, as_member):
    r = reply(topic())
    visitor = as_member(member())
    for _ in range(2):
        assert visitor.submit(f"/c/{r.id}/thanks").location == at(r)
    assert (r.thanks_count, db.session.query(Thanks).count()) == (1, 1)
    assert "Thanked" in visitor.get(at(r)).text
    for _ in range(2):
        visitor.submit(f"/c/{r.id}/thanks/withdraw")
    assert r.thanks_count == 0
    assert "This helped me" in visitor.get(at(r)).text
    assert as_member(author_of(r)).submit(f"/c/{r.id}/thanks").status_code == 403


def test_looking_changes_nothing(db, as_member):
    t = topic()
    r = reply(t)
    visitor = as_member(author_of(t))
    for verb in ("thanks", "thanks/withdraw", "follow", "unfollow", "submit", "withdraw", "accept", "accept/withdraw"):
        assert visitor.get(f"/c/{r.id}/{verb}").status_code == 405
    for verb in ("pin", "lock"):
        assert as_member(moderator()).get(f"/forum/topics/{t.id}/{verb}").status_code == 405
    for path in ("remove", "report"):
        as_member(author_of(r)).get(f"/c/{r.id}/{path}")
    assert db.session.query(Thanks).count() == 0
    assert r.is_published
    assert r.accepted_count == 0


def test_a_request_without_its_token_changes_nothing(db, as_member):
    t = topic()
    r = reply(t)
    visitor = as_member(author_of(t))
    for path in (f"/c/{r.id}/thanks", f"/c/{r.id}/accept", f"/c/{t.id}/remove", f"/c/{t.id}/follow"):
        assert visitor.post(path, data={"sure": "1"}).status_code == 400
    assert db.session.query(Thanks).count() == 0
    assert t.is_published


def test_the_way_back_stays_on_this_site(db, as_member):
    r = reply(topic())
    visitor = as_member(member())
    assert visitor.submit(f"/c/{r.id}/thanks", {"next": "https://evil.example"}).location == at(r)
    assert visitor.submit(f"/c/{r.id}/thanks", {"next": "//evil.example"}).location == at(r)
    assert visitor.submit(f"/c/{r.id}/thanks", {"next": "/forum/"}).location == "/forum/"


def test_following_and_not(db, as_member):
    t, who = topic(), member()
    visitor = as_member(who)
    visitor.submit(f"/c/{t.id}/follow")
    visitor.submit(f"/c/{t.id}/follow")
    assert db.session.get(Follow, (who.id, t.id))
    assert "stop following" in visitor.get(at(t)).text
    visitor.submit(f"/c/{t.id}/unfollow")
    assert db.session.query(Follow).count() == 0


def test_a_report_is_made_once_with_its_reason(db, as_member):
    r = reply(topic())
    visitor = as_member(member())
    assert "Say what is wrong" in visitor.get(f"/c/{r.id}/report").text
    answer = visitor.submit(f"/c/{r.id}/report", {"note": "It \u202etwists."})
    assert answer.status_code == 422
    assert "twists." in answer.text
    assert visitor.submit(f"/c/{r.id}/report", {"reason": "taste"}).status_code == 422
    for _ in range(2):
        assert visitor.submit(f"/c/{r.id}/report", {"reason": "spam", "note": "Look."}).location == at(r)
    assert db.session.query(Report).count() == 1
    assert as_member(author_of(r)).get(f"/c/{r.id}/report").status_code == 403


def test_enough_reports_hide_it_and_lead_elsewhere(db, as_member):
    t = topic()
    r = reply(t)
    answers = [as_member(member()).submit(f"/c/{r.id}/report", {"reason": "abuse"}) for _ in range(3)]
    assert r.state == "hidden"
    assert answers[2].location == at(t)


def test_an_edit_keeps_what_was_there_and_shows_the_difference(client, db, as_member, clock):
    clock.freeze()
    r = reply(topic(), text="The saddle is blue.\nKeep this line.")
    visitor = as_member(author_of(r))
    visitor.submit(f"/c/{r.id}/edit", {"source": "The saddle is bleu.\nKeep this line."})
    assert db.session.query(Revision).count() == 0
    clock.advance(minutes=30)
    assert visitor.get(f"/c/{r.id}/edit").status_code == 200
    answer = visitor.submit(f"/c/{r.id}/edit", {"source": "The saddle is red.\nKeep this line.", "why": "wrong colour"})
    assert answer.location == at(r)
    page = visitor.get(f"/c/{r.id}/history").text
    assert "<del>bleu</del>" in page
    assert "<ins>red</ins>" in page
    assert "wrong colour" in page
    assert as_member(moderator()).get(f"/c/{r.id}/history").status_code == 200
    assert as_member(member()).get(f"/c/{r.id}/history").status_code == 403
    public = client.get(at(r)).text
    assert "edited" in public
    assert "/history" not in public


def test_many_edits_come_in_pages(db, as_member, clock):
    clock.freeze()
    r = reply(topic(), text="Version 0.")
    visitor = as_member(author_of(r))
    for n in range(1, 13):
        clock.advance(hours=1)
        visitor.submit(f"/c/{r.id}/edit", {"source": f"Version {n}."})
    assert db.session.query(Revision).count() == 12
    second = visitor.get(f"/c/{r.id}/history?page=2").text
    assert "<del>1</del><ins>2</ins>" in second
    assert visitor.get(f"/c/{r.id}/history?page=3").status_code == 404


def test_nobody_else_edits_and_a_moderator_leaves_a_trace(client, db, as_member):
    r = reply(topic(), text="As it was.")
    assert as_member(member()).submit(f"/c/{r.id}/edit", {"source": "Stolen."}).status_code == 403
    assert client.submit(f"/c/{r.id}/edit", {"source": "Stolen."}).status_code != 200 or r.source == "As it was."
    assert r.source == "As it was."
    as_member(moderator()).submit(f"/c/{r.id}/edit", {"source": "Without the insult."})
    assert r.source == "Without the insult."
    assert db.session.query(Revision).one().source == "As it was."


@pytest.mark.parametrize("typed", ["", "\u200b", "&nbsp;", "x" * 50_001])
def test_an_edit_that_cannot_be_keeps_what_was_typed(db, as_member, typed):
    r = reply(topic(), text="As it was.")
    answer = as_member(author_of(r)).submit(f"/c/{r.id}/edit", {"source": typed, "why": "because I say so"})
    assert answer.status_code == 422
    assert "because I say so" in answer.text
    assert r.source == "As it was."


def test_an_edit_that_was_overtaken_says_so(db, as_member):
    r = reply(topic())
    visitor = as_member(author_of(r))
    answer = visitor.submit(f"/c/{r.id}/edit", {"source": "Mine.", "seen": "0" * 16})
    assert answer.status_code == 422
    assert "changed this meanwhile" in answer.text
    assert "Mine." in answer.text


def test_other_kinds_are_edited_on_their_own_page(db, as_member):
    t, a = topic(), article()
    assert as_member(author_of(t)).get(f"/c/{t.id}/edit").location == f"/forum/topics/{t.id}/edit"
    assert as_member(author_of(a)).get(f"/c/{a.id}/edit").location == f"/blog/{a.id}/edit"


def test_a_returned_reply_is_changed_and_sent_again(db, as_member):
    r = reply(topic(), member(new=True), state="returned")
    visitor = as_member(author_of(r))
    assert "for the test" in visitor.get(f"/c/{r.id}/edit").text
    visitor.submit(f"/c/{r.id}/edit", {"source": "Friendlier.", "submit_again": "1"})
    assert (r.state, r.source) == ("pending", "Friendlier.")
    visitor.submit(f"/c/{r.id}/withdraw")
    assert r.state == "draft"
    assert "Friendlier." in visitor.get(at(r)).text
    visitor.submit(f"/c/{r.id}/submit")
    assert r.state == "pending"


def test_only_its_author_sends_withdraws_and_removes(db, as_member):
    r = reply(topic(), state="pending")
    for who in (member(), moderator()):
        visitor = as_member(who)
        for verb in ("withdraw", "remove", "submit"):
            assert visitor.submit(f"/c/{r.id}/{verb}", {"sure": "1"}).status_code == (403 if who.moderates else 404)
    assert r.state == "pending"


def test_removing_asks_first_and_is_final(client, db, as_member):
    t = topic()
    r = reply(t, text="Regretted.")
    visitor = as_member(author_of(r))
    assert "Remove this for good?" in visitor.submit(f"/c/{r.id}/remove").text
    assert r.is_published
    assert visitor.submit(f"/c/{r.id}/remove", {"sure": "1"}).location == at(t)
    assert r.state == "removed"
    assert (t.reply_count, t.last_position) == (0, 1)
    assert client.get(f"/c/{r.id}").status_code == 410
    assert "Regretted" not in client.get(at(t)).text
    assert db.session.query(Decision).filter_by(to_state="removed").one().actor_id == r.author_id
    assert visitor.submit(f"/c/{r.id}/edit", {"source": "Back."}).status_code == 410


def test_a_removed_topic_takes_its_replies_from_view(client, db, as_member):
    t = topic()
    r = reply(t)
    visitor = as_member(author_of(t))
    assert "goes a reply" in visitor.get(f"/c/{t.id}/remove").text
    visitor.submit(f"/c/{t.id}/remove", {"sure": "1"})
    assert client.get(at(t)).status_code == 410
    assert client.get(f"/c/{r.id}").status_code == 410


def test_every_change_is_recorded(db, as_member):
    t = topic()
    r = reply(t)
    visitor = as_member(author_of(t))
    visitor.submit(f"/c/{r.id}/thanks")
    visitor.submit(f"/c/{r.id}/accept")
    visitor.submit(f"/c/{r.id}/accept/withdraw")
    lifecycle.hide(r, moderator())
    db.session.commit()
    verbs = {line.verb for line in db.session.query(Activity)}
    assert {"published", "thanked", "accepted", "acceptance_withdrawn", "hidden"} <= verbs
