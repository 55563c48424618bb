"""Taking one's data out, and leaving for good."""

import io
import json
import zipfile

import pytest
from sqlalchemy import select

from portal import (
    activity,
    models,  # noqa: F401 (every table)
)
from portal.activity import Activity
from portal.advocacy import commands, terms
from portal.contributions.models import Contribution, Follow, Reply, Revision, Thanks
from portal.contributions.thanks import give_thanks
from portal.db import db as database
from portal.media.commands import receive_picture, set_face
from portal.media.models import Picture
from portal.members import passwords, standing, throttle
from portal.notifications.models import Notification
from portal.profile import export
from portal.profile.commands import erase_member
from tests import builders
from tests.advocacy.helping import recognised
from tests.profile.test_profile import drawn

GOOD = "green bicycles in the rain"


@pytest.fixture
def mara(app):
    """A member with a past."""
    member = builders.member(
        "mara", display_name="Mara Keller", about="Secret words", password_hash=passwords.hash_password(GOOD)
    )
    topic = builders.topic(member, title="Maras question", text="Maras long text of a question")
    builders.topic(member, title="Maras draft", state="draft")
    builders.topic(member, title="Maras waiting", state="pending")
    builders.reply(topic, text="An answer by somebody else")
    other = builders.topic(title="Not hers")
    builders.reply(other, member, text="Maras reply")
    give_thanks(other, member)
    database.session.add(Follow(member_id=member.id, contribution_id=topic.id))
    database.session.add(Notification(member_id=member.id, verb="replied", key="x"))
    set_face(member, receive_picture(member, drawn()))
    return member


def test_every_table_that_names_a_member_is_accounted_for():
    naming = {
        table.name
        for table in database.metadata.tables.values()
        if any(key.column.table.name == "member" for key in table.foreign_keys)
    }
    naming |= {
        table.name
        for table in database.metadata.tables.values()
        if any(key.column.table.name == "contribution" for key in table.foreign_keys)
    }
    told = set(export.OWN) | set(export.BY_CONTRIBUTION) | set(export.NOT_OWN)
    assert not naming - told, "say in profile/export.py whose these rows are"
    assert all(not set(columns) - set(database.metadata.tables[name].c.keys()) for name, columns in export.OWN.items())


