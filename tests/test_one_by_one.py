"""Readers of one process wait for each other, but not for long, on one processor; who writes is not concerned."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError, Event

import pytest
from flask.testing import FlaskClient

from portal import one_by_one
from portal.access import public
from portal.one_by_one import LOOK, STAY, Home, OneByOne, give_way

LONG = 60.0
NOWHERE = Home(wanted=False)


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
            if environ.get("asks elsewhere"):
                give_way()
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
    application = OneByOne(inner, LONG, NOWHERE)
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(ask, application, slow=True)
        assert inner.entered.wait(30)
        others = [threads.submit(ask, application) for _ in range(7)]
        inner.go_on.set()
        assert [answer.result(30) for answer in (first, *others)] == [[b"answered"]] * 8
    assert inner.most == 1


def test_who_is_slow_holds_nobody_up_for_long(inner):
    application = OneByOne(inner, 0.01, NOWHERE)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(ask, application, slow=True)
        assert inner.entered.wait(30)
        for _ in range(3):
            assert threads.submit(ask, application).result(30) == [b"answered"]
        assert not first.done()
        inner.go_on.set()
        assert first.result(30) == [b"answered"]
    assert ask(OneByOne(inner, LONG, NOWHERE)) == [b"answered"]


def test_who_writes_waits_for_nobody_who_reads(inner):
    application = OneByOne(inner, LONG, NOWHERE)
    with ThreadPoolExecutor(1) as threads:
        threads.submit(ask, application, slow=True)
        assert inner.entered.wait(30)
        assert ask(application, "POST") == [b"answered"]
        inner.go_on.set()


def test_a_fault_ends_the_turn(inner):
    application = OneByOne(inner, LONG, NOWHERE)
    with pytest.raises(KeyError):
        ask(application, fails=True)
    assert ask(application) == [b"answered"]


def test_what_came_in_beside_somebody_slow_does_not_end_the_turn_of_another(inner):
    application = OneByOne(inner, 0.01, NOWHERE)
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(ask, application, slow=True)
        assert inner.entered.wait(30)
        ask(application)
        assert application._turn.locked(), "the one who is slow still has it"
        inner.go_on.set()
        slow.result(30)
    assert not application._turn.locked()


def test_who_waits_for_another_machine_holds_nobody_up_and_ends_nobodys_turn(inner):
    application = OneByOne(inner, LONG, NOWHERE)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(ask, application, slow=True, **{"asks elsewhere": True})
        assert inner.entered.wait(30)
        assert ask(application) == [b"answered"]
        with application._turn:
            inner.go_on.set()
            assert first.result(30) == [b"answered"]
            assert application._turn.locked()
    assert ask(application) == [b"answered"]
    give_way()
    assert not application._turn.locked(), "whoever has no turn ends none"


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


@pytest.fixture
def threads():
    """One each, so that where they are is nobody else's concern."""
    made = [ThreadPoolExecutor(1) for _ in range(2)]
    yield [lambda *work, own=own: own.submit(*work).result(30) for own in made]
    for own in made:
        own.shutdown()


def processors():
    return os.sched_getaffinity(0)


several = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2, reason="there is one processor, or no say"
)


@several
def test_pages_are_made_where_the_one_before_was_made(inner, threads):
    first, second = threads
    application = OneByOne(inner, LONG, Home())
    for thread in threads:
        thread(ask, application)
    assert len(first(processors)) == 1
    assert first(processors) == second(processors)


@several
def test_after_a_while_the_system_chooses_a_processor_anew(threads):
    thread, home, everywhere = threads[0], Home(), processors()
    places = []
    for now in (1.0, 1.0 + STAY / 2, 1.01 + STAY, 1.02 + STAY + LOOK):
        thread(home.come, now)
        places.append(thread(processors))
    assert [len(where) for where in places] == [1, 1, len(everywhere), 1]
    assert processors() == everywhere, "the other threads of this process stay as they were"


@several
@pytest.mark.parametrize("how", ["writes", "waits too long"])
def test_who_makes_no_page_in_turn_goes_where_the_system_wants(inner, threads, how):
    application, everywhere = OneByOne(inner, 0.01, Home()), processors()
    one = threads[0]
    one(ask, application)
    assert len(one(processors)) == 1
    if how == "writes":
        one(ask, application, "POST")
    else:
        inner.entered.clear()
        with ThreadPoolExecutor(1) as slow:
            held = slow.submit(ask, application, slow=True)
            assert inner.entered.wait(30)
            one(ask, application)
            inner.go_on.set()
            held.result(30)
    assert one(processors) == everywhere


@several
def test_a_processor_is_chosen_where_a_thread_is_that_was_free_to_go(threads):
    (first, second), home, everywhere = threads, Home(), processors()
    later = 2.0 + STAY
    first(home.come, 1.0)
    second(home.come, 1.0)
    first(home.come, later)
    second(home.come, later + 2 * LOOK)
    assert second(processors) == everywhere, "it was held where all have been, and says nothing of another place"
    first(home.come, later + 3 * LOOK)
    assert len(first(processors)) == 1


@several
def test_a_thread_that_was_begun_by_one_that_is_held_goes_free_as_well(inner, threads):
    application, everywhere = OneByOne(inner, LONG, Home()), processors()

    def begin_another():
        ask(application)
        with ThreadPoolExecutor(1) as own:
            return own.submit(lambda: (ask(application, "POST"), processors())[1]).result(30)

    assert threads[0](begin_another) == everywhere


@several
def test_a_thread_that_is_begun_by_one_that_gave_way_is_free_to_go_anywhere(threads):
    everywhere, begun = processors(), []

    def begin_another(*_):
        give_way()
        with ThreadPoolExecutor(1) as own:
            begun.append(own.submit(processors).result(30))
        return [b"answered"]

    threads[0](ask, OneByOne(begin_another, LONG, Home()))
    assert begun == [everywhere]


@several
def test_who_was_given_other_processors_meanwhile_goes_to_any_of_them(threads, monkeypatch):
    thread, home, everywhere = threads[0], Home(), processors()
    thread(home.come, 1.0)
    monkeypatch.setattr(one_by_one, "OURS", {one_by_one.MOST - 1})  # as if these had been taken away
    thread(home.leave)
    assert thread(processors) == everywhere


@several
def test_where_the_system_does_not_tell_where_a_thread_is_pages_are_made_all_the_same(inner, threads):
    home = Home()
    home._where = lambda: -1
    application = OneByOne(inner, LONG, home)
    threads[0](ask, application, "POST")
    assert threads[0](ask, application) == [b"answered"]


@pytest.mark.parametrize("how", ["the system has no such thing", "it is forbidden"])
def test_where_no_processor_can_be_chosen_pages_are_made_all_the_same(inner, threads, monkeypatch, how):
    def forbidden(*_):
        raise PermissionError

    if how == "it is forbidden":
        monkeypatch.setattr(os, "sched_setaffinity", forbidden, raising=False)
    else:
        monkeypatch.delattr(os, "sched_setaffinity", raising=False)
    assert threads[0](ask, OneByOne(inner, LONG, Home())) == [b"answered"]
