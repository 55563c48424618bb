"""Attacks put onto a real site's ledger on its last day, with many seeds, ours beside four rivals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median

from tests.bench import score_ours as ours
from tests.bench import score_portal
from tests.bench import score_rivals as rivals
from tests.bench.score_attackers import ATTACKS, BLOCKED, PASSES, Attack
from tests.bench.score_history import Event, History

Attacks = Mapping[str, tuple[str, Callable[[Attack], None]]]


@dataclass
class Outcomes:
    """What became of all attacks, and how many real members the gate opens for, by seed: were it nobody, it would
    say little that attackers are kept out."""

    attacks: list["Outcome"]
    real: list[int] = field(default_factory=list)


@dataclass
class Outcome:
    """What became of one attack over the seeds."""

    name: str
    must: str
    cost: str = ""
    scores: list[float] = field(default_factory=list)
    passed: int = 0
    failing: dict[str, int] = field(default_factory=dict)
    ranks: dict[str, list[int | None]] = field(default_factory=dict)

    @property
    def as_it_must(self) -> bool:
        """Whether every seed came out as it has to."""
        return {BLOCKED: self.passed == 0, PASSES: self.passed == len(self.scores)}.get(self.must, True)


MEASURES = ("help score", "accepted answers", "Stack Exchange points", "Discourse points", "PageRank")


def rank(points: rivals.Points, wanting: Sequence[int]) -> int | None:
    """The best place any of these has among all members; none without points."""
    best = max(points.get(member, 0) for member in wanting)
    return 1 + sum(value > best for value in points.values()) if best > 0 else None


def simulate(
    history: History, seeds: int, say: Callable[[str], None] = lambda _: None, attacks: Attacks = ATTACKS
) -> Outcomes:
    """Every attack with every seed on this history's last day; needs an application with an empty database."""
    now, real = history.last, list(history.events)
    said = [e for e in real if e.sort in ours.CREDITS]
    found = Outcomes([Outcome(name, must) for name, (must, _) in attacks.items()])
    base = {
        "accepted answers": rivals.accepted_answers(real), "Stack Exchange points": rivals.stack_exchange(real),
        "Discourse points": rivals.discourse(real, history.likes_given),
    }  # fmt: skip
    for seed in range(1, seeds + 1):
        with score_portal.standing(ours.people_of(history, seed), said, now) as standing:
            found.real.append(score_portal.opens_for(standing))
            for outcome in found.attacks:
                attack = Attack(now, Random(f"{seed} {outcome.name}"))
                attacks[outcome.name][1](attack)
                _one(outcome, attack, history, said, {"help score": standing, **base})
        say(f"attacks: seed {seed} of {seeds}")
    return found


def _one(
    outcome: Outcome, attack: Attack, history: History, said: Sequence[Event], base: Mapping[str, rivals.Points]
) -> None:
    seen = score_portal.judged(attack.people, attack.events, attack.wanting)
    best = max(attack.wanting, key=lambda member: seen[member].score)
    outcome.scores.append(seen[best].score)
    outcome.passed += any(evidence.opens for evidence in seen.values())
    for condition in seen[best].conditions():
        if not condition.met:
            outcome.failing[condition.what] = outcome.failing.get(condition.what, 0) + 1
    outcome.cost = attack.cost()
    # The invented know nobody real: what they gain at the rivals is added to what the real have.
    points = {
        "help score": {**base["help score"], **{member: evidence.score for member, evidence in seen.items()}},
        "accepted answers": {**base["accepted answers"], **rivals.accepted_answers(attack.events)},
        "Stack Exchange points": {**base["Stack Exchange points"], **rivals.stack_exchange(attack.events)},
        "Discourse points": {**base["Discourse points"], **rivals.discourse(attack.events)},
        "PageRank": rivals.page_rank([*said, *attack.events], [*history.joined, *attack.people]),
    }
    for measure in MEASURES:
        outcome.ranks.setdefault(measure, []).append(rank(points[measure], attack.wanting))


SHORT = {
    "help score": "score", "verified customers helped who were not thanked in turn": "customers",
    "companies or groups that these customers come from": "groups",
    "different weeks in which they were helped": "weeks",
}  # fmt: skip


def table(outcomes: Outcomes, history: History, seeds: int) -> str:
    """The outcomes in Markdown."""
    columns = (
        "attack", "what it costs", "help score", "short of the gate by", "proposed", "place: ours", "accepted answers",
        "Stack Exchange", "Discourse", "PageRank",
    )  # fmt: skip
    acts = sum(e.sort == "accepted" for e in history.events)
    site = f"`{history.name}` ({len(history.joined):,} members, {acts:,} acts of help, until {history.last:%d %B %Y})"
    places = "Places among all members: median (best) of the best-placed attacker; a dash is no place at all."
    real = (
        f"Of the real members the gate opens for {median(outcomes.real):g} ({min(outcomes.real)}–{max(outcomes.real)})."
    )
    lines = [
        f"Attacks on {site}, {seeds} seeds. {real} {places}",
        "",
        f"| {' | '.join(columns)} |",
        "|---|---|--:|---|" + "--:|" * 6,
    ]
    for o in outcomes.attacks:
        short = ", ".join(SHORT.get(what, what) for what in o.failing) or "nothing"
        places = " | ".join(_places(o.ranks[measure]) for measure in MEASURES)
        lines.append(f"| {o.name} | {o.cost} | {median(o.scores):.2f} | {short} | {o.passed} of {seeds} | {places} |")
    return "\n".join(lines)


def _places(ranks: Sequence[int | None]) -> str:
    placed = sorted(r for r in ranks if r is not None)
    if not placed:
        return "–"
    return f"{median(placed):g} ({placed[0]})" if placed[0] != placed[-1] else f"{placed[0]}"


def verdict(outcomes: Outcomes) -> tuple[bool, str]:
    """Whether all came out as it must, and the sentence that says so."""
    wrong = [o for o in outcomes.attacks if not o.as_it_must]
    blocked = sum(o.must == BLOCKED for o in outcomes.attacks)
    if not wrong:
        how = "stay unranked or short of the gate; the six customers pass it"
        return True, f"**Verdict: held.** All {blocked} attacks {how}, with every seed."
    said = "; ".join(f"{o.name}: proposed in {o.passed} of {len(o.scores)}, must {o.must}" for o in wrong)
    return False, f"**Verdict: NOT held.** {said}."
