"""Whether PostgreSQL takes what is written, as `/readyz` finds out by writing: at once, and not each time."""

from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from sqlalchemy import event, text

from portal import trouble
from portal.db import db
from tests import builders

REFUSES = {"status": "unavailable", "database": "read-only"}


@pytest.fixture
def database(app):
    """A PostgreSQL that refuses what is written while `refuses` is set; `looked` counts who tried to find that out."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("the disk of SQLite's file is looked at without writing")
    found = SimpleNamespace(refuses=False, looked=0, during=lambda: None)

    @event.listens_for(db.engine, "begin")
    def _begin(connection):
        if found.refuses:
            connection.execute(text("SET TRANSACTION READ ONLY"))

    @event.listens_for(db.engine, "before_cursor_execute")
    def _count(connection, cursor, sql, bound, context, many):
        if "TEMPORARY TABLE more" in sql:
            found.looked += 1
            found.during()

    return found


@pytest.fixture
def mara(app):
    """A member."""
    return builders.member("mara")


def asked(app):
    with app.app_context():
        answer = app.test_client().get("/readyz")
    return answer.status_code, {name: answer.json[name] for name in ("status", "database") if name in answer.json}


def refused(app, mara):
    """A form is refused for it."""
    assert app.test_client().sign_in(mara).submit("/account/sign-out-everywhere").status_code == 503


def time_passes(monkeypatch):
    monkeypatch.setattr(trouble, "LOOKED_EVERY", 0.0)


def test_a_new_process_finds_out_by_itself_that_the_database_refuses(app, database):
    database.refuses = True
    assert asked(app) == (503, REFUSES)


def test_while_all_is_well_a_process_looks_once(app, database):
    for _ in range(5):
        assert asked(app) == (200, {"status": "ok"})
    assert database.looked == 1


def test_while_it_refuses_who_asks_often_makes_no_work(app, database):
    database.refuses = True
    for _ in range(5):
        assert asked(app) == (503, REFUSES)
    assert database.looked == 1


def test_what_was_refused_is_said_without_looking_again(app, database, mara):
    assert asked(app) == (200, {"status": "ok"})
    database.refuses = True
    refused(app, mara)
    assert asked(app) == (503, REFUSES)
    assert database.looked == 1


def test_after_some_seconds_it_is_looked_at_again_until_it_is_well(app, database, mara, monkeypatch):
    assert asked(app) == (200, {"status": "ok"})
    database.refuses = True
    refused(app, mara)
    time_passes(monkeypatch)
    assert asked(app) == (503, REFUSES)
    database.refuses = False
    assert asked(app) == (200, {"status": "ok"})
    looked = database.looked
    assert asked(app) == (200, {"status": "ok"})
    assert database.looked == looked == 3


def test_what_is_refused_while_somebody_looks_is_not_forgotten(app, database, monkeypatch):
    def during():
        database.during = lambda: None
        trouble._doubt().raise_(trouble.FULL)

    database.during = during
    assert asked(app) == (503, REFUSES | {"database": "full"})
    time_passes(monkeypatch)
    assert asked(app) == (200, {"status": "ok"})


@pytest.mark.parametrize("known", [False, True], ids=["the-first-time", "while-it-refuses"])
def test_of_many_who_ask_at_once_one_looks(app, database, monkeypatch, known):
    database.refuses = True
    looks = 1
    if known:
        assert asked(app) == (503, REFUSES)
        trouble._doubt().looked_at = float("-inf")
        looks = 2
    together, answers = Barrier(4), []

    def ask():
        together.wait()
        answers.append(asked(app))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(503, REFUSES)] * 4
    assert database.looked == looks


def test_who_asks_while_another_looks_has_the_last_finding(app, database, monkeypatch):
    database.refuses = True
    assert asked(app) == (503, REFUSES)
    time_passes(monkeypatch)
    meanwhile = []

    def during():
        database.during = lambda: None
        thread = Thread(target=lambda: meanwhile.append(asked(app)))
        thread.start()
        thread.join(20)

    database.during = during
    assert asked(app) == (503, REFUSES)
    assert meanwhile == [(503, REFUSES)]
    assert database.looked == 2
