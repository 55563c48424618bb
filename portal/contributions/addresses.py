"""The address of each contribution: a page has one."""

from typing import Any

from flask import url_for

from portal.config import settings
from portal.contributions.models import Contribution


def url_of(contribution: Contribution, **args: Any) -> str:
    """The page of a contribution; of a reply, its place on its parent's page (the parent must be loaded)."""
    if contribution.is_reply:
        parent = contribution.parent
        assert parent is not None
        page = page_of(contribution.position)
        if page > 1:
            args["page"] = page
        return url_of(parent, _anchor=f"reply-{contribution.id}", **args)
    if contribution.kind == "topic":
        return url_for("forum.show_topic", topic_id=contribution.id, slug=contribution.slug, **args)
    if contribution.kind == "article":
        return url_for("blog.show_article", slug=contribution.slug, **args)
    if contribution.kind == "story":
        return url_for("stories.show_story", story_id=contribution.id, slug=contribution.slug, **args)
    return url_for("stories.show_photo", photo_id=contribution.id, **args)


def page_of(position: int | None) -> int:
    """The page that shows the reply with this number, counted from 1."""
    return 1 if not position else (position - 1) // settings().replies_per_page + 1


def jump_url(contribution_id: int, **args: Any) -> str:
    """An address that leads to a contribution of whatever kind, when only its number is known."""
    return url_for("contributions.jump", contribution_id=contribution_id, **args)
