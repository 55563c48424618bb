"""A story as a magazine shows it: what stands where on its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock
from portal import text as texts
from portal.contributions.models import Product
from portal.db import db
from portal.media.forms import SentPictures
from portal.media.models import Picture
from portal.members.models import Member
from portal.stories.commands import word
from portal.stories.models import Story
from portal.stories.parts import COMPANY_SIZES, HEADINGS, first_sentence, occurs, sections


@dataclass(frozen=True)
class Chapter:
    """One part, with the pictures after it."""

    name: str
    heading: str
    html: Markup
    pictures: Sequence[Picture] = ()
    quote_before: bool = False
    """Whether the sentence that is shown large stands above it."""


@dataclass(frozen=True)
class Magazine:
    """A page's worth of a story."""

    story: Story
    opening: Picture | None
    """The first picture, large."""
    others: Sequence[Picture]
    """Further ones that stand after no part."""
    chapters: Sequence[Chapter]
    """Empty for what was told before there were five parts."""
    standfirst: str
    """The first sentence of the excerpt: the whole of it stands further down."""
    whole: Markup
    """The text in one, if there are no chapters."""
    quote: str = ""
    company_size: str = ""


def magazine_of(story: Story) -> Magazine:
    """How the page of `story` is laid out; its pictures, author and product must be loaded."""
    return _laid_out(story, [p for p in story.pictures if not p.in_text], {p.token: p.part for p in story.pictures})


def preview_of(
    author: Member, told: Mapping[str, str], product_id: int | None, sent: SentPictures, parts: Mapping[str, str]
) -> Magazine:
    """The page of a story that is not kept anywhere. Raises TextTooLong."""
    story = Story(kind="story", created_at=clock.now())
    set_committed_value(story, "author", author)
    story.author_id = author.id
    word(story, **told, product_id=product_id or None)  # type: ignore[arg-type]
    product = db.session.scalar(select(Product).where(Product.id == product_id)) if product_id else None
    set_committed_value(story, "product", product)
    set_committed_value(story, "tags", [])
    return _laid_out(story, sent.pictures, parts)


def _laid_out(story: Story, pictures: Sequence[Picture], parts: Mapping[str, str]) -> Magazine:
    told = sections(story.html)
    loose = [p for p in pictures if parts.get(p.token, "") not in told]
    quote = _quote(story, told)
    turn = next((name for name in ("changed", "advice") if name in told), "")
    chapters = [
        Chapter(
            name, heading, Markup(told[name]),  # noqa: S704 (rendered and sanitised when it was written)
            [p for p in pictures if parts.get(p.token, "") == name], quote_before=bool(quote) and name == turn,
        )
        for name, heading in HEADINGS.items()
        if name in told
    ]  # fmt: skip
    return Magazine(
        story=story,
        opening=loose[0] if loose else None,
        others=loose[1:],
        chapters=chapters,
        standfirst=first_sentence(escape(story.excerpt)) or story.excerpt,
        whole=Markup("" if told else story.html),  # noqa: S704
        quote=quote,
        company_size=COMPANY_SIZES.get(story.company_size, ""),
    )


def _quote(story: Story, told: Mapping[str, str]) -> str:
    """The sentence that was chosen, as long as readers find it in the story; else the first of the advice."""
    chosen = story.pull_quote.strip()
    if chosen and occurs(chosen, *map(texts.plain, told.values())):
        return chosen
    return first_sentence(told.get("advice", ""))
