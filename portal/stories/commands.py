"""Telling a story and changing what was told."""

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

from portal import text as texts
from portal.config import settings
from portal.contributions import lifecycle
from portal.contributions.consents import record_choices
from portal.contributions.following import follow
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.screening.masking import STAR, as_typed, masked_line
from portal.contributions.writing import must_write, rendered, set_tags, write
from portal.db import db
from portal.media.commands import attach
from portal.members.models import Member
from portal.stories.models import Story
from portal.stories.parts import COMPANY_SIZES, HEADINGS, section

WORDS = (
    "who", "hard", "tried", "changed", "advice", "figure", "figure_says", "pull_quote", "trade", "company_size", "goal",
)  # fmt: skip
"""What a member says of a story, besides its title."""

MASKED = ("figure", "figure_says", "pull_quote", "trade", "goal")
"""Those that are shown as they are kept."""
IN_SHORT = "In short"
BESIDE_FACTS = {
    "figure": r"^{}(?= )", "figure_says": r"(?<= ){}$", "trade": r"^{}(?= · |$)", "goal": r"(?:^| · ){}$",
}  # fmt: skip
"""Where each fact stands at the end of the text."""


class Told(TypedDict, total=False):
    """All that makes a story; what is left out is empty."""

    title: str
    who: str
    hard: str
    tried: str
    changed: str
    advice: str
    figure: str
    figure_says: str
    pull_quote: str
    trade: str
    company_size: str
    goal: str
    product_id: int | None
    tags: str
    tokens: Sequence[str]
    """Its pictures, in order."""
    alts: Mapping[str, str]
    parts: Mapping[str, str]
    """After which part a picture stands, by token; the others open the story."""


def tell_story(author: Member, *, submission_key: str = "", **told: Unpack[Told]) -> Story:
    """Submit a story; raises NotAllowed, TextTooLong or screening.Refused."""
    must_write(author)
    must_be_customer(author)
    story = Story(author=author, submission_key=submission_key or None)
    db.session.add(story)
    change_story(story, **told)
    record_choices(story)
    lifecycle.submit(story)
    follow(story, author)
    return story


def must_be_customer(author: Member) -> None:
    """Raise NotAllowed for employees: stories and photos are the customers' own."""
    if author.is_employee:
        raise NotAllowed("Stories and photos are our customers’ own. As an employee you can write an article instead.")


def change_story(story: Story, **told: Unpack[Told]) -> None:
    """Give a story its words, facts and pictures; the base's text is made of them. Raises TextTooLong."""
    word(story, **told)
    db.session.flush()
    set_tags(story, told.get("tags", "").split(","))
    parts = told.get("parts", {})
    for picture in attach(story, told.get("tokens", ()), told.get("alts", {})):
        wanted = parts.get(picture.token, "")
        picture.part = wanted if wanted in HEADINGS else ""
    db.session.flush()


def word(story: Story, **told: Unpack[Told]) -> None:
    """Give a story, which may be one that is never kept, its words and facts alone. Raises TextTooLong."""
    for name in WORDS:
        setattr(story, name, told.get(name, ""))
    if story.company_size not in COMPANY_SIZES:
        story.company_size = ""
    story.product_id = told.get("product_id")
    source = whole_text(story)
    most = settings().text_max_chars
    if len(source) > most:
        raise texts.TextTooLong(f"All parts together have {len(source):,} characters; {most:,} are possible.")
    write(story, source=source, title=told.get("title", ""))
    # Each part is rendered by itself, so that nothing written in one can reach into the next.
    story.html = "".join(section(name, rendered(text)) for name, text in _said(story))
    story.excerpt = texts.excerpt(rendered(story.changed or story.hard), 240)
    # These stand on pages and in filters as they are; what was typed is in the text, from which `typed` takes it.
    for name in MASKED:
        setattr(story, name, masked_line(getattr(story, name)))


def typed(story: Story, name: str) -> str:
    """One of the story's words or facts as its author typed it, whatever readers see in its place."""
    line: str = getattr(story, name)
    if name not in MASKED or STAR not in line:
        return line
    facts = story.source.rpartition(f"## {IN_SHORT}\n\n")[2]
    if name in BESIDE_FACTS:
        return as_typed(line, facts, around=BESIDE_FACTS[name])
    return as_typed(line, story.source, texts.plain(str(texts.render(story.source))))


def whole_text(story: Story) -> str:
    """The story as one text, each part below its heading, what was counted and the facts at the end.

    It is what is searched, compared with earlier versions, and read by moderators.
    """
    return "\n\n".join(f"## {HEADINGS.get(name, IN_SHORT)}\n\n{text}" for name, text in _said(story))


def _said(story: Story) -> list[tuple[str, str]]:
    said = [(name, getattr(story, name).strip()) for name in HEADINGS]
    counted = " ".join(filter(None, (story.figure, story.figure_says)))
    facts = " · ".join(filter(None, (story.trade, COMPANY_SIZES.get(story.company_size, ""), story.goal)))
    return [(name, text) for name, text in (*said, ("facts", "\n\n".join(filter(None, (counted, facts))))) if text]
