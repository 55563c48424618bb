"""The topic page and an empty Flask page in turns, many times: `python -m tests.bench.turns`.

What is measured minutes apart may have been measured on two machines: one that others share is twice as fast at one
time as at another. Here each ratio is of two loads a few seconds apart, and the middle one of all rounds counts; so
does `make bench` for what it holds against the empty page.
"""

import argparse
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path

from tests.bench import limits, posting, site
from tests.bench.load import load
from tests.databases import ROOT


def main() -> None:
    """Measure, and print a line a round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder that bench-data filled (default: instance/bench)")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--connections", type=int, default=8)
    given = parser.parse_args()
    work = ROOT / "instance" / "bench-turns"
    place = site.a_copy(site.data(given.data, print), work)
    try:
        found = in_turns(place, given.rounds, given.connections, given.seconds, print)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    for name, all_of_it in found.items():
        middle, least, most = statistics.median(all_of_it), min(all_of_it), max(all_of_it)
        print(f"{name}: 1/{middle:.1f} of the empty page (1/{least:.1f} to 1/{most:.1f})")


def in_turns(
    place: Path, rounds: int, connections: int, seconds: float, say: Callable[[str], None]
) -> dict[str, list[float]]:
    """How many times as many empty pages are answered as topic pages, in each round, by how the page is asked for."""
    here = site.targets(place)
    path = here.paths["topic of 20"]
    with site.portal(place) as portal, site.portal(place, remembering=False, worker=False) as forgetful:
        portal.settle()
        member = {"Cookie": posting.sign_in(portal.port, here.members[0], site.PASSWORD).cookie}
        asked = {
            "not cached": (portal.url + path, site.NOT_KEPT), "signed in": (portal.url + path, member),
            "not cached, nothing remembered": (forgetful.url + path, None),
        }  # fmt: skip
        ratios: dict[str, list[float]] = {name: [] for name in asked}
        with limits.empty_flask(place / "flask") as empty:
            for url, headers in asked.values():
                load(url, connections, 1, headers)  # each process has seen it once
            for n in range(1, rounds + 1):
                floor = load(empty.url + "/", connections, seconds).a_second
                line = [f"{n:>3}  empty {floor:>8,.0f}/s"]
                for name, (url, headers) in asked.items():
                    found = load(url, connections, seconds, headers).a_second
                    ratios[name].append(floor / found)
                    line.append(f"{name} {found:>7,.0f}/s = 1/{floor / found:.1f}")
                say("   ".join(line))
    return ratios


if __name__ == "__main__":
    main()
