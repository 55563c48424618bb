"""Patterns of accounts that act for one person: of one origin, in a storm, or for hire. Pure functions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from portal.guard.patterns import Limits, Pairs, Pattern, Person, Thank, busiest, sums

Link = tuple[str, frozenset[int]]
"""What people have in common: its sort (`origin`, `invited`, `throwaway`, `company`), and who has it."""
YOUNG = timedelta(days=30)
"""Accounts of less than a month when they thank: what is older has seldom been made for the purpose."""
A_SITTING = 3600.0
"""Seconds in which an account for hire does its work."""
HELPERS_EACH = 200
"""Of the helpers whom an account acknowledged in a sitting so many are looked at two by two, those whom most such
accounts share: in an hour thousands can be thanked, which would be millions of pairs."""
OF_HELPER = 0.25
"""The share of what a helper got that must come from one place before it says anything about the helper."""


def of_one_origin(pairs: Pairs, links: Iterable[Link], people: Mapping[int, Person], limits: Limits) -> list[Pattern]:
    """People who sign in from one place, brought each other along or share a mail domain, and mostly thank one helper.

    Where the helper is one of them two others suffice. Verified colleagues of one company are many before they
    are worth a look: companies buy together, and ask together.
    """
    received, given = sums(pairs)
    wanted = list(links)
    links_of: dict[int, list[int]] = {}
    for number, (_, members) in enumerate(wanted):
        for member in members:
            links_of.setdefault(member, []).append(number)
    to: dict[int, dict[int, int]] = {}
    for (helped, helper), n in pairs.items():
        if helped in links_of:
            to.setdefault(helper, {})[helped] = n
    found = []
    for helper, givers in sorted(to.items()):
        for cluster in _clusters({helper, *givers}, wanted, links_of):
            friends = cluster - {helper}
            theirs = sum(givers[who] for who in friends)
            share = theirs / sum(given[who] for who in friends)
            of_helper = theirs / received[helper]
            if theirs < 3 or share < limits.group_share or of_helper < OF_HELPER:
                continue
            near = sorted({number for who in cluster for number in links_of.get(who, ())})
            shared = [(sort, tuple(sorted(members & cluster))) for sort, members in (wanted[n] for n in near)]
            joined = [(sort, members) for sort, members in shared if len(members) > 1]
            if len(friends) < _enough(helper in cluster, friends, {sort for sort, _ in joined}, people, limits):
                continue
            facts = {
                "people": len(friends), "lines": theirs, "share": round(share, 3),
                "of_received": round(of_helper, 3), "helper_too": helper in cluster,
                "idle": sum(1 for who in friends if who in people and people[who].idle),
            }  # fmt: skip
            found.append(Pattern("one_origin", "one_origin", friends | {helper}, facts, helper, links=joined))
    return found


def _enough(
    helper_too: bool, friends: frozenset[int], sorts: set[str], people: Mapping[int, Person], limits: Limits
) -> int:
    """How many it takes."""
    if sorts == {"company"}:
        known = sum(1 for who in friends if who in people and people[who].verified)
        return limits.company_people if known * 2 >= len(friends) else limits.group_people
    return 2 if helper_too else limits.group_people


def _clusters(who: set[int], links: Sequence[Link], links_of: Mapping[int, Sequence[int]]) -> list[frozenset[int]]:
    """These people, as far as links within them connect them; whoever is alone is left out."""
    left, found = set(who), []
    while left:
        edge, cluster = [left.pop()], set[int]()
        used: set[int] = set()
        while edge:
            here = edge.pop()
            cluster.add(here)
            for number in set(links_of.get(here, ())) - used:
                used.add(number)
                near = links[number][1] & left
                left -= near
                edge.extend(near)
        if len(cluster) > 1:
            found.append(frozenset(cluster))
    return sorted(found, key=min)


def storms(lines: Sequence[Thank], people: Mapping[int, Person], limits: Limits) -> list[Pattern]:
    """Many acknowledgements for one helper in a short time, from young accounts that never did anything else.

    `lines` must hold everything that idle accounts acknowledged.
    """
    thanked: dict[int, set[int]] = {}
    for line in lines:
        thanked.setdefault(line.helped, set()).add(line.helper)
    for_helper: dict[int, list[Thank]] = {}
    for line in lines:
        person = people.get(line.helped)
        if person and person.idle and len(thanked[line.helped]) == 1 and line.at - person.joined_at < YOUNG:
            for_helper.setdefault(line.helper, []).append(line)
    found = []
    for helper, several in sorted(for_helper.items()):
        burst = busiest(several, limits.storm_hours * 3600)
        givers = {line.helped for line in burst}
        if len(givers) >= limits.storm_people:
            hours = (burst[-1].at - burst[0].at).total_seconds() / 3600
            facts = {"people": len(givers), "lines": len(burst), "hours": round(hours, 1)}
            found.append(Pattern("storm", "storm", frozenset({helper, *givers}), facts, helper, burst))
    return found


def bought(
    lines: Sequence[Thank], people: Mapping[int, Person], received: Mapping[int, int], limits: Limits
) -> list[Pattern]:
    """Accounts that only ever thank, several helpers in one sitting, and the same ones: as if from a list.

    One reader who thanks five good answers in an evening is a reader. Worth a look are at least so many who share
    two helpers and more, when what such accounts say is half of what these helpers got.
    """
    of: dict[int, list[Thank]] = {}
    for line in lines:
        if line.helped in people and people[line.helped].idle:
            of.setdefault(line.helped, []).append(line)
    sittings = {who: busiest(several, A_SITTING) for who, several in of.items()}
    hired = {
        who: several
        for who, several in sittings.items()
        if len({line.helper for line in several}) >= 2 and len(several) * 2 > len(of[who])
    }
    got = Counter(line.helper for several in hired.values() for line in several)
    by = Counter(helper for several in hired.values() for helper in {line.helper for line in several})
    paid = {
        helper
        for helper, n in got.items()
        if by[helper] >= limits.bought_people and n >= limits.group_share * max(1, received.get(helper, 0))
    }
    together: dict[tuple[int, int], set[int]] = {}
    for who, several in hired.items():
        most = sorted({line.helper for line in several} & paid, key=lambda helper: (-by[helper], helper))
        helpers = sorted(most[:HELPERS_EACH])
        for i, one in enumerate(helpers):
            for other in helpers[i + 1 :]:
                together.setdefault((one, other), set()).add(who)
    enough = {pair for pair, who in together.items() if len(who) >= limits.bought_people}
    links: list[Link] = [("list", frozenset(pair)) for pair in sorted(enough)]
    links_of: dict[int, list[int]] = {}
    for number, (_, pair) in enumerate(links):
        for helper in pair:
            links_of.setdefault(helper, []).append(number)
    found = []
    for listed in _clusters(set(links_of), links, links_of):
        givers = {
            who for pair in enough if listed.issuperset(pair) for who in together[pair]
        }  # fmt: skip
        theirs = [line for who in sorted(givers) for line in hired[who] if line.helper in listed]
        facts = {"people": len(givers), "helpers": len(listed), "lines": len(theirs)}
        found.append(Pattern("bought", "bought", listed | givers, facts, None, theirs))
    return found
