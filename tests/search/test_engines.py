"""What every engine does, asked of its index directly."""

import threading

import pytest

from portal.search import SearchUnavailable
from portal.search.query_language import parse
from tests.search.documents import document


def test_readers_of_another_process_see_changes_and_swaps(built, make_engine) -> None:
    writer = built(document(1))
    reader = make_engine()
    assert reader.search(parse("common")).total == 1
    with writer.writing() as change:
        change.put([document(2)])
    assert reader.search(parse("common")).total == 2
    writer.rebuild(lambda change: change.put([document(3), document(4), document(5)]), lambda change: None)
    assert reader.search(parse("common")).total == 3


def test_writers_wait_for_each_other(app, built, make_engine) -> None:
    engine = built()
    others = [make_engine() for _ in range(4)]

    def write(which: int) -> None:
        with app.app_context():
            for step in range(5):
                with others[which].writing() as change:
                    change.put([document(which * 100 + step + 1)])

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(dict(engine.contents())) == 20


def test_a_change_that_fails_leaves_nothing(built) -> None:
    engine = built(document(1))

    def fail() -> None:
        with engine.writing() as change:
            change.remove([1])
            change.put([document(2)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(dict(engine.contents())) == [1]
    with pytest.raises(ZeroDivisionError):
        engine.rebuild(lambda change: 1 / 0, lambda change: None)  # type: ignore[arg-type]
    assert list(dict(engine.contents())) == [1]


def test_phrases_are_found_among_deleted_and_several_segments(built) -> None:
    engine = built(
        *(document(n, text="alpha beta gamma" if n % 2 else "beta alpha gamma") for n in range(1, 41))
    )
    with engine.writing() as change:
        change.remove(range(1, 11))
        change.put([document(100, text="so alpha beta it is")])
    results = engine.search(parse('"alpha beta"'), limit=50)
    assert {hit.id for hit in results.hits} == {100, *range(11, 41, 2)}
    assert {hit.id for hit in engine.search(parse('gamma -"alpha beta"'), limit=50).hits} == set(range(12, 41, 2))


def test_no_index_is_said_to_be_unavailable(make_engine) -> None:
    engine = make_engine()
    for ask in (lambda: engine.search(parse("x")), engine.check, engine.contents, lambda: engine.writing().__enter__()):
        with pytest.raises(SearchUnavailable):
            ask()
