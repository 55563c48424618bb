"""Saving what a form of stories or photos holds: a new one, or a changed one."""

from collections.abc import Mapping
from typing import Any

from portal.contributions import drafts, lifecycle
from portal.contributions.models import Contribution
from portal.contributions.writing import edit_of
from portal.media.forms import SentPictures
from portal.members.models import Member
from portal.stories import commands
from portal.stories.forms import PhotoForm, ShownForm, StoryForm

WORDS = frozenset(
    ("title", "caption", "taken_at_place", "before", "change", "result", "trade", "goal", "product", "tags")
)
"""What a draft keeps of these forms."""


def typed(contribution: Any) -> dict[str, Any]:
    """What the form shows when a contribution is opened for editing; its consent was given already."""
    common = {
        "title": contribution.title,
        "product": contribution.product_id or 0,
        "tags": ", ".join(t.name for t in contribution.tags),
        "agrees_site": True,
        "agrees_people": True,
    }
    if contribution.kind == "photo":
        return common | {"caption": contribution.source, "taken_at_place": contribution.taken_at_place}
    names = ("before", "change", "result", "trade", "goal")
    return common | {name: getattr(contribution, name) for name in names}


def put_back(form: ShownForm, kept: Mapping[str, str]) -> bool:
    """Put a draft into the form, except for what was agreed to: that is asked anew. Says whether there was one."""
    words = {name: value for name, value in kept.items() if name in WORDS}
    drafts.put_back(form, words)
    return any(value.strip() for name, value in words.items() if name != "product")


def save(form: ShownForm, contribution: Any, member: Member, sent: SentPictures) -> Contribution:
    """Make or change what the form holds. Raises NotAllowed, screening.Refused."""
    common: dict[str, Any] = {
        "product_id": form.product.data or None,
        "tags": form.tags.data or "",
        "tokens": sent.tokens,
        "alts": sent.alts,
    }
    words: dict[str, Any]
    if isinstance(form, PhotoForm):
        words = {name: form[name].data or "" for name in ("title", "caption", "taken_at_place")}
        if contribution is None:
            return commands.submit_photo(member, **words, **common, submission_key=form.key())
        with edit_of(contribution, member) as edit:
            commands.change_photo(contribution, **words, **common)
            edit.touched = True
    elif isinstance(form, StoryForm):
        words = {name: form[name].data or "" for name in ("title", "before", "change", "result", "trade", "goal")}
        if contribution is None:
            return commands.tell_story(member, **words, **common, submission_key=form.key())
        with edit_of(contribution, member) as edit:
            commands.change_story(contribution, **words, **common)
            edit.touched = True
    if member.id == contribution.author_id:
        lifecycle.submit(contribution)  # changes nothing unless it was returned or is a draft
    changed: Contribution = contribution
    return changed
