"""The restore drill: a site is lost and comes back from its archive alone, also on the other database and back."""

import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.activity import follow_up
from portal.advocacy.models import LedgerEntry
from portal.advocacy.scoring import rebuild_scores
from portal.contributions.models import ComposerDraft, Contribution
from portal.db import db, writing
from portal.media.models import Picture
from portal.media.storage import storage
from portal.members.models import Member
from portal.search import followers as search
from tests import builders
from tests.backups.furnishing import HALF, ODD, contents, furnish
from tests.databases import SqliteFiles
from tests.live import Site
from tests.system.browser import Browser
from tests.system.test_serving import run

pytestmark = pytest.mark.slow


def state() -> tuple[dict[str, list[str]], dict[str, bytes]]:
    """All rows that an archive keeps, and all files."""
    return contents(), {key: storage().read(key) for key in storage().list("")}


def follow_all() -> None:
    while follow_up():
        pass


def test_a_lost_site_comes_back_on_either_database(request, make_site, databases, tmp_path: Path):
    """With PostgreSQL it goes from SQLite to there and back, with SQLite from one machine to another."""
    first = make_site()
    sites = [first, make_site()]
    if request.config.option.database == "postgresql":
        files = tmp_path / "files"
        files.mkdir()
        kept = SqliteFiles(files)
        for name in ("before", "after"):
            (files / name).mkdir()
        before, after = (Site(kept.another(files / name, name), files / name) for name in ("before", "after"))
        sites = [before, make_site(), after]
        request.addfinalizer(before.close)
        request.addfinalizer(after.close)
    with sites[0].house() as app, app.test_request_context():
        made = furnish()
        follow_all()
        search.rebuild()
        rows, kept_files = state()
        assert db.session.scalar(select(func.count(LedgerEntry.id))) == 2

    for number, (here, there) in enumerate(zip(sites, sites[1:], strict=False)):
        archive = tmp_path / f"{number}.tar.gz"
        assert "it was read back and holds together" in here.command("backup", str(archive))
        assert "It holds" in there.command("restore", str(archive), "--check")
        told = there.command("restore", str(archive))
        assert f"Restored {sum(map(len, rows.values()))} rows" in told
        assert "The secret key is the same" in told
        with there.house() as app, app.test_request_context():
            assert state() == (rows, kept_files)
            assert search.compare().equal
            rebuild_scores()
            assert contents()["member"] == rows["member"], "scores made anew from the ledger are those brought back"
            assert contents()["ledger_entry"] == rows["ledger_entry"]
            anna, bo = db.session.get(Member, made["anna"]), db.session.get(Member, made["bo"])
            assert (anna.joined_at.microsecond, anna.suspended_at, bo.goals) == (678901, None, ODD)
            assert db.session.get(Picture, anna.picture_id).owner_id == anna.id
            typed = db.session.get(ComposerDraft, (anna.id, "topic:new")).typed
            assert (typed["half"], typed["zero"], typed["none"]) == (HALF, "\0", None)
            assert bo.helped_count == 1

    last = sites[-1]
    last.close()  # or we would be who has it open
    status, _, complained = run(last, "restore", str(tmp_path / "0.tar.gz"))
    assert (status, "not empty" in complained) == (1, True)
    with last.house() as app, app.test_request_context():
        with writing():
            fresh = builders.topic(title="After the restore", author=db.session.get(Member, made["bo"]))
        assert fresh.id == max(made["photo"], made["topic"]) + 1 > db.session.scalar(
            select(func.max(Contribution.id)).where(Contribution.id != fresh.id)
        )
        address = db.session.scalars(select(Picture).where(Picture.contribution_id == made["photo"])).one().src
    last.start()
    browser = Browser(last.port)
    assert "A bell that rings" in browser.get("/search?q=bell")[1]
    with urllib.request.urlopen(last.url + address) as picture:
        assert picture.read(3) == b"\xff\xd8\xff"
    status, _, complained = run(last, "restore", str(tmp_path / "0.tar.gz"), "--replace")
    assert (status, "stop the server and the workers first" in complained) == (1, True)
