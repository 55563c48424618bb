"""The command line as people use it: starting, stopping, refusing, looking after a site."""

import json
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal import config
from portal.contributions.models import Contribution
from portal.db import db, writing
from portal.members.models import Member
from tests import builders
from tests.databases import ROOT, SECRET_KEY
from tests.system.browser import Browser
from tests.visitors import Visitor

pytestmark = pytest.mark.slow

PASSWORD = "four words in a row"


def run(site, *words: str, **environment: str) -> tuple[int, str, str]:
    """A command to its end: exit status, what it printed, what it complained of."""
    done = subprocess.run(
        site._words(words), env=site._environment() | environment, cwd=ROOT, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


# settings that can't be used


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PORTAL_ENV": "production"}, "PORTAL_SECRET_KEY is missing or weak"),
        ({"PORTAL_ENV": "production", "PORTAL_SECRET_KEY": "short"}, "PORTAL_SECRET_KEY is missing or weak"),
        ({"PORTAL_ENV": "production", "PORTAL_SECRET_KEY": "a" * 64}, "PORTAL_SECRET_KEY is missing or weak"),
        ({"PORTAL_ENV": "live"}, "PORTAL_ENV must be development or production"),
        ({"PORTAL_DATABASE_URL": "mysql://localhost/x"}, "PORTAL_DATABASE_URL must begin with"),
        ({"PORTAL_BASE_URL": "community.example.org"}, "PORTAL_BASE_URL must be an address"),
        ({"PORTAL_BIND": "8000"}, "PORTAL_BIND must be an address and a port"),
        ({"PORTAL_MAIL_URL": "imap://x"}, "PORTAL_MAIL_URL must be"),
        ({"PORTAL_STORAGE_URL": "ftp://x"}, "PORTAL_STORAGE_URL must begin with"),
        ({"PORTAL_SEARCH": "grep"}, "PORTAL_SEARCH must be"),
        ({"PORTAL_LOG_FORMAT": "xml"}, "PORTAL_LOG_FORMAT must be"),
        ({"PORTAL_REPLY_PAUSE": "soon"}, "PORTAL_REPLY_PAUSE must be a whole number"),
        ({"PORTAL_REPLY_PAUSE": "-1"}, "PORTAL_REPLY_PAUSE must not be negative"),
        ({"PORTAL_WEB_THREADS": "0"}, "PORTAL_WEB_THREADS must be 1 or more"),
        ({"PORTAL_REPLY_PAUS": "1"}, "PORTAL_REPLY_PAUS is not a setting"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_a_sentence(tmp_path, given, said):
    with pytest.raises(config.SettingsError, match=said):
        config.load({"PORTAL_DATA_DIR": str(tmp_path), **given})


@pytest.mark.parametrize("command", ["serve", "work", "migrate"])
def test_production_without_a_secret_key_does_not_start(make_site, command):
    site = make_site()
    status, printed, complained = run(site, command, PORTAL_ENV="production", PORTAL_SECRET_KEY="")
    assert (status, printed, len(complained.splitlines())) == (2, "", 1)
    assert "PORTAL_SECRET_KEY is missing or weak. Give it 32 characters or more" in complained


def test_in_development_the_key_is_made_once_for_its_owner_alone(tmp_path):
    first = config.load({"PORTAL_DATA_DIR": str(tmp_path)}).secret_key
    assert config.load({"PORTAL_DATA_DIR": str(tmp_path)}).secret_key == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


# starting and stopping


def test_migrating_twice_is_migrating_once(make_site):
    site = make_site()
    assert "up to date" in site.command("migrate")
    assert "up to date" in site.command("migrate")


def test_a_database_that_was_never_migrated_is_not_served(make_site, tmp_path):
    site = make_site()
    empty = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    for command in ("serve", "work"):
        status, _, complained = run(site, command, PORTAL_DATABASE_URL=empty)
        assert status == 1
        assert "python -m portal migrate" in complained
        assert "Traceback" not in complained


@pytest.mark.parametrize("worker", ["inside", "own"])
def test_who_is_asked_to_stop_does_so_in_order(make_site, worker):
    site = make_site().start(worker=worker)
    assert Browser(site.port).get("/forum/")[0] == 200
    processes = list(site.processes)
    began = time.monotonic()
    for process in processes:
        process.terminate()
    assert [process.wait(timeout=15) for process in processes] == [0] * len(processes)
    assert time.monotonic() - began < 12
    said = site.log.read_text()
    assert "Traceback" not in said


def test_how_a_site_says_that_it_is_well(make_site):
    site = make_site().start()
    for address in ("/healthz", "/readyz"):
        with urllib.request.urlopen(site.url + address) as answer:
            assert json.loads(answer.read())["status"] == "ok"
            assert answer.headers["Cache-Control"] == "no-store"


def test_a_database_that_is_gone_makes_a_site_unready_but_not_dead(make_app, tmp_path):
    app = make_app(database_url=f"sqlite:///{tmp_path}/no/such/folder.sqlite3")
    with app.app_context():
        client = app.test_client()
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        assert client.get("/").status_code == 503


# many at once


def test_fifty_who_write_at_once_all_get_through(make_app):
    app = make_app(reply_pause=0, posts_per_minute=10_000)
    with app.app_context():
        topic = builders.topic()
        cookies = []
        for _ in range(50):
            visitor = Visitor(app, app.response_class).sign_in(builders.member())
            cookies.append((visitor, visitor.csrf_token()))
        number = topic.id
        db.session.commit()
        db.session.remove()
    answers: list[int] = []

    def write(n: int) -> None:
        visitor, token = cookies[n]
        with app.app_context():
            for k in range(3):
                text = f"Answer {k} of {n}, in some words."
                answer = visitor.post(f"/c/{number}/reply", data={"csrf_token": token, "source": text})
                answers.append(answer.status_code)
                answers.append(visitor.get("/forum/").status_code)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(answers) == [200] * 150 + [303] * 150
    with app.app_context():
        positions = select(Contribution.position).where(Contribution.parent_id == number)
        assert sorted(db.session.scalars(positions)) == list(range(1, 151))
        assert db.session.get_one(Contribution, number).reply_count == 150
        db.session.remove()


# looking after a site


def test_the_doctor_finds_a_healthy_site_healthy(make_site):
    site = make_site()
    site.command("rebuild", "search")
    status, printed, _ = run(site, "doctor")
    assert (status, "PROBLEM" in printed) == (0, False), printed
    for what in ("settings", "database", "errands", "search", "storage", "mail"):
        assert f"ok      {what}" in printed


def test_the_doctor_says_what_is_wrong_and_all_of_it(make_site, tmp_path):
    site = make_site()
    site.command("rebuild", "search")
    for part in (site.settings["data_dir"] / "search").rglob("*"):
        if part.is_file() and part.suffix != ".lock":
            part.write_bytes(b"broken")
    (tmp_path / "a-file").write_text("where a folder should be")
    wrong = {
        "PORTAL_DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "PORTAL_STORAGE_URL": (tmp_path / "a-file" / "pictures").as_uri(),
        "PORTAL_MAIL_URL": "smtp://127.0.0.1:9",
    }
    status, printed, complained = run(site, "doctor", **wrong)
    assert status == 1
    assert "Traceback" not in complained
    for what in ("database", "search", "storage", "mail"):
        assert f"PROBLEM {what}" in printed, printed


def test_the_doctor_lists_every_setting(make_site):
    printed = make_site().command("doctor", "--settings")
    assert all(variable in printed for variable, _ in config.all_settings())


def test_what_was_backed_up_is_brought_back_by_the_command_line(make_site, tmp_path: Path):
    site, other = make_site(), make_site()
    with site.house() as app, app.test_request_context(), writing():
        builders.reply(builders.topic(title="A bell that rings"), text="Grüße, 王小明 🚲")
    archive = tmp_path / "backup.tar.gz"
    assert "rows of" in site.command("backup", str(archive))
    assert "Restored" in other.command("restore", str(archive))
    status, _, complained = run(other, "restore", str(archive))
    assert (status, "not empty" in complained) == (1, True)
    assert "Restored" in other.command("restore", str(archive), "--replace")
    other.command("rebuild", "all")
    other.start()
    browser = Browser(other.port)
    assert "A bell that rings" in browser.get("/forum/")[1]
    assert "王小明" in browser.get("/topics/1/a-bell-that-rings")[1]
    assert "A bell that rings" in browser.get("/search?q=bell")[1]
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    status, _, complained = run(other, "restore", str(cut), "--replace")
    assert (status, "Nothing was changed" in complained, "Traceback" in complained) == (1, True, False)


def test_members_are_made_and_given_roles(make_site):
    site = make_site()
    site.command("member", "create", "mara", "mara@example.org", "--password", PASSWORD, "--role", "moderator")
    assert "is admin now" in site.command("member", "grant", "mara", "admin")
    assert "already" in site.command("member", "grant", "mara", "admin")
    for words, why in {
        ("create", "mara", "other@example.org", "--password", PASSWORD): "username",
        ("create", "other", "mara@example.org", "--password", PASSWORD): "address",
        ("create", "other", "no address", "--password", PASSWORD): "address",
        ("create", "other", "other@example.org", "--password", "short"): "password",
        ("grant", "nobody", "admin"): "nobody",
    }.items():
        status, printed, complained = run(site, "member", *words)
        assert (status, printed, "Traceback" in complained) == (1, "", False), words
        assert why in complained.lower(), complained
    with site.house():
        mara = db.session.scalars(select(Member)).one()
        assert (mara.moderates, mara.is_admin, mara.confirmed) == (True, True, True)
        assert db.session.scalar(select(func.count(Member.id))) == 1
        db.session.rollback()
    site.start()
    browser = Browser(site.port)
    browser.sign_in("mara", PASSWORD)
    assert browser.get("/admin/")[0] == 200


def test_an_unknown_command_tells_which_there_are(make_site):
    status, _, complained = run(make_site(), "dance")
    assert status == 2
    assert "No such command" in complained


def test_no_command_needs_a_home_or_writes_elsewhere(make_site, tmp_path):
    """A service has a locked-down account: no home folder, and a program folder it may not write to."""
    site = make_site()
    before = set(ROOT.iterdir())
    status, printed, complained = run(site, "migrate", HOME="/nonexistent", XDG_CACHE_HOME="/nonexistent")
    assert status == 0
    assert set(ROOT.iterdir()) == before
    assert SECRET_KEY not in printed + complained
