"""Changing the site's words. The worker's chore notices another language and builds the index anew."""

from portal import clock
from portal.db import db
from portal.search.models import SearchWords


def the_words() -> SearchWords:
    """The row of words; its defaults while the owner has not written one."""
    return db.session.get(SearchWords, 1) or SearchWords(id=1, language="en", synonyms="", stop_words="")


def save_words(language: str, synonyms: str, stop_words: str) -> bool:
    """Write the row; says whether the index has to be built anew, as endings are cut off when it is written."""
    words = db.session.get(SearchWords, 1)
    before = words.language if words is not None else "en"
    if words is None:
        words = SearchWords(id=1)
        db.session.add(words)
    words.language, words.synonyms, words.stop_words = language, synonyms, stop_words
    words.changed_at = clock.now()
    db.session.flush()
    return language != before
