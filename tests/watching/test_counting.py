"""Counting loses nothing, whoever counts at once, and never stands in anybody's way."""

import os
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import insert, select, text

from portal.db import db, writing
from portal.watching import keeping
from portal.watching.counting import EVER, HERE, MOST_MINUTES, Counts
from portal.watching.models import Measured

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def counts():
    return Counts()


def rows(name: str) -> dict[datetime, tuple[int, float, float]]:
    db.session.rollback()
    query = select(Measured.minute, Measured.number, Measured.total, Measured.highest).where(Measured.name == name)
    return {minute: (number, total, highest) for minute, number, total, highest in db.session.execute(query)}


def test_what_is_counted_stands_by_the_minute_and_in_the_sum_of_all_time(app, clock, counts):
    clock.freeze(NOON)
    counts.count("mail_sent", 2)
    counts.answered(200, 30.0)
    assert keeping.flush(app, counts)
    clock.advance(seconds=70)
    counts.count("mail_sent")
    counts.answered(204, 10.0)
    assert keeping.flush(app, counts)
    assert rows("mail_sent") == {EVER: (3, 0, 0), NOON: (2, 0, 0), NOON + timedelta(minutes=1): (1, 0, 0)}
    assert rows("answer_2xx")[EVER] == (2, 40.0, 30.0)


def test_two_processes_add_to_the_same_minute(app, clock, counts):
    clock.freeze(NOON)
    other = Counts()
    counts.answered(500, 12.0)
    other.answered(502, 90.0)
    assert keeping.flush(app, counts)
    assert keeping.flush(app, other)
    assert rows("answer_5xx") == {EVER: (2, 102.0, 90.0), NOON: (2, 102.0, 90.0)}


def test_eight_threads_lose_nothing_to_one_that_takes_what_gathered_all_the_time(counts):
    def go() -> None:
        for _ in range(5000):
            counts.answered(200, 1.0)

    taken: Counter[str] = Counter()

    def take() -> None:
        with counts.handing_over() as found:
            for row in found:
                taken[row["name"]] += row["number"] if row["minute"] == EVER else 0

    before, threads = sys.getswitchinterval(), [Thread(target=go) for _ in range(8)]
    sys.setswitchinterval(1e-6)  # so that they are interrupted in the middle of everything
    try:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            take()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    take()
    assert taken == {"answer_2xx": 40_000, "took_2": 40_000}


def test_writers_at_once_add_up(app, counts):
    several = [Counts() for _ in range(4)]

    def go(own: Counts) -> None:
        for _ in range(10):
            own.count("page_hit")
            own.count("mail_sent")
            own.count("errand_done:index")
            assert keeping.flush(app, own)

    threads = [Thread(target=go, args=(own,)) for own in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [rows(name)[EVER][0] for name in ("page_hit", "mail_sent", "errand_done:index")] == [40, 40, 40]


def test_while_the_database_is_away_it_is_kept_and_written_down_later(app, clock, counts, caplog):
    clock.freeze(NOON)
    counts.count("mail_sent", 5)
    with writing():
        db.session.execute(text("ALTER TABLE measured RENAME TO measured_elsewhere"))
    try:
        assert not keeping.flush(app, counts)
        assert not keeping.flush(app, counts)
        clock.advance(minutes=1)
        counts.count("mail_sent")
        assert not keeping.flush(app, counts)
    finally:
        with writing():
            db.session.execute(text("ALTER TABLE measured_elsewhere RENAME TO measured"))
    assert len([line for line in caplog.messages if "kept for now" in line]) == 1
    assert keeping.flush(app, counts)
    assert keeping.flush(app, counts)
    assert rows("mail_sent") == {EVER: (6, 0, 0), NOON: (5, 0, 0), NOON + timedelta(minutes=1): (1, 0, 0)}


def test_what_is_kept_while_the_database_is_away_is_bounded_and_the_sum_loses_nothing(app, clock, counts):
    clock.freeze(NOON)
    for _ in range(MOST_MINUTES + 50):
        clock.advance(minutes=1)
        counts.count("page_hit")
        with pytest.raises(OSError, match="away"), counts.handing_over():
            raise OSError("the database is away")
    with counts.handing_over() as kept:
        assert len(kept) == MOST_MINUTES + 1
        assert {row["number"] for row in kept if row["minute"] == EVER} == {MOST_MINUTES + 50}


def test_a_request_that_is_undone_is_counted_and_its_transaction_knows_nothing_of_it(app, client):
    with HERE.handing_over():
        pass
    assert client.submit("/account/sign-in", {"login": "nobody", "password": "wrong", "next": ""}).status_code == 422
    with HERE.handing_over() as found:
        numbers = {row["name"]: row["number"] for row in found if row["minute"] == EVER}
    assert numbers["sign_in_failed"] == numbers["answer_4xx"] == 1
    assert rows("sign_in_failed") == {}


@pytest.mark.parametrize(
    "name",
    [
        "mara@example.org", "/forum/brakes", "errand_done:", "errand_done:In dex", 'errand_done:a"}\nb',
        "gauge:" + "x" * 40,
    ],
)  # fmt: skip
def test_nothing_is_counted_under_a_name_that_is_not_in_the_vocabulary(counts, name):
    with pytest.raises(ValueError, match="nothing is counted"):
        counts.count(name)
    with counts.handing_over() as found:
        assert found == []


def test_a_process_that_is_forked_off_does_not_count_again_what_its_parent_counted():
    with HERE.handing_over():
        pass
    HERE.count("page_hit")
    reading, writing_end = os.pipe()
    child = os.fork()
    if child == 0:
        with HERE.handing_over() as found:
            os.write(writing_end, str(len(found)).encode() or b"0")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 10) == b"0"
    os.close(reading)
    os.close(writing_end)
    with HERE.handing_over() as found:
        assert len(found) == 2


def test_minutes_become_hours_after_a_day_and_go_after_a_month_but_the_sum_stays(app, clock, counts):
    clock.freeze(NOON)
    old, older, fresh = NOON - timedelta(hours=30), NOON - timedelta(days=31), NOON - timedelta(hours=3)
    moments = [old, old + timedelta(minutes=7), old + timedelta(minutes=59), older, fresh + timedelta(minutes=5)]
    given = [{"minute": at, "name": "answer_2xx", "number": 2, "total": 30.0 + n, "highest": 20.0 + n}
             for n, at in enumerate(moments)]  # fmt: skip
    with writing():
        db.session.execute(insert(Measured), [*given, {**given[0], "minute": EVER, "number": 10}])
    keeping.tidy()
    wanted = {EVER: (10, 30.0, 20.0), old: (6, 93.0, 22.0), fresh + timedelta(minutes=5): (2, 34.0, 24.0)}
    assert rows("answer_2xx") == wanted
    keeping.tidy()
    assert rows("answer_2xx") == wanted


def test_what_comes_late_is_added_to_its_hour(app, clock, counts):
    clock.freeze(NOON)
    old = NOON - timedelta(hours=30)
    for minute in (3, 4):
        with writing():
            keeping.add([{"minute": old + timedelta(minutes=minute), "name": "mail_sent", "number": 1, "total": 0.0,
                          "highest": 0.0}])  # fmt: skip
        keeping.tidy()
    assert rows("mail_sent") == {old: (2, 0, 0)}


def test_a_number_may_be_larger_than_four_bytes(app, counts):
    counts.count("page_hit", 2**31)
    counts.count("page_hit", 2**31)
    assert keeping.flush(app, counts)
    assert rows("page_hit")[EVER][0] == 2**32
