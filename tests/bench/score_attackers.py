"""Those who attack the help score: whom they invent, what they do, and what it costs.

Each attacker gets what serves them best: accounts long enough there, addresses and origins that connect
nobody, all help within the last weeks so that hardly anything has faded, in more weeks than the gate asks for,
votes up wherever a system knows them. What is bought or made is counted as the cost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.bench.score_history import Event
from tests.bench.score_ours import Person, person

WEEKS = 6
"""Over so many weeks each attack is spread."""
AGED = 30
"""Days since a sock-puppet signed up when it first speaks."""
ROBOTS, FRIENDS = 20, 100
FIRST = 10**9
"""Numbers of invented members; dumps have smaller ones."""

ASSUMED = f"""\
- Attacks: all help within the last {WEEKS} weeks; sock-puppets are aged {AGED} days and have a contribution each; every
  invented member has an address at a public provider and no trace that connects them, save where the attack says so.
- Verified colleagues whom nothing connects count as independent: each is a purchase of its own.
- Of several who want to be recognised (a ring) the best placed counts, and the gate must stay shut for each."""

BLOCKED, PASSES, SHOWN = "stay short", "pass", "shown"
"""What must become of an attack; the last sort decides nothing."""


@dataclass
class Attack:
    """People invented, what they do, and which of them want to be recognised."""

    now: datetime
    dice: Random
    people: dict[int, Person] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    wanting: list[int] = field(default_factory=list)

    def join(self, *, wants: bool = False, verified: bool = False, **facts: Any) -> int:
        """Somebody new; sock-puppets write something first, as their voice demands."""
        number = FIRST + len(self.people)
        since = self.now - timedelta(days=7 * WEEKS + AGED)
        self.people[number] = person(number, since, verified=verified, **facts)
        if wants:
            self.wanting.append(number)
        elif not verified:
            self.events.append(Event("reply", number, 0, since + timedelta(days=1)))
        return number

    def some_day(self, week: int | None = None) -> datetime:
        """A moment in the last weeks, or in that one of them."""
        week = self.dice.randrange(WEEKS) if week is None else week % WEEKS
        return self.now - timedelta(days=7 * week + 7 * self.dice.random())

    def solve(self, helper: int, helped: int, times: int = 1, *, week: int | None = None, thanked: bool = True) -> None:
        """`helped` asks, `helper` answers, the answer is accepted and thanked for."""
        for n in range(times):
            at = self.some_day(None if week is None else week + n)
            self.events += [Event("topic", helped, 0, at), Event("reply", helper, 0, at)]
            self.events.append(Event("accepted", helped, helper, at))
            if thanked:
                self.events.append(Event("asker_thanks", helped, helper, at))

    def cost(self) -> str:
        """What it takes; of a ring all members' accounts and purchases, else those beside the attacker's own."""
        others = [p for n, p in self.people.items() if len(self.wanting) > 1 or n not in self.wanting]
        purchases = sum(p.verified_at is not None for p in others)
        counts = {
            "account": len(others), "purchase": purchases, "day": AGED if len(others) > purchases else 0,
            "post": sum(e.sort in ("topic", "reply") for e in self.events),
        }  # fmt: skip
        return ", ".join(f"{n} {what}{'s' * (n != 1)}" for what, n in counts.items() if n)


def puppets_thank(a: Attack) -> None:
    """Three replies to anybody's questions, each thanked for by all sock-puppets."""
    me = a.join(wants=True)
    replies = [a.some_day(n) for n in range(3)]
    a.events += [Event("reply", me, 0, at) for at in replies]
    for _ in range(ROBOTS):
        puppet = a.join()
        a.events += [Event("thanks", puppet, me, at + (a.now - at) * a.dice.random()) for at in replies]


def puppets_accept(a: Attack) -> None:
    """Each sock-puppet asks three questions, accepts the answers and thanks for them."""
    me = a.join(wants=True)
    for _ in range(ROBOTS):
        a.solve(me, a.join(), 3)


def one_friend(a: Attack) -> None:
    """One verified friend with a hundred questions."""
    a.solve(a.join(wants=True), a.join(verified=True), FRIENDS)


