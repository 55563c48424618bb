"""Where memory is: by process and kind of mapping, at rest and after each kind of load; `python -m tests.bench.memory`.

Megabytes (10⁶) of two web processes (PROCESSES=1: of one), the worker and what holds them together. What several share
is counted in parts (PSS), so the sum is what the machine really gives.
"""

import argparse
import re
import shutil
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from tests.bench import posting, site
from tests.bench.load import fetch, load
from tests.bench.served import Served
from tests.databases import ROOT

KINDS = ("heap", "anonymous", "libraries", "index", "other files")
PATIENCE = 150.0


def split(pid: int) -> Counter[str]:
    """Megabytes of a process: `pss` in all, `private` what it alone has written, and the parts of `pss` by KINDS."""
    found: Counter[str] = Counter()
    kind = ""
    try:
        lines = Path(f"/proc/{pid}/smaps").read_text().splitlines()
    except OSError:
        return found
    for line in lines:
        name, _, rest = line.partition(" ")
        if not name.endswith(":"):
            kind = _kind(line.split(maxsplit=5)[5] if len(line.split(maxsplit=5)) > 5 else "")
        elif name == "Pss:":
            found["pss"] += int(rest.split()[0]) * 1.024 / 1000
            found[kind] += int(rest.split()[0]) * 1.024 / 1000
        elif name == "Private_Dirty:":
            found["private"] += int(rest.split()[0]) * 1.024 / 1000
    return found


def _kind(path: str) -> str:
    if path == "[heap]":
        return "heap"
    if not path or path.startswith("["):
        return "anonymous"
    if ".so" in path or "/bin/python" in path:
        return "libraries"
    return "index" if path.endswith(".seg") else "other files"


def names_of(server: Served) -> dict[int, str]:
    """Its processes by what they are: the web server says which serve, and the worker may be a fresh one each time."""
    first, *rest = server.pids()
    found = {first: "parent"}
    web = [int(pid) for pid in re.findall(r"Spawning worker-\d+ with PID: (\d+)", server.said())]
    for pid in rest:
        with suppress(OSError):
            daily = b"chores-of-the-day" in Path(f"/proc/{pid}/cmdline").read_bytes()
            found[pid] = f"web {web.index(pid) + 1}" if pid in web else "chores" if daily else "worker"
    return found


def show(server: Served, what: str) -> None:
    """Print it."""
    rows = {name: split(pid) for pid, name in names_of(server).items()}
    rows["all"] = sum(rows.values(), Counter())
    print(f"\n{what}")
    for name, row in rows.items():
        print(f"  {name:<10}{row['pss']:>7.1f}   private {row['private']:>6.1f}   "
              + "   ".join(f"{kind} {row[kind]:.1f}" for kind in KINDS), flush=True)  # fmt: skip


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder that bench-data filled (default: instance/bench)")
    parser.add_argument("--seconds", type=float, default=2)
    given = parser.parse_args()
    work = ROOT / "instance" / "bench-memory"
    place = site.a_copy(site.data(given.data, print), work)
    here = site.targets(place)
    try:
        with site.portal(place) as server:
            _go(server, here, given.seconds)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _go(server: Served, here: site.Targets, seconds: float) -> None:
    show(server, "just started")
    server.settle(PATIENCE)
    show(server, "at rest")
    for name, path in here.paths.items():
        if fetch(server.port, path)[0] == 200:
            load(server.url + path, 8, seconds)
            show(server, f"after {name}, a stranger's")
    with ThreadPoolExecutor(8) as several:
        members = list(several.map(lambda name: posting.sign_in(server.port, name, site.PASSWORD), here.members))
    show(server, "after eight signed in at once")
    steps: dict[str, Callable[[], object]] = {
        f"{name}, a member's": lambda path=path: load(server.url + path, 8, seconds, {"Cookie": members[0].cookie})
        for name, path in here.paths.items()
    }
    moderator = posting.sign_in(server.port, here.moderator, site.PASSWORD)
    steps["the queue"] = lambda: load(server.url + "/moderation/", 8, seconds, {"Cookie": moderator.cookie})
    steps["many searches"] = lambda: [
        fetch(server.port, f"/search?q={first}+{second}")
        for first in ("brake", "chain", "lamp", "wheel", "oil", "noise", "battery", "seat", "tent", "rust")
        for second in ("new", "old", "why", "light", "water")
    ]
    steps["many topics"] = lambda: [fetch(server.port, f"/topics/{n}/x") for n in here.quiet_topics * 3]
    steps["replies posted"] = lambda: posting.post(server.port, members, here.quiet_topics, seconds * 2)
    for name, do in steps.items():
        do()
        show(server, f"after {name}")
    server.settle(PATIENCE)
    show(server, "at rest again")


if __name__ == "__main__":
    main()
