"""The list of watched words: reading it, adding, changing, deleting, trying out on past texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal import text as texts
from portal.contributions.models import Contribution
from portal.contributions.screened import ACTS, WatchedWord
from portal.contributions.screening.watching import NotAPattern, Readable, Watch, check_pattern
from portal.db import db
from portal.members.models import Member

WORDS_AT_MOST = 500
TRIED_ON = 1000
SHOWN_OF_TRIED = 20
AROUND = 60


class NotWatched(ValueError):
    """A word cannot be watched for; the message says why in a sentence."""


def current() -> Sequence[Watch]:
    """What is watched for, read once a request."""
    if "portal_watched" not in g:
        rows = db.session.scalars(select(WatchedWord).order_by(WatchedWord.id).limit(WORDS_AT_MOST))
        g.portal_watched = [watch_of(row) for row in rows]
    found: Sequence[Watch] = g.portal_watched
    return found


def watch_of(row: WatchedWord) -> Watch:
    """A row as rules use it."""
    return Watch(row.words, row.act, row.is_pattern, row.whole_word, row.tag, row.id)


def all_words() -> Sequence[WatchedWord]:
    """The list with who added what, the newest first."""
    return db.session.scalars(
        select(WatchedWord).options(joinedload(WatchedWord.added_by)).order_by(WatchedWord.id.desc())
    ).all()


def checked(words: str, act: str, *, is_pattern: bool, whole_word: bool, tag: str = "") -> Watch:
    """What was typed, as something to watch for. Raises NotWatched."""
    words = texts.clean_line(words)
    tag = texts.clean_line(tag).lower().replace(" ", "-").strip("-")[:40]
    if not words or len(words) > 200:
        raise NotWatched("Please write a word, or a few; 200 characters at most.")
    if act not in ACTS:
        raise NotWatched("Please choose what happens where it is found.")
    if act == "tag" and not tag:
        raise NotWatched("Please write the tag that is put on the contribution.")
    if is_pattern:
        try:
            check_pattern(words)
        except NotAPattern as wrong:
            raise NotWatched(str(wrong)) from None
    elif not any(c.isalnum() for c in words):
        raise NotWatched("There is no letter or digit in this. For signs alone, use a pattern.")
    return Watch(words, act, is_pattern, whole_word, tag if act == "tag" else "")


def add(watch: Watch, note: str, member: Member) -> WatchedWord:
    """Put something on the list. Raises NotWatched when the list is full or has it already."""
    if (db.session.scalar(select(func.count(WatchedWord.id))) or 0) >= WORDS_AT_MOST:
        raise NotWatched(f"The list has {WORDS_AT_MOST} entries, which is all that are looked for. Delete some first.")
    twin = select(WatchedWord.id).where(WatchedWord.words == watch.words, WatchedWord.act == watch.act)
    if db.session.scalar(twin.limit(1)) is not None:
        raise NotWatched("This is on the list already, with the same act.")
    row = WatchedWord(added_by_id=member.id)
    db.session.add(row)
    change(row, watch, note)
    return row


def change(row: WatchedWord, watch: Watch, note: str) -> None:
    """Write what is watched for into its row."""
    row.words, row.is_pattern, row.whole_word = watch.words, watch.is_pattern, watch.whole_word
    row.act, row.tag, row.note = watch.act, watch.tag, texts.clean_line(note)[:300]
    db.session.flush()
    g.pop("portal_watched", None)


def delete(row: WatchedWord) -> None:
    """Take it off the list; what it did stays as it is."""
    db.session.delete(row)
    db.session.flush()
    g.pop("portal_watched", None)


@dataclass(frozen=True)
class Try:
    """A past text in which something was found: `before`, `match`, `after` are the words around the first place."""

    contribution: Contribution
    count: int
    before: str
    match: str
    after: str


def try_out(watch: Watch) -> tuple[int, int, list[Try]]:
    """Look for something in the newest 1,000 texts that were sent in. Says in how many, of how many, and shows some."""
    rows = db.session.scalars(
        select(Contribution)
        .where(Contribution.submitted_at.is_not(None))
        .options(joinedload(Contribution.author), joinedload(Contribution.parent))
        .order_by(Contribution.id.desc())
        .limit(TRIED_ON)
    ).all()
    in_texts = 0
    shown: list[Try] = []
    for c in rows:
        text = "\n".join(filter(None, (c.title, c.source)))
        places = watch.places_in(Readable(text))
        if places:
            in_texts += 1
            if len(shown) < SHOWN_OF_TRIED:
                a, b = places[0]
                shown.append(Try(c, len(places), text[max(0, a - AROUND) : a], text[a:b][:200], text[b : b + AROUND]))
    return in_texts, len(rows), shown
