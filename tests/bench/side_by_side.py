"""Everything side by side: the portal, the limits of this machine, FlaskBB; `python -m tests.bench.side_by_side`.

Requests a second, the 50th and 99th percentile, memory and start, as ratios; which targets are met. On SQLite,
with two web processes (PROCESSES=1: with one) and a worker; nginx and FlaskBB get as many. All on 127.0.0.1, so the
load takes its part of the same two processors, from everybody alike.
"""

import argparse
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from tests.bench import flaskbb, limits, posting, site, turns
from tests.bench.load import fetch, load, median_of, program
from tests.bench.report import AT, Run, print_table, print_targets
from tests.bench.served import Served
from tests.databases import ROOT
from tests.postgres import free_port

CONNECTIONS = (1, 8, 32)
MAIN = "topic of 20"
STARTS = 3
ROUNDS = 7
PATIENCE_FOR_CHORES = 120


def measure(run: Run, mode: str, server: Served, pages: dict[str, str], headers: dict[str, str] | None = None) -> None:
    """Each page of a server over each number of connections; the page that matters most three times."""
    for name, path in pages.items():
        status, body = fetch(server.port, path, headers)
        if status != 200:
            run.note(f"{mode}, {name}: {path} answers {status}")
            continue
        load(server.url + path, 8, 1, headers)  # each process has seen it once
        for connections in run.connections:
            times = 3 if name == MAIN and connections == 8 else 1
            loads = [load(server.url + path, connections, run.seconds, headers) for _ in range(times)]
            run.keep(mode, name, connections, median_of(loads), len(body))


def limits_of(run: Run, body: bytes, place: Path) -> None:
    """What is fast as can be: nginx, the bare server, the empty page."""
    servers = {
        "nginx, file of the same bytes": (limits.nginx(place / "nginx", free_port(), body), "/page"),
        "bare server, the same bytes": (limits.bare(place / "bare", body), "/"),
        "empty Flask page": (limits.empty_flask(place / "flask"), "/"),
    }
    for mode, (server, path) in servers.items():
        if server is None:
            run.note(f"{mode}: there is none here")
            continue
        with server:
            measure(run, mode, server, {MAIN: path})


def starts(run: Run, place: Path) -> None:
    """From the start of the process to the first answers, three times; the middle one counts."""
    health, front = [], []
    for _ in range(STARTS):
        server = site.portal(place)
        began = time.perf_counter()
        with server:
            health.append(time.perf_counter() - began)
            front.append(server.answers("/", began))
    run.start = statistics.median(front)
    run.start_of_health = statistics.median(health)


@contextmanager
def watching_memory(server: Served, run: Run) -> Iterator[None]:
    """A block during which memory is looked at twice a second."""
    over, seen = Event(), [server.memory()]

    def look() -> None:
        while not over.wait(0.5):
            seen.append(server.memory())

    thread = Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        run.memory_highest = max(run.memory_highest, *seen)
        run.memory_median = statistics.median(seen)


def the_portal(run: Run, place: Path, say: Callable[[str], None]) -> tuple[site.Targets, bytes]:
    """Cached, not cached, signed in, posting. Returns what was looked at, and the topic page's bytes."""
    here = site.targets(place)
    with site.portal(place) as server:
        say("the portal settles …")
        chores = [0.0]
        server.settle(PATIENCE_FOR_CHORES, lambda: chores.append(server.memory()))
        run.memory_of_chores = max(chores)
        body = fetch(server.port, here.paths[MAIN])[1]
        with watching_memory(server, run):
            say("cached …")
            measure(run, "anonymous, cached", server, here.paths)
            say("not cached …")
            measure(run, "anonymous, not cached", server, here.paths, site.NOT_KEPT)
            members = [posting.sign_in(server.port, name, site.PASSWORD) for name in here.members]
            moderator = posting.sign_in(server.port, here.moderator, site.PASSWORD)
            say("signed in …")
            measure(run, "signed in", server, here.paths, {"Cookie": members[0].cookie})
            measure(run, "signed in", server, {"queue": "/moderation/"}, {"Cookie": moderator.cookie})
            say("posting …")
            for connections in (1, 8):
                got = posting.post(server.port, members[:connections], here.quiet_topics, run.seconds)
                run.keep("signed in", "reply posted", connections, got, 0)
        run.memory_after = server.memory()
    return here, body


def the_rival(run: Run, place: Path, ours: Path, topic: int, say: Callable[[str], None]) -> None:
    """FlaskBB, where it installs."""
    try:
        server, pages = flaskbb.flaskbb(place, ours, topic, say)
        with server:
            say("FlaskBB …")
            measure(run, "FlaskBB", server, pages)
            run.memory_of_flaskbb = server.memory()
    except (flaskbb.NotHere, RuntimeError) as error:
        run.note(f"FlaskBB is not measured: {error}")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4, help="of each load (default 4)")
    parser.add_argument("--data", type=Path, help="a folder that bench-data filled (default: instance/bench)")
    parser.add_argument("--connections", type=int, nargs="*", default=CONNECTIONS)
    parser.add_argument("--without-flaskbb", action="store_true")
    given = parser.parse_args()
    began = time.perf_counter()

    def say(words: str) -> None:
        print(f"{time.perf_counter() - began:6.0f} s  {words}", file=sys.stderr, flush=True)

    run = Run(given.seconds, tuple(given.connections))
    if os.getloadavg()[0] > 0.5:
        run.note(f"this machine is busy with something else (load {os.getloadavg()[0]:.1f}): quote nothing of this")
    kept = site.data(given.data, say)
    work = ROOT / "instance" / "bench-run"
    place = site.a_copy(kept, work / "site")
    try:
        say(f"load by {program()}, {given.seconds:g} s each")
        say("starting, three times …")
        starts(run, place)
        here, body = the_portal(run, place, say)
        say("the limits of this machine …")
        limits_of(run, body, work)
        say("the empty page and the portal in turns …")
        rounds = turns.in_turns(place, ROUNDS, AT, run.seconds, say)
        run.parts = {name: statistics.median(found) for name, found in rounds.items()}
        if not given.without_flaskbb:
            the_rival(run, ROOT / "instance" / "bench-flaskbb", kept / "portal.sqlite3", here.topic, say)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print_table(run)
    print_targets(run)
    print(f"\nIn {(time.perf_counter() - began) / 60:.0f} minutes, load by {program()}, {given.seconds:g} s each.")


if __name__ == "__main__":
    main()
