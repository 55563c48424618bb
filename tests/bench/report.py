"""What the side-by-side measurement found, as a table of ratios, and held against the targets."""

from dataclasses import dataclass, field

from tests.bench.flaskbb import ELSEWHERE
from tests.bench.limits import PROCESSES
from tests.bench.load import Load

MAIN, AT = "topic of 20", 8
"""The page and the connections that the targets are about."""
NGINX, BARE, EMPTY = "nginx, file of the same bytes", "bare server, the same bytes", "empty Flask page"


@dataclass
class Run:
    """All that was measured, by (mode, page, connections); memory in megabytes, starts in seconds."""

    seconds: float
    connections: tuple[int, ...]
    found: dict[tuple[str, str, int], Load] = field(default_factory=dict)
    sizes: dict[tuple[str, str], int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    parts: dict[str, float] = field(default_factory=dict)
    """How many empty pages are answered in the time of one topic page, measured in turns (turns.py)."""
    start: float = 0
    start_of_health: float = 0
    memory_of_chores: float = 0
    memory_median: float = 0
    memory_highest: float = 0
    memory_after: float = 0
    memory_of_flaskbb: float = 0

    def keep(self, mode: str, page: str, connections: int, load: Load, size: int) -> None:
        """Remember one."""
        self.found[mode, page, connections] = load
        self.sizes[mode, page] = size

    def note(self, words: str) -> None:
        """Remember what has to be said below the table."""
        self.notes.append(words)

    def a_second(self, mode: str, page: str = MAIN, connections: int = AT) -> float | None:
        """Requests a second; None where it was not measured."""
        found = self.found.get((mode, page, connections))
        return found.a_second if found and found.a_second else None

    @property
    def flaskbb(self) -> tuple[float, str]:
        """FlaskBB's topic page, and where that was measured."""
        here = self.a_second("FlaskBB")
        return (here, "here") if here else (ELSEWHERE["FlaskBB"].topics, "elsewhere")


def print_table(run: Run) -> None:
    """One line for each mode, page and number of connections."""
    theirs = {"front page": None, "board": None, MAIN: run.flaskbb[0]}
    print(f"\n{'':<46}{'conn.':>6}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}{'kB':>7}"
          f"{'% nginx':>9}{'% bare':>8}{'1/empty':>9}{'× FlaskBB':>11}{'failed':>8}")  # fmt: skip
    for (mode, page, connections), one in run.found.items():
        flaskbb = run.a_second("FlaskBB", page, connections) or (theirs.get(page) if connections == AT else None)
        same = one.a_second / flaskbb if flaskbb else None
        rates = [run.a_second(other, connections=connections) for other in (NGINX, BARE, EMPTY)]
        nginx, bare, empty = (one.a_second / rate if rate else None for rate in rates)
        print(
            f"{f'{page}, {mode}':<46}{connections:>6}{one.a_second:>10,.0f}{one.p50:>9.2f}{one.p99:>9.2f}"
            f"{_size(run.sizes[mode, page]):>7}"
            + (
                " " * 37
                if page == "reply posted"
                else f"{_percent(nginx):>9}{_percent(bare):>8}{_part(empty):>9}{_times(same):>11}"
            )
            + f"{one.failed or '':>8}"
        )
    print(f"\nStart to the first answer: /healthz {run.start_of_health:.2f} s, front page {run.start:.2f} s.")
    print(
        f"Memory of all processes ({PROCESSES} for the web, PSS): {run.memory_median:.0f} MB under "
        f"load (median), {run.memory_highest:.0f} at its highest, {run.memory_after:.0f} after it; up to "
        f"{run.memory_of_chores:.0f} while the worker did what it does once a day."
    )
    if run.memory_of_flaskbb:
        print(f"FlaskBB's web processes: {run.memory_of_flaskbb:.0f} MB.")
    print("Elsewhere, on two cores with as large a community, 8 connections, a topic page with 20 posts: " + ", ".join(
        f"{name} {one.topics:g}/s (reply posted: p50 {one.reply:g} ms)" for name, one in ELSEWHERE.items()
    ) + ".")  # fmt: skip
    for words in run.notes:
        print(f"Note: {words}.")


def _size(size: int) -> str:
    return f"{size / 1000:.1f}" if size else ""


def _times(share: float | None) -> str:
    return "" if share is None else f"{share:.1f}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f}"


def _part(share: float | None) -> str:
    return "" if not share else f"1/{1 / share:.1f}"


def print_targets(run: Run) -> None:
    """Each target, what was measured, and whether it is met."""
    cached, uncached = map(run.a_second, ("anonymous, cached", "anonymous, not cached"))
    nginx, bare = run.a_second(NGINX), run.a_second(BARE)
    flaskbb, where = run.flaskbb
    of_nginx = cached / nginx if cached and nginx else 0
    of_bare = cached / bare if cached and bare else 0
    rows = [
        ("cached ≥ 40 % of nginx's file, or ≥ 90 % of the bare server",
         f"{of_nginx * 100:.1f} %, {of_bare * 100:.1f} %", of_nginx >= 0.4 or of_bare >= 0.9),
        ("not cached ≥ 1/8 of the empty Flask page, in turns", *_against(run.parts.get("not cached"), 8)),
        ("signed in ≥ 1/12 of it, in turns", *_against(run.parts.get("signed in"), 12)),
        (f"not cached ≥ 20 × FlaskBB, measured {where}",
         f"× {uncached / flaskbb:.1f}" if uncached else "–", bool(uncached) and (uncached or 0) / flaskbb >= 20),
        ("memory of everything ≤ 250 MB, under load", f"{run.memory_highest:.0f} MB", run.memory_highest <= 250),
        ("start ≤ 2 s", f"{run.start:.2f} s", run.start <= 2),
    ]  # fmt: skip
    print(f"\nTargets ({MAIN}, {AT} connections)")
    for what, measured, met in rows:
        print(f"  {'met   ' if met else 'MISSED'}  {what:<62}{measured:>16}")


def _against(part: float | None, most: int) -> tuple[str, bool]:
    return (f"1/{part:.1f}", part <= most) if part else ("–", False)
