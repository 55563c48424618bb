"""Asking an advocate by name: the form says whom, what is sent is noted once, and nobody is named who can't be."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock as house
from portal.activity import Activity
from portal.contributions.models import Contribution
from portal.forum import asking
from portal.forum.models import Topic
from portal.helping.models import Routed, Willingness
from tests import builders as make
from tests.finding import at
from tests.queries import heard

FIELDS = {"format": "question", "title": "How tight is the belt?", "source": "Mine slips in the rain.", "product": "0"}


@pytest.fixture
def mara(app):
    """An advocate who takes requests."""
    return make.member("mara", advocate_since=house.now(), verified=True)


def asked(db):
    lines = db.session.scalars(select(Activity).where(Activity.verb == "asked_by_name"))
    return [(line.contribution_id, line.member_id, line.actor_id) for line in lines]


def sent(visitor, board, **fields):
    return visitor.submit(f"/forum/{board.slug}/new", {**FIELDS, "board": board.slug, **fields})


def test_the_form_says_whom_one_asks_and_what_is_sent_is_noted(as_member, mara, db):
    board, me = make.board(), make.member()
    visitor = as_member(me)
    for where in (f"/forum/{board.slug}/new", "/forum/new"):
        page = visitor.get(f"{where}?ask=mara").text
        assert ">Ask Mara</h1>" in page
        assert 'name="ask" value="mara"' in page
    answer = sent(visitor, board, ask="mara")
    assert answer.status_code == 303
    topic = db.session.scalars(select(Contribution)).one()
    assert asked(db) == [(topic.id, mara.id, me.id)]


def test_it_stays_while_the_form_is_mended_and_can_be_taken_off(as_member, mara, db):
    board, visitor = make.board(), as_member(make.member())
    for fields in ({"preview": "1"}, {"similar": "1"}, {"title": ""}):
        assert 'name="ask" value="mara"' in sent(visitor, board, ask="mara", **fields).text
    page = visitor.submit(
        f"/forum/{board.slug}/new?ask=mara", {**FIELDS, "board": board.slug, "ask": "mara", "ask_everybody": "1"}
    )
    assert (page.status_code, 'name="ask"' in page.text, "Mine slips" in page.text) == (200, False, True)
    assert visitor.submit(f"/forum/{board.slug}/new?ask=mara", {**FIELDS, "board": board.slug}).status_code == 303
    assert asked(db) == []


def test_a_form_sent_twice_asks_once(as_member, mara, db):
    board, visitor = make.board(), as_member(make.member())
    for _ in range(2):
        assert sent(visitor, board, ask="mara", submission_key="k" * 16).status_code == 303
    assert len(asked(db)) == 1


def test_what_waits_for_a_moderator_is_noted_too_and_what_is_refused_is_not(as_member, mara, db):
    board, newcomer = make.board(), make.member(new=True)
    sent(as_member(newcomer), board, ask="mara")
    assert [c.state for c in db.session.scalars(select(Contribution))] == ["pending"]
    assert len(asked(db)) == 1
    assert sent(as_member(newcomer), board, ask="mara", title="Another one, at once").status_code == 422
    assert len(asked(db)) == 1


def test_who_has_no_account_is_led_to_the_sign_in_and_back(client, mara, as_member):
    board = make.board()
    answer = client.get(f"/forum/{board.slug}/new?ask=mara")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert f'value="/forum/{board.slug}/new?ask=mara"' in page
    join = client.get(f"/account/sign-up?next=/forum/{board.slug}/new?ask%3Dmara")
    assert join.status_code == 200
    with client.session_transaction() as kept:
        assert kept["wanted"] == f"/forum/{board.slug}/new?ask=mara"


@pytest.mark.parametrize(
    "name",
    ["nobody", "me", "suspended", "plain", "resting", "unwilling", "team", "gone", "idle", "unproven", "", "@", "%00",
     "<script>alert(1)</script>", "mara'--", "x" * 5000, "mara mara", "../mara", "маra"],
)  # fmt: skip
def test_nobody_is_asked_who_is_not_there_to_be(as_member, mara, db, name):
    board, since = make.board(), house.now()
    me = make.member("me", advocate_since=since)
    make.member("suspended", advocate_since=since, suspended_at=since)
    make.member("plain")
    make.member("resting", advocate_since=None)
    unwilling = make.member("unwilling", advocate_since=since)
    make.member("team", advocate_since=since, is_employee=True)
    make.member("gone", advocate_since=since, erased_at=since)
    make.member("idle", advocate_since=since, seen_at=house.ago(days=200))
    make.member("unproven", advocate_since=since, email_confirmed_at=None)
    db.session.add(Willingness(member_id=unwilling.id, takes_requests=False))
    visitor = as_member(me)
    page = visitor.get(f"/forum/{board.slug}/new", query_string={"ask": name})
    assert (page.status_code, 'name="ask"' in page.text) == (200, False)
    assert "<script>alert" not in page.text
    assert sent(visitor, board, ask=name).status_code == 303
    assert asked(db) == []


@pytest.mark.parametrize("name", ["Mara", "@mara", " mara "])
def test_a_name_is_taken_as_usernames_are_elsewhere(as_member, mara, name):
    page = as_member(make.member()).get("/forum/new", query_string={"ask": name})
    assert 'name="ask" value="mara"' in page.text


def test_who_was_asked_often_enough_this_week_is_not_offered_until_the_next(app, mara, clock, db):
    clock.freeze(house.now().replace(hour=12) - timedelta(days=house.now().weekday()))
    asker, topics = make.member(), [make.topic() for _ in range(5)]
    for n, topic in enumerate(topics):
        assert asking.who_can_be_asked([mara.id], asker) == {mara.id}, n
        db.session.add(Routed(contribution_id=topic.id, member_id=mara.id, sort="asked", at=house.now()))
        db.session.flush()
    assert asking.who_can_be_asked([mara.id], asker) == set()
    clock.advance(days=7)
    assert asking.who_can_be_asked([mara.id], asker) == {mara.id}


@pytest.fixture
def question(as_member, mara, db):
    """(the question that Vera asked Mara by name, Vera)."""
    vera = make.member("vera")
    sent(as_member(vera), make.board(), ask="mara")
    return db.session.scalars(select(Topic)).one(), vera


def test_who_asked_who_is_asked_and_moderators_see_it_on_its_page(as_member, question, mara):
    topic, vera = question
    for who, words in ((vera, ">Mara</a>. Only you"), (mara, "Asked: you."), (make.moderator(), ">Mara</a>.")):
        page = as_member(who).get(at(topic)).text
        assert "Asked: " in page
        assert words in page


def test_nobody_else_does_so_that_nobody_is_put_to_shame(client, as_member, question):
    topic, _ = question
    others = (make.member(), make.member(helped_count=9, advocate_since=house.now()), make.member(is_employee=True))
    for visitor in (client, *map(as_member, others)):
        page = visitor.get(at(topic))
        assert (page.status_code, "topic-asked" in page.text, "members/mara" in page.text) == (200, False, False)


def test_it_costs_who_can_not_know_no_query(client, as_member, question, db):
    topic, _ = question
    for visitor in (client, as_member(make.member())):
        visitor.get(at(topic))
        with heard(db.engine) as found:
            visitor.get(at(topic))
        assert [sql for sql in found.reading if "JOIN activity" in sql] == []
    with heard(db.engine) as found:
        as_member(make.moderator()).get(at(topic))
    assert len([sql for sql in found.reading if "JOIN activity" in sql]) == 1


def test_a_kept_page_never_holds_it_whoever_comes_first(make_app):
    app = make_app(pages_seconds=60, base_url="http://localhost")
    with app.app_context():
        mara, vera = make.member("mara", advocate_since=house.now()), make.member("vera")
        topic = make.topic(vera, title="How tight is the belt?")
        asking.record(topic, mara)
        browser = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"}
        own, stranger = app.test_client(), app.test_client()
        own.sign_in(vera)
        address = at(topic)
        for _ in range(2):
            assert "topic-asked" in own.get(address, headers=browser).text
            assert "topic-asked" not in stranger.get(address, headers=browser).text


def test_while_it_waits_for_a_moderator_its_asker_sees_whom_it_asks(as_member, mara, db):
    newcomer = make.member(new=True)
    visitor = as_member(newcomer)
    sent(visitor, make.board(), ask="mara")
    topic = db.session.scalars(select(Topic)).one()
    assert topic.state == "pending"
    assert ">Mara</a>. Only you" in visitor.get(at(topic)).text


def test_who_left_is_not_named(as_member, question, mara, db):
    topic, vera = question
    mara.erased_at = house.now()
    assert "topic-asked" not in as_member(vera).get(at(topic)).text


def test_a_name_is_text(as_member, question, mara):
    topic, vera = question
    mara.display_name = "<b>Mara</b>"
    assert "<b>Mara</b>" not in as_member(vera).get(at(topic)).text
