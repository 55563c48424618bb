"""What Prometheus reads: true, well-formed, never going down, and for whoever has the token alone."""

import math
from threading import Thread

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from portal import config
from portal.config import SettingsError
from portal.db import db, writing
from portal.watching import keeping, metrics
from portal.watching.counting import HERE
from portal.watching.standing import GAUGES, Gauge, Source
from tests import builders

TOKEN = "a-token-that-is-long-enough"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def app(make_app):
    app = make_app(metrics_token=TOKEN)
    with app.app_context():
        with HERE.handing_over():
            pass  # what other tests counted
        yield app


def read(client, **headers: str) -> dict[tuple[str, ...], float]:
    """Every sample, as Prometheus's own parser understands it: (name, label values…) → value."""
    answer = client.get("/metrics", headers={**BEARER, **headers})
    assert answer.status_code == 200
    return understood(answer.text)


def understood(page: str) -> dict[tuple[str, ...], float]:
    found = {}
    for family in text_string_to_metric_families(page):
        assert family.type in ("counter", "gauge", "histogram"), family.name
        assert family.documentation
        for sample in family.samples:
            key = (sample.name, *(value for _, value in sorted(sample.labels.items())))
            assert key not in found
            found[key] = sample.value
    return found


def test_a_parser_of_prometheus_reads_the_sums_of_all_processes(app, client):
    HERE.answered(200, 4.0)
    HERE.answered(404, 30.0)
    HERE.answered(200, 20_000.0)
    HERE.count("errand_done:index", 3)
    HERE.count("errand_failed:index")
    HERE.count("page_hit", 7)
    keeping.flush(app)
    found = read(client)
    assert found["portal_requests_total", "2xx"] == 2
    assert found["portal_requests_total", "5xx"] == 0
    assert found["portal_errands_total", "done", "index"] == 3
    assert found["portal_errands_total", "failed", "index"] == 1
    assert found["portal_page_cache_total", "hit"] == 7
    assert found["portal_request_seconds_bucket", "0.005"] == 1
    assert found["portal_request_seconds_bucket", "10"] == 2
    assert found["portal_request_seconds_bucket", "+Inf"] == found["portal_request_seconds_count",] == 3
    assert math.isclose(found["portal_request_seconds_sum",], 20.034)
    steps = [value for key, value in found.items() if key[0] == "portal_request_seconds_bucket"]
    assert steps == sorted(steps)


def test_gauges_are_read_when_asked(app, client):
    before = read(client)
    builders.topic(state="pending")
    db.session.commit()
    after = read(client)
    assert (before["portal_queue_waiting",], after["portal_queue_waiting",]) == (0, 1)
    assert after["portal_queue_oldest_seconds",] >= 0
    assert ("portal_queue_oldest_seconds",) not in before  # nothing waits: nothing is old
    assert after["portal_disk_free_bytes", "data"] > 0
    assert after["portal_disk_free_bytes", "uploads"] > 0
    assert after["portal_database_bytes",] > 0
    assert ("portal_backup_age_seconds",) not in after


def test_sums_never_go_down_though_minutes_are_forgotten(app, client, clock):
    clock.freeze()
    HERE.count("mail_sent", 4)
    keeping.flush(app)
    clock.advance(days=40)
    keeping.tidy()
    HERE.count("mail_sent")
    keeping.flush(app)
    assert read(client)["portal_mails_total", "sent"] == 5


def test_requests_of_eight_at_once_are_all_counted(app, client):
    def go() -> None:
        visitor = FlaskClient(app, app.response_class)
        for _ in range(15):
            visitor.get("/healthz")

    db.session.commit()
    threads = [Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keeping.flush(app)
    assert read(client)["portal_requests_total", "2xx"] == 120


GUESSES = (
    "", TOKEN, f"Basic {TOKEN}", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x",
    f"Bearer {TOKEN.upper()}", "Bearer \xe9" + TOKEN, f"Bearer {TOKEN} {TOKEN}", "Bearer " + "x" * 8000,
)  # fmt: skip


def test_whoever_has_not_the_token_finds_no_page(app, client):
    nothing = client.get("/metrics-that-are-not-there")
    for given in GUESSES:
        answer = client.get("/metrics", headers={"Authorization": given} if given else {})
        assert answer.status_code == nothing.status_code == 404, given
        assert "portal_requests" not in answer.text


def test_without_a_token_in_the_settings_there_is_no_page_for_anybody(make_app):
    app = make_app()
    with app.app_context():
        for given in ("Bearer ", "Bearer", "Bearer None"):
            assert app.test_client().get("/metrics", headers={"Authorization": given}).status_code == 404


def test_no_cache_keeps_the_page(client):
    answer = client.get("/metrics", headers=BEARER)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("token", ["short", "ø" * 20])
def test_a_weak_token_is_refused_at_the_start(tmp_path, token):
    with pytest.raises(SettingsError, match="PORTAL_METRICS_TOKEN"):
        config.load({}, data_dir=tmp_path, metrics_token=token)


def test_no_label_can_add_a_line(app):
    evil = 'x"} 1\nportal_forged_total{a="\\'
    page = metrics.text({f"errand_done:{evil}": (3, 0.0)}, [])
    found = understood(page)
    assert found["portal_errands_total", "done", evil] == 3
    assert not [key for key in found if "forged" in key[0]]


def test_a_gauge_that_cannot_be_read_hides_no_other(app, client, caplog):
    def breaks() -> dict[str, float]:
        db.session.execute(text("SELECT nothing FROM nowhere"))
        return {}

    broken = Source((Gauge("errands", "portal_broken", "It breaks.", "Broken"),), breaks)
    app.extensions[GAUGES] = (broken, *app.extensions[GAUGES])
    found = read(client)
    assert ("portal_broken",) not in found
    assert found["portal_errands_waiting",] == 0


def test_the_page_asks_little_of_the_database_and_writes_nothing(app, client):
    from tests.queries import heard

    with heard(db.engine) as found:
        client.get("/metrics", headers=BEARER)
    assert len(found) <= 8
    assert all(statement.reads for statement in found.statements if "measured" in statement.sql)


def test_a_database_without_its_tables_is_an_answer_too(app, client):
    with writing():
        db.session.execute(text("ALTER TABLE measured RENAME TO measured_elsewhere"))
    try:
        assert client.get("/metrics", headers=BEARER).status_code == 503
    finally:
        with writing():
            db.session.execute(text("ALTER TABLE measured_elsewhere RENAME TO measured"))