def test_the_data_is_all_there_and_nobody_elses(app, mara):
    builders.topic(builders.member("jonas", email="jonas@example.org"), title="Jonas writes")
    visitor = app.test_client().sign_in(mara)
    answer = visitor.get("/account/export/data.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    data = json.loads(answer.data)
    assert data["member"][0]["email"] == "mara@example.org"
    assert {c["title"] for c in data["contribution"]} == {"Maras question", "Maras draft", "Maras waiting", ""}
    assert len(data["thanks"]) == 1
    assert data["decision"]
    assert data["topic"]
    for secret in ("argon2", "jonas", "Jonas", "session_epoch"):
        assert secret not in answer.text


def test_neither_what_the_rules_saw_nor_words_between_moderators_are_in_it(app, mara):
    moderator = builders.moderator("jonas")
    found = [{"rule": "spam", "evidence": ["the word that gave it away"]}]
    said = {"kind": "topic", "rule": "spam", "reason": "Please no links.", "found": found, "spam_score": 0.87654}
    activity.record("refused", member=mara, actor=mara, **said)
    proposed = recognised(mara, "proposed")
    commands.decline(proposed, moderator, "Between us: hardly.")
    risen = recognised(mara)
    risen.level_proposed = "mentor"
    database.session.flush()
    terms.decline_level(risen, moderator, "Between us: no mentor.")
    own = str(export.everything(mara))
    assert "Please no links." in own
    for secret in ("gave it away", "0.87654", "Between us"):
        assert secret not in own
    assert "no mentor" in str(export.everything(moderator)), "whoever wrote it takes it away"


def test_the_pictures_come_along(app, mara, db):
    visitor = app.test_client().sign_in(mara)
    archive = zipfile.ZipFile(io.BytesIO(visitor.get("/account/export/everything.zip").data))
    names = archive.namelist()
    assert "data.json" in names
    assert sum(name.startswith("pictures/") for name in names) == 1
    assert archive.testzip() is None
    picture = db.session.scalars(select(Picture)).one()
    from portal.media import files

    files.delete_private(picture.token)
    archive = zipfile.ZipFile(io.BytesIO(visitor.get("/account/export/everything.zip").data))
    assert "pictures/missing.txt" in archive.namelist()


def test_a_stolen_session_cannot_keep_the_site_busy_with_taking_out_data(app, mara):
    visitor = app.test_client().sign_in(mara)
    path = "/account/export/data.json"
    answers = [visitor.get(path) for _ in range(throttle.EXPORTS_AN_HOUR + 1)]
    assert [answer.status_code for answer in answers] == [200] * throttle.EXPORTS_AN_HOUR + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert app.test_client().sign_in(builders.member("else")).get(path).status_code == 200


def test_leaving_asks_for_the_password_and_a_tick(app, mara, db):
    visitor = app.test_client().sign_in(mara)
    for fields in (
        {},
        {"sure": "y"},
        {"sure": "y", "current_password": "guess", "contributions": "keep"},
        {"current_password": GOOD, "contributions": "keep"},
        {"sure": "y", "current_password": GOOD, "contributions": "x"},
    ):
        assert visitor.submit("/account/erase", fields).status_code == 422
    db.session.expire_all()
    assert mara.erased_at is None


def leave(app, mara, what):
    visitor = app.test_client().sign_in(mara)
    answer = visitor.submit("/account/erase", {"sure": "y", "current_password": GOOD, "contributions": what})
    assert answer.status_code == 303
    return visitor


def test_nothing_of_the_person_stays(app, mara, db, settled):
    number = mara.id
    elsewhere = app.test_client().sign_in(mara)
    visitor = leave(app, mara, "keep")
    settled()
    assert visitor.get("/account/").status_code == 303
    assert elsewhere.get("/account/").status_code == 303
    assert (mara.email, mara.password_hash, mara.about, mara.picture_id, mara.face_key) == (None, None, "", None, None)
    assert (mara.username, mara.display_name) == (f"former-{number}", "a former member")
    assert db.session.scalars(select(Picture)).all() == []
    assert db.session.scalars(select(Follow).where(Follow.member_id == number)).all() == []
    assert app.test_client().get("/members/mara").status_code == 404
    assert app.test_client().get(f"/members/former-{number}").status_code == 410
    for table in db.metadata.tables.values():
        for row in db.session.execute(select(table)):
            assert "mara@example.org" not in str(row)
            assert "Mara Keller" not in str(row)
            assert "Secret words" not in str(row)


def test_what_was_published_stays_without_a_name_if_so_wished(app, mara, db, settled):
    leave(app, mara, "keep")
    settled()
    states = {
        c.title or "reply": c.state
        for c in db.session.scalars(select(Contribution).where(Contribution.author_id == mara.id))
    }
    assert states["Maras question"] == "published"
    assert "Maras draft" not in states  # its text is gone, too
    assert "Maras waiting" not in states
    kept = db.session.scalars(select(Contribution.id).where(Contribution.title == "Maras question")).one()
    client = app.test_client()
    page = client.get(client.get(f"/c/{kept}").location).text
    assert "a former member" in page
    assert "/members/former-" not in page


def test_or_it_goes_with_its_texts(app, mara, db, settled):
    db.session.add(
        Revision(
            contribution_id=db.session.scalars(
                select(Contribution.id).where(Contribution.author_id == mara.id)
            ).first(),
            number=1,
            title="Maras old title",
            source="Maras old text",
            written_at=builders.clock.now(),
        )
    )
    leave(app, mara, "remove")
    settled()
    rows = db.session.scalars(select(Contribution).where(Contribution.author_id == mara.id)).all()
    assert {row.state for row in rows} == {"removed"}
    assert {row.source + row.html + row.title + row.excerpt for row in rows} == {""}
    assert db.session.scalars(select(Revision)).all() == []
    answer = db.session.scalars(select(Reply).where(Reply.source == "An answer by somebody else")).one()
    assert answer.state == "published"
    assert mara.published_count == 10  # what the builder claims; the two are taken off again


def test_help_that_was_acknowledged_still_counts(app, mara, db, settled):
    leave(app, mara, "keep")
    settled()
    assert len(db.session.scalars(select(Thanks)).all()) == 1


def test_leaving_twice_changes_nothing(app, mara, db):
    assert erase_member(mara, keep_contributions=True)
    before = len(db.session.scalars(select(Activity)).all())
    assert not erase_member(mara, keep_contributions=True)
    assert len(db.session.scalars(select(Activity)).all()) == before


def test_the_last_admin_stays(app, db):
    boss = builders.admin("boss", password_hash=passwords.hash_password(GOOD))
    answer = (
        app.test_client()
        .sign_in(boss)
        .submit("/account/erase", {"sure": "y", "current_password": GOOD, "contributions": "keep"})
    )
    assert answer.status_code == 422
    assert "another member an admin" in answer.text
    with pytest.raises(standing.Refused):
        erase_member(boss, keep_contributions=True)
    builders.admin("other")
    assert erase_member(boss, keep_contributions=True)
    assert not boss.is_admin


def test_the_same_address_can_join_again(app, mara, db, settled):
    leave(app, mara, "keep")
    again = builders.member("mara", email="mara@example.org")
    assert again.id != mara.id
