"""What the owner says of words: the site's language, its synonyms and stop words, as every search uses them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock

from flask import current_app
from sqlalchemy import event, select
from sqlalchemy.orm import object_session
from whoosh.lang import has_stopwords, stemmer_for_language, stopwords_for_language

from portal.db import db
from portal.search.models import SearchWords
from portal.search.words import STOP_WORDS, fold, tokens

LANGUAGES = ("en", "de", "nl", "fr", "es", "it", "pt", "sv", "da", "fi", "no")
"""Whose endings can be cut off."""
MOST_GROUPS, MOST_IN_A_GROUP = 1000, 12

Said = tuple[str, ...]
"""One word or several that stand side by side, folded."""


@dataclass(frozen=True)
class SiteWords:
    """The words of one site; without arguments those of an English one that has said nothing."""

    language: str = "en"
    synonyms: dict[Said, tuple[Said, ...]] = field(default_factory=dict)
    """A word's or phrase's forms → the others of its groups, folded as they were written."""
    stop_words: frozenset[str] = STOP_WORDS

    def alternatives(self, said: Said) -> list[Said]:
        """`said` and what means the same here."""
        forms = tuple(form(word, self.language) for word in said)
        return [said, *self.synonyms.get(forms, ())]


def form(word: str, language: str) -> str:
    """The stem of a folded word; codes and numbers stay as they are."""
    return _stem(word, language) if word.isalpha() else word


@lru_cache(maxsize=100_000)
def _stem(word: str, language: str) -> str:
    return str(_stemmer(language)(word)) or word


@lru_cache(maxsize=20)
def _stemmer(language: str) -> Callable[[str], str]:
    found: Callable[[str], str] = stemmer_for_language(language if language in LANGUAGES else "en")
    return found


def read(language: str, synonyms: str, stop_words: str) -> SiteWords:
    """The words as the owner typed them: one group of synonyms a line, with commas between; stop words with spaces."""
    language = language if language in LANGUAGES else "en"
    others: dict[Said, dict[Said, None]] = {}
    for line in synonyms.splitlines()[:MOST_GROUPS]:
        group = [said for part in line.split(",")[:MOST_IN_A_GROUP] if (said := tuple(tokens(part)))]
        for said in group:
            forms = tuple(form(word, language) for word in said)
            others.setdefault(forms, {}).update(dict.fromkeys(other for other in group if other != said))
    own = frozenset(tokens(stop_words))
    return SiteWords(language, {forms: tuple(group) for forms, group in others.items()}, _stops(language) | own)


@lru_cache(maxsize=20)
def _stops(language: str) -> frozenset[str]:
    if language == "en" or not has_stopwords(language):
        return STOP_WORDS
    return frozenset(fold(word) for word in stopwords_for_language(language))


KEPT_SECONDS = 5.0
"""For which another process may still go by words that were changed; the one that changes them does not."""

_reading = Lock()


def current() -> SiteWords:
    """The words of the application at work, read from their table every few seconds."""
    with _reading:
        kept: tuple[float, SiteWords] | None = current_app.extensions.get("portal.search.words")
        if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
            row = db.session.execute(
                select(SearchWords.language, SearchWords.synonyms, SearchWords.stop_words)
            ).first()  # fmt: skip
            kept = (time.monotonic(), read(*row) if row else SiteWords())
            current_app.extensions["portal.search.words"] = kept
        return kept[1]


def forget(*_event: object) -> None:
    """Read the words anew when they are asked for next."""
    current_app.extensions.pop("portal.search.words", None)


def _changed(_mapper: object, _connection: object, row: SearchWords) -> None:
    """Now, for the rest of this request, and once committed: another may have read the old ones in between."""
    forget()
    if session := object_session(row):
        for end in ("after_commit", "after_rollback"):
            event.listen(session, end, forget, once=True)


for _what in ("after_insert", "after_update", "after_delete"):
    event.listen(SearchWords, _what, _changed)
