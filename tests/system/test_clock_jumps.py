"""A machine whose clock is set while the site runs: back, forward, to where time begins. Nobody is locked out."""

import time
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.contributions.models import Contribution
from portal.db import db
from tests.system.people import UNHURRIED, furnish, ready, signed_in, wait_until

pytestmark = pytest.mark.slow

HOUR, DAY = 3600, 86400


def set_clock(file: Path, seconds: int) -> None:
    """The clock of the site is off by so many seconds."""
    file.with_name("next").write_text(str(seconds))
    file.with_name("next").replace(file)


def test_a_clock_that_jumps_stops_nobody(make_sqlite_site, tmp_path):
    clock = tmp_path / "clock"
    set_clock(clock, 0)
    site = make_sqlite_site(**UNHURRIED | {"posts_per_minute": 12})
    topic = furnish(site)
    site.program = ["-m", "tests.system.shifted", str(clock)]
    site.start(worker="own")
    writer = signed_in(site)
    sent = 0
    for jump in (0, -2 * HOUR, DAY, DAY - int(time.time()), 0):
        for _ in range(2):  # the second finds the clock as the first left it
            set_clock(clock, jump)
            address = f"/c/{topic}/reply"
            status, location = writer.post(address, source=f"Reply {sent}, now.", submission_key=f"k{sent}")
            assert (status, "#reply-" in location) == (303, True), (jump, status, location, writer.text[-600:])
            sent += 1
        wait_until(lambda: ready(site)[1].get("errands") == 0, f"an errand waits for the clock after {jump}")
    # As many as a minute allows, then the clock goes back: nobody waits until it has come there again.
    set_clock(clock, 0)
    while (status := writer.post(f"/c/{topic}/follow")[0]) == 303:
        pass
    assert status == 429
    assert int(writer.headers["Retry-After"]) <= 61
    set_clock(clock, -2 * HOUR)
    assert writer.post(f"/c/{topic}/follow")[0] == 303
    for jump in (-2 * HOUR, DAY):
        set_clock(clock, jump)
        assert signed_in(site, "asker").get("/account/help")[0] == 200
    assert "Traceback" not in site.log.read_text()
    with site.house():
        rows = select(Contribution.submission_key, Contribution.position).where(Contribution.parent_id == topic)
        found = db.session.execute(rows.order_by(Contribution.position)).all()
    assert [tuple(row) for row in found] == [(f"k{n}", n + 1) for n in range(sent)]
