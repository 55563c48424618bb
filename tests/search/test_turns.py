"""Searches take turns in a process."""

import threading
import time

import pytest

from portal.search.turns import TooLong, Turns


def test_turns_come_in_the_order_in_which_threads_came() -> None:
    turns, had, waiting = Turns(), [], []

    def have(number: int) -> None:
        with turns.turn(5):
            had.append(number)

    with turns.turn(5):
        for number in range(5):
            waiting.append(threading.Thread(target=have, args=(number,)))
            waiting[-1].start()
            while len(turns._waiting) <= number:
                time.sleep(0.001)
        assert had == []
    for thread in waiting:
        thread.join()
    assert had == [0, 1, 2, 3, 4]
    with turns.turn(0.01):
        had.append(5)
    assert had[-1] == 5


def test_who_waits_too_long_goes_and_does_not_hold_up_the_others() -> None:
    turns, late = Turns(), []

    def give_up() -> None:
        with pytest.raises(TooLong), turns.turn(0.01):
            pass
        late.append(True)

    with turns.turn(1):
        thread = threading.Thread(target=give_up)
        thread.start()
        thread.join()
    assert late
    with turns.turn(0.01):
        pass
