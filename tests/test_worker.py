"""A worker that has had enough ends once it did what was owed, and whoever takes its place goes on with its plan."""

import sys
from threading import Event

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.activity import Errand
from portal.db import writing
from portal.worker import Chore, Plan, work
from tests import builders


def enough(at_once: bool) -> bool:
    return True


def test_it_leaves_once_what_was_owed_is_done(app, db):
    with app.test_request_context(), writing():
        builders.topic(builders.member("asker"))
    assert db.session.scalar(select(func.count(Errand.id)))
    assert work(app, Event(), enough=enough) is not None
    db.session.rollback()
    assert db.session.scalar(select(func.count(Errand.id))) == 0


def test_one_that_is_told_to_stop_leaves_no_plan(app):
    stop = Event()
    stop.set()
    assert work(app, stop, enough=enough) is None


def test_what_was_done_by_the_clock_is_not_done_again_by_the_one_that_takes_its_place(app):
    done: list[str] = []
    chores = [
        Chore("for each", 600, lambda: done.append("for each"), in_each=True),
        Chore("for all", 600, lambda: done.append("for all")),
    ]
    plan = work(app, Event(), chores, enough=enough)
    assert done == ["for each", "for all"]
    work(app, Event(), chores, plan, enough)
    assert done == ["for each", "for all", "for each"], "what each does for itself, this one has not done yet"


def test_what_fell_due_meanwhile_is_done_by_the_one_that_takes_its_place(app):
    done: list[str] = []
    chores = [Chore("for all", 600, lambda: done.append("for all"))]
    work(app, Event(), chores, Plan(due={"for all": 1.0}), enough)
    assert done == ["for all"]


def test_what_falls_due_together_is_done_by_one_after_the_other_that_has_had_enough(app):
    done: list[str] = []
    names = ("for each", "first", "second")
    chores = [Chore(name, 600, lambda name=name: done.append(name), in_each=name == "for each") for name in names]
    plan = work(app, Event(), chores, enough=enough)
    assert done == ["for each", "first"]
    work(app, Event(), chores, plan, enough)
    assert done == ["for each", "first", "for each", "second"]


def test_who_can_do_more_does_all_that_falls_due_together(app):
    done: list[str] = []
    chores = [Chore(name, 600, lambda name=name: done.append(name)) for name in ("first", "second")]
    work(app, Event(), chores, enough=lambda at_once: not at_once)
    assert done == ["first", "second"]


def test_it_stays_while_something_goes_on_that_only_it_can_bring_to_its_end(app, monkeypatch):
    monkeypatch.setattr("portal.worker.POLL_SECONDS", 0.02)
    under_way, done = [], []

    def end():
        if under_way:
            done.append(under_way.pop())

    chores = [
        Chore("begin", 600, lambda: under_way.append("what was begun")),
        Chore("end", 0.1, end, in_each=True, goes_on=lambda: bool(under_way)),
    ]
    assert work(app, Event(), chores, enough=enough) is not None
    assert done == ["what was begun"]


@pytest.fixture
def day(tmp_path, monkeypatch):
    """Where what is started for the chores of the day writes that it began, and half a second later that it ended."""
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho began >> {tmp_path}/day\nsleep 0.5\necho ended >> {tmp_path}/day\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr("portal.worker.POLL_SECONDS", 0.02)
    return tmp_path / "day"


def test_it_stays_while_the_chores_of_the_day_are_under_way_and_they_are_done_once(app, day):
    chores = [Chore("once a day", 600, lambda: None, daily=True)]
    plan = work(app, Event(), chores, enough=enough)
    assert plan is not None
    assert plan.day_done == clock.now().date()
    work(app, Event(), chores, plan, enough)
    assert day.read_text() == "began\nended\n"
