"""The readable difference of two versions of a text: lines, and the words that changed inside them."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal, NamedTuple

Op = Literal["same", "added", "removed", "changed", "skipped"]
Part = tuple[Literal["same", "added", "removed"], str]

_CONTEXT = 2
_MOST_PAIRS = 4_000_000
"""Words of the one times words of the other, above which a passage is shown as replaced (about a second of work)."""


class DiffLine(NamedTuple):
    """One line of a difference: what happened to it, and its parts in order.

    `skipped` stands for unchanged lines left out; its one part says how many.
    """

    op: Op
    parts: tuple[Part, ...]


def diff(old: str, new: str) -> list[DiffLine]:
    """What became of `old` in `new`, with two unchanged lines around each change; empty if nothing did."""
    if old == new:
        return []
    before, after = old.splitlines(), new.splitlines()
    lines: list[DiffLine] = []
    for op, a, b, c, d in _opcodes(before, after):
        if op == "equal":
            lines += [DiffLine("same", (("same", line),)) for line in before[a:b]]
        elif op == "replace":
            lines += _replaced(before[a:b], after[c:d])
        else:
            lines += [DiffLine("removed", (("removed", line),)) for line in before[a:b]]
            lines += [DiffLine("added", (("added", line),)) for line in after[c:d]]
    return _with_context(lines)


def _opcodes(before: Sequence[str], after: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if len(before) * len(after) > _MOST_PAIRS:
        return [("replace", 0, len(before), 0, len(after))]
    return SequenceMatcher(None, before, after, autojunk=len(before) > 500).get_opcodes()


def _changed(before: str, after: str) -> DiffLine:
    a, b = re.findall(r"\s+|\w+|[^\w\s]", before), re.findall(r"\s+|\w+|[^\w\s]", after)
    parts: list[Part] = []
    for op, i, j, k, m in _opcodes(a, b):
        if op == "equal":
            parts.append(("same", "".join(a[i:j])))
            continue
        if j > i:
            parts.append(("removed", "".join(a[i:j])))
        if m > k:
            parts.append(("added", "".join(b[k:m])))
    return DiffLine("changed", tuple(parts))


def _replaced(before: Sequence[str], after: Sequence[str]) -> list[DiffLine]:
    """Lines in the place of others: split or joined ones as one passage, else line for line."""
    if len(before) != len(after) and _alike("\n".join(before), "\n".join(after)):
        return [_changed("\n".join(before), "\n".join(after))]
    lines: list[DiffLine] = []
    for old, new in zip_longest(before, after):
        if old is not None and new is not None and _alike(old, new):
            lines.append(_changed(old, new))
            continue
        if old is not None:
            lines.append(DiffLine("removed", (("removed", old),)))
        if new is not None:
            lines.append(DiffLine("added", (("added", new),)))
    return lines


def _alike(before: str, after: str) -> bool:
    a, b = set(re.findall(r"\w+", before)), set(re.findall(r"\w+", after))
    return bool(a & b) and 2 * len(a & b) >= max(len(a), len(b))


def _with_context(lines: list[DiffLine]) -> list[DiffLine]:
    near = {at + step for at, line in enumerate(lines) if line.op != "same" for step in range(-_CONTEXT, _CONTEXT + 1)}
    result: list[DiffLine] = []
    skipped = 0
    for at, line in enumerate(lines):
        if line.op == "same" and at not in near:
            skipped += 1
            continue
        result += _skip(skipped)
        skipped = 0
        result.append(line)
    return result + _skip(skipped)


def _skip(count: int) -> list[DiffLine]:
    if not count:
        return []
    return [DiffLine("skipped", (("same", f"{count} unchanged {'line' if count == 1 else 'lines'}"),))]
