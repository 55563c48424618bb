"""Telling a story and submitting photos."""

from collections.abc import Mapping, Sequence

from portal import text as texts
from portal.contributions import lifecycle
from portal.contributions.models import Consent, Contribution
from portal.contributions.writing import must_write, set_tags, write
from portal.db import db
from portal.media.commands import attach
from portal.members.models import Member
from portal.stories.forms import PEOPLE_CONSENT, SITE_CONSENT
from portal.stories.models import Photo, Story

HEADINGS = {"before": "Before", "change": "What changed", "result": "What came of it"}


def submit_photo(
    author: Member, *, title: str, caption: str, taken_at_place: str, product_id: int | None, tags: str,
    tokens: Sequence[str], alts: Mapping[str, str], submission_key: str = "",
) -> Photo:  # fmt: skip
    """Submit one to ten pictures; raises NotAllowed or screening.Refused."""
    must_write(author)
    photo = Photo(author=author, submission_key=submission_key or None)
    db.session.add(photo)
    change_photo(
        photo, title=title, caption=caption, taken_at_place=taken_at_place, product_id=product_id, tags=tags,
        tokens=tokens, alts=alts,
    )  # fmt: skip
    _consent(photo)
    lifecycle.submit(photo)
    return photo


def change_photo(
    photo: Photo, *, title: str, caption: str, taken_at_place: str, product_id: int | None, tags: str,
    tokens: Sequence[str], alts: Mapping[str, str],
) -> None:  # fmt: skip
    """Give a photo submission its words and pictures."""
    write(photo, source=caption, title=title)
    photo.taken_at_place, photo.product_id = taken_at_place, product_id
    db.session.flush()
    set_tags(photo, tags.split(","))
    attach(photo, tokens, alts)


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
    _consent(story)
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


def _consent(contribution: Contribution) -> None:
    for purpose, wording in (("site", SITE_CONSENT), ("people_shown", PEOPLE_CONSENT)):
        db.session.add(
            Consent(contribution_id=contribution.id, member_id=contribution.author_id, purpose=purpose, wording=wording)
        )
