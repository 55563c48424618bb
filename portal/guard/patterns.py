"""Patterns of arranged thanks among people who acknowledge each other: pure functions over who thanked whom.

They say what is unusual, not that it is wrong: friends, colleagues and newcomers with one patient helper look
a little like this too. That is for a moderator to judge, who sees what is usual beside it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any, NamedTuple

from portal.advocacy.circles import strongly_connected

Pairs = Mapping[tuple[int, int], int]
"""(who was helped, who helped) → how many acknowledgements."""
LEVELS = (0.0, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3, 0.4)
"""How much of what one end gave and of what the other got an arrow must be, to look for circles with it."""
LINES_EACH = 1.5
"""Acknowledgements for each of a circle's people: where everybody thanked just one, it closed by chance."""
SMALLEST_CIRCLE, SMALL_CIRCLE, LARGEST_CIRCLE = 3, 10, 30
PART_OF_ALL = 1 / 2
"""A circle larger than a small one is at most this part of all who ever thanked or were thanked."""


class Thank(NamedTuple):
    """One acknowledgement that stands: a line of the ledger."""

    sort: str
    source_id: int
    contribution_id: int
    helper: int
    helped: int
    at: datetime

    @property
    def row(self) -> tuple[str, int]:
        """The row that says so, as SetAside names it."""
        return ("accepted" if self.sort == "accepted" else "thanks", self.source_id)


class Person(NamedTuple):
    """What the patterns need to know of somebody."""

    joined_at: datetime
    verified: bool
    published: int

    @property
    def idle(self) -> bool:
        """Neither a known customer nor the author of anything that stands."""
        return not self.verified and self.published == 0


@dataclass(frozen=True)
class Limits:
    """From where on something is worth a look; each is a setting of this name with `guard_` before it."""

    circle_share: float = 0.6
    circle_lines: int = 6
    pair_share: float = 0.6
    pair_lines: int = 6
    group_people: int = 3
    company_people: int = 8
    group_share: float = 0.5
    storm_people: int = 6
    storm_hours: int = 24
    giver_lines: int = 12
    giver_minutes: int = 15
    voice_lines: int = 30
    bought_people: int = 5


@dataclass(frozen=True)
class Pattern:
    """Something found: what, who is in it, the acknowledgements it consists of (once known), and its figures."""

    sort: str
    what: str
    people: frozenset[int]
    facts: Mapping[str, Any]
    centre: int | None = None
    lines: Sequence[Thank] = ()
    links: Sequence[tuple[str, Sequence[int]]] = field(default=())
    """What connects some of them: of which sort, and whom. Never an address."""


@dataclass(frozen=True)
class Usual:
    """What is usual on this site, so that a figure can be judged."""

    lines_per_pair: float
    """Acknowledgements from one person to another, on average."""
    mutual_share: float
    """The share of acknowledgements between people who acknowledged each other."""
    to_one_share: float
    """Of those who gave two and more: the median share that went to whom they thanked most."""


def usual(pairs: Pairs) -> Usual:
    """The figures of a whole site."""
    lines = sum(pairs.values())
    mutual = sum(n for (helped, helper), n in pairs.items() if (helper, helped) in pairs)
    given, most = Counter[int](), Counter[int]()
    for (helped, _), n in pairs.items():
        given[helped] += n
        most[helped] = max(most[helped], n)
    to_one = [most[who] / n for who, n in given.items() if n > 1]
    return Usual(lines / max(1, len(pairs)), mutual / max(1, lines), median(to_one) if to_one else 0.0)


def sums(pairs: Pairs) -> tuple[Counter[int], Counter[int]]:
    """How many acknowledgements each got, and gave."""
    received, given = Counter[int](), Counter[int]()
    for (helped, helper), n in pairs.items():
        received[helper] += n
        given[helped] += n
    return received, given


def circles(pairs: Pairs, limits: Limits) -> list[Pattern]:
    """Groups of 3–30 in which thanks lead from everybody to everybody, and most of what they got came from within.

    A circle that also thanks others, or is thanked by them, hangs together with half the site. So arrows that
    mean little to one end are left out, step by step, until the circle stands alone (LEVELS); and those that go
    both ways, which are few among people who do not know each other, are looked at by themselves.
    """
    received, given = sums(pairs)
    everybody = len(received.keys() | given.keys())
    found: dict[frozenset[int], Pattern] = {}
    both = {(helped, helper): n for (helped, helper), n in pairs.items() if (helper, helped) in pairs}
    rest: list[tuple[int, Pairs]] = [(0, both), (0, pairs)]
    while rest:
        level, some = rest.pop()
        kept = {
            (helped, helper): n
            for (helped, helper), n in some.items()
            if min(n / received[helper], n / given[helped]) >= LEVELS[level]
        }
        for group in strongly_connected(kept):
            if len(group) < SMALLEST_CIRCLE:
                continue
            within = {pair: n for pair, n in some.items() if group.issuperset(pair)}
            lines = sum(within.values())
            share = lines / sum(received[who] for who in group)
            enough = lines >= max(limits.circle_lines, LINES_EACH * len(group))
            if _may_be_a_circle(group, everybody) and share >= limits.circle_share and enough:
                facts = {"people": len(group), "lines": lines, "share": round(share, 3)}
                found[group] = Pattern("circle", "circle", group, facts)
            elif level + 1 < len(LEVELS):
                rest.append((level + 1, within))
    # One that lies within a larger one, or nearly, is the same.
    largest: list[Pattern] = []
    for one in sorted(found.values(), key=lambda p: (-len(p.people), sorted(p.people))):
        if all(len(one.people & other.people) * 2 <= len(one.people) for other in largest):
            largest.append(one)
    return largest


