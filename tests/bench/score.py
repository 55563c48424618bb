"""What the help score withstands, foretells and costs; tables in Markdown, and 1 if an attack gets through.

`make bench-score`, or `python -m tests.bench.score [DUMP …] [--seeds 20] [--lines …] [--members …]
[--only attacks|prediction|recompute]`. DUMP is the folder of a Stack Exchange dump (Users.xml, Posts.xml,
Votes.xml, Comments.xml), several are measured one after the other; `make bench-score DUMP=…` for one.
Everything is drawn from seeds: the same dump gives the same tables, but for the times.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from portal.importing.rows import DumpRefused
from tests.bench import (
    score_attackers,
    score_attacks,
    score_history,
    score_ours,
    score_portal,
    score_prediction,
    score_recompute,
    score_rivals,
)

ROOT = Path(__file__).resolve().parents[2]
DUMPS = ROOT.parent / "shared" / "data" / "stackexchange"
SEEDS, LINES, MEMBERS = 20, 1_000_000, 100_000
PARTS = ("attacks", "prediction", "recompute")
BEGAN = time.perf_counter()


def say(what: str) -> None:
    """Progress, apart from the tables."""
    print(f"{time.perf_counter() - BEGAN:6.1f} s  {what}", file=sys.stderr, flush=True)


def dumps(given: Sequence[Path]) -> list[Path]:
    """The folders given, else DUMP=…, else all that lie where dumps are kept."""
    if given:
        return list(given)
    if named := os.environ.get("DUMP"):
        return [Path(named)]
    return sorted(users.parent for users in DUMPS.glob("*/Users.xml"))


def on_site(folder: Path, seeds: int, parts: Sequence[str]) -> bool:
    """Print what is found on one real site; says whether the attacks stayed short of the gate."""
    history, held = score_history.read(folder), True
    say(f"{folder.name}: {len(history.joined):,} members, {len(history.events):,} events")
    if not any(event.sort == "accepted" for event in history.events):
        print(f"`{folder.name}` has no accepted answer: there is nothing to measure.\n")
        return True
    if "attacks" in parts:
        with tempfile.TemporaryDirectory() as place, score_portal.empty(Path(place)):
            outcomes = score_attacks.simulate(history, seeds, say)
        held, sentence = score_attacks.verdict(outcomes)
        print(score_attacks.table(outcomes, history, seeds), sentence, "", sep="\n\n", flush=True)
    if "prediction" in parts:
        found = score_prediction.windows(history, seeds, say)
        print(score_prediction.table(found, history, seeds), "", sep="\n\n", flush=True)
    return held


def assumptions(parts: Sequence[str]) -> str:
    """What was taken for granted, as a list."""
    modules = {"attacks": score_attackers, "prediction": score_prediction, "recompute": score_recompute}
    real = [score_history, score_ours, score_rivals] if {"attacks", "prediction"} & set(parts) else []
    return "\n".join(["Assumed:", "", *(module.ASSUMED for module in [*real, *(modules[part] for part in parts)])])


def main() -> int:
    """Measure and print; 1 if an attack got through, 2 if a dump cannot be read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("dump", nargs="*", type=Path, help="folders of Stack Exchange dumps")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone; can be given several times")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        del os.environ[name]  # the defaults are measured
    parts, held = asked.only or PARTS, True
    if {"attacks", "prediction"} & set(parts):
        folders = dumps(asked.dump)
        if not folders:
            print(f"There is no dump in {DUMPS}; name a folder, or take --only recompute.", file=sys.stderr)
            return 2
        for folder in folders:
            if not (folder / "Posts.xml").is_file() or not (folder / "Users.xml").is_file():
                print(f"{folder} has no Users.xml and Posts.xml.", file=sys.stderr)
                return 2
            try:
                held = on_site(folder, asked.seeds, parts) and held
            except DumpRefused as refused:
                print(refused, file=sys.stderr)
                return 2
    if "recompute" in parts:
        found = score_recompute.measure(asked.lines, asked.members, say)
        print(score_recompute.table(found, asked.lines, asked.members), "", sep="\n\n", flush=True)
    print(assumptions(parts))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
