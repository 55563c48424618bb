"""Documents for tests that need no tables."""

from typing import Any

from portal import clock
from portal.search.engine import Document


def document(number: int, **facts: Any) -> Document:
    """A topic of few words; `number` is 1 or more."""
    standard = {
        "root_id": number, "kind": "topic", "board_id": 1, "author": "anna", "title": f"number {number}",
        "text": "common words", "published_at": clock.now(),
    }  # fmt: skip
    return Document(id=number, **(standard | facts))


def reply(number: int, root_id: int, text: str, **facts: Any) -> Document:
    """A reply in a conversation."""
    return Document(
        **{"id": number, "root_id": root_id, "kind": "reply", "author": "ben", "text": text,
           "published_at": clock.now()} | facts  # fmt: skip
    )
