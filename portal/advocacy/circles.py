"""Closed circles in who thanks whom: groups in which everybody is reached from everybody, pure functions."""

from collections.abc import Iterable


def strongly_connected(arrows: Iterable[tuple[int, int]]) -> list[frozenset[int]]:
    """The strongly connected groups of at least two, the largest first (Tarjan 1972, without recursion).

    `arrows` are (from, to); one that leads to itself is nothing. Linear in their number.
    """
    leads_to: dict[int, list[int]] = {}
    for tail, head in arrows:
        leads_to.setdefault(tail, [])
        leads_to.setdefault(head, [])
        if tail != head:
            leads_to[tail].append(head)
    met: dict[int, int] = {}
    lowest: dict[int, int] = {}
    waiting: list[int] = []
    open_: set[int] = set()
    found: list[frozenset[int]] = []
    for start in leads_to:
        if start in met:
            continue
        road = [(start, iter(leads_to[start]))]
        met[start] = lowest[start] = len(met)
        waiting.append(start)
        open_.add(start)
        while road:
            here, ahead = road[-1]
            for there in ahead:
                if there not in met:
                    met[there] = lowest[there] = len(met)
                    waiting.append(there)
                    open_.add(there)
                    road.append((there, iter(leads_to[there])))
                    break
                if there in open_:
                    lowest[here] = min(lowest[here], met[there])
            else:
                road.pop()
                if road:
                    before = road[-1][0]
                    lowest[before] = min(lowest[before], lowest[here])
                if lowest[here] == met[here]:
                    group = set()
                    while here not in group:
                        group.add(last := waiting.pop())
                        open_.discard(last)
                    if len(group) > 1:
                        found.append(frozenset(group))
    return sorted(found, key=lambda group: (-len(group), min(group)))
