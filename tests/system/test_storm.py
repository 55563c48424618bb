"""Some seconds of the storm that `make storm` lets blow for ten: people and faults at once; all is true in the end."""

import pytest

from tests.bench.storm import SMALL, Wanted, weather

FAULTS = ("kill_a_web_process", "kill_the_worker", "stop_the_worker_for_a_while", "kill_the_server")


@pytest.mark.slow
def test_a_storm_of_people_and_faults_loses_nothing_and_shows_nothing_it_should_not(tmp_path):
    record = weather(Wanted(20, size=SMALL, faults=FAULTS), tmp_path)
    assert record.failures == []
    assert len(record.faults) == len(FAULTS)
    assert record.acts["reply"] > 5
