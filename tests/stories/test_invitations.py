"""Staff invites a member to tell a story; only the member answers, and a "no" holds for a good while."""

import pytest
from sqlalchemy import select

from portal.activity import Activity
from portal.contributions.models import Product
from portal.notifications.models import Notification
from portal.stories import invitations
from portal.stories.models import Story, StoryInvitation
from tests.builders import member, moderator, reply, topic
from tests.stories.test_stories import TYPED


@pytest.fixture
def solved(db):
    """A question of `clara`'s about a product, solved."""
    product = Product(name="Skiff", slug="skiff")
    db.session.add(product)
    db.session.flush()
    question = topic(member("clara", display_name="Clara Winter"), title="Will it rust?", product_id=product.id)
    reply(question)
    question.accepted_count = 1
    return question


@pytest.fixture
def tove(db):
    return member("tove", display_name="Tove Lind", is_employee=True)


@pytest.fixture
def invited(as_member, solved, tove, db):
    """`clara` has an open invitation by `tove`."""
    words = {"words": "Two winters! Do <b>tell</b>."}
    answer = as_member(tove).submit(f"/stories/invite/clara?topic={solved.id}", words)
    assert answer.status_code == 303
    return db.session.query(StoryInvitation).one()


def clara_of(solved, db):
    return db.session.get_one(type(solved.author), solved.author_id)


def told(db, verb):
    return db.session.scalars(select(Notification).where(Notification.verb == verb)).all()


def test_staff_finds_the_button_on_a_solved_question_and_on_the_members_page(as_member, client, solved, tove):
    address = f"/stories/invite/clara?topic={solved.id}"
    staff, others = (as_member(tove), as_member(moderator())), (as_member(member()), client)
    for visitor, there in ((v, v in staff) for v in (*staff, *others)):
        assert (address in visitor.get(f"/topics/{solved.id}/{solved.slug}").text) is there
        assert ('href="/stories/invite/clara"' in visitor.get("/members/clara").text) is there


def test_the_member_hears_of_it_here_and_by_mail(as_member, invited, solved, db, settled, outbox, clock):
    from portal.notifications.letters import send_gathered

    settled()
    settled()
    note = told(db, "story_invited")
    assert [(n.member_id, n.note) for n in note] == [(solved.author_id, "Two winters! Do <b>tell</b>.")]
    visitor = as_member(clara_of(solved, db))
    page = visitor.get("/notifications/").text
    assert "Tove Lind invites you to tell your story" in page
    assert f"/stories/invitations/{invited.id}/decline" in page
    assert "<b>tell</b>" not in page
    assert visitor.get(f"/notifications/{note[0].id}").location == f"/stories/new?invitation={invited.id}"
    db.session.query(Notification).update({"read_at": None})
    clock.advance(minutes=11)
    db.session.commit()
    send_gathered()
    assert f"/stories/new?invitation={invited.id}" in outbox()[-1].get_body().get_content()


def test_the_form_says_who_asks_and_knows_the_product(as_member, invited, solved, db):
    visitor = as_member(clara_of(solved, db))
    page = visitor.get(f"/stories/new?invitation={invited.id}").text
    assert "Tove Lind" in page
    assert "Will it rust?" in page
    assert "Do &lt;b&gt;tell&lt;/b&gt;." in page
    assert f'<option selected value="{solved.product_id}">Skiff</option>' in page


def test_the_story_answers_it_and_staff_is_told(as_member, invited, solved, tove, db, settled, clock):
    clock.advance(hours=1)
    visitor = as_member(clara_of(solved, db))
    answer = visitor.submit(f"/stories/new?invitation={invited.id}", TYPED)
    assert answer.status_code == 303
    assert invited.story_id == db.session.query(Story).one().id
    settled()
    assert [n.member_id for n in told(db, "story_told")] == [tove.id]
    assert "No, thank you" not in visitor.get("/notifications/").text
    assert invitations.why_not_invite(clara_of(solved, db)) == ""


