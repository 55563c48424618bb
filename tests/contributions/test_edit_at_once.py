"""An edit and an approval at the same instant: what is published was read, or was screened."""

from threading import Thread

import pytest

from portal.contributions import writing
from portal.contributions.models import Contribution
from portal.db import db as database
from portal.db import writing as transaction
from portal.forum.commands import edit_topic
from portal.members.models import Member
from portal.moderation import commands, queries
from tests import builders as make

BAD = "BUY http://a.example http://b.example http://c.example http://d.example"


def test_an_edit_that_meets_an_approval_publishes_nothing_unread(app, db, monkeypatch):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite lets one transaction write at a time")
    nora, selma = make.member("nora", new=True), make.moderator("selma")
    topic = make.topic(nora, title="A fair title", text="A fair text.", state="pending", tags=["a"])
    number, author, moderator = topic.id, nora.id, selma.id
    db.session.commit()
    db.session.expire_all()
    real, approving, approved = writing.rendered, [], []

    def approve():
        with app.app_context(), transaction():
            found = queries.find_to_decide(number)
            fair = found.title == "A fair title"  # as `seen` says of what was on the screen
            approved.append(fair and commands.approve(found, database.session.get(Member, moderator)))

    def rendered(source):
        if source == BAD and not approving:
            approving.append(Thread(target=approve))
            approving[0].start()
            approving[0].join(2)  # long enough for an approval that need not wait
        return real(source)

    monkeypatch.setattr(writing, "rendered", rendered)
    found = db.session.get(Contribution, number)
    db.session.refresh(found, ["tags"])
    edit_topic(found, db.session.get(Member, author), title="BUY PILLS", source=BAD, format="question", tags=["a"])
    db.session.commit()
    approving[0].join(30)
    db.session.expire_all()
    kept = db.session.get(Contribution, number)
    assert approved == [False]
    assert (kept.title, kept.state) == ("BUY PILLS", "pending")


def test_an_edit_goes_by_what_stands_there_now(app, db):
    """What a session loaded before another one decided is old news when the edit begins."""
    nora = make.member("nora", new=True)
    topic = make.topic(nora, text="A fair text.", state="pending")
    db.session.commit()
    with app.app_context(), transaction():
        commands.remove(database.session.get(Contribution, topic.id), make.moderator(), "No.", "other")
    assert topic.state == "pending"
    with pytest.raises(writing.NotAllowed), writing.edit_of(topic, nora):
        pytest.fail("nobody may get here")
