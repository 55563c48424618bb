"""Readers of one process wait for each other, but not for long, and nobody who writes waits for them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError, Event

import pytest
from flask.testing import FlaskClient

from portal import one_by_one
from portal.access import public
from portal.one_by_one import OneByOne

LONG = 60.0


class Inner:
    """An application that answers when it is told to, and knows how many were in it at once."""

    def __init__(self):
        self.entered, self.go_on = Event(), Event()
        self.inside = self.most = 0

    def __call__(self, environ, start_response):
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.entered.set()
        try:
            if environ.get("slow"):
                assert self.go_on.wait(30)
            if environ.get("fails"):
                raise KeyError("a fault")
            return [b"answered"]
        finally:
            self.inside -= 1


@pytest.fixture
def inner():
    made = Inner()
    yield made
    made.go_on.set()


def ask(application, method="GET", **environ):
    return application({"REQUEST_METHOD": method, **environ}, None)


def test_who_reads_waits_for_who_reads(inner):
    application = OneByOne(inner, LONG)
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(ask, application, slow=True)
        assert inner.entered.wait(30)
        others = [threads.submit(ask, application) for _ in range(7)]
        inner.go_on.set()
        assert [answer.result(30) for answer in (first, *others)] == [[b"answered"]] * 8
    assert inner.most == 1


def test_who_is_slow_holds_nobody_up_for_long(inner):
    application = OneByOne(inner, 0.01)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(ask, application, slow=True)
        assert inner.entered.wait(30)
        for _ in range(3):
            assert threads.submit(ask, application).result(30) == [b"answered"]
        assert not first.done()
        inner.go_on.set()
        assert first.result(30) == [b"answered"]
    assert ask(OneByOne(inner, LONG)) == [b"answered"]


def test_who_writes_waits_for_nobody_who_reads(inner):
    application = OneByOne(inner, LONG)
    with ThreadPoolExecutor(1) as threads:
        threads.submit(ask, application, slow=True)
        assert inner.entered.wait(30)
        assert ask(application, "POST") == [b"answered"]
        inner.go_on.set()


def test_a_fault_ends_the_turn(inner):
    application = OneByOne(inner, LONG)
    with pytest.raises(KeyError):
        ask(application, fails=True)
    assert ask(application) == [b"answered"]


def test_what_came_in_beside_somebody_slow_does_not_end_the_turn_of_another(inner):
    application = OneByOne(inner, 0.01)
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(ask, application, slow=True)
        assert inner.entered.wait(30)
        ask(application)
        assert application._turn.locked(), "the one who is slow still has it"
        inner.go_on.set()
        slow.result(30)
    assert not application._turn.locked()


def test_pages_are_made_one_by_one_with_a_file_and_side_by_side_with_a_server(make_app, request, monkeypatch):
    monkeypatch.setattr(one_by_one, "PATIENCE", LONG)
    app, together = make_app(), Barrier(2)

    def meet():
        try:
            together.wait(1)
        except BrokenBarrierError:
            return "alone"
        return "together"

    app.add_url_rule("/meet", "meet", public(meet))
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: FlaskClient(app, app.response_class).get("/meet").text, range(2)))
    with_a_server = request.config.option.database == "postgresql"
    assert answers == ["together" if with_a_server else "alone"] * 2
