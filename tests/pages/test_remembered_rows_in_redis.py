"""What a member's page lists rests on marks in Redis too, which may not answer, or come back empty."""

import pytest

from portal.contributions import lifecycle
from portal.contributions.models import Contribution
from portal.db import db, writing
from tests import builders
from tests.finding import at
from tests.redis_server import RedisServer


@pytest.fixture(scope="module")
def server():
    """A Redis of our own."""
    found = RedisServer()
    yield found
    found.stop()


@pytest.fixture
def machine(make_app, server):
    """An application whose marks are in it."""
    app = make_app(pages_seconds=60, redis_url=server.url, base_url="http://localhost")
    with app.app_context():
        yield app


def test_what_was_hidden_stays_hidden_when_redis_comes_back_empty(machine, server):
    question = builders.topic(title="How do I true a wheel?")
    answer, moderator = builders.reply(question, text="Turn the nipple."), builders.moderator()
    db.session.commit()
    reader, address, hidden, by = machine.test_client(), at(question), answer.id, moderator.id
    reader.sign_in(builders.member("reader"))
    server.client().flushall()
    assert "Turn the nipple." in reader.get(address).text
    with writing():
        found = db.session.get_one(Contribution, hidden)
        lifecycle.hide(found, db.session.get_one(type(moderator), by), "It is wrong.")
    server.client().flushall()
    assert "Turn the nipple." not in reader.get(address).text


def test_a_members_page_asks_for_each_mark_once(machine, server):
    question = builders.topic(title="How do I true a wheel?")
    db.session.commit()
    reader, address = machine.test_client(), at(question)
    reader.sign_in(builders.member("reader"))
    reader.get(address)
    server.client().config_resetstat()
    reader.get(address)
    assert server.client().info("commandstats")["cmdstat_mget"]["calls"] == 1
