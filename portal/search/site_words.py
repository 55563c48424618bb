"""What the owner says of words: the site's language, its synonyms and stop words, as every search uses them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any

from flask import current_app
from sqlalchemy import select
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


_reading = Lock()


def current() -> SiteWords:
    """The words of the application at work; read again when the owner has changed them. One small query."""
    row: Any = db.session.execute(select(SearchWords.changed_at, SearchWords.language)).first()
    changed: tuple[datetime | None, str] | None = (row.changed_at, row.language) if row else None
    with _reading:
        kept = current_app.extensions.get("portal.search.words")
        if kept is None or kept[0] != changed:
            full: Any = db.session.execute(
                select(SearchWords.language, SearchWords.synonyms, SearchWords.stop_words)
            ).first()
            kept = (changed, read(*full) if full else SiteWords())
            current_app.extensions["portal.search.words"] = kept
        found: SiteWords = kept[1]
    return found
