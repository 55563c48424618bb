"""What a reader may do with a contribution, as the addresses that do it: pages offer this and nothing else."""

from typing import Any

from flask import url_for

from portal.contributions.addresses import edit_url_of, url_of
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.contributions.thanks_words import may_say_why
from portal.contributions.writing import must_be_editable


def permitted(contribution: Contribution, reader: Any, parent: Contribution | None = None) -> dict[str, str]:
    """Addresses by what they do: thank, unthank, say_why, accept, unaccept, quote, edit, report, hide, history.

    `parent` is what a reply replies to. The commands check again; this only keeps pages from offering
    what would be refused.
    """
    if not reader.is_authenticated:
        return {}
    number = contribution.id
    own = reader.id == contribution.author_id
    urls: dict[str, str] = {}
    if may_edit(contribution, reader):
        urls["edit"] = edit_url_of(contribution)
    if contribution.edited_at is not None and (own or reader.moderates):
        urls["history"] = url_for("contributions.show_history", contribution_id=number)
    if not contribution.is_published:
        return urls
    if reader.moderates:
        urls["hide"] = url_for("moderation.show_item", contribution_id=number)
    if not reader.may_write:
        return urls
    if not own:
        urls["thank"] = url_for("contributions.thank", contribution_id=number)
        urls["unthank"] = url_for("contributions.unthank", contribution_id=number)
        if may_say_why(contribution, reader):
            urls["say_why"] = url_for("contributions.say_why", contribution_id=number)
        urls["report"] = url_for("contributions.report", contribution_id=number)
    if (parent or contribution).open_to_replies:
        urls["quote"] = quote_url(contribution, parent)
    if parent is not None and parent.is_question and parent.is_published and reader.id == parent.author_id:
        urls["accept"] = url_for("forum.accept_reply", reply_id=number)
        urls["unaccept"] = url_for("forum.withdraw_acceptance", reply_id=number)
    return urls


def may_edit(contribution: Contribution, reader: Any) -> bool:
    """Whether this reader may change the text now."""
    if not reader.is_authenticated:
        return False
    try:
        must_be_editable(contribution, reader)
    except NotAllowed:
        return False
    return True


def quote_url(contribution: Contribution, parent: Contribution | None) -> str:
    """The page that shows a contribution, with its text quoted in the reply form."""
    address = url_of(contribution, quote=contribution.id)
    return address.partition("#")[0] + "#reply-form"