def friend_and_puppets(a: Attack) -> None:
    """The friend, and the sock-puppets on top: what others say can double what customers say."""
    one_friend(a)
    for _ in range(ROBOTS):
        a.solve(a.wanting[0], a.join(), 3)


def unacknowledged(a: Attack) -> None:
    """Three hundred answers for which nobody said a word."""
    me = a.join(wants=True)
    a.events += [Event("reply", me, 0, a.some_day()) for _ in range(300)]


def ring(size: int, verified: bool, times: int, thanked: bool = True) -> Callable[[Attack], None]:
    """Everybody solves everybody's questions, so many times; all of them want to be recognised."""

    def build(a: Attack) -> None:
        members = [a.join(verified=verified, wants=True) for _ in range(size)]
        for helper in members:
            for helped in members:
                if helper != helped:
                    a.solve(helper, helped, times, thanked=thanked)

    return build


def one_company(a: Attack) -> None:
    """Twelve verified colleagues, three questions each."""
    me = a.join(wants=True)
    for _ in range(12):
        a.solve(me, a.join(verified=True, organisation="Acme"), 3)


def invited(a: Attack) -> None:
    """Twelve verified customers, each brought by the one before, three questions each."""
    me, before = a.join(wants=True), 0
    for _ in range(12):
        before = a.join(verified=True, invited_by=before)
        a.solve(me, before, 3)


def at_one_address(people: int) -> Callable[[Attack], None]:
    """So many verified customers, three questions each, who sign in from one network address, not the helper's."""

    def build(a: Attack) -> None:
        me = a.join(wants=True)
        for _ in range(people):
            a.solve(me, a.join(verified=True, origin="home"), 3)

    return build


def independent(groups: int, times: int = 1, thanked: bool = True) -> Callable[[Attack], None]:
    """Six verified customers who know each other by nothing, one a week."""

    def build(a: Attack) -> None:
        me = a.join(wants=True)
        for n in range(6):
            where = f"Company {n % groups}" if groups < 6 else ""
            a.solve(me, a.join(verified=True, organisation=where), times, week=n, thanked=thanked)

    return build


def one_way(size: int) -> Callable[[Attack], None]:
    """A circle that never credits in turn: each helps the next half of the circle, and none of those helps back."""

    def build(a: Attack) -> None:
        members = [a.join(verified=True, wants=True) for _ in range(size)]
        for n, helper in enumerate(members):
            for step in range(1, (size - 1) // 2 + 1):
                a.solve(helper, members[(n + step) % size], 1, week=step)

    return build


ATTACKS: Mapping[str, tuple[str, Callable[[Attack], None]]] = {
    "20 aged sock-puppets × 3 thanks": (BLOCKED, puppets_thank),
    "20 aged sock-puppets × 3 accepted and thanked": (BLOCKED, puppets_accept),
    "one verified friend × 100": (BLOCKED, one_friend),
    "the friend and the sock-puppets together": (BLOCKED, friend_and_puppets),
    "300 answers nobody acknowledged": (BLOCKED, unacknowledged),
    "mutual ring of 6, sock-puppets, × 3": (BLOCKED, ring(6, False, 3)),
    "mutual ring of 10, sock-puppets, × 3": (BLOCKED, ring(10, False, 3)),
    "mutual ring of 6, verified, × 3": (BLOCKED, ring(6, True, 3)),
    "mutual ring of 10, verified, × 3": (BLOCKED, ring(10, True, 3)),
    "mutual ring of 10, verified, once (what is free)": (BLOCKED, ring(10, True, 1, thanked=False)),
    "12 verified of one company × 3": (BLOCKED, one_company),
    "12 verified who brought each other × 3": (BLOCKED, invited),
    "5 verified at one network address × 3": (BLOCKED, at_one_address(5)),
    "**six independent verified customers**": (PASSES, independent(6)),
    "six verified customers, accepted but not thanked": (SHOWN, independent(6, thanked=False)),
    "six verified customers of three companies": (SHOWN, independent(3)),
    "6 verified at one network address × 3 (a crowd, to the default)": (SHOWN, at_one_address(6)),
    "one-way circle of 11, verified, independent": (SHOWN, one_way(11)),
}
