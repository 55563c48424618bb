"""What a reader may do with a contribution, as the addresses that do it: pages offer this and nothing else."""

from typing import Any, NamedTuple

from portal.contributions.addresses import edit_url_of, numbered, url_of
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution
from portal.contributions.thanks_words import may_say_why
from portal.contributions.writing import must_be_editable


class Permitted(NamedTuple):
    """Addresses by what they do; empty where the reader may not. False if there is nothing to do at all."""

    thank: str = ""
    unthank: str = ""
    say_why: str = ""
    accept: str = ""
    unaccept: str = ""
    quote: str = ""
    edit: str = ""
    report: str = ""
    hide: str = ""
    history: str = ""

    def __bool__(self) -> bool:
        return any(self)


NOTHING = Permitted()


def permitted(contribution: Any, reader: Any, parent: Contribution | None = None, address: str = "") -> Permitted:
    """What `reader` may do with it, whole or a row. `parent` is what a reply replies to; `address` its own, if known.

    The commands check again; this only keeps pages from offering what would be refused.
    """
    if not reader.is_authenticated:
        return NOTHING
    number = contribution.id
    own = reader.id == contribution.author_id
    urls: dict[str, str] = {}
    if may_edit(contribution, reader):
        urls["edit"] = edit_url_of(contribution)
    if contribution.edited_at is not None and (own or reader.moderates):
        urls["history"] = numbered("contributions.show_history", number)
    if not contribution.is_published:
        return Permitted(**urls)
    if reader.moderates:
        urls["hide"] = numbered("moderation.show_item", number)
    if not reader.may_write:
        return Permitted(**urls)
    if not own:
        urls["thank"] = numbered("contributions.thank", number)
        urls["unthank"] = numbered("contributions.unthank", number)
        if may_say_why(contribution, reader):
            urls["say_why"] = numbered("contributions.say_why", number)
        urls["report"] = numbered("contributions.report", number)
    if (parent or contribution).open_to_replies:
        urls["quote"] = quote_url(address or url_of(contribution), number)
    if parent is not None and parent.is_question and parent.is_published and reader.id == parent.author_id:
        urls["accept"] = numbered("forum.accept_reply", number)
        urls["unaccept"] = numbered("forum.withdraw_acceptance", number)
    return Permitted(**urls)


def may_edit(contribution: Any, reader: Any) -> bool:
    """Whether this reader may change the text now."""
    if not reader.is_authenticated:
        return False
    try:
        must_be_editable(contribution, reader)
    except NotAllowed:
        return False
    return True


def quote_url(address: str, number: int) -> str:
    """The page that shows a contribution at `address`, with its text quoted in the reply form."""
    page, _, query = address.partition("#")[0].partition("?")
    return f"{page}?quote={number}{'&' if query else ''}{query}#reply-form"
