"""What the site acknowledged in the storm, and what has therefore to be true: kept in memory and in a file.

Every text has a word of its own that says which contribution and which version of it is seen, so that whoever reads
a page knows what should not stand there any more.
"""

import json
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.bench.storm_record import Record

INSTANT = 0.0
"""Seconds after the acknowledgement from which nobody may see any more what was hidden: at once."""
WORD = re.compile(r"\b(zq\d{6})v(\d{1,2})\b")
AUTHOR_LINK = re.compile(r'href="/members/([a-z0-9_-]+)"')
OPEN = frozenset({"published", "pending"})
"""What may become of something that was sent in: a rule may hold it."""


@dataclass
class Item:
    """A contribution somebody sent, and what is known of it."""

    word: str
    """`zq000012`; the text has it with the number of its version behind it. Empty for what was there before."""
    kind: str
    author: str
    key: str = ""
    number: int = 0
    parent: "Item | None" = None
    title: str = ""
    texts: dict[int, str] = field(default_factory=dict)
    """By version, what was sent."""
    sure: int = 0
    """The highest version that was acknowledged."""
    replaced: dict[int, float] = field(default_factory=dict)
    """Since when no reader may see this version."""
    possible: frozenset[str] = OPEN
    gone_since: float | None = None
    disturbed: float = 0.0
    """When its author or a report last may have moved it."""
    pictures: list[str] = field(default_factory=list)
    thanked: dict[str, bool | None] = field(default_factory=dict)
    """By giver: whether thanks stand; None while nobody knows."""
    accepted: bool | None = False
    reported: set[str] = field(default_factory=set)
    was_away: bool = False
    """It was taken from view at some time: what was said of it meanwhile is told to nobody."""
    busy: bool = False
    """A moderator has it in hand."""

    @property
    def answered(self) -> bool:
        """Whether the site said that it has it."""
        return self.number > 0


