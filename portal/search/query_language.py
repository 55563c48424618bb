"""What people type into the search field, read into a bounded query; whatever it is, it is never an error.

Words, "phrases", -without, author:, board:, kind:, tag:, product:, solved:yes, before: and after:
with a year, a month or a day. Anything else is plain text: there are no wildcards or patterns.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime

from portal.search.words import STOP_WORDS, tokens
from portal.text import clean_line, slugify

MOST_CHARS = 400
MOST_WORDS = 12
MOST_PHRASES = 4
MOST_WITHOUT = 6
MOST_NAMES = 4

KINDS = {
    "topic": "topic", "topics": "topic", "question": "topic", "questions": "topic", "discussion": "topic",
    "article": "article", "articles": "article", "blog": "article",
    "story": "story", "stories": "story",
    "photo": "photo", "photos": "photo", "picture": "photo", "pictures": "photo",
    "reply": "reply", "replies": "reply", "answer": "reply", "answers": "reply",
}  # fmt: skip
"""Words for kinds → the kind."""
_ANSWERS = {"yes": True, "true": True, "no": False, "false": False}

_PART = re.compile(
    r"(?P<minus>-)?(?:(?P<name>author|board|kind|tag|product|solved|before|after):)?"
    r'(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))',
    re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?\Z")
_QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)


@dataclass(frozen=True)
class Query:
    """What is looked for. Words are folded; `kind` is one of the five or empty; `board` is a slug or empty."""

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    without: tuple[tuple[str, ...], ...] = ()
    """Each a word or a phrase that must not stand there."""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    kind: str = ""
    board: str = ""
    solved: bool | None = None
    before: datetime | None = None
    after: datetime | None = None

    @property
    def has_text(self) -> bool:
        """Whether words or phrases are looked for, so that some results fit better than others."""
        return bool(self.words or self.phrases)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to go by."""
        narrowed = self.authors or self.tags or self.products or self.kind or self.board
        return not (self.has_text or narrowed or self.solved is not None or self.before or self.after)

    @property
    def told(self) -> frozenset[str]:
        """All words that are looked for, alone or in phrases: those to mark in what was found."""
        return frozenset(self.words) | {word for phrase in self.phrases for word in phrase}


@dataclass
class _Reading:
    words: dict[str, None] = field(default_factory=dict)
    phrases: dict[tuple[str, ...], None] = field(default_factory=dict)
    without: dict[tuple[str, ...], None] = field(default_factory=dict)
    names: dict[str, dict[str, None]] = field(
        default_factory=lambda: {"author": {}, "tag": {}, "product": {}, "board": {}, "kind": {}}
    )
    solved: bool | None = None
    before: datetime | None = None
    after: datetime | None = None


def parse(typed: str) -> Query:
    """Read what was typed; at most 400 characters, 12 words, 4 phrases, 6 exclusions and 4 names of a sort count."""
    text = clean_line(unicodedata.normalize("NFKC", typed[: 4 * MOST_CHARS]))[:MOST_CHARS].translate(_QUOTES)
    reading = _Reading()
    for part in _PART.finditer(text):
        said = part["phrase"] if part["phrase"] is not None else part["word"]
        if part["minus"]:
            if without := tuple(tokens(said))[:MOST_WORDS]:
                reading.without[without] = None
        elif not (part["name"] and _narrow(reading, part["name"].lower(), said)):
            _add_text(reading, tokens(f"{part['name'] or ''} {said}"), quoted=part["phrase"] is not None)
    telling = [word for word in reading.words if word not in STOP_WORDS]
    if not telling and not reading.phrases:
        telling = list(reading.words)
    names = {name: tuple(values)[:MOST_NAMES] for name, values in reading.names.items()}
    return Query(
        words=tuple(telling)[:MOST_WORDS],
        phrases=tuple(reading.phrases)[:MOST_PHRASES],
        without=tuple(reading.without)[:MOST_WITHOUT],
        authors=names["author"],
        tags=names["tag"],
        products=names["product"],
        kind=(names["kind"] or ("",))[-1],
        board=(names["board"] or ("",))[-1],
        solved=reading.solved,
        before=reading.before,
        after=reading.after,
    )


def _add_text(reading: _Reading, found: list[str], quoted: bool) -> None:
    """Words; but what is one word to people and several to the index (E-1042) is looked for as it stands."""
    if len(found) == 1:
        reading.words[found[0]] = None
    elif found and (quoted or len(found) <= 4):
        reading.phrases[tuple(found[:MOST_WORDS])] = None
    else:
        reading.words.update(dict.fromkeys(found))


def _narrow(reading: _Reading, name: str, value: str) -> bool:
    """Take `name:value` as what narrows the search; False if the value makes no sense and is to be read as text."""
    if name in ("author", "tag", "product", "board"):
        slug = re.sub(r"[^\w-]", "", value.removeprefix("@").lower()) if name == "author" else slugify(value)
        if not any(c.isalnum() for c in value):
            return False
        reading.names[name][slug] = None
        return True
    if name == "kind":
        reading.names["kind"] |= {KINDS[value.lower()]: None} if value.lower() in KINDS else {}
        return value.lower() in KINDS
    if name == "solved":
        reading.solved = _ANSWERS.get(value.lower(), reading.solved)
        return value.lower() in _ANSWERS
    day = _day(value)
    if day and name == "before":
        reading.before = day
    elif day:
        reading.after = day
    return day is not None


def _day(value: str) -> datetime | None:
    """The first instant, in UTC, of a year, a month or a day; None if it is none."""
    match = _DATE.match(value)
    if not match or not value.isascii():
        return None
    try:
        return datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1), tzinfo=UTC)
    except ValueError:
        return None
