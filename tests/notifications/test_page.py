"""What a member sees of it: the list, where a line leads, what counts as read."""

import pytest

from portal.contributions.following import follow
from portal.notifications.models import Notification
from portal.notifications.words import SENTENCES
from tests.builders import member, reply, topic
from tests.queries import heard


@pytest.fixture
def told_reader(settled):
    """A reader with one line that was not read yet."""
    reader, t = member(), topic(title="Why does it squeak?")
    follow(t, reader)
    reply(t, member("tom", display_name="Tom Nox"))
    settled()
    return reader


def test_the_list_says_who_did_what_and_the_bell_counts_it(told_reader, as_member):
    visitor = as_member(told_reader)
    page = visitor.get("/notifications/").text
    assert "Tom Nox replied to “Why does it squeak?”" in page
    assert "told-new" in page
    assert '<span class="badge">1' in visitor.get("/").text


def test_opening_a_line_leads_to_the_reply_and_marks_it_read(told_reader, as_member, db):
    visitor = as_member(told_reader)
    n = db.session.query(Notification).one()
    answer = visitor.get(f"/notifications/{n.id}")
    assert answer.status_code == 302
    assert f"#reply-{n.contribution_id}" in visitor.get(answer.location).location
    assert n.read_at is not None
    assert "told-new" not in visitor.get("/notifications/").text


def test_nobody_opens_or_reads_the_lines_of_others(told_reader, as_member, client, db):
    n = db.session.query(Notification).one()
    assert as_member(member()).get(f"/notifications/{n.id}").status_code == 404
    as_member(member()).submit("/notifications/read")
    assert client.get("/notifications/").status_code == 303
    assert n.read_at is None


def test_all_can_be_read_at_once(told_reader, as_member, db):
    as_member(told_reader).submit("/notifications/read")
    assert db.session.query(Notification).filter_by(read_at=None).count() == 0


def test_an_empty_list_says_what_will_stand_there(as_member):
    assert "Nothing yet" in as_member(member()).get("/notifications/").text


def test_the_list_costs_the_same_however_long_it_is(told_reader, as_member, settled, db):
    visitor = as_member(told_reader)
    visitor.get("/notifications/")
    with heard(db.engine) as few:
        visitor.get("/notifications/")
    t = topic()
    follow(t, told_reader)
    for _ in range(12):
        reply(t)
    settled()
    with heard(db.engine) as many:
        assert visitor.get("/notifications/").text.count("told-item") == 13
    assert len(many) == len(few) <= 12


def test_every_sentence_can_be_said(told_reader, as_member, db):
    for verb in SENTENCES:
        db.session.add(Notification(member_id=told_reader.id, verb=verb, key=verb))
    visitor = as_member(told_reader)
    page = visitor.get("/notifications/").text + visitor.get("/notifications/?page=2").text
    assert page.count("told-item") == len(SENTENCES) + 1
    assert "{who}" not in page
