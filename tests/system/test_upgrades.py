"""An old database with people's things in it becomes a new one: from every released state, and nothing is lost."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from portal import create_app, migrating
from portal.advocacy.models import LedgerEntry, Recognition
from portal.backups.restoring import restore_backup
from portal.backups.writing import write_backup
from portal.contributions.models import Consent, Contribution, Decision, Thanks
from portal.db import db
from portal.media.models import Picture, PictureBand
from portal.media.storage import storage
from portal.members.models import Member, Suspension
from portal.migrating import upgrade
from portal.stories.models import Photo, Story
from tests.backups.furnishing import contents, quiet
from tests.backups.older import write_as_then
from tests.databases import ROOT, SECRET_KEY

LONG_AGO = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
PLAIN = {
    sa.String: "", sa.Text: "", sa.Integer: 0, sa.Boolean: False, sa.Double: 0.0, sa.DateTime: LONG_AGO, sa.JSON: {},
}  # fmt: skip


@pytest.fixture
def old(databases, tmp_path):
    """`old(revision)`: an application on a database as that revision left it, and `add(table, **row)` to fill it."""
    made: list[Any] = []

    def at(revision: str) -> tuple[Any, Callable[..., None]]:
        app = create_app(
            database_url=databases.empty(tmp_path, "old"), data_dir=tmp_path / "data",
            uploads_dir=tmp_path / "uploads", secret_key=SECRET_KEY, testing=True,
        )  # fmt: skip
        with app.app_context():
            upgrade(revision=revision)
            tables = sa.MetaData()
            tables.reflect(db.engine)
            made.append(db.engine)

        def add(name: str, **row: Any) -> None:
            """Put a row in; columns that must not be empty and are not given get something plain."""
            table = tables.tables[name]
            missing = [c for c in table.columns if not c.nullable and c.name not in row and not c.primary_key]
            plain = {c.name: next(v for t, v in PLAIN.items() if isinstance(c.type, t)) for c in missing}
            with app.app_context(), db.engine.begin() as connection:
                connection.execute(table.insert().values(**plain, **row))

        return app, add

    yield at
    for engine in made:
        engine.dispose()


def test_the_first_state_with_peoples_things_in_it_becomes_the_newest(old) -> None:
    app, add = old("0001")
    add("member", id=7, username="anna", display_name="Anna", email="anna@example.org")
    text = {"author_id": 7, "state": "published", "published_at": LONG_AGO}
    add("contribution", id=1, kind="story", title="Two cars", html="<p>as it was</p>", **text)
    add("story", id=1, before="Two cars.", change="One bicycle.", result="11 litres saved.", trade="Baker")
    add("contribution", id=2, kind="story", title="Half told", **text)
    add("story", id=2, before="One car.", change="", result="None.")
    add("contribution", id=3, kind="photo", title="At the lake", **text)
    add("photo", id=3, taken_at_place="Utrecht")
    picture = {"owner_id": 7, "difference_hash": "00ff0180aa55f00f", "media_type": "image/jpeg"}
    add("picture", id=1, token="t" * 22, contribution_id=3, width=2560, height=1000, **picture)
    add("picture", id=2, token="u" * 22, width=300, height=300, public_widths="300,animation", **picture)
    add("member", id=8, username="bo", display_name="Bo", picture_id=2)
    add("thanks", id=1, contribution_id=3, giver_id=8)
    add("consent", id=1, contribution_id=3, member_id=7, purpose="site", wording="Yes.")
    add("decision", id=1, contribution_id=3, from_state="pending", to_state="published", actor_id=7)
    add("suspension", id=1, member_id=7, why="Because.")
    add("member", id=9, username="cy", display_name="Cy", advocate_since=LONG_AGO)
    help_given = {"helper_id": 7, "helped_id": 8, "contribution_id": 3, "sort": "thanks", "source_id": 1}
    add("ledger_entry", id=1, at=LONG_AGO, **help_given)
    add("ledger_entry", id=2, at=LONG_AGO, reverses_id=1, **help_given)
    add("recognition", id=1, member_id=9, state="accepted", score_then=6.5)

    with app.app_context():
        upgrade()
        story, half = db.session.get(Story, 1), db.session.get(Story, 2)
        assert (story.hard, story.changed, story.trade) == ("Two cars.", "One bicycle.\n\n11 litres saved.", "Baker")
        assert (story.who, story.tried, story.advice, story.figure) == ("", "", "", "")
        assert story.html == "<p>as it was</p>"
        assert (half.hard, half.changed) == ("One car.", "None.")
        assert db.session.get(Photo, 3).taken_at_place == "Utrecht"
        assert db.session.get(Picture, 1).made_sizes == "320,640,1280,2560"
        assert db.session.get(Picture, 2).made_sizes == "300,animation"
        bands = select(PictureBand.value).where(PictureBand.picture_id == 1).order_by(PictureBand.band)
        assert bytes(db.session.scalars(bands)).hex() == "00ff0180aa55f00f"
        consent = db.session.get(Consent, 1)
        assert (consent.purpose, consent.wording, consent.wording_version) == ("site", "Yes.", "2026-11")
        assert (db.session.get(Decision, 1).batch, db.session.get(Suspension, 1).kind) == ("", "suspended")
        assert db.session.get(Member, 7).email == "anna@example.org"
        assert db.session.get(Member, 7).mail_recognition, "whoever got this mail before gets it still"
        assert db.session.get(Member, 8).picture_id == 2, "what points at a table that was made anew still does"
        assert db.session.get(Picture, 1).contribution_id == 3
        thanks = db.session.get(Thanks, 1)
        assert (thanks.giver_id, thanks.word) == (8, "")
        assert [db.session.get(LedgerEntry, n).reverses_id for n in (1, 2)] == [None, 1]
        recognition = db.session.get(Recognition, 1)
        assert (recognition.level, recognition.level_proposed, recognition.shows_answers) == ("advocate", "", True)
        assert (db.session.get(Member, 9).advocate_level, db.session.get(Member, 8).advocate_level) == ("advocate", "")
        assert db.session.get(Contribution, 3).incentive == ""
        db.session.remove()


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"])
def test_every_released_state_leads_to_what_the_models_say(old, revision: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    app, add = old(revision)
    add("member", id=1, username="anna", display_name="Anna")
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, db.metadata) == []
        assert db.session.get(Member, 1).username == "anna"
        db.session.remove()


def test_no_state_is_left_out_of_this_test() -> None:
    """A new migration is tried with data too: add it to the list above."""
    released = sorted(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("*.py"))
    assert released == ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"]


LIVED_IN: dict[str, list[dict[str, Any]]] = {
    "member": [
        {"id": 7, "username": "anna", "display_name": "Anna Grüße 🚲", "email": "anna@example.org"},
        {"id": 9, "username": "cy", "display_name": "Cy", "advocate_since": LONG_AGO},
    ],
    "contribution": [
        {"id": 3, "kind": "photo", "title": "At the lake", "author_id": 7, "state": "published"},
        {"id": 4, "kind": "reply", "parent_id": 3, "author_id": 9, "state": "published", "published_at": LONG_AGO},
    ],
    "photo": [{"id": 3, "taken_at_place": "Utrecht"}],
    "picture": [
        {
            "id": 2, "token": "ab" * 11, "owner_id": 7, "width": 300, "height": 300, "media_type": "image/jpeg",
            "difference_hash": "00ff0180aa55f00f",
        }
    ],
    "thanks": [{"id": 1, "contribution_id": 4, "giver_id": 7}],
    "decision": [{"id": 1, "contribution_id": 3, "from_state": "pending", "to_state": "published", "actor_id": 7}],
    "ledger_entry": [
        {"id": 1, "helper_id": 9, "helped_id": 7, "contribution_id": 4, "sort": "thanks", "source_id": 1}
    ],
    "recognition": [{"id": 1, "member_id": 9, "state": "accepted", "score_then": 6.5}],
    "searched_words": [{"words": "bell", "day": LONG_AGO.date()}],
}  # fmt: skip
"""Rows that every released state could hold, of the tables that it has."""


@pytest.mark.slow
@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"])
def test_an_archive_of_every_released_state_comes_to_what_the_upgrade_comes_to(
    request, old, make_app, tmp_path, revision: str
) -> None:
    """Restored from the archive that version wrote, or upgraded in place and backed up by this one: the same."""
    if request.config.option.database != "sqlite" and revision not in ("0001", "0005"):
        pytest.skip("an archive is brought to our revision in SQLite in any case")
    app, add = old(revision)
    with app.app_context():
        known = set(sa.inspect(db.engine).get_table_names())
    for table, rows in LIVED_IN.items():
        for row in rows if table in known else []:
            add(table, **row)
    master = f"private/ab/{'ab' * 11}/master.jpg"
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE member SET picture_id = 2 WHERE id = 7"))
        files = {master: b"a picture", "public/ab/x-320.jpg": b"x"}
        write_as_then(db.engine, tmp_path / "then.tar.gz", revision, files)
        upgrade()
        upgraded = contents()
        if revision == "0001":
            write_backup(tmp_path / "now.tar.gz", quiet)
        db.session.remove()
    assert len(upgraded["member"]) == 2

    new = make_app(uploads_dir=tmp_path / "new")
    with new.app_context():
        restored = restore_backup(tmp_path / "then.tar.gz", quiet)
        assert contents() == upgraded
        assert (restored.revision, restored.pictures, storage().read(master)) == (revision, 1, b"a picture")
        assert list(storage().list("public/")) == [], "public copies are made again from the private files"
        assert db.session.get(Member, 7).joined_at == LONG_AGO
        assert (db.session.get(Member, 7).picture_id, db.session.get(Contribution, 4).parent_id) == (2, 3)
        if revision == "0001":
            restore_backup(tmp_path / "now.tar.gz", quiet, replace=True)
            assert contents() == upgraded


def test_the_names_of_migrations_say_their_order() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(migrating.MIGRATIONS)).walk_revisions()
    assert migrating.revisions() == [script.revision for script in scripts][::-1]
