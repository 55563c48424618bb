"""Conversations like a text: while a question is being written, and at the end of each conversation."""

import time
from collections import OrderedDict
from collections.abc import Collection, Sequence
from threading import Lock

from flask import current_app

from portal.contributions.models import Contribution
from portal.contributions.rows import RootRow, public_roots
from portal.fragments import Same
from portal.pages.remembering import remembered_rows
from portal.search import SearchUnavailable, the_engine
from portal.search.words import STOP_WORDS, tokens

SHOWN = 5
ASKED_FOR = 8
"""Some more than are shown, since the index may still have what is no longer public."""
TEXT_READ = 600
"""Characters of a text that count beside its title: what it is about stands at its beginning."""
KEPT_SECONDS = 600
KEPT_AT_MOST = 5000
KINDS = ("topic", "article", "story", "photo")


def similar_questions(title: str, text: str = "") -> list[RootRow]:
    """Up to five public topics like what is being written, solved ones first; none while too little is said."""
    if not any(word not in STOP_WORDS and len(word) > 2 for word in tokens(title)):
        return []
    try:
        hits = the_engine().similar(f"{title}\n{text[:TEXT_READ]}", limit=ASKED_FOR)
    except SearchUnavailable:
        return []
    found = public_roots([hit.root_id for hit in hits])[:SHOWN]
    return sorted(found, key=lambda topic: not topic.is_solved)


def related_to(contribution: Contribution, leave_out: Collection[int] = ()) -> Same | None:
    """Up to five other public conversations like this one but for those named, as rows; None if there are none.

    Which they are is remembered for some minutes; whether they are public, until anything is taken from view.
    """
    if not contribution.is_published or contribution.is_reply:
        return None
    own = {contribution.id, *leave_out}
    found = remembered_rows(None, _shown, tuple([number for number in _kept().of(contribution) if number not in own]))
    return found if found.values else None


def _shown(numbers: Sequence[int]) -> list[RootRow]:
    return public_roots(numbers)[:SHOWN]


class _Kept:
    """What is like what, as found lately: numbers alone, the ones longest not asked for going first."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[int, object], tuple[float, Sequence[int]]] = OrderedDict()
        self._alone = Lock()

    def of(self, root: Contribution) -> Sequence[int]:
        key = (root.id, root.edited_at)
        with self._alone:
            found = self._found.get(key)
            if found is not None and time.monotonic() - found[0] < KEPT_SECONDS:
                self._found.move_to_end(key)
                return found[1]
        try:
            text = f"{root.title}\n{root.excerpt}"
            hits = the_engine().similar(text, limit=ASKED_FOR, kinds=KINDS, leave_out=root.id)
        except SearchUnavailable:
            return ()
        numbers = tuple(hit.root_id for hit in hits)
        with self._alone:
            self._found[key] = (time.monotonic(), numbers)
            while len(self._found) > KEPT_AT_MOST:
                self._found.popitem(last=False)
        return numbers


def _kept() -> _Kept:
    kept: _Kept = current_app.extensions.setdefault("portal.search.related", _Kept())
    return kept
