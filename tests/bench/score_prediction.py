"""Who will help the most different people in the next quarter: our score beside four rivals and a plain count.

At the end of each window's past, members are ordered by each measure, from what was known then; the quarter
that follows says how many different people each of them was accepted by. NDCG@10 with that number as the gain.
Where a measure puts several members level, each of their places gets their mean gain (McSherry and Najork,
ECIR 2008), so that no accident of numbering decides.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from math import log2
from random import Random
from statistics import fmean

from tests.bench import score_ours as ours
from tests.bench import score_rivals as rivals
from tests.bench.score_history import History

QUARTER, PAST, STEP, AT_MOST = 91, 28, 7, 24
"""Days: predicted, known at the least, and between windows (more where there would be more than so many windows)."""
TOP = 10
RESAMPLED = 2000
OURS = "help score"
RIVALS = ("accepted answers", "Stack Exchange points", "Discourse points", "PageRank")
COUNT = "people helped, counted"
SHARES = (0.1, 0.25, 0.5, 1.0)
"""Shares of verified customers for which ours is measured too."""

ASSUMED = f"""\
- A quarter is {QUARTER} days; the first window begins after {PAST} days, the next ones every {STEP} days (further apart
  where that would be more than {AT_MOST}). Windows overlap, so neighbours are not independent, and the intervals
  are narrower than they should be.
- Ordered are all who had posted before. Likes given are dated nowhere and left out of Discourse points here."""


def ndcg(points: rivals.Points, gains: rivals.Points, candidates: Collection[int], top: int = TOP) -> float:
    """How near the order by `points` comes to the best possible order by `gains`: 0 to 1. Needs some gain."""
    ordered = sorted(candidates, key=lambda member: -points.get(member, 0.0))
    place, found = 0, 0.0
    for _, level in groupby(ordered, key=lambda member: points.get(member, 0.0)):
        together = list(level)
        mean = fmean(gains.get(member, 0.0) for member in together)
        found += mean * sum(1 / log2(n + 2) for n in range(place, min(top, place + len(together))))
        place += len(together)
        if place >= top:
            break
    best = sorted((gains.get(member, 0.0) for member in candidates), reverse=True)[:top]
    ideal = sum(gain / log2(n + 2) for n, gain in enumerate(best))
    return found / ideal if ideal else 0.0


@dataclass(frozen=True)
class Window:
    """One quarter foretold."""

    begins: datetime
    helpers: int
    """How many different members were accepted in it."""
    values: Mapping[str, float]
    by_share: Mapping[float, float]


def windows(history: History, seeds: int, say: Callable[[str], None] = lambda _: None) -> list[Window]:
    """Each quarter of this history that has enough past before it."""
    first, last = history.events[0].at, history.last
    room = (last - first).days - PAST - QUARTER
    step = max(STEP, -(-room // AT_MOST))
    found = []
    assumed = {
        share: [ours.people_of(history, seed, share) for seed in range(1, _seeds(share, seeds) + 1)] for share in SHARES
    }
    for days in range(0, room + 1, step):
        cut = first + timedelta(days=PAST + days)
        window = _window(history, cut, assumed)
        if window is not None:
            found.append(window)
            say(f"prediction: quarter from {cut:%d %B %Y}")
    return found


def _seeds(share: float, seeds: int) -> int:
    """How many draws: all for the share that is assumed, a quarter for the others, one where nothing is drawn."""
    return seeds if share == ours.VERIFIED else 1 if share == 1 else max(1, seeds // 4)


def _window(history: History, cut: datetime, assumed: Mapping[float, Sequence[ours.People]]) -> Window | None:
    past = history.until(cut)
    end = cut + timedelta(days=QUARTER)
    ahead = [e for e in history.events if cut <= e.at < end]
    candidates = {e.by for e in past if e.sort in ("topic", "reply")}
    gains = {member: n for member, n in rivals.people_helped(ahead).items() if member in candidates}
    if not gains:
        return None
    measures = {
        "accepted answers": rivals.accepted_answers(past), "Stack Exchange points": rivals.stack_exchange(past),
        "Discourse points": rivals.discourse(past), "PageRank": rivals.page_rank(past, history.joined),
        COUNT: rivals.people_helped(past),
    }  # fmt: skip
    values = {name: ndcg(points, gains, candidates) for name, points in measures.items()}
    with ours.defaults(cut):
        scored = ours.Scored(past)
        by_share = {
            share: fmean(ndcg(scored(people), gains, candidates) for people in draws)
            for share, draws in assumed.items()
        }
    return Window(cut, len(gains), {OURS: by_share[ours.VERIFIED], **values}, by_share)


def interval(differences: Sequence[float]) -> tuple[float, float]:
    """The middle 95 % of the mean's bootstrap over windows."""
    dice = Random(1)
    means = sorted(fmean(dice.choices(differences, k=len(differences))) for _ in range(RESAMPLED))
    return means[round(0.025 * RESAMPLED)], means[round(0.975 * RESAMPLED) - 1]


def table(found: Sequence[Window], history: History, seeds: int) -> str:
    """The windows in Markdown."""
    if not found:
        return f"`{history.name}` is too short a history, or has too few accepted answers, for a prediction."
    names = (OURS, *RIVALS, COUNT)
    apart = max(1, ((found[-1].begins - found[0].begins).days + QUARTER) // QUARTER)
    task = f"NDCG@{TOP} of who helps the most different people in the {QUARTER} days that follow"
    windows = f"{len(found)} windows ({apart} of them without overlap)"
    lines = [
        f"Prediction on `{history.name}`: {task}; {windows}, ours the mean of {seeds} seeds.",
        "",
        "| quarter from | helpers in it | " + " | ".join(names) + " |",
        "|---|--:|" + "--:|" * len(names),
    ]
    for w in found:
        best = max(w.values[name] for name in names)
        cells = (f"**{w.values[n]:.3f}**" if w.values[n] == best else f"{w.values[n]:.3f}" for n in names)
        lines.append(f"| {w.begins:%d %B %Y} | {w.helpers} | " + " | ".join(cells) + " |")
    means = {name: fmean(w.values[name] for w in found) for name in names}
    lines.append("| mean | | " + " | ".join(f"{means[name]:.3f}" for name in names) + " |")
    lines += ["", "| ours against | better in | mean difference | 95 %, bootstrap of windows |", "|---|--:|--:|--:|"]
    for name in (*RIVALS, COUNT):
        differences = [w.values[OURS] - w.values[name] for w in found]
        low, high = interval(differences)
        won = sum(d > 0 for d in differences)
        lines.append(f"| {name} | {won} of {len(found)} | {fmean(differences):+.3f} | {low:+.3f} … {high:+.3f} |")
    won = sum(all(w.values[OURS] > w.values[name] for name in RIVALS) for w in found)
    shares = ", ".join(f"{share:.0%}: {fmean(w.by_share[share] for w in found):.3f}" for share in SHARES)
    lines += ["", f"Ours is above all four rivals in {won} of {len(found)} windows."]
    lines.append(f"Its mean by the share of verified customers: {shares}.")
    return "\n".join(lines)
