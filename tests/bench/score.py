"""How long the help score takes: a million lines, 100,000 members, in memory, beside counting accepted answers.

Run it with `make bench-score`; `python -m tests.bench.score LINES MEMBERS` for other sizes.
"""

import random
import resource
import sys
import time
from collections import Counter

from portal.advocacy.score import Line, Terms, Voice, aged_sums, given_away, score_one

SEED = 1


def ledger(lines: int, members: int, chance: random.Random) -> list[Line]:
    """Lines as communities have them: few help often, many ask once (both by a Pareto law), over three years."""
    def somebody() -> int:
        return min(members, int(chance.paretovariate(0.4)))

    found = []
    for _ in range(lines):
        helped, weight = chance.randint(1, members), chance.choice((1.0, 0.5, 0.3))
        found.append(Line(somebody(), helped, weight, chance.randint(0, 1100)))
    return found


def voices(members: int, chance: random.Random) -> dict[int, Voice]:
    """A third verified, half confirmed, the rest new; companies of some twenty people."""
    found = {}
    for n in range(1, members + 1):
        draw = chance.random()
        weight = 1.0 if draw < 1 / 3 else 0.4 if draw < 5 / 6 else 0.05
        found[n] = Voice(weight, weight == 1.0, f"company {n % max(1, members // 20)}")
    return found


def main(lines: int = 1_000_000, members: int = 100_000) -> None:
    """Print the times, and what they are in multiples of a plain count."""
    chance = random.Random(SEED)
    entries, heard = ledger(lines, members, chance), voices(members, chance)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    start = time.perf_counter()
    accepted = Counter(line.helper for line in entries if line.weight == 1.0)
    counting = time.perf_counter() - start

    start = time.perf_counter()
    terms = Terms()
    sums = aged_sums(entries, terms.half_life)
    given = given_away(sums)
    adding = time.perf_counter() - start
    totals = {helper: score_one(helper, sums, given, heard, terms).total for helper in sums}
    scoring = time.perf_counter() - start

    busiest = accepted.most_common(1)[0][0]
    start = time.perf_counter()
    score_one(busiest, sums, given, heard, terms)
    one = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    python = sys.version.split()[0]
    print(f"{lines:,} lines, {members:,} members, {len(totals):,} of whom helped; seed {SEED}, Python {python}")
    print(f"  all scores          {scoring:8.2f} s   (of which adding up who helped whom: {adding:.2f} s)")
    print(f"  the busiest helper  {1000 * one:8.2f} ms  ({len(sums[busiest]):,} people helped)")
    print(f"  accepted, counted   {counting:8.2f} s   → the score costs {scoring / counting:.0f} times a plain count")
    print(f"  memory              {peak - before:8.0f} MB beyond the {before:.0f} MB of the lines themselves")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
