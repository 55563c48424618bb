"""What a page asks the database does not depend on how much it shows, and is never much."""

import re

import pytest
from sqlalchemy import insert, select

from portal import clock
from portal.contributions.addresses import url_of
from portal.contributions.models import Contribution
from portal.db import writing
from tests import builders
from tests.bench.data import Size, fill
from tests.bench.pages import MOST_QUERIES, READER, look, pages
from tests.queries import heard

SMALL = Size(members=8, boards=2, topics=4, replies=16, photos=4)
LARGE = Size(members=90, boards=12, topics=90, replies=700, photos=70)
LOOKED_AT = (
    "front page", "front page, member", "forum", "forum, member", "board", "board, member", "board, open questions",
    "topic, page 1", "topic, page 1, member", "topic, most helpful", "wall", "photo", "stories", "story", "blog",
    "queue", "log", "member page", "members", "members, search", "own contributions", "own help ledger",
    "notifications", "search, common", "advocates", "how this works", "feed", "sitemap",
)  # fmt: skip


@pytest.fixture
def costs(app, db):
    """`costs(size)`: the statements of each page on a community of that size, the only one there is."""

    def of(size):
        db.session.remove()
        with writing():
            for table in reversed(db.metadata.sorted_tables):
                db.session.execute(table.delete())
        with app.test_request_context(base_url="http://127.0.0.1"):
            fill(size)
            wanted = {name: page for name, page in pages().items() if name in LOOKED_AT}
        assert set(wanted) == set(LOOKED_AT)
        return {name: look(app, *page, runs=0) for name, page in wanted.items()}

    return of


@pytest.mark.slow
def test_no_page_asks_more_because_there_is_more(costs):
    small, large = costs(SMALL), costs(LARGE)
    assert {name: cost.status for name, cost in large.items()} == dict.fromkeys(LOOKED_AT, 200)
    counts = {name: (len(small[name].statements), len(large[name].statements)) for name in LOOKED_AT}
    assert {name: both for name, both in counts.items() if both[0] != both[1]} == {}
    assert {name: both[1] for name, both in counts.items() if both[1] > MOST_QUERIES} == {}


@pytest.fixture
def long_topic(app, db):
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
def test_a_deep_page_of_a_long_topic_costs_what_page_one_costs(app, db, client, long_topic, signed_in):
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


def test_the_queue_and_the_frame_know_how_much_waits_without_reading_it(db, client, as_member):
    moderator = as_member(builders.moderator())
    for _ in range(3):
        builders.topic(state="pending")
    with heard(db.engine) as found:
        assert moderator.get("/forum/").status_code == 200
    assert len(found) <= MOST_QUERIES
