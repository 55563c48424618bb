"""What a page asks the database does not depend on how much it shows, and is never much."""

import re
from types import SimpleNamespace

import pytest
from sqlalchemy import insert, select

from portal import clock
from portal.advocacy.subjects import public_texts
from portal.contributions.addresses import url_of
from portal.contributions.models import Contribution
from portal.contributions.thanks import give_thanks
from portal.db import db, writing
from portal.forum.commands import accept_reply
from portal.forum.models import Board, Topic
from portal.members.models import Member
from portal.search import followers as search
from portal.search.queries import _pairs as found_as
from tests import builders
from tests.advocacy.helping import recognised
from tests.bench.data import Size, fill
from tests.bench.pages import MOST_QUERIES, READER, explain, look, pages
from tests.queries import heard

SMALL = Size(members=20, boards=2, topics=4, replies=80, photos=4)
LARGE = Size(members=90, boards=12, topics=90, replies=700, photos=70)
LOOKED_AT = (
    "front page", "front page, member", "forum", "forum, member", "board", "board, member", "board, open questions",
    "topic, page 1", "topic, page 1, member", "topic, most helpful", "wall", "wall, member", "photo", "photo, member",
    "stories", "stories, member", "story", "story, member", "blog", "insights, help", "queue", "log", "member page",
    "members", "members, search", "own contributions", "own help ledger", "notifications", "search, common",
    "advocates", "how this works", "feed", "sitemap",
)  # fmt: skip


@pytest.fixture
def costs(app):
    """`costs(size)`: the statements of each page on a community of that size, the only one there is."""

    def of(size):
        db.session.remove()
        with writing():
            for table in reversed(db.metadata.sorted_tables):
                db.session.execute(table.delete())
        with app.test_request_context(base_url="http://127.0.0.1"):
            fill(size, indexed=False)
            with writing():
                _something_of_everything()
            search.rebuild()
            wanted = {name: page for name, page in pages().items() if name in LOOKED_AT}
        assert set(wanted) == set(LOOKED_AT)
        return {name: look(app, *page, runs=0) for name, page in wanted.items()}

    return of


def _something_of_everything():
    """So that no part of a page is empty, and asks nothing for that reason."""
    busiest = _first(select(Topic).order_by(Topic.reply_count.desc(), Topic.id))
    author = _first(
        select(Member).where(Member.is_moderator.is_(False)).order_by(Member.published_count.desc(), Member.id)
    )
    author.place = "Utrecht"
    if author.advocate_since is None:
        recognised(author)
    builders.member("reader")
    builders.topic(board=_first(select(Board).order_by(Board.topic_count.desc(), Board.id)))
    for state in ("pending", "returned", "draft"):
        builders.topic(author, state=state)
    builders.topic(author, title="The brake and the saddle")
    reply = builders.reply(busiest, text="It is the brake.")
    accept_reply(reply, db.session.get_one(Member, busiest.author_id))
    give_thanks(reply, author)


def _first(query):
    return db.session.scalars(query.limit(1)).one()


@pytest.mark.slow
def test_no_page_asks_more_because_there_is_more(costs):
    small, large = costs(SMALL), costs(LARGE)
    counts = {name: (len(small[name].statements), len(large[name].statements)) for name in LOOKED_AT}
    assert {name: both for name, both in counts.items() if both[0] != both[1]} == {}
    assert {name: both[1] for name, both in counts.items() if both[1] > MOST_QUERIES} == {}
    assert {name: cost.status for name, cost in large.items()} == dict.fromkeys(LOOKED_AT, 200)


LARGE_TABLES = ("contribution", "topic", "photo", "decision", "member", "picture", "thanks", "ledger_entry")
READ_WHOLE = ("insights, help", "how this works", "queue")
"""Pages that count them, for staff or once a minute."""


@pytest.mark.slow
def test_no_list_goes_through_a_whole_table_to_show_a_page_of_it(request, costs):
    if request.config.option.database != "sqlite":
        pytest.skip("PostgreSQL goes by how much there is, and reads a small table whole")
    whole = re.compile(rf"SCAN (?:{'|'.join(LARGE_TABLES)})(?:_\d+)?$", re.M)
    found = {
        name: [(plan[0], " ".join(s.sql.split())[:200]) for s in cost.statements if (plan := whole.findall(explain(s)))]
        for name, cost in costs(SMALL).items()
        if name not in READ_WHOLE
    }
    assert {name: statements for name, statements in found.items() if statements} == {}


def test_what_is_asked_for_by_its_numbers_is_read_by_them_however_many_there_are(app, request):
    if request.config.option.database != "sqlite":
        pytest.skip("PostgreSQL goes by how much there is")
    numbers = [builders.topic().id for _ in range(25)]
    db.session.commit()
    with heard(db.engine) as found:
        assert len(public_texts(numbers)) == 25
        assert len(found_as([SimpleNamespace(id=number) for number in numbers])) == 25
    plans = "\n".join(explain(statement) for statement in found.statements)
    assert plans.count("SEARCH contribution USING INTEGER PRIMARY KEY") == 2, plans


@pytest.fixture
def long_topic(app):
    """A question with 300 replies, written in bulk."""
    with app.test_request_context(), writing():
        topic, helper = builders.topic(), builders.member()
        reply = builders.reply(topic, helper)
        like = {c.name: getattr(reply, c.name) for c in Contribution.__table__.columns if c.name != "id"}
        rows = [like | {"position": n, "published_at": clock.now()} for n in range(2, 301)]
        db.session.execute(insert(Contribution), rows)
        topic.reply_count = topic.last_position = 300
    db.session.expunge_all()
    return db.session.scalars(select(Contribution).where(Contribution.kind == "topic")).one()


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_deep_page_of_a_long_topic_costs_what_page_one_costs(app, client, long_topic, signed_in):
    with app.test_request_context():
        first, deep = url_of(long_topic), url_of(long_topic, page=14)
    if signed_in:
        client.sign_in(builders.member())
    asked = {}
    for address in (first, deep):
        client.get(address, headers=READER)
        with heard(db.engine) as found:
            page = client.get(address, headers=READER)
        assert len(re.findall(r'id="reply-\d', page.text)) == 20
        asked[address] = found
    assert len(asked[first]) == len(asked[deep]) <= MOST_QUERIES
    assert not [sql for sql in asked[deep].reading if "OFFSET" in sql.upper() and "parent_id" in sql]
    assert [sql for sql in asked[deep].reading if "position BETWEEN" in sql]


def test_the_queue_and_the_frame_know_how_much_waits_without_reading_it(as_member):
    moderator = as_member(builders.moderator())
    for _ in range(3):
        builders.topic(state="pending")
    with heard(db.engine) as found:
        assert moderator.get("/forum/").status_code == 200
    assert len(found) <= MOST_QUERIES