def _may_be_a_circle(group: Collection[int], everybody: int) -> bool:
    """In a young community whoever takes part thanks everybody else: a large part of all is no circle in it."""
    small = len(group) <= SMALL_CIRCLE or len(group) <= PART_OF_ALL * everybody
    return len(group) <= LARGEST_CIRCLE and small


def reciprocal(pairs: Pairs, limits: Limits) -> list[Pattern]:
    """Two people whose mutual acknowledgements are most of what both of them gave and got."""
    received, given = sums(pairs)
    found = []
    for (one, other), n in sorted(pairs.items()):
        back = pairs.get((other, one), 0)
        if one > other or min(n, back) < 2 or n + back < limits.pair_lines:
            continue
        share = min((n + back) / (received[who] + given[who]) for who in (one, other))
        if share >= limits.pair_share:
            facts = {"there": n, "back": back, "lines": n + back, "share": round(share, 3)}
            found.append(Pattern("reciprocal", "reciprocal", frozenset((one, other)), facts))
    return found


def one_voice(pairs: Pairs, limits: Limits) -> list[Pattern]:
    """One person who thanked another over and over: most of what they gave, and most of what the other got."""
    received, given = sums(pairs)
    found = []
    for (helped, helper), n in sorted(pairs.items()):
        if n < limits.voice_lines:
            continue
        of_given, of_received = n / given[helped], n / received[helper]
        if of_given >= limits.pair_share and of_received >= limits.pair_share:
            facts = {"lines": n, "of_given": round(of_given, 3), "of_received": round(of_received, 3)}
            found.append(Pattern("storm", "one_voice", frozenset((helped, helper)), facts, helper))
    return found


def devoted(pairs: Pairs, limits: Limits) -> list[Pattern]:
    """Several people who thank one helper three times and more, and nobody else; most of what that one got.

    One patient helper of a newcomer looks like this; of five people at once, hardly.
    """
    received, given = sums(pairs)
    loyal: dict[int, list[int]] = {}
    for (helped, helper), n in pairs.items():
        if n >= 3 and n == given[helped]:
            loyal.setdefault(helper, []).append(helped)
    found = []
    for helper, people in sorted(loyal.items()):
        lines = sum(pairs[who, helper] for who in people)
        share = lines / received[helper]
        if len(people) >= limits.bought_people and share >= limits.group_share:
            facts = {"people": len(people), "lines": lines, "share": round(share, 3)}
            found.append(Pattern("bought", "devoted", frozenset((*people, helper)), facts, helper))
    return found


def hurried(lines: Iterable[Thank], limits: Limits) -> list[Pattern]:
    """One person who thanked many contributions of another within minutes. `lines` are of pairs that have that many."""
    of_pair: dict[tuple[int, int], list[Thank]] = {}
    for line in lines:
        of_pair.setdefault((line.helped, line.helper), []).append(line)
    found = []
    for (helped, helper), several in sorted(of_pair.items()):
        burst = busiest(several, limits.giver_minutes * 60)
        if len(burst) >= limits.giver_lines:
            minutes = (burst[-1].at - burst[0].at).total_seconds() / 60
            facts = {"lines": len(burst), "minutes": round(minutes, 1)}
            found.append(Pattern("storm", "hurried", frozenset((helped, helper)), facts, helper, burst))
    return found


def busiest(lines: Iterable[Thank], seconds: float) -> list[Thank]:
    """The lines that fall in the fullest time of this length, in order; the first such time of several."""
    ordered = sorted(lines, key=lambda line: (line.at, line.sort, line.source_id))
    best, start = (0, 0), 0
    for end, line in enumerate(ordered):
        while (line.at - ordered[start].at).total_seconds() > seconds:
            start += 1
        if end + 1 - start > best[1] - best[0]:
            best = (start, end + 1)
    return ordered[best[0] : best[1]]
