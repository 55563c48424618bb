"""What was slow is told with its time, its place and its request, and never with what somebody typed."""

import logging
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.db import db
from portal.watching import slow
from portal.watching.counting import EVER, HERE
from tests.queries import heard

LONG = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 200000) SELECT count(*), :typed FROM c"


@pytest.fixture
def app(make_app):
    app = make_app(slow_query_ms=5, slow_request_ms=50)

    @app.before_request
    def ask():
        from flask import request

        if "ask" in request.args:
            db.session.execute(text(LONG), {"typed": request.args["ask"]})
        if "sleep" in request.args:
            time.sleep(0.06)

    with app.app_context():
        with HERE.handing_over():
            pass
        yield app


def told(caplog, name: str) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == name and record.levelno == logging.WARNING]


def counted() -> dict[str, int]:
    with HERE.handing_over() as rows:
        return {row["name"]: row["number"] for row in rows if row["minute"] == EVER}


def test_a_slow_statement_is_told_without_what_was_bound_to_it(client, caplog):
    answer = client.get("/healthz?ask=the+secret+of+mara")
    (line,) = [record for record in told(caplog, "portal.watching.slow") if "RECURSIVE" in record.getMessage()]
    assert "ms in front.healthz: WITH RECURSIVE c(x)" in line.getMessage()
    assert "mara" not in caplog.text
    assert "\n" not in line.getMessage()
    assert counted()["slow_query"] >= 1
    assert answer.status_code == 200


def test_a_quick_statement_is_not_told(app, caplog):
    db.session.execute(text("SELECT 1"))
    assert not [record for record in told(caplog, "portal.watching.slow") if "SELECT 1" in record.getMessage()]


def test_texts_that_were_written_into_a_statement_are_left_out(app, caplog):
    sql = LONG.replace(":typed", "'it''s the secret\nof Mara'")
    db.session.execute(text(sql))
    assert "Mara" not in caplog.text
    assert "'…'" in told(caplog, "portal.watching.slow")[-1].getMessage()


def test_a_statement_that_fails_late_is_told_too(app, caplog):
    if db.engine.dialect.name == "sqlite":
        broken = LONG.replace("count(*), :typed", "abs(-9223372036854775808 + 0 * count(*))")
    else:
        broken = LONG.replace("count(*), :typed", "1 / (count(*) - 200000)")
    with pytest.raises(DBAPIError):
        db.session.execute(text(broken)).all()
    db.session.rollback()
    assert "which failed" in told(caplog, "portal.watching.slow")[-1].getMessage()


def test_a_long_statement_is_cut():
    shown = slow.without_values("SELECT " + "x, " * 5000)
    assert len(shown) < slow.LONGEST + 10
    assert slow.without_values("SELECT $body$Mara's$body$, 'a', 'b''c'") == "SELECT '…', '…', '…'"


def test_a_slow_request_is_told_by_its_endpoint_and_counted(client, caplog):
    client.get("/healthz?sleep=1")
    client.get("/healthz")
    (line,) = told(caplog, "portal.requests")
    assert "ms in front.healthz" in line.getMessage()
    assert counted()["slow_request"] == 1


def test_nought_switches_both_off(make_app, caplog):
    app = make_app(slow_query_ms=0, slow_request_ms=0)
    with app.app_context():
        db.session.execute(text(LONG), {"typed": "x"})
        assert app.test_client().get("/healthz").status_code == 200
    assert not told(caplog, "portal.watching.slow")
    assert not told(caplog, "portal.requests")


def test_listening_changes_nothing_that_others_hear(app):
    with heard(db.engine) as found:
        db.session.execute(text("SELECT 1"))
    assert [statement.sql for statement in found.statements] == ["SELECT 1"]
    assert found.statements[0].seconds < 1
