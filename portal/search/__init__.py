"""Search: finding the conversation in which it was solved. Nothing outside this room knows which engine does it."""

from threading import Lock

from flask import current_app

from portal.config import settings
from portal.search import site_words
from portal.search.engine import Engine, SearchUnavailable
from portal.search.ranking import Weights

__all__ = ["SearchUnavailable", "the_engine"]

_once = Lock()


def the_engine() -> Engine:
    """The search engine of the application at work: one a process, opened once."""
    with _once:
        if "portal.search" not in current_app.extensions:
            current_app.extensions["portal.search"] = _opened()
        found: Engine = current_app.extensions["portal.search"]
        return found


def _opened() -> Engine:
    chosen = settings()
    if chosen.search == "postgresql":
        from portal.search.postgresql_engine import PostgresqlEngine

        return PostgresqlEngine(site_words.current, _weights)
    from portal.search.whoosh_engine import WhooshEngine

    return WhooshEngine(chosen.index_dir, site_words.current, _weights)


def _weights() -> Weights:
    chosen = settings()
    return Weights(
        solved=chosen.search_solved_weight, thanks=chosen.search_thanks_weight, fresh=chosen.search_fresh_weight
    )
