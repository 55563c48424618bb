"""The five parts of a story: what is asked, how it reads, and what a magazine page takes from it."""

import re
from dataclasses import dataclass
from html import escape

from portal import text as texts

QUOTE_LENGTH = (40, 200)
"""How long a sentence is that is shown large without having been chosen: shorter says little, longer is a paragraph."""


@dataclass(frozen=True)
class Part:
    """One part: its name, how it is headed for readers, and what the writer is asked."""

    name: str
    heading: str
    question: str
    hint: str
    example: str
    required: bool = False


PARTS = (
    Part(
        "who", "Who I am", "Who are you?",
        "Two sentences, so that somebody like you recognises themselves.",
        "I bake for nine cafés in the old town, with one helper and a rye that wants to be watched.",
    ),
    Part(
        "hard", "What was hard", "What was hard?",
        "How it was before. Whoever is there now is reading this.",
        "The tour took 41 minutes, and 19 of them I was looking for a place to stop.",
        required=True,
    ),
    Part(
        "tried", "What I tried", "What did you try?",
        "What worked, what did not, what you would leave out next time.",
        "First I borrowed a trailer. It overturned twice, once with a wedding cake.",
    ),
    Part(
        "changed", "What changed", "What changed?",
        "As plainly as you can. If you counted something, the number goes below.",
        "I stand in front of each door now, and at the fourth café I have time for a coffee.",
        required=True,
    ),
    Part(
        "advice", "What I would tell someone like me", "What would you tell someone like you?",
        "One thing is enough. Imagine them across the table.",
        "Borrow it in the worst month. If it works in February, it works.",
    ),
)  # fmt: skip

COMPANY_SIZES = {
    "private": "private, or a household",
    "1": "just me",
    "2-9": "2–9 people",
    "10-49": "10–49 people",
    "50-249": "50–249 people",
    "250+": "250 or more",
}

HEADINGS = {part.name: part.heading for part in PARTS}
_SECTION = re.compile(r'<section data-part="([a-z]+)"><h3>[^<]*</h3>(.*?)</section>', re.DOTALL)
_LINK_TARGET = re.compile(r"(?<=\])\([^()\s]{1,500}\)")
_SENTENCE = re.compile(r""".+?[.!?…]++[»”"’)\]]*+(?=\s|$)|.+$""")


def section(name: str, html: str) -> str:
    """The safe `html` of one part as it stands in the story's own; nothing a member writes can look like it."""
    return f'<section data-part="{name}"><h3>{escape(HEADINGS.get(name, "In short"))}</h3>{html}</section>'


def sections(html: str) -> dict[str, str]:
    """The parts of a story's HTML by name; empty for what was told before there were five."""
    return {name: inner for name, inner in _SECTION.findall(html) if name in HEADINGS}


def occurs(quote: str, *sources: str) -> bool:
    """Whether this sentence stands in one of these texts, whatever their marks and line breaks."""
    wanted = _bare(quote)
    return bool(wanted) and any(wanted in _bare(source) for source in sources)


def first_sentence(html: str) -> str:
    """The first sentence of a part's HTML that can be shown large; empty if none has the length."""
    shortest, longest = QUOTE_LENGTH
    for paragraph in texts.plain(html).split("\n")[:20]:
        for found in _SENTENCE.findall(paragraph[:2000]):
            if shortest <= len(found.strip()) <= longest:
                return str(found.strip())
    return ""


def _bare(source: str) -> str:
    """Its words alone: a sentence is found in spite of marks, links and line breaks inside it."""
    return re.sub(r"[\W_]+", " ", _LINK_TARGET.sub("", source)).strip().casefold()
