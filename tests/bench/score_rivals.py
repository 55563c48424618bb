"""What other systems rank members by: four formulas from events to points, by their public default values."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import numpy as np

from tests.bench.score_history import CREDITS, Event

Points = Mapping[int, float]

UPS = frozenset(("vote", "thanks", "asker_thanks"))
"""What is a vote up at Stack Exchange and a like at Discourse."""

SE_ACCEPTED, SE_ACCEPTING, SE_UP, SE_DOWN, SE_A_DAY = 15, 2, 10, -2, 200
"""Reputation at Stack Exchange; at most 200 a day (UTC) from votes, acceptances come on top."""

TOPIC, POST, LIKED, LIKES, SOLUTION, VISIT = 5, 2, 1, 1, 10, 1
"""`*_score_value` in discourse-gamification's config/settings.yml. A topic's first post counts as a post too."""

DAMPING, ENOUGH, ROUNDS = 0.85, 1e-12, 200

ASSUMED = f"""\
- Stack Exchange points: {SE_ACCEPTED} an answer accepted, {SE_ACCEPTING} for accepting, {SE_UP} a vote up and {SE_DOWN}
  a vote down on question or answer, at most {SE_A_DAY} a day from votes. Bounties, edits and the privilege that
  voting needs are left out; attackers may always vote.
- Discourse gamification: its default values (topic {TOPIC}, post {POST}, solution {SOLUTION}, like received {LIKED},
  like given {LIKES}, day visited {VISIT}). A day on which somebody posted is a day visited, a comment is a post, a
  vote up is a like. Reading time, posts read, flags and invitations are in no dump. Likes given by real members are
  dated nowhere: they count in the attacks alone.
- PageRank: an edge from helped to helper for each acknowledgement, damping {DAMPING}; all members are nodes."""


def accepted_answers(events: Iterable[Event]) -> Points:
    """How many answers of each member were accepted by others."""
    return Counter(e.to for e in events if e.sort == "accepted" and e.by != e.to)


def people_helped(events: Iterable[Event]) -> Points:
    """How many different people said of each member that they were helped; the simplest count of what is predicted."""
    return Counter(to for by, to in {(e.by, e.to) for e in events if e.sort in CREDITS} if by != to)


def stack_exchange(events: Iterable[Event]) -> Points:
    """Reputation."""
    points: Counter[int] = Counter()
    votes: Counter[tuple[int, object]] = Counter()
    for e in events:
        if e.sort == "accepted" and e.by != e.to:
            points[e.to] += SE_ACCEPTED
            points[e.by] += SE_ACCEPTING
        if e.sort in UPS and e.by != e.to:
            votes[e.to, e.at.date()] += SE_UP
        elif e.sort == "downvote":
            votes[e.to, e.at.date()] += SE_DOWN
    for (member, _), gained in votes.items():
        points[member] += min(gained, SE_A_DAY)
    return points


def discourse(events: Iterable[Event], likes_given: Mapping[int, int] | None = None) -> Points:
    """Points of the gamification plugin. `likes_given` holds what events do not tell by whom."""
    points: Counter[int] = Counter()
    days = set()
    for member, count in (likes_given or {}).items():
        points[member] += LIKES * count
    for e in events:
        if e.sort in ("topic", "reply"):
            points[e.by] += POST + (TOPIC if e.sort == "topic" else 0)
            days.add((e.by, e.at.date()))
        elif e.sort == "accepted":
            points[e.to] += SOLUTION
        elif e.sort in UPS:
            points[e.to] += LIKED
            if e.by:
                points[e.by] += LIKES
    for member, _ in days:
        points[member] += VISIT
    return points


def page_rank(events: Iterable[Event], members: Collection[int]) -> Points:
    """PageRank by power iteration, of those who helped somebody; all others share the bottom."""
    edges = Counter((e.by, e.to) for e in events if e.sort in CREDITS and e.by != e.to)
    numbers = {member: n for n, member in enumerate(members)}
    if not edges:
        return {}
    source = np.array([numbers[by] for by, _ in edges])
    target = np.array([numbers[to] for _, to in edges])
    weight = np.array(list(edges.values()), dtype=float)
    size = len(numbers)
    out = np.bincount(source, weight, size)
    share, silent = weight / out[source], out == 0
    rank = np.full(size, 1 / size)
    for _ in range(ROUNDS):
        flowing = np.bincount(target, share * rank[source], size) + rank[silent].sum() / size
        new = DAMPING * flowing + (1 - DAMPING) / size
        moved = float(np.abs(new - rank).sum())
        rank = new
        if moved < ENOUGH:
            break
    helpers = {to for _, to in edges}
    return {member: float(rank[numbers[member]]) for member in helpers}
