"""Telling a story and changing what was told."""

from collections.abc import Mapping, Sequence

from portal import text as texts
from portal.contributions import lifecycle
from portal.contributions.writing import must_write, set_tags, write
from portal.db import db
from portal.media.commands import attach
from portal.members.models import Member
from portal.stories.consents import give_consents
from portal.stories.models import Story

HEADINGS = {"before": "Before", "change": "What changed", "result": "What came of it"}


def tell_story(
    author: Member, *, title: str, before: str, change: str, result: str, trade: str, goal: str,
    product_id: int | None, tags: str, tokens: Sequence[str] = (), alts: Mapping[str, str] | None = None,
    submission_key: str = "",
) -> Story:  # fmt: skip
    """Submit a story; raises NotAllowed or screening.Refused."""
    must_write(author)
    story = Story(author=author, submission_key=submission_key or None)
    db.session.add(story)
    change_story(
        story, title=title, before=before, change=change, result=result, trade=trade, goal=goal,
        product_id=product_id, tags=tags, tokens=tokens, alts=alts,
    )  # fmt: skip
    give_consents(story)
    lifecycle.submit(story)
    return story


def change_story(
    story: Story, *, title: str, before: str, change: str, result: str, trade: str, goal: str,
    product_id: int | None, tags: str, tokens: Sequence[str] = (), alts: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Give a story its parts; the base's text is made of them."""
    story.before, story.change, story.result = before, change, result
    story.trade, story.goal, story.product_id = trade, goal, product_id
    write(story, source=whole_text(story), title=title)
    story.excerpt = texts.excerpt(str(texts.render(result)), 240)
    db.session.flush()
    set_tags(story, tags.split(","))
    attach(story, tokens, alts)


def whole_text(story: Story) -> str:
    """The three parts as one text, each below its heading."""
    parts = ((heading, getattr(story, name).strip()) for name, heading in HEADINGS.items())
    return "\n\n".join(f"## {heading}\n\n{part}" for heading, part in parts if part)
