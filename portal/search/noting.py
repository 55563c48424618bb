"""What was looked for, and whether it led anywhere: kept by the day, without the person, for a term.

Nothing is kept of whoever searched: no member, no address, no hour. What looks like an e-mail address or
holds a number of six digits or more (a telephone, an order, a customer) is not kept at all, however often it
is typed, and neither is what stands behind `author:`. An opened result is known by where its page was
reached from, so that addresses stay as they are and no detour is needed.
"""

import re
import unicodedata
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from flask import Response, request
from sqlalchemy import delete, func, select, update

from portal import clock, here
from portal.config import settings
from portal.contributions.reading import is_program
from portal.db import db, insert_into, writing
from portal.search.models import SearchedWords
from portal.search.query_language import MOST_CHARS
from portal.search.words import tokens
from portal.text import clean_line
from portal.web import after_reading

LONGEST = 200
"""Characters kept of one search."""
MOST_A_DAY = 5000
"""Different searches kept of one day: more is a program trying words, and it shall not fill the table."""
CONVERSATIONS = ("forum.show_topic", "blog.show_article", "stories.show_story", "stories.show_photo")

_NARROWING = re.compile(
    r'-?\b(?:author|board|kind|tag|product|solved|before|after):(?:"[^"]*"?|\S+)|(?<!\S)-\S+', re.IGNORECASE
)
_EMAIL = re.compile(r"\S@\S+\.\w|\S\(at\)\S", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d(?:[\s./()+-]{0,2}\d){5}")


def words_of(typed: str) -> str:
    """What is kept of what was typed: its words, folded, in their order; empty if nothing may be kept."""
    text = clean_line(unicodedata.normalize("NFKC", typed[: 4 * MOST_CHARS]))[:MOST_CHARS]
    if _EMAIL.search(text) or _LONG_NUMBER.search(text):
        return ""
    return " ".join(tokens(_NARROWING.sub(" ", text)))[:LONGEST].strip()


def note_search(typed: str, found: int) -> None:
    """After this page is out: one more search for these words, which found so many conversations."""
    words = words_of(typed)
    if words and _is_somebody():
        after_reading(lambda: count_search(words, found))


def note_opened(response: Response) -> Response:
    """Of every request: a conversation whose reader comes from our results counts as a result opened."""
    asked = here.request()
    if asked.endpoint in CONVERSATIONS and response.status_code == 200 and asked.method == "GET":
        searched = _searched_before()
        words = words_of(searched) if searched else ""
        if words and _is_somebody():
            after_reading(lambda: count_opened(words))
    return response


def count_search(words: str, found: int) -> None:
    """One more search today for `words`, as kept, with `found` conversations."""
    today = clock.now().date()
    changed = {"times": SearchedWords.times + 1}
    if not found:
        changed["empty"] = SearchedWords.empty + 1
    own = (SearchedWords.words == words, SearchedWords.day == today)
    if db.session.execute(update(SearchedWords).where(*own).values(changed)).rowcount:  # type: ignore[attr-defined]
        return
    kept = db.session.scalar(select(func.count()).where(SearchedWords.day == today).select_from(SearchedWords)) or 0
    if kept >= MOST_A_DAY:
        return
    new = insert_into(SearchedWords).values(words=words, day=today, times=1, empty=int(not found), opened=0)
    db.session.execute(new.on_conflict_do_update(index_elements=["words", "day"], set_=changed))


def count_opened(words: str) -> None:
    """One more result opened of those that `words` found today; what was not searched for is not made up."""
    own = (SearchedWords.words == words, SearchedWords.day == clock.now().date())
    db.session.execute(update(SearchedWords).where(*own).values(opened=SearchedWords.opened + 1))


def forget_words() -> None:
    """The worker's chore: delete what is older than its term (`search_words_days`)."""
    with writing():
        last = clock.now().date() - timedelta(days=settings().search_words_days)
        db.session.execute(delete(SearchedWords).where(SearchedWords.day < last))


def _searched_before() -> str:
    """What was typed on our results page, if this page was reached from there; browsers say so to the own site."""
    if not (came_from := request.environ.get("HTTP_REFERER")):
        return ""
    try:
        parts = urlsplit(came_from)
        if parts.netloc != request.host or parts.path != "/search":
            return ""
        asked = parse_qs(parts.query, max_num_fields=40)
    except ValueError:
        return ""
    return "" if asked.get("state") else asked.get("q", [""])[0]


def _is_somebody() -> bool:
    return not is_program() and "prefetch" not in request.headers.get("Sec-Purpose", "")
