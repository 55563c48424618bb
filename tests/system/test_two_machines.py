"""Two machines that share nothing but services: see tests/bench/two_machines.py, which is what runs here, shortened."""

import subprocess
import sys

import pytest

from tests.bench.two_machines import lacking
from tests.databases import ROOT


@pytest.mark.slow
def test_of_two_machines_one_loses_its_power_and_nothing_that_was_acknowledged_is_lost():
    if why := lacking():
        pytest.skip(f"two machines can't be tried here: {why}")
    words = [sys.executable, "-m", "tests.bench.two_machines", "--short"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert "none was lost" in done.stdout
