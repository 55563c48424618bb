"""What a reader may do with a contribution, as the addresses that do it: pages offer this and nothing else."""

from typing import Any, NamedTuple

from portal.contributions.addresses import edit_url_of, numbered
from portal.contributions.powers import may
from portal.contributions.writing import why_not_editable


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


class Eyes(NamedTuple):
    """What of a reader decides what they are offered with one conversation; nothing else of theirs.

    Readers of whom this is the same are shown the same.
    """

    id: int | None
    """Who they are; None where nothing shown is theirs."""
    moderates: bool
    edits: bool
    """What others wrote there."""
    writes: bool
    silenced: bool


def eyes_of(reader: Any, root: Any) -> Eyes | None:
    """How `reader` sees the conversation `root`; None without an account."""
    if not reader.is_authenticated:
        return None
    return Eyes(reader.id, bool(reader.moderates), may(reader, "edit", root), reader.may_write, reader.silenced)


def permitted(contribution: Any, eyes: Eyes | None, address: str, parent: Any = None) -> Permitted:
    """What one who sees with these `eyes` may do with it, whole or a row, its page being at `address`.

    `parent` is what a reply replies to. The commands check again; this only keeps pages from offering what would
    be refused.
    """
    if eyes is None:
        return NOTHING
    number, own = contribution.id, eyes.id == contribution.author_id
    urls: dict[str, str] = {}
    if eyes.writes and not why_not_editable(contribution.state, own, eyes.edits, eyes.moderates):
        urls["edit"] = edit_url_of(contribution)
    if contribution.edited_at is not None and (own or eyes.moderates):
        urls["history"] = numbered("contributions.show_history", number)
    if not contribution.is_published:
        return Permitted(**urls)
    if eyes.moderates:
        urls["hide"] = numbered("moderation.show_item", number)
    if not eyes.writes:
        return Permitted(**urls)
    if not own:
        urls["thank"] = numbered("contributions.thank", number)
        urls["unthank"] = numbered("contributions.unthank", number)
        # Somebody has to be there to read a word, and it need not wait for a moderator.
        if not eyes.silenced and contribution.author.erased_at is None:
            urls["say_why"] = numbered("contributions.say_why", number)
        urls["report"] = numbered("contributions.report", number)
    if (parent or contribution).open_to_replies:
        urls["quote"] = quote_url(address, number)
    if parent is not None and parent.is_question and parent.is_published and eyes.id == parent.author_id:
        urls["accept"] = numbered("forum.accept_reply", number)
        urls["unaccept"] = numbered("forum.withdraw_acceptance", number)
    return Permitted(**urls)


def quote_url(address: str, number: int) -> str:
    """The page that shows a contribution at `address`, with its text quoted in the reply form."""
    page, _, query = address.partition("#")[0].partition("?")
    return f"{page}?quote={number}{'&' if query else ''}{query}#reply-form"
