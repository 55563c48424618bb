"""The owner's page: how it stands with what to do about it, and plots whose numbers stand in a table too."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.activity import Errand, record
from portal.backups.models import BackupRun
from portal.db import db, writing
from portal.watching import figures, keeping, standing
from portal.watching.counting import HERE, Counts
from portal.watching.figures import PERIODS, Step
from tests import builders
from tests.bench.pages import MOST_QUERIES
from tests.queries import heard

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def owner(app, as_member):
    return as_member(builders.admin())


@pytest.fixture
def busy(app, clock):
    """Something of everything in each of the last ten minutes before noon."""
    with HERE.handing_over():
        pass
    counts = Counts()
    for minute in range(10):
        clock.freeze(NOON - timedelta(minutes=10 - minute))
        for milliseconds in (4.0, 40.0, 1200.0):
            counts.answered(200, milliseconds)
        counts.answered(503, 9.0)
        counts.answered(429, 1.0)
        for name in ("page_hit", "page_hit", "page_304", "page_miss", "mail_sent", "mail_failed", "picture_finished",
                     "picture_refused", "slow_request", "slow_query", "sign_in_failed"):  # fmt: skip
            counts.count(name)
        for gauge, value in (("errands", 3.0), ("queue", 7.0), ("index_lag", 2.0)):
            counts.count(f"gauge:{gauge}", 1, value, value)
        keeping.flush(app, counts)
    clock.freeze(NOON)


@pytest.mark.parametrize("period", PERIODS)
def test_the_page_shows_plots_and_the_same_as_a_table(owner, busy, period):
    page = owner.get(f"/admin/watching?last={period}")
    assert page.status_code == 200
    assert page.text.count('<svg class="plot"') == 12
    assert "The same as a table" in page.text
    assert "80" in page.text  # 5 answers and 3 kept pages in each of ten minutes
    assert "NaN" not in page.text


def test_the_page_asks_the_same_little_however_much_was_counted(owner, app, busy):
    address = "/admin/watching?last=day"
    owner.get(address)
    with heard(db.engine) as found:
        owner.get(address)
    assert len(found) <= MOST_QUERIES, found
    keeping.flush(app)
    with heard(db.engine) as again:
        owner.get(address)
    assert len(again) == len(found)


def test_an_empty_page_says_when_there_will_be_something(owner):
    page = owner.get("/admin/watching").text
    assert "Nothing was counted yet" in page
    assert '<svg class="plot"' not in page


def test_a_period_without_anything_says_so(owner, busy, clock):
    clock.freeze(NOON + timedelta(hours=3))
    assert "Nothing was counted in this time" in owner.get("/admin/watching").text


def test_another_period_is_not_found(owner):
    assert owner.get("/admin/watching?last=century").status_code == 404


def test_what_is_not_well_says_what_to_do(owner, app, clock):
    clock.freeze(NOON)
    topic = builders.topic(state="pending")
    topic.submitted_at = NOON - timedelta(hours=30)
    record("edited", topic)
    clock.advance(minutes=20)
    page = owner.get("/admin/watching").text
    assert "Is a worker running?" in page
    assert "Look into the queue" in page
    assert "All is well" not in page


def test_an_errand_that_fails_again_and_again_is_shown(owner, app):
    record("edited", builders.topic())
    errand = db.session.query(Errand).first()
    errand.attempts, errand.last_error = 6, "OSError: no room"
    page = owner.get("/admin/watching").text
    assert f"{errand.reaction} failed 6 times" in page
    assert "OSError: no room" in page


def test_without_any_backup_nobody_could_bring_the_site_back(make_app):
    app = make_app(env="production", base_url="https://community.example.org", mail_url="folder")
    with app.test_request_context():
        assert [r.words for r in standing.readings() if r.trouble] == ["none yet"]


def test_all_is_well_with_a_fresh_backup_and_nothing_waiting(owner, app, clock, settled):
    settled()
    clock.freeze()
    db.session.add(BackupRun(started_at=clock.freeze(), finished_at=clock.freeze(), ok=True))
    db.session.add(BackupRun(started_at=clock.freeze(), finished_at=clock.freeze(), ok=False, words="no room"))
    assert "All is well" in owner.get("/admin/watching").text
    clock.advance(days=8)
    page = owner.get("/admin/watching").text
    assert "All is well" not in page
    assert "too long ago" in page
    assert "To the backups" in page


def test_gauges_are_sampled_by_the_worker_and_plotted(app, clock):
    clock.freeze(NOON)
    builders.topic(state="pending")
    db.session.commit()
    with HERE.handing_over():
        pass
    standing.sample()
    keeping.flush()
    clock.advance(minutes=1)
    steps = figures.steps_of(PERIODS["hour"])
    assert steps[-1].at == NOON
    assert steps[-1].mean("queue") == 1
    assert steps[-2].mean("queue") is None


def test_steps_hold_what_was_counted_in_them_by_minute_and_by_hour(app, clock):
    clock.freeze(NOON)
    with writing():
        keeping.add(
            [{"minute": NOON - timedelta(minutes=ago), "name": "mail_sent", "number": number, "total": 0.0,
              "highest": 0.0} for ago, number in ((60, 1), (16, 2), (14, 4), (1, 8), (0, 16), (-1, 32))]
        )  # fmt: skip
    hour, day, week = (figures.steps_of(PERIODS[name]) for name in ("hour", "day", "week"))
    assert [step.number("mail_sent") for step in (hour[0], hour[44], hour[46], hour[59])] == [1, 2, 4, 8]
    assert [step.number("mail_sent") for step in day[-4:]] == [1, 0, 2, 12]
    assert [step.number("mail_sent") for step in week[-1:]] == [15]
    assert [len(steps) for steps in (hour, day, week)] == [60, 96, 168]


def test_percentiles_are_as_near_as_the_steps_of_the_histogram(app):
    counts = Counts()
    for milliseconds in range(1, 1001):
        counts.answered(200, float(milliseconds))
    with counts.handing_over() as rows:
        step = Step(NOON, 1, {row["name"]: (row["number"], row["total"], row["highest"]) for row in rows})
    assert step.within(0.5) == pytest.approx(500, rel=0.05)
    assert step.within(0.99) == pytest.approx(990, rel=0.05)
    assert step.within(1.0) == 1000
    assert Step(NOON, 1).within(0.5) is None


def test_answers_beyond_the_last_step_are_as_slow_as_the_slowest(app):
    counts = Counts()
    counts.answered(200, 45_000.0)
    with counts.handing_over() as rows:
        step = Step(NOON, 1, {row["name"]: (row["number"], row["total"], row["highest"]) for row in rows})
    assert step.within(0.99) == pytest.approx(45_000, rel=0.02)
    assert step.within(1.0) == 45_000
