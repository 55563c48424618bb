"""A community in which people help each other honestly, and attacks on its help score, as lines made from a seed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from portal.guard import crowds, patterns
from portal.guard.crowds import Link
from portal.guard.patterns import Limits, Pattern, Person, Thank

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Community:
    """People, who acknowledged whom, and what some have in common."""

    seed: int
    lines: list[Thank] = field(default_factory=list)
    people: dict[int, Person] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def joins(self, *, days: float = 200, verified: bool = False, published: int = 3) -> int:
        """Somebody new; their number."""
        number = len(self.people) + 1
        self.people[number] = Person(NOW - timedelta(days=days), verified, published)
        return number

    def thanks(self, helped: int, helper: int, at: datetime | None = None) -> None:
        """One acknowledgement, at any time in the last 150 days if none is said."""
        at = at or NOW - timedelta(days=150 * self.random.random())
        n = len(self.lines) + 1
        self.lines.append(Thank(self.random.choice(("accepted", "asker_thanks", "thanks")), n, n, helper, helped, at))

    def pairs(self) -> dict[tuple[int, int], int]:
        """Who acknowledged whom how often."""
        found: dict[tuple[int, int], int] = {}
        for line in self.lines:
            found[line.helped, line.helper] = found.get((line.helped, line.helper), 0) + 1
        return found

    def found(self, limits: Limits | None = None) -> list[Pattern]:
        """Everything that looks unusual."""
        limit, pairs = limits or Limits(), self.pairs()
        received, _ = patterns.sums(pairs)
        idle = [line for line in self.lines if self.people[line.helped].idle]
        return [
            *patterns.circles(pairs, limit), *patterns.reciprocal(pairs, limit), *patterns.one_voice(pairs, limit),
            *patterns.devoted(pairs, limit), *patterns.hurried(self.lines, limit),
            *crowds.storms(idle, self.people, limit), *crowds.bought(idle, self.people, received, limit),
            *crowds.of_one_origin(pairs, self.links, self.people, limit),
        ]  # fmt: skip


def honest(seed: int, people: int = 400, lines: int = 1500) -> Community:
    """A few help many, many help a few, some help each other; families share an address, colleagues a company."""
    c = Community(seed)
    r = c.random
    for _ in range(people):
        c.joins(days=r.uniform(1, 900), verified=r.random() < 0.5, published=r.choice((0, 0, 1, 2, 5, 30)))
    weights = [1 / (n + 1) ** 1.1 for n in range(people)]
    for _ in range(lines):
        helper, helped = r.choices(range(1, people + 1), weights)[0], r.randint(1, people)
        if helper != helped:
            c.thanks(helped, helper)
    for n in range(0, 60, 2):  # two at home
        c.links.append(("origin", frozenset((n + 1, n + 2))))
    for _ in range(8):  # colleagues
        c.links.append(("company", frozenset(r.sample(range(1, people + 1), 12))))
    for _ in range(10):  # who brought three friends
        c.links.append(("invited", frozenset(r.sample(range(1, people + 1), 4))))
    return c


def sock_puppets(c: Community, linked: bool = True) -> set[int]:
    """Twenty accounts of a hundred days thank their maker three times each."""
    maker = c.joins(published=20)
    puppets = [c.joins(days=100, published=1) for _ in range(20)]
    for puppet in puppets:
        for _ in range(3):
            c.thanks(puppet, maker)
    if linked:
        c.links.append(("origin", frozenset(puppets)))
    return {maker, *puppets}


def hidden_puppets(c: Community) -> set[int]:
    """The same from twenty different addresses."""
    return sock_puppets(c, linked=False)


def friend(c: Community) -> set[int]:
    """A verified friend thanks a hundred times."""
    helper, other = c.joins(published=100), c.joins(verified=True)
    for _ in range(100):
        c.thanks(other, helper)
    return {helper, other}


def ring(size: int, camouflage: int = 3) -> Callable[[Community], set[int]]:
    """So many thank each other, everybody everybody, and some others in both directions so as not to stand alone."""

    def attack(c: Community) -> set[int]:
        others = sorted(c.people)
        members = [c.joins(verified=True) for _ in range(size)]
        for one in members:
            for other in members:
                if one != other:
                    c.thanks(one, other)
        for _ in range(camouflage):
            c.thanks(c.random.choice(members), c.random.choice(others[:20]))
            c.thanks(c.random.choice(others), c.random.choice(members))
        return set(members)

    return attack


def chain(size: int) -> Callable[[Community], set[int]]:
    """So many thank the next one twice each, round and round."""

    def attack(c: Community) -> set[int]:
        members = [c.joins(verified=True) for _ in range(size)]
        for n in range(size):
            for _ in range(2):
                c.thanks(members[n], members[(n + 1) % size])
        c.thanks(members[0], c.random.randint(1, 20))
        return set(members)

    return attack


def company(c: Community) -> set[int]:
    """Twelve verified people of one company thank a colleague's friend."""
    helper = c.joins(published=12)
    members = [c.joins(verified=True) for _ in range(12)]
    for member in members:
        c.thanks(member, helper)
    c.links.append(("company", frozenset(members)))
    return {helper, *members}


def hasty_storm(c: Community) -> set[int]:
    """Ten accounts made yesterday thank one helper this morning."""
    helper = c.joins()
    members = [c.joins(days=1, published=0) for _ in range(10)]
    for member in members:
        c.thanks(member, helper, NOW - timedelta(hours=c.random.uniform(0, 5)))
    return {helper, *members}


def hurry(c: Community) -> set[int]:
    """Somebody thanks thirty answers of one person in ten minutes."""
    helper, giver = c.joins(published=60), c.joins()
    start = NOW - timedelta(days=20)
    for _ in range(30):
        c.thanks(giver, helper, start + timedelta(minutes=10 * c.random.random()))
    return {helper, giver}


def for_hire(c: Community) -> set[int]:
    """Fifteen accounts thank the same four helpers, each within a quarter of an hour."""
    helpers = [c.joins(published=9) for _ in range(4)]
    members = [c.joins(days=60, published=0) for _ in range(15)]
    for member in members:
        start = NOW - timedelta(days=c.random.uniform(1, 50))
        for helper in helpers:
            c.thanks(member, helper, start + timedelta(minutes=15 * c.random.random()))
    return {*helpers, *members}


def two_friends(c: Community) -> set[int]:
    """Two people thank each other eight times each, and hardly anybody else."""
    one, other = c.joins(verified=True), c.joins(verified=True)
    for _ in range(8):
        c.thanks(one, other)
        c.thanks(other, one)
    c.thanks(one, 1)
    return {one, other}


ATTACKS: dict[str, Callable[[Community], set[int]]] = {
    "20 sock-puppets × 3, one address": sock_puppets,
    "20 sock-puppets × 3, many addresses": hidden_puppets,
    "one friend × 100": friend,
    "ring of 6, everybody everybody": ring(6),
    "ring of 10, everybody everybody": ring(10),
    "ring of 6, round and round": chain(6),
    "ring of 10, round and round": chain(10),
    "12 of one company": company,
    "10 new accounts in a morning": hasty_storm,
    "30 thanks in ten minutes": hurry,
    "15 accounts for hire, 4 helpers": for_hire,
    "two friends × 8": two_friends,
}


def is_found(patterns: Iterable[Pattern], attackers: set[int]) -> bool:
    """Whether one pattern names most of the attackers, and few others."""
    return any(
        len(p.people & attackers) >= 0.6 * len(attackers) and len(p.people - attackers) <= 0.2 * len(p.people)
        for p in patterns
    )
