"""The address of each contribution: a page has one."""

from functools import cache, lru_cache
from typing import Any

from flask import current_app, url_for

from portal.config import settings
from portal.contributions.models import Contribution


def url_of(contribution: Contribution, **args: Any) -> str:
    """The page of a contribution; of a reply, its place on its parent's page (the parent must be loaded)."""
    if contribution.is_reply:
        parent = contribution.parent
        assert parent is not None
        # One that waits has no number yet: it stands behind the last.
        page = page_of(contribution.position or parent.last_position)
        if page > 1:
            args["page"] = page
        return url_of(parent, _anchor=f"reply-{contribution.id}", **args)
    endpoint, own = endpoint_of(contribution)
    return url_for(endpoint, **own, **args) if args else _path(endpoint, *own.items())


def endpoint_of(contribution: Contribution) -> tuple[str, dict[str, Any]]:
    """The endpoint that shows a contribution (not a reply), and what it is called with."""
    if contribution.kind == "topic":
        return "forum.show_topic", {"topic_id": contribution.id, "slug": contribution.slug}
    if contribution.kind == "article":
        return "blog.show_article", {"slug": contribution.slug}
    if contribution.kind == "story":
        return "stories.show_story", {"story_id": contribution.id, "slug": contribution.slug}
    return "stories.show_photo", {"photo_id": contribution.id}


def edit_url_of(contribution: Contribution) -> str:
    """Where a contribution is edited: kinds that have more than a text have a form of their own."""
    own_forms = {
        "topic": "forum.edit_topic",
        "article": "blog.edit_article",
        "story": "stories.edit_story",
        "photo": "stories.edit_photo",
    }
    return numbered(own_forms.get(contribution.kind, "contributions.edit"), contribution.id)


def page_of(position: int | None) -> int:
    """The page that shows the reply with this number, counted from 1."""
    return 1 if not position else (position - 1) // settings().replies_per_page + 1


def jump_url(contribution_id: int, **args: Any) -> str:
    """An address that leads to a contribution of whatever kind, when only its number is known."""
    return url_for("contributions.jump", contribution_id=contribution_id, **args)


def numbered(endpoint: str, number: int) -> str:
    """The path of a view that takes one number and nothing else: as `url_for` has it, at a twentieth of its price."""
    before, after = _around_the_number(endpoint)
    return f"{before}{number}{after}"


@lru_cache(maxsize=4000)
def _path(endpoint: str, *own: tuple[str, Any]) -> str:
    """As `url_for` has it in a request, and made once: lists and pages name the same conversations again and again."""
    return current_app.url_map.bind("").build(endpoint, dict(own))


@cache
def _around_the_number(endpoint: str) -> tuple[str, str]:
    (rule,) = current_app.url_map.iter_rules(endpoint)
    (name,) = rule.arguments
    before, _, after = current_app.url_map.bind("").build(endpoint, {name: _ANY}).partition(str(_ANY))
    return before, after


_ANY = 2**31 - 1