@pytest.mark.parametrize("who", ["another", "staff", "prospect"])
def test_an_invitation_is_nobody_elses(as_member, client, invited, tove, db, who):
    visitor = client if who == "prospect" else as_member(tove if who == "staff" else member())
    found = visitor.get(f"/stories/new?invitation={invited.id}")
    sent = visitor.submit(f"/stories/new?invitation={invited.id}", TYPED)
    declined = visitor.submit(f"/stories/invitations/{invited.id}/decline")
    statuses = [answer.status_code for answer in (found, sent, declined)]
    assert statuses == ([303, 401, 401] if who == "prospect" else [404, 404, 404])
    assert invited.is_open
    assert db.session.query(Story).count() == 0


@pytest.mark.parametrize("number", ["0", "x", "-1", "99999", "9" * 40, "1.0"])
def test_an_invitation_there_is_not_is_not_found(as_member, number):
    assert as_member(member()).get(f"/stories/new?invitation={number}").status_code == 404


def test_no_thank_you_holds_for_a_good_while(as_member, invited, solved, tove, db, settled, clock):
    clock.freeze()
    visitor = as_member(clara_of(solved, db))
    for _ in range(2):
        assert visitor.submit(f"/stories/invitations/{invited.id}/decline").status_code == 303
    assert db.session.query(Activity).filter_by(verb="story_declined").count() == 1
    settled()
    assert [(n.member_id, n.actor_id) for n in told(db, "story_declined")] == [(tove.id, solved.author_id)]
    as_tove = as_member(tove)
    for days, status in ((1, 422), (177, 422), (3, 303)):
        clock.advance(days=days)
        asked = as_tove.get("/stories/invite/clara").text
        assert ("rather not" in asked) is (status == 422)
        assert as_tove.submit("/stories/invite/clara", {"words": "Again?"}).status_code == status
    assert db.session.query(StoryInvitation).count() == 2


def test_whoever_declined_may_still_tell_it(as_member, invited, solved, db, clock):
    clock.advance(hours=1)
    visitor = as_member(clara_of(solved, db))
    visitor.submit(f"/stories/invitations/{invited.id}/decline")
    assert "You can tell it all the same" in visitor.get(f"/stories/new?invitation={invited.id}").text
    visitor.submit(f"/stories/new?invitation={invited.id}", TYPED)
    assert invited.story_id is not None


def test_one_open_invitation_is_enough(as_member, invited, db):
    answer = as_member(moderator()).submit("/stories/invite/clara", {"words": "And once more"})
    assert answer.status_code == 422
    assert "open invitation already" in answer.text
    assert db.session.query(StoryInvitation).count() == 1


@pytest.mark.parametrize("whom", ["employee", "oneself", "suspended", "nobody"])
def test_some_are_not_invited(as_member, db, clock, tove, whom):
    facts = {"employee": {"is_employee": True}, "suspended": {"suspended_at": clock.freeze()}}.get(whom, {})
    username = tove.username if whom == "oneself" else "nobody" if whom == "nobody" else member(**facts).username
    answer = as_member(tove).submit(f"/stories/invite/{username}", {"words": "Do tell."})
    assert answer.status_code == (404 if whom == "nobody" else 422)
    assert db.session.query(StoryInvitation).count() == 0


@pytest.mark.parametrize("words", ["", " \u200b ", "x" * 1001])
def test_an_invitation_has_words_of_its_own(as_member, db, solved, tove, words):
    assert as_member(tove).submit("/stories/invite/clara", {"words": words}).status_code == 422
    assert db.session.query(StoryInvitation).count() == 0


def test_customers_invite_nobody(as_member, db, solved):
    assert as_member(member()).submit("/stories/invite/clara", {"words": "Tell!"}).status_code == 403
    with pytest.raises(invitations.NotAllowed):
        invitations.invite(member(), clara_of(solved, db), "Tell!")
    assert db.session.query(StoryInvitation).count() == 0


@pytest.mark.parametrize("topic_id", ["x", "0", "9" * 30, "-1"])
def test_a_strange_occasion_is_none(as_member, solved, tove, topic_id):
    page = as_member(tove).get(f"/stories/invite/clara?topic={topic_id}")
    assert page.status_code == 200
    assert "The occasion" not in page.text
