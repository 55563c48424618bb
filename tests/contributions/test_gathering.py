"""Views and read markers are gathered and written together: none twice, none lost, and none holds up the others."""

import os
import threading
import time

import pytest
from sqlalchemy import event, select

from portal.contributions.gathering import AT_MOST, Gathering
from portal.contributions.models import ReadMarker
from portal.db import db
from tests import builders


@pytest.fixture
def gathered(app):
    """What gathers in a process that serves: it is written by a thread of its own."""
    app.config["TESTING"] = False
    yield Gathering(app)
    app.config["TESTING"] = True


@pytest.fixture
def unwritten(app, monkeypatch):
    """The same, written only when a test says so."""
    monkeypatch.setattr(Gathering, "_write_soon", lambda self: None)
    return Gathering(app)


def views(topic):
    db.session.expire_all()
    return topic.view_count


def position(member, topic):
    db.session.expire_all()
    found = select(ReadMarker.position).where(ReadMarker.member_id == member.id, ReadMarker.contribution_id == topic.id)
    return db.session.scalar(found)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system has the say")
def test_the_thread_that_writes_does_not_stay_where_the_page_was_made_that_began_it(gathered):
    topic = builders.topic()
    db.session.commit()
    everywhere = os.sched_getaffinity(0)

    def read_where_pages_are_made():
        os.sched_setaffinity(0, {min(everywhere)})
        gathered.add_view(topic.id)

    reader = threading.Thread(target=read_where_pages_are_made)
    reader.start()
    reader.join()
    end = time.monotonic() + 10
    while views(topic) != 1 and time.monotonic() < end:
        db.session.rollback()
        time.sleep(0.05)
    assert os.sched_getaffinity(gathered._thread.native_id) == everywhere


def test_what_many_readers_leave_at_once_is_written_whole(gathered):
    topics = [builders.topic() for _ in range(3)]
    db.session.commit()
    numbers = [topic.id for topic in topics]

    def read():
        for _ in range(50):
            for number in numbers:
                gathered.add_view(number)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    end = time.monotonic() + 10
    while [views(topic) for topic in topics] != [400] * 3 and time.monotonic() < end:
        db.session.rollback()
        time.sleep(0.05)
    assert [views(topic) for topic in topics] == [400] * 3


def test_a_hundred_readers_are_one_transaction(unwritten):
    topics, members = [builders.topic() for _ in range(10)], [builders.member() for _ in range(10)]
    db.session.commit()
    begun = []

    def note(connection):
        begun.append(connection)

    event.listen(db.engine, "begin", note)
    for topic in topics:
        for member in members:
            unwritten.add_view(topic.id)
            unwritten.add_marker(member.id, topic.id, 3)
    assert begun == []
    unwritten.write()
    assert len(begun) == 1
    event.remove(db.engine, "begin", note)
    assert {views(topic) for topic in topics} == {10}
    assert {position(member, topics[0]) for member in members} == {3}


def test_a_marker_never_moves_back(unwritten):
    topic, reader = builders.topic(), builders.member()
    db.session.commit()
    for first, then in ((5, 3), (2, 1), (7, 6)):
        unwritten.add_marker(reader.id, topic.id, first)
        unwritten.add_marker(reader.id, topic.id, then)
        unwritten.write()
    assert position(reader, topic) == 7


def test_who_is_gone_by_then_costs_nobody_else_anything(unwritten):
    topic, reader = builders.topic(), builders.member()
    db.session.commit()
    unwritten.add_marker(4711, topic.id, 3)
    unwritten.add_marker(reader.id, 4712, 3)
    unwritten.add_marker(reader.id, topic.id, 3)
    unwritten.add_view(topic.id)
    unwritten.add_view(4712)
    unwritten.write()
    assert (views(topic), position(reader, topic)) == (1, 3)
    unwritten.write()
    assert views(topic) == 1


def test_what_cannot_be_written_now_is_written_later_and_once(unwritten):
    topic, reader = builders.topic(), builders.member()
    db.session.commit()

    def away(*_):
        raise OSError("the disk is gone")

    unwritten.add_view(topic.id)
    unwritten.add_marker(reader.id, topic.id, 3)
    event.listen(db.engine, "before_cursor_execute", away)
    with pytest.raises(OSError, match="gone"):
        unwritten.write()
    event.remove(db.engine, "before_cursor_execute", away)
    unwritten.add_view(topic.id)
    unwritten.add_marker(reader.id, topic.id, 5)
    unwritten.write()
    assert (views(topic), position(reader, topic)) == (2, 5)


def test_memory_has_an_end_while_the_database_is_away(unwritten):
    for number in range(AT_MOST + 50):
        unwritten.add_view(number)
        unwritten.add_marker(1, number, 1)
    assert (len(unwritten._views), len(unwritten._markers)) == (AT_MOST, AT_MOST)
