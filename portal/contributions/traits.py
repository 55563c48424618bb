"""What is said of a contribution wherever it shows, from few columns: for a whole one and for a row of a list."""

from datetime import timedelta
from textwrap import shorten
from typing import Any

from portal.config import settings


class Traits:
    """Predicates and words that need nothing but columns of the base."""

    __slots__ = ()

    @property
    def address(self: Any) -> str:
        """The address of its page; a reply's parent must be loaded."""
        from portal.contributions.addresses import url_of  # it knows the models, so it can't come first

        return url_of(self)

    @property
    def is_published(self: Any) -> bool:
        """Whether the public may read it, as far as its own state goes."""
        return bool(self.state == "published")

    @property
    def is_reply(self: Any) -> bool:
        """Replies live below another contribution and have no title or address of their own."""
        return bool(self.kind == "reply")

    @property
    def total_thanks(self: Any) -> int:
        """Thanks by members plus those that came without a giver."""
        return int(self.thanks_count + self.anonymous_thanks)

    @property
    def is_question(self) -> bool:
        """Whether replies can be accepted; topics say more."""
        return False

    @property
    def is_solved(self: Any) -> bool:
        """A topic of which a reply was accepted."""
        return bool(self.kind == "topic" and self.accepted_count > 0)

    @property
    def is_accepted(self: Any) -> bool:
        """A reply that the asker said solved it."""
        return bool(self.kind == "reply" and self.accepted_count > 0)

    @property
    def shows_edited(self: Any) -> bool:
        """Edits within the first minutes leave no trace; later ones are shown."""
        if self.edited_at is None or self.published_at is None:
            return False
        return bool(self.edited_at - self.published_at > timedelta(minutes=settings().silent_edit_minutes))

    @property
    def open_to_replies(self: Any) -> bool:
        """Whether a member may reply; kinds with a lock say more."""
        return bool(self.kind != "reply" and self.is_published)

    @property
    def name(self: Any) -> str:
        """What to call it in a sentence: its title, or its first words."""
        words = shorten(self.excerpt, 80, placeholder=" …")
        # One word longer than that is cut inside it.
        return self.title or (words if words != "…" else self.excerpt[:80]) or f"{self.kind} {self.id}"