class Journal:
    """All items, and who left."""

    def __init__(self, record: Record, file: Path, dice: Random) -> None:
        self.record, self.dice = record, dice
        self.lock = threading.RLock()
        self.items: list[Item] = []
        self.by_word: dict[str, Item] = {}
        self.by_number: dict[int, Item] = {}
        self.left: dict[str, tuple[float, str]] = {}
        """Who left: when, and whether their contributions stay (`keep`) or go (`remove`)."""
        self.boards: dict[int, str] = {}
        self._file = file.open("a")

    def note(self, what: str, **facts: Any) -> None:
        """A line in the file."""
        line = json.dumps({"at": round(self.record.clock(), 3), "what": what, **facts}, ensure_ascii=False)
        with self.lock:
            self._file.write(line + "\n")
            self._file.flush()

    def new(self, kind: str, author: str, **facts: Any) -> Item:
        """Something that is about to be sent; it is looked for at the end, acknowledged or not."""
        with self.lock:
            word = f"zq{len(self.by_word):06d}"
            item = Item(word, kind, author, key=f"storm-{word}", **facts)
            self.items.append(item)
            self.by_word[word] = item
        return item

    def was_there(self, number: int, kind: str, author: str, state: str, parent: int | None) -> None:
        """Something from before the storm, whose parent was named before it: its author may leave and take it along."""
        with self.lock:
            above = self.by_number[parent] if parent is not None else None
            item = Item("", kind, author, number=number, parent=above, possible=frozenset({state}))
            self.items.append(item)
            self.by_number[number] = item

    def found(self, number: int, *possible: str) -> Item:
        """The item with this number; what its author has no answer for yet is known from now on, as one of these."""
        with self.lock:
            if number not in self.by_number:
                item = Item("", "", "", number=number, possible=frozenset(possible or {"published"}))
                self.items.append(item)
                self.by_number[number] = item
            return self.by_number[number]

    def acknowledged(self, item: Item, number: int) -> None:
        """The site has it, under this number."""
        with self.lock:
            if item.number and item.number != number:
                self.record.fail(f"{item.key} was acknowledged as {item.number} and as {number}")
            item.number = number
            self.by_number.setdefault(number, item)
            if self.by_number[number] is not item:  # a moderator saw it before its author had the answer
                seen = self.by_number[number]
                item.possible, item.gone_since, item.was_away = seen.possible, seen.gone_since, seen.was_away
                item.disturbed = time.monotonic()
                self.items.remove(seen)
                self.by_number[number] = item
        self.note("sent", kind=item.kind, number=number, key=item.key, author=item.author)

    def changed(self, item: Item, version: int) -> None:
        """Its author's edit was acknowledged; until then readers may have seen either."""
        with self.lock:
            item.sure = max(item.sure, version)
            now = time.monotonic()
            for old in range(version):
                item.replaced.setdefault(old, now)
            item.disturbed = now
            item.possible |= {"hidden"} if "published" in item.possible else frozenset()
        self.note("edited", number=item.number, version=version)

    def disturb(self, item: Item, *more: str) -> None:
        """Something was sent that may move it to one of these states."""
        with self.lock:
            item.disturbed = time.monotonic()
            item.possible |= frozenset(more)

    def deciding(self, item: Item) -> None:
        """A moderator is about to decide: until the answer is known it may be there or not."""
        with self.lock:
            item.was_away = True
            item.gone_since = None
            item.possible |= frozenset({"unknown"})

    def decided(self, item: Item, state: str, asked: float, answered: float) -> None:
        """A moderator's decision was acknowledged: this is the state now, unless its author moved it meanwhile."""
        with self.lock:
            item.possible = frozenset({state})
            if item.disturbed >= asked:
                item.possible |= {"hidden", "pending", "published"}
            item.gone_since = answered if state != "published" and item.disturbed < asked else None
        self.note("decided", number=item.number, state=state)

    def undecided(self, item: Item, before: frozenset[str]) -> None:
        """The decision changed nothing."""
        with self.lock:
            item.possible = before

    def removed_by_author(self, item: Item) -> None:
        """Its author took it away."""
        with self.lock:
            item.possible, item.gone_since = frozenset({"removed"}), time.monotonic()
        self.note("removed", number=item.number)

    def leave(self, name: str, how: str) -> None:
        """A member's account was erased."""
        with self.lock:
            self.left[name] = time.monotonic(), how
            for item in self.items:
                if item.author == name and item.answered:
                    never_public = item.possible <= {"pending", "returned", "hidden", "draft"}
                    if how == "remove" or never_public:
                        item.possible, item.gone_since = frozenset({"removed"}), time.monotonic()
                    else:
                        item.possible |= {"removed"}
                elif not item.author:  # found in the queue before its author had the answer: it may be theirs
                    item.possible |= {"removed"}
        self.note("left", name=name, contributions=how)

    def may_be_missing(self, number: int, began: float) -> bool:
        """Whether a page of this contribution may answer that there is nothing."""
        with self.lock:
            item = self.by_number.get(number)
            if item is None:
                return False
            certain = item.possible == {"published"} and item.disturbed < began
            return not certain or (item.parent is not None and self.may_be_missing(item.parent.number, began))

    def look(self, text: str, began: float, path: str, request_id: str, *, fresh: bool = True) -> None:
        """Somebody without an account read this, asked for at `began`: nothing hidden or replaced may be in it.

        `fresh` is False where the worker follows later: search shows words until they are indexed anew.
        """
        problems = []
        asked = WORD.search(path)
        with self.lock:
            for word, version in dict.fromkeys(WORD.findall(text)):
                item = self.by_word.get(word)
                if item is None:
                    continue
                if asked is not None and word == asked[1] and not _is_linked(item, text):
                    continue  # the page says what was asked for
                gone = [g.gone_since for g in (item, item.parent) if g is not None and g.gone_since is not None]
                if any(since + INSTANT < began for since in gone):
                    late = f"{began - min(gone):.2f} s after it was taken from view"
                    problems.append(f"{item.kind} {item.number} ({word}) shows {late}")
                replaced = item.replaced.get(int(version))
                if fresh and replaced is not None and replaced + INSTANT < began:
                    problems.append(f"{item.kind} {item.number} shows version {version}, {began - replaced:.2f} s old")
            for name in set(AUTHOR_LINK.findall(text)) & self.left.keys():
                if self.left[name][0] + INSTANT < began:
                    problems.append(f"{name}, who left {began - self.left[name][0]:.2f} s ago, is named")
        for problem in problems:
            self.record.fail(f"{path}: {problem}", request_id)

    def choose(self, wanted: Iterable[Item]) -> Item | None:
        """One of these by the dice."""
        found = list(wanted)
        return self.dice.choice(found) if found else None

    def matching(self, *kinds: str, state: str = "published", not_by: str = "", by: str = "") -> list[Item]:
        """Acknowledged items of these kinds that may be in this state, the newest of them."""
        with self.lock:
            return [
                item
                for item in self.items[-400:]
                if item.answered and item.word and item.kind in kinds and state in item.possible
                and item.author != not_by and (not by or item.author == by) and item.author not in self.left
            ]  # fmt: skip

    def close(self) -> None:
        """No more lines."""
        self._file.close()


def _is_linked(item: Item, text: str) -> bool:
    """Whether a page leads to it."""
    return f"#reply-{item.number}\"" in text or f"/{item.kind}s/{item.number}" in text
